"""The screenshots of the docs, one for each page and view; each page is opened, looked at, and named in the docs.

    LEITMOTIV_SHOTS=FOLDER python -m pytest tests/pages/test_shots.py -m slow

takes them from the photos of a folder and writes them to docs/shots. Without it they are taken from painted pictures,
and are only looked at.
"""

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from leitmotiv.records import Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows import (
    boards,
    browse,
    critics,
    evolving,
    eyes,
    finding,
    learning,
    own,
    pinning,
    samples,
    selecting,
)
from leitmotiv.workflows.duplicates import find_duplicates
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.trends import cut
from tests.pages.conftest import fill, serve, until

pytestmark = pytest.mark.browser

PHOTOS = os.environ.get("LEITMOTIV_SHOTS")
ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "docs" / "shots"
DESK, TALL, WIDE, PHONE = (1200, 800), (1200, 1250), (1440, 720), (390, 844)
DRAWS = ("--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--use-gl=angle", "--use-angle=swiftshader")
MAPPED = "document.querySelector('[data-map]').dataset.ready !== undefined"


@dataclass(frozen=True)
class Shot:
    """A screenshot.

    Attributes
    ----------
    address : str
        With {a} and {b}, two pictures of a trend, and {trend}, its number.
    act : callable, optional
        What is done on the page before the picture is taken.
    ready : str
        An expression that is true once the page is whole.
    """

    name: str
    address: str
    theme: str = "dark"
    size: tuple[int, int] = DESK
    act: Callable[[Any], None] | None = None
    ready: str = "true"
    wait_ms: int = 500


def _filters(page: Any) -> None:
    page.keyboard.press("e")
    until(page, "document.querySelector('[data-panel]').open && document.querySelector('[data-facets] li')")


def _pick(page: Any) -> None:
    for place in (1, 2, 4):
        page.locator("#grid .tile").nth(place).click(modifiers=["Control"])
    until(page, "document.body.classList.contains('picking')")


def _open(page: Any) -> None:
    page.locator(".nears a.tile").nth(2).click()
    until(page, "document.querySelector('dialog[open]')")


def _keys(page: Any) -> None:
    page.keyboard.press("?")
    until(page, "document.querySelector('dialog.keys[open]')")


def _compare(page: Any) -> None:
    page.locator("[data-do=compare]").first.click()
    until(page, "document.querySelector('dialog[open]')")


def _heat(page: Any) -> None:
    until(page, "document.querySelector('#results img.heat').naturalWidth > 0", seconds=60)


SKETCH = "150_50.75.50.25.0.c83c28_50.20.60.25.0.2850a0"
ALL = (
    Shot("pictures-light", "/", "light"),
    Shot("filters-dark", "/", act=_filters),
    Shot("picked-dark", "/?layout=square", act=_pick),
    Shot("keys-dark", "/", act=_keys),
    Shot("selections-light", "/selections", "light", (1200, 560)),
    Shot("picture-dark", "/images/{a}", size=TALL),
    Shot("picture-phone", "/images/{a}", "light", PHONE),
    Shot("lightbox-light", "/ranked/{a}", "light", act=_open),
    Shot("ranked-light", "/ranked/{a}", "light"),
    Shot("why-dark", "/why/{a}/{b}", size=WIDE),
    Shot("search-dark", "/search?q=colour:%232850a0@top+colour:%23c83c28"),
    Shot("search-map-dark", "/search/map?q=butterfly", size=(1200, 980), wait_ms=1500),
    Shot("search-axis-light", "/search/axis?axis=animal..machine&at=100", "light"),
    Shot("search-words-dark", "/search?q=boat+%2B+butterfly&diverse=0.3", size=TALL),
    Shot("sketch-light", f"/search?tool=sketch&sketch={SKETCH}", "light"),
    Shot("region-dark", "/search?tool=region&region={a}@10,10,50,50"),
    Shot("trends-dark", "/clusters"),
    Shot("trends-phone", "/clusters", size=PHONE),
    Shot("trend-light", "/clusters/{trend}", "light"),
    Shot("outliers-dark", "/clusters/outliers"),
    Shot("time-dark", "/clusters/time"),
    Shot("sets-light", "/compare?a=orientation:landscape&b=orientation:portrait", "light"),
    Shot("chain-dark", "/chain/{a}/{far}"),
    Shot("diverse-light", "/diverse?n=12", "light"),
    Shot("slideshow-dark", "/slideshow"),
    Shot("export-light", "/export", "light", TALL),
    Shot("map-dark", "/map", ready=MAPPED, wait_ms=4000),
    Shot("map-light", "/map?layout=grid", "light", ready=MAPPED, wait_ms=4000),
    Shot("duplicates-dark", "/duplicates"),
    Shot("compare-dark", "/duplicates", act=_compare),
    Shot("boards-light", "/boards", "light"),
    Shot("board-dark", "/boards/{board}"),
    Shot("board-phone", "/boards/{board}", size=PHONE),
    Shot("board-heat-dark", "/boards/{board}?view=heatmap", act=_heat, wait_ms=6000),
    Shot("board-result-dark", "/boards/{board}/results/{found}"),
    Shot("critic-dark", "/critic"),
    Shot("evolve-dark", "/evolve/{run}"),
    Shot("evolve-start-dark", "/evolve"),
    Shot("eyes-dark", "/eyes", wait_ms=9000),
    Shot("eyes-new-dark", "/eyes/new?q={flowers}", wait_ms=4000),
    Shot("eyes-one-light", "/eyes/{eyes}?and={beside}", "light", wait_ms=4000),
    Shot("jobs-dark", "/jobs"),
    Shot("about-light", "/about", "light"),
    Shot("interface-light", "/docs", "light"),
)


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    """One Chromium that has WebGL without a graphics card."""
    launched = playwright([*DRAWS, "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"])
    yield launched
    launched.close()


def _copies(folder: Path, source: Path) -> None:
    """Copies of a photo as people make them, so that there is something to find."""
    folder.mkdir()
    with Image.open(source) as opened:
        image = opened.convert("RGB")
        across, down = image.size
        image.crop((across // 10, down // 10, across, down)).save(folder / "crop.jpg", quality=90)
        ImageOps.expand(image, border=max(4, across // 30), fill="white").save(folder / "framed.jpg", quality=90)
        image.save(folder / "small copy.jpg", quality=40)


def _board(session: Session, trend: Sequence[str]) -> dict[str, str]:
    """A board of flowers that was corrected once, where the photos have such folders; else of a trend."""
    lotus, sunflowers, insects = (
        selecting.select(session, f"folder:{name}") for name in ("lotus", "sunflower", "butterfly")
    )
    others = insects or selecting.select(session, f"-id:{','.join(one[:16] for one in trend)}")
    samples.make(session)
    board = boards.create(session, "Petals, close", words="one flower fills the frame")
    pinning.put(session, board.id, [*lotus[:3], *sunflowers[:3]] or trend[:3])
    learning.train(session, board.id, name="first try")
    pinning.put(session, board.id, others[:2], "negative")
    pinning.weigh(session, board.id, {(lotus or trend)[1]: 1.6})
    learning.train(session, board.id, name="without insects")
    return {"board": str(board.id), "found": finding.results(session, board.id, n=1).results[0].id}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A served library in which a person has worked, and what addresses name in it."""
    folder = tmp_path_factory.mktemp("shots")
    if PHOTOS:  # at an address that says nothing of who took the screenshots, and dated, as most photos are
        folder = Path(tempfile.gettempdir()) / "leitmotiv"
        photos = shutil.copytree(PHOTOS, folder / "photos")
        for number, path in enumerate(sorted(photos.rglob("*.jpg"))):
            moment = 1_560_000_000 + 86_400 * (16 * (number // 8) + 400 * np.random.default_rng(number // 8).random())
            os.utime(path, (moment, moment))
    else:
        photos = fill(folder / "photos", 48)
    with Session(replace(Settings(), library=folder / "library", workers=1, words="wordllama")) as session:
        _copies(folder / "copies", sorted(photos.rglob("*.jpg"))[7])
        add_directories(session, [photos, folder / "copies"])
        build_index(session)
        find_duplicates(session)
        groups = cut(session)
        trend = groups[min(2, len(groups) - 1)]
        own.rate(session, trend.members[:3], stars=5)
        own.rate(session, trend.members[1:2], favourite=True)
        own.keep_selection(session, "best of the blue ones", ids=list(trend.members[:9]))
        own.keep_selection(session, "upright", query="orientation:portrait")
        far = browse.similar(session, trend.members[0], n=10_000).results[-1].id
        names = {"a": trend.members[0], "b": trend.members[1], "far": far, "trend": str(trend.id)}
        names |= _board(session, trend.members)
        own.rate(session, [far], stars=1)
        critics.train(session, ["stars"])
        names["run"] = _evolved(session)
        names |= _eyes(session)
        for url in serve(session):
            yield url, names
    if PHOTOS:
        shutil.rmtree(folder)


def _eyes(session: Session) -> dict[str, str]:
    """Pairs of eyes, of folders where the photos have such; else of all pictures."""
    side = 128 if PHOTOS else 32
    flowers = f"folder:{'sunflower' if PHOTOS else 'photos'}"
    if PHOTOS:
        eyes.make(session, "Leopards", "folder:Leopards", partial=Partial("grey"))
        eyes.make(session, "Sailing", "folder:ketch", partial=Partial("regions"), side=side)
        eyes.make(session, "Sunflowers by edges", flowers)
    beside = eyes.make(session, "Lotus colours", "folder:lotus" if PHOTOS else flowers, way="palette", side=side)
    made = eyes.make(session, "Sunflowers", flowers, partial=Partial("regions"), side=side)
    return {"eyes": made.id, "beside": beside.id, "flowers": flowers}


def _evolved(session):
    """A run whose third round was overruled; a short one where nobody looks at it."""
    run = evolving.start(session, "landscape", critic="plain", seed=11, batch=32 if PHOTOS else 4)
    evolving.go_on(session, run.id, until=3)
    evolving.pick(session, run.id, 2, [3])
    evolving.go_on(session, run.id, until=7 if PHOTOS else 4)
    return str(run.id)


@pytest.mark.slow
@pytest.mark.parametrize("shot", ALL, ids=lambda shot: shot.name)
def test_each_page_is_worth_a_picture(shot, shown, open_page):
    url, names = shown
    page = open_page(url + shot.address.format(**names), width=shot.size[0], height=shot.size[1], scheme=shot.theme)
    page.wait_for_load_state("networkidle") if "map" not in shot.name else until(page, shot.ready, seconds=40)
    if shot.act:
        shot.act(page)
    page.wait_for_timeout(shot.wait_ms if PHOTOS else 100)
    image = Image.open(io.BytesIO(page.screenshot()))
    assert page.locator("h1, dialog").count() > 0
    assert np.asarray(image.convert("L")).std() > 4  # not a blank sheet
    wide = image.width // 2 if shot.size == PHONE else 720
    if PHOTOS:
        image = image.resize((wide, round(wide * image.height / image.width)), Image.Resampling.LANCZOS)
        image.save(SHOTS / f"{shot.name}.webp", quality=80, method=6)


def test_every_screenshot_stands_in_the_docs_and_every_one_there_is_taken():
    texts = [path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))]
    for path in SHOTS.glob("*.webp"):
        assert any(f"shots/{path.name}" in text for text in texts), f"no page of the docs shows {path.name}"
    missing = [shot.name for shot in ALL if not (SHOTS / f"{shot.name}.webp").exists()]
    assert missing == [], "take them with LEITMOTIV_SHOTS"
