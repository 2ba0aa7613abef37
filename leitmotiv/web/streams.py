"""Streams of events: how many may be open, how long each lasts, and how an event is written."""

import threading
from typing import cast

from flask import Flask, current_app

from leitmotiv.errors import TooManyStreamsError

STREAM_S = 30.0
"""How long a stream lasts before the browser opens the next."""
MOST = 6
"""Streams at one time; each takes one of the server's threads, and the others are for pages."""


class Slot:
    """The place of one stream; given back once, however often `give` is called."""

    def __init__(self, free: threading.Semaphore) -> None:
        self._free = free
        self._given = threading.Lock()

    def give(self) -> None:
        """Give the place back."""
        if self._given.acquire(blocking=False):
            self._free.release()


class Streams:
    """The places for streams.

    Attributes
    ----------
    closed : threading.Event
        Set when the server ends: streams end, too.
    """

    def __init__(self, most: int = MOST) -> None:
        self._free = threading.Semaphore(most)
        self.closed = threading.Event()

    def take(self) -> Slot:
        """Take a place.

        Raises
        ------
        TooManyStreamsError
            None is free.
        """
        if not self._free.acquire(blocking=False):
            raise TooManyStreamsError("Too many pages listen at once. Ask /api/v1/status every few seconds instead.")
        return Slot(self._free)


KEY = "streams"


def install(app: Flask) -> None:
    """Give an app its places for streams; they end when its server closes."""
    app.extensions[KEY] = made = Streams()
    app.extensions.setdefault("closing", []).append(made.closed.set)


def the_streams() -> Streams:
    """The places for streams of the app that answers this request."""
    return cast(Streams, current_app.extensions[KEY])


def event(name: str, data: str) -> str:
    """One event; its data is one line."""
    return f"event: {name}\ndata: {data}\n\n"
