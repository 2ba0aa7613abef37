"""Looks, while nobody asks, at the pages of a large library that take long the first time; it makes none of them."""

import io
import threading
import time
from typing import cast

import flask
from flask import Flask

from leitmotiv.errors import LeitmotivError
from leitmotiv.workflows import browse
from leitmotiv.workflows.session import Session

LARGE = 20_000
"""Pictures from which on a first look is worth preparing: below, none takes a tenth of a second."""
QUIET_S = 2.0
"""How long nobody may have asked before the next page is looked at."""
PAGES = (
    "/",
    "/api/v1/facets",
    "/images/{one}",
    "/clusters",
    "/clusters/{trend}",
    "/ranked/{one}?from=50",
    "/diverse",
    "/api/v1/keepers?n=1",
    "/clusters/time",
    "/compare",
    "/map",
    "/clusters/{last}",
)
"""What is looked at, in this order. All only read, and none starts a job."""
KEY = "foresight"
OWN = "leitmotiv.foresight"
"""The mark of a request of ours."""


class Foresight:
    """What sees to it that pages of an app stand ready, as a visitor whom nobody waits for.

    Attributes
    ----------
    looked : int
        Times that all pages were looked at.
    """

    def __init__(self, app: Flask, session: Session, token: str | None) -> None:
        self._app, self._session, self._token = app, session, token
        self._news = threading.Event()
        self._guard = threading.Lock()
        self._asking, self._last = 0, time.monotonic()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name=KEY, daemon=True)
        self.looked = 0

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Look at nothing more; a page that is being looked at is waited for a moment."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def asked(self) -> None:
        """Somebody else asks for something."""
        with self._guard:
            self._asking += 1

    def answered(self) -> None:
        """It is answered."""
        with self._guard:
            self._asking -= 1
            self._last = time.monotonic()
        self._news.set()

    def _work(self) -> None:
        seen: int | None = None
        while True:
            self._news.clear()
            if self._closed.is_set():  # looked at after the clearing, so that the news of it is never lost
                return
            try:
                index = self._session.library.clusters.revision()
                if index is not None and index != seen and browse.count(self._session) >= LARGE and self._look():
                    seen = index
                    self.looked += 1
            except LeitmotivError:
                pass  # whoever asks is told
            self._news.wait()

    def _look(self) -> bool:
        """Ask for each page; tells whether none is left."""
        client = self._app.test_client()
        images = browse.images(self._session, limit=1).images
        groups = [group for group in browse.clusters(self._session).clusters if group.size > 1]
        names = {"one": images[0].id if images else ""}
        # the last for the sake of its name, for which the colours of all before it are found
        names |= {"trend": str(groups[0].id if groups else 0), "last": str(groups[-1].id if groups else 0)}
        for page in PAGES:
            if not self._quiet():
                return False
            headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
            # what goes wrong is told to whoever asks next, not on the terminal of somebody who asked for nothing
            client.get(
                page.format(**names), headers=headers, environ_overrides={OWN: True, "wsgi.errors": io.StringIO()}
            )
        return True

    def _quiet(self) -> bool:
        """Wait until nobody asks; False when the server ends."""
        left = 0.0
        while not self._closed.wait(left):
            with self._guard:
                left = QUIET_S if self._asking else self._last + QUIET_S - time.monotonic()
            if left <= 0:
                return True
        return False


def install(app: Flask, session: Session, token: str | None) -> None:
    """Let an app tell its foresight who asks; the server that serves it begins it, and ends it."""
    app.extensions[KEY] = made = Foresight(app, session, token)
    app.extensions.setdefault("running", []).append(made.start)
    app.extensions.setdefault("closing", []).append(made.close)

    @app.before_request
    def asked() -> None:
        if not flask.request.environ.get(OWN):
            flask.g.asks = True
            made.asked()

    @app.teardown_request
    def answered(error: BaseException | None) -> None:
        if flask.g.pop("asks", False):
            made.answered()


def of(app: Flask) -> Foresight:
    """The foresight of an app."""
    return cast(Foresight, app.extensions[KEY])
