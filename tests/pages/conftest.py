"""A small real library, served, and a real browser that records whatever goes wrong."""

import datetime
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from leitmotiv.settings import Settings
from leitmotiv.web import server
from leitmotiv.web.app import create_app
from leitmotiv.workflows import browse
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.readiness import prepare
from leitmotiv.workflows.session import Session
from tests.pages.browsers import Browser, close, ended_after

COUNT = 60
HANGS_S = 240.0
"""Longer than any test in a browser takes, and shorter than the patience of pytest (`faulthandler_timeout`)."""
LOOKS = ((200, 60, 40), (40, 90, 200), (60, 150, 70), (220, 200, 90), (30, 30, 40), (150, 80, 170))
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test in a browser a second try on a machine that others use: it waits for frames that may not come.

    The report names what was tried again (-ra); a fault of ours fails both times.
    """
    if os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.flaky(reruns=1))


def paint(number: int) -> Image.Image:
    """A field of colour over another, with a disc: pictures whose numbers differ by 6 share a look."""
    rng = np.random.default_rng(number)
    width, height = ((120, 80), (80, 120), (100, 100))[number % 3]
    pixels = np.empty((height, width, 3))
    pixels[:] = LOOKS[number % 6]
    horizon = int(height * (0.45 + 0.02 * (number % 6) + 0.01 * rng.normal()))
    pixels[horizon:] = np.array(LOOKS[(number + 2) % 6]) * 0.6
    y, x = np.mgrid[:height, :width]
    centre = rng.uniform(0.3, 0.7, 2) * (height, width)
    pixels[np.hypot(y - centre[0], x - centre[1]) < 0.12 * min(height, width)] = LOOKS[(number + 4) % 6]
    pixels += rng.normal(0, 6, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def fill(folder: Path, count: int = COUNT) -> Path:
    """Pictures three a day, over three years; every second one knows when it was taken."""
    folder.mkdir()
    start = datetime.datetime(2025, 6, 14, 12, 0)
    for number in range(count):
        taken = start - datetime.timedelta(days=50 * (number // 3), minutes=number)
        exif = Image.Exif()
        if number % 2:
            exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
        path = folder / f"p{number:03}.jpg"
        paint(number).save(path, quality=92, exif=exif)
        os.utime(path, (taken.timestamp(), taken.timestamp()))
    return folder


@dataclass
class Site:
    """A served library.

    Attributes
    ----------
    ids : list of str
        Its pictures, newest first.
    """

    session: Session
    url: str
    ids: list[str] = field(default_factory=list)


def serve(session: Session) -> Iterator[str]:
    """Serve a session on a free port of this machine until asked for the next value."""
    bound = server.bind(create_app(session), "127.0.0.1", 0)
    thread = threading.Thread(target=bound.run, name="pages")
    thread.start()
    yield bound.url.rstrip("/")
    bound.close()
    thread.join(10)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Sixty pictures in six looks, indexed."""
    folder = tmp_path_factory.mktemp("pages")
    prepare(Settings(), lambda text: None)
    with Session(replace(Settings(), library=folder / "shoebox", workers=1, words="wordllama")) as session:
        add_directories(session, [fill(folder / "photos")])
        (folder / "photos" / "broken.jpg").write_bytes(b"this is no picture")
        add_directories(session, [folder / "photos"])
        build_index(session)
        ids = [image.id for image in browse.images(session, limit=COUNT).images]
        for url in serve(session):
            yield Site(session, url, ids)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    """A library without a picture."""
    with Session(replace(Settings(), library=tmp_path / "empty", workers=1)) as session:
        for url in serve(session):
            yield Site(session, url)


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Any]:
    """Playwright, of which a thread has only one, and where Chromium is."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        path = os.environ.get("LEITMOTIV_CHROMIUM") or chromium
        yield lambda arguments: Browser(lambda: started.chromium.launch(executable_path=path, args=list(arguments)))


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """End a browser that hangs, so that its test fails, and the others do not wait."""
    with ended_after(HANGS_S):
        yield


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    """One Chromium for all tests of pages."""
    launched = playwright(ARGUMENTS)
    yield launched
    launched.close()


EVENTS = "/api/v1/jobs/events"
"""Streams are bounded: where many pages are open one after the other, the last ones are told to poll instead."""


@dataclass
class Watch:
    """What a page must not do: complain, fail, or ask another host."""

    faults: list[str] = field(default_factory=list)

    def follow(self, page: Any) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        # what a software renderer says of its own speed is no fault of a page
        crowded = str((message.location or {}).get("url", "")).endswith(EVENTS) and "503" in message.text
        if message.type in ("error", "warning") and "GL Driver Message" not in message.text and not crowded:
            self.faults.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.faults.append(f"another host: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and not (response.status == 503 and response.url.endswith(EVENTS)):
            self.faults.append(f"{response.status}: {response.url}")


def until(page: Any, condition: str, *, seconds: float = 15.0) -> None:
    """Wait until an expression is true in a page.

    Playwright's own `wait_for_function` evaluates its text inside the page, which the page's policy forbids.
    """
    from playwright.sync_api import Error

    for _ in range(int(seconds / 0.05)):
        try:
            if page.evaluate(f"Boolean({condition})"):
                return
        except Error as error:
            if "context was destroyed" not in str(error):  # the page loads itself anew: the next look sees it
                raise
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.url}: not true after {seconds} s: {condition}")


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Open pages in fresh contexts; afterwards none of them may have complained."""
    watch, contexts = Watch(), []

    def open_(url: str, *, width: int = 1440, height: int = 900, scheme: str = "dark", **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch.follow(page)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        close(context)
    assert watch.faults == []
