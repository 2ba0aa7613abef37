"""Streams of events: how many may be open, how long each lasts, and how an event is written."""

import threading

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


def event(name: str, data: str) -> str:
    """One event; its data is one line."""
    return f"event: {name}\ndata: {data}\n\n"
