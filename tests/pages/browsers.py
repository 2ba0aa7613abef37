"""A Chromium that is begun anew where it was lost, and an end for one that answers no more.

Chromium's whole browser (not its headless shell) sometimes never answers the closing of a page that is being loaded;
calls of Playwright to close, to evaluate and to press keys have no time limit of their own.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psutil

ENDED_S = 15.0
"""How long closing may take."""


def end() -> None:
    """Kill every browser that this process began: whoever waits for it is told that it is gone."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if child.name().startswith(("chrom", "google-chrome")):
                child.kill()


@contextlib.contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """End the browsers of this process if what is done inside is not through by then."""
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Browser:
    """One Chromium after the other: the next is begun when the last one is gone."""

    def __init__(self, launch: Callable[[], Any]) -> None:
        self._launch = launch
        self._launched: Any = None

    def new_context(self, **options: Any) -> Any:
        return self._here().new_context(**options)

    def new_page(self, **options: Any) -> Any:
        return self._here().new_page(**options)

    def close(self) -> None:
        if self._launched is not None:
            close(self._launched)

    def _here(self) -> Any:
        if self._launched is None or not self._launched.is_connected():
            self._launched = self._launch()
        return self._launched


def close(one: Any) -> None:
    """Close a browser, a context or a page; what was ended meanwhile is closed."""
    from playwright.sync_api import Error

    with ended_after(ENDED_S), contextlib.suppress(Error):
        one.close()
