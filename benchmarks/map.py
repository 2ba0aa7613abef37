"""The map of a large library: how long it takes to make, to open and to draw, and how good its orders are.

    python -m benchmarks.map [LIBRARY] [--size 100000] [--layout] [--chromium PATH]

LIBRARY is an empty folder, or one that `benchmarks.synthetic` filled; without it one is made and removed. With
`--layout` the places come from the divergences of its pictures (`build-index` must have been run, or is run now, which
takes its time at 100,000). Without it they are drawn: each look about a point of its own. That is as good for how
quickly a page opens and draws, and says nothing of the quality of a layout.

Prints the bytes of the columns; the time until the map stands, in headless Chromium with its software renderer; the
script of ours in a frame, in the median and at most, by marks of the page; the draw calls and the bytes uploaded in a
frame, at most. The frame rate of a software renderer says nothing of a graphics card.
"""

import argparse
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import synthetic
from leitmotiv.analysis import arrangement, layout, sorted_grid
from leitmotiv.settings import load
from leitmotiv.web import server
from leitmotiv.web.app import create_app
from leitmotiv.workflows import map as maps
from leitmotiv.workflows import map_making, map_page
from leitmotiv.workflows.index import build_index, digest
from leitmotiv.workflows.progress import recorded
from leitmotiv.workflows.session import Session

ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
MOVES = """async () => {
  const ground = document.querySelector('[data-ground-map]'), box = ground.getBoundingClientRect();
  const at = (kind, x, y, more) => ground.dispatchEvent(new PointerEvent(kind, { pointerId: 1, pointerType: 'mouse',
    clientX: box.left + x, clientY: box.top + y, bubbles: true, ...more }));
  ground.setPointerCapture = () => {};
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (const notches of [0, 6, 6, 8]) {
    for (let step = 0; step < notches; step++) {
      ground.dispatchEvent(new WheelEvent('wheel', { deltaY: -120, clientX: box.left + box.width * 0.5,
        clientY: box.top + box.height * 0.5, bubbles: true, cancelable: true }));
      await frame();
    }
    at('pointerdown', 700, 450);
    for (let step = 0; step < 30; step++) {
      const way = Math.min(step, 30 - step); // there and back: where pictures are
      at('pointermove', 700 - 9 * way, 450 + 3 * way);
      await frame();
    }
    at('pointerup', 709, 447);
    await new Promise((done) => setTimeout(done, 1500));
  }
  document.querySelector('[data-layout="grid"]').click();
  await new Promise((done) => setTimeout(done, 2500));
}"""


def drawn(session: Session, look: np.ndarray) -> None:
    """Places as if UMAP had found them: each look a patch of its own, so that the page has something to show."""
    library, settings = session.library, session.settings
    rng = np.random.default_rng(0)
    ids, size = library.images.ids(), len(look)
    middles = rng.normal(size=(look.max() + 2, 2)) * [1.3, 0.9]
    places = np.where(look[:, None] >= 0, middles[look], rng.normal(size=(size, 2)) * [1.3, 0.9])
    places = (places + 0.06 * rng.normal(size=(size, 2))).astype(np.float32)
    places = layout.separate(places / np.float32(layout._spacing(places)))
    grid = sorted_grid.spread(places)
    order = arrangement.along_curve(places)
    arrays = {
        "look": places[order],
        "grid": grid[order],
        "columns": np.array([sorted_grid.columns_for(size)]),
        "later": np.zeros(size, bool),
    }
    library.arrays.put(maps.MAP, arrays, [ids[row] for row in order], maps.map_digest(settings))


def looks_of(session: Session) -> np.ndarray:
    """The looks that the synthetic library was made of, as its clusters have them."""
    clusters = session.library.clusters.get()
    assert clusters is not None
    counts = np.bincount(clusters.labels)
    found = np.where(counts[clusters.labels] > 1, clusters.labels, -1)
    place = {image: row for row, image in enumerate(clusters.ids)}
    rows = [place[image] for image in session.library.images.ids()]
    return np.unique(found[rows], return_inverse=True)[1] - int((found < 0).any())


def prepare(session: Session, size: int, from_divergences: bool) -> None:
    library = session.library
    if not library.images.count():
        with library.writer("making pictures up"):
            count = max(1, min(400, size // 4))
            look = synthetic.build(library, size, count, 2000)
            ids = library.images.ids()
            tree = synthetic.clusters(ids, look, count, np.random.default_rng(1))
            library.clusters.replace(tree, digest=digest(ids, session.settings))
    if from_divergences:
        began = time.perf_counter()
        build_index(session)
        print(f"index and map: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        map_making.lay_out(session, anew=True)
        print(f"map alone, laid out anew: {time.perf_counter() - began:.1f} s")
    elif maps.stored_places(library, session.settings) is None:
        drawn(session, looks_of(session))
    with library.writer("drawing"), recorded(library, "map", "Map", None) as step:
        began = time.perf_counter()
        map_page.keep_page(library, session.settings)
        print(f"columns made: {time.perf_counter() - began:.1f} s")
        places = maps.stored_places(library, session.settings)
        assert places is not None
        began = time.perf_counter()
        map_making.keep_sprites(library, places.ids, step)
        print(f"sheets drawn: {time.perf_counter() - began:.1f} s")


def quality(session: Session) -> None:
    """Mean divergence of pictures side by side on the grid, beside the map's own order and chance."""
    library, settings = session.library, session.settings
    matrix, places = library.arrays.get("divergence"), maps.stored_places(library, settings)
    if matrix is None or places is None:
        return
    row_of = {image: row for row, image in enumerate(matrix.ids)}
    rows = np.array([row_of[image] for image in places.ids])
    values = np.asarray(matrix["values"])[np.ix_(rows, rows)]
    spread = sorted_grid.spread(places.look)
    shuffled = spread[np.random.default_rng(0).permutation(len(spread))]
    for name, cells in (("chance", shuffled), ("the map's order", spread), ("sorted", places.grid)):
        one, other = sorted_grid.neighbour_pairs(cells).T
        print(f"mean divergence of neighbours on the grid, {name}: {values[one, other].mean():.3f} nats")


def measure(url: str, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, "--ignore-gpu-blocklist"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/about")  # the frame's own files
        began = time.perf_counter()
        page.goto(f"{url}/map?measure", wait_until="commit")
        while not page.evaluate("Boolean(performance.getEntriesByName('map-ready').length)"):
            time.sleep(0.01)
        print(f"/map stands after {time.perf_counter() - began:.2f} s (first visit of this server)")
        stood = page.evaluate("performance.getEntriesByName('map-ready')[0].startTime")
        print(f"  {stood:.0f} ms by the page's own clock")
        page.wait_for_timeout(3000)
        page.evaluate("performance.clearMeasures()")
        page.evaluate(MOVES)
        frames = page.evaluate(
            "performance.getEntriesByName('map-frame').map((one) => [one.duration, one.detail.calls, one.detail.bytes])"
        )
        spent = sorted(one[0] for one in frames)
        print(
            f"{len(frames)} frames; script {statistics.median(spent):.2f} ms in the median, {spent[-1]:.1f} ms at most,"
        )
        print(f"  95 of 100 under {spent[int(0.95 * len(spent))]:.1f} ms")
        chose = page.evaluate("performance.getEntriesByName('map-choose').map((one) => one.duration)")
        print(f"choosing what to load, between frames: at most {max(chose):.1f} ms")
        calls, sent = max(one[1] for one in frames), max(one[2] for one in frames)
        print(f"draw calls: at most {calls}; uploaded: at most {sent:,} bytes a frame")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("library", type=Path, nargs="?")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--layout", action="store_true")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(load({}, environ={}), library=asked.library or Path(scratch) / "library")
        with Session(settings) as session:
            prepare(session, asked.size, asked.layout)
            quality(session)
        with Session(settings, patient=False) as session:
            app = create_app(session)
            answer = app.test_client().get("/api/v1/map/columns.bin")
            print(f"columns of {session.library.images.count():,} pictures: {len(answer.data):,} bytes")
        with Session(settings, patient=False) as session:
            bound = server.bind(create_app(session), "127.0.0.1", 0)
            thread = threading.Thread(target=bound.run)
            thread.start()
            try:
                measure(bound.url.rstrip("/"), asked.chromium)
            finally:
                bound.close()
                thread.join(10)


if __name__ == "__main__":
    main()
