"""Pages and the JSON interface over a large library, as a browser and a program meet them on loopback.

    python -m benchmarks.pages LIBRARY [--similar LIBRARY] [--requests 200]

LIBRARY is one that `benchmarks.map` filled, so that it has a map; `--similar` names another for `/similar`, with an
index (`leitmotiv build-index`), since that is promised at 20,000. Each is served by a real `leitmotiv serve`.

Prints, for `/`, `/map` and `/ranked/<id>`, the time of the first view: the largest contentful paint of a fresh
headless Chromium, and for the map the moment at which it stands; cold (first visit to a fresh server) and warm. Then
when the grid of all pictures is laid out, and from how many bytes, beside what the server drew;
the tasks of over 50 ms while the grid is scrolled, by the clock and by the processor's time that they took (on a
machine with other work the two lie far apart; what the browser collects for itself is not counted), and the 50th and
95th percentiles of `/api/v1/images` (200 pictures a page, page after page) and of `/api/v1/images/<id>/similar`. The
frame rate of a software renderer is told, and promises nothing.
"""

import argparse
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from json import load, loads
from pathlib import Path
from typing import Any

ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
FIRST_VIEW = """() => new Promise((done) => {
  let latest = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) latest = one.startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  const ready = performance.getEntriesByName('map-ready')[0];
  const settle = () => (ready ? done(ready.startTime) : latest ? done(latest) : setTimeout(settle, 300));
  setTimeout(settle, 600);
})"""
LAID_OUT = """() => {
  const found = performance.getEntriesByType('resource').filter((one) => one.name.includes('/api/v1/grid'));
  const height = document.querySelector('#grid').clientHeight;
  const bytes = found.reduce((sum, one) => sum + one.encodedBodySize, 0);
  return { at: performance.now(), count: found.length, bytes, height };
}"""
SCROLL = """async () => {
  const tasks = [], frames = [];
  new PerformanceObserver((list) => { for (const one of list.getEntries()) tasks.push(one.duration); })
    .observe({ type: 'longtask' });
  let last = performance.now();
  for (let step = 0; step < 240; step++) {
    scrollBy(0, step < 200 ? 240 : 24000);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  await new Promise((done) => setTimeout(done, 500));
  return { tasks, frames, tiles: document.querySelectorAll('.tile').length, top: scrollY };
}"""


@contextlib.contextmanager
def served(library: Path) -> Iterator[str]:
    """The address of a library, served by a process of its own."""
    command = [sys.executable, "-m", "leitmotiv", "serve", "--library", str(library), "--port", "0", "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rstrip("/")
    finally:
        process.terminate()
        process.wait(20)


def get(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=120) as answer:
        return load(answer)


def timed(addresses: Iterator[str]) -> list[float]:
    """Milliseconds of each request, its body read whole."""
    found = []
    for address in addresses:
        start = time.perf_counter()
        with urllib.request.urlopen(address, timeout=120) as answer:
            answer.read()
        found.append(1e3 * (time.perf_counter() - start))
    return found


def tell(name: str, values: list[float]) -> None:
    cuts = statistics.quantiles(values, n=20)
    print(
        f"{name:44}{len(values):5} requests, p50 {statistics.median(values):7.1f} ms, p95 {cuts[-1]:7.1f} ms",
        flush=True,
    )


def own_tasks(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of processor's time of each task of the page's thread, without collections of garbage."""
    named = [event for event in events if event["name"] == "thread_name"]
    threads = {(event["pid"], event["tid"]) for event in named if event["args"]["name"] == "CrRendererMain"}
    mine = [event for event in events if (event["pid"], event["tid"]) in threads and event.get("ph") == "X"]
    collected = [(event["ts"], event["ts"] + event["dur"]) for event in mine if event["name"] == "MajorGC"]
    return [
        event.get("tdur", 0) / 1e3
        for event in mine
        if event["name"].endswith("RunTask")
        and not any(event["ts"] <= start and end <= event["ts"] + event["dur"] for start, end in collected)
    ]


def first_views(url: str, image_id: str) -> None:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("LEITMOTIV_CHROMIUM") or shutil.which("chromium") or "chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for page_path in ("/", "/map", f"/ranked/{image_id}"):
            times = []
            for _ in range(3):
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                page.goto(url + page_path, wait_until="load", timeout=120_000)
                if page_path == "/map":
                    with contextlib.suppress(Exception):
                        page.wait_for_selector("[data-ready]", timeout=60_000, state="attached")
                times.append(page.evaluate(FIRST_VIEW))
                context.close()
            name = page_path if len(page_path) < 20 else "/ranked/<id>"
            print(
                f"first view of {name:31}cold {times[0] / 1e3:5.2f} s, then {min(times[1:]) / 1e3:5.2f} s", flush=True
            )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url + "/", wait_until="commit")
        page.wait_for_selector("#grid[role=grid]", timeout=60_000)
        laid = page.evaluate(LAID_OUT)
        print(
            f"the grid of / is laid out after {laid['at'] / 1e3:.2f} s, {laid['height']:,} px high, from "
            f"{laid['bytes']:,} bytes in {laid['count']} answers",
            flush=True,
        )
        page.wait_for_timeout(1500)
        browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
        found = page.evaluate(SCROLL)
        used = own_tasks(loads(browser.stop_tracing())["traceEvents"])
        long = [round(duration) for duration in found["tasks"]]
        busy = [round(one) for one in used if one > 50]
        print(
            f"scrolling / by {found['top']:,.0f} px: {len(long)} tasks over 50 ms by the clock {sorted(long)[-5:]}, "
            f"{len(busy)} by the processor's time {sorted(busy)[-5:]} (the longest {max(used):.0f} ms), "
            f"{found['tiles']} tiles in the page, frames {statistics.median(found['frames']):.0f} ms in the median"
        )
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--similar", type=Path, help="a library with an index")
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with served(options.library) as url:
        page = get(f"{url}/api/v1/images?limit=200")
        first_views(url, page["images"][7]["id"])

        def pages() -> Iterator[str]:
            following = "/api/v1/images?limit=200"
            for _ in range(options.requests):
                yield url + following
                following = get(url + following)["next"] or "/api/v1/images?limit=200"

        tell("/api/v1/images?limit=200, page after page", timed(pages()))
    if options.similar:
        with served(options.similar) as url:
            ids = [one["id"] for one in get(f"{url}/api/v1/images?limit=1000")["images"]]
            chosen = random.Random(0).sample(ids, min(options.requests, len(ids)))
            timed(iter([f"{url}/api/v1/images/{chosen[0]}/similar"]))  # what is compiled or read once is not asked here
            tell("/api/v1/images/<id>/similar", timed(f"{url}/api/v1/images/{one}/similar" for one in chosen[1:]))


if __name__ == "__main__":
    main()
