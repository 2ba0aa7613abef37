"""Pictures of a library ready to be compared, as many as memory may hold; others are made ready when pairs need them.

What is read of a picture takes about three kilobytes, its points six more. So however large a library is, comparing its
pictures takes no more memory than `READ` and `HELD` of them do; and few are made ready twice where pairs come in an
order in which their ends lie near each other.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence
from leitmotiv.analysis.holding import Components, Points
from leitmotiv.analysis.look import Look
from leitmotiv.analysis.packing import Packed
from leitmotiv.store.library import Library

READ = 1_000_000
"""Most pictures whose components are held."""
HELD = 32_000
"""Most pictures that are held with their points."""
AT_ONCE = 1000
"""Pictures that are read and packed at once."""

Rows = NDArray[np.int64]
Divergences = NDArray[np.float32]
Progress = divergence.Progress


class Pool:
    """Divergences of pairs of pictures of a library.

    Parameters
    ----------
    ids : sequence of str
        Pictures, by whose rows pairs are named.
    held : int
        Most pictures that are held with their points, at least 2.
    read : int
        Most pictures whose components are held, at least as many.
    points : int, optional
        Fewer points of each picture than the look has.
    beside : Pool, optional
        One over the same pictures, whose components it shares.
    """

    def __init__(
        self,
        library: Library,
        ids: Sequence[str],
        look: Look,
        threads: int,
        *,
        held: int = HELD,
        read: int = READ,
        points: int | None = None,
        beside: "Pool | None" = None,
    ) -> None:
        self._look = look if points is None else replace(look, points=min(points, look.points))
        self._most, self._threads = min(len(ids), max(2, held)), threads
        if beside is None:
            self._read = _Read(library, ids, max(self._most, min(len(ids), read)))
        else:
            self._read = beside._read
        self._points = Points(self._read.components, self._most, self._look)

    @property
    def packed(self) -> int:
        """How many were read and packed so far, those that had gone and came back counted again."""
        return self._read.packed

    def divergences(self, pairs: Rows, progress: Progress | None = None) -> Divergences:
        """Plain divergences of pairs (P, 2), nats; neighbouring pairs should share rows."""
        out = np.empty(len(pairs), np.float32)
        for start, stop, rows in self._parts(pairs, 0):

            def tell(done: int, _: int, so_far: int = start) -> None:
                if progress is not None:
                    progress(so_far + done, len(pairs))

            place = self._read.hold(rows, self._look)
            held = self._points.hold(place[rows], self._threads)
            places = place[pairs[start:stop]]
            out[start:stop] = divergence.js_pairs(held, places, look=self._look, threads=self._threads, progress=tell)
        return out

    def _parts(self, pairs: Rows, start: int) -> Iterator[tuple[int, int, Rows]]:
        """Runs of pairs whose ends can be held together: where each begins and stops, and its rows."""
        there = np.zeros(self._read.size, np.bool_)
        there[pairs] = True
        rows = np.flatnonzero(there)
        if len(rows) > self._most:
            half = len(pairs) // 2
            yield from self._parts(pairs[:half], start)
            yield from self._parts(pairs[half:], start + half)
        elif len(pairs):
            yield start, start + len(pairs), rows


class _Read:
    """Components of the pictures that were read, at most `most`, of a library's `size`."""

    def __init__(self, library: Library, ids: Sequence[str], most: int) -> None:
        self._library, self._ids, self._most = library, ids, most
        self.size, self.packed = len(ids), 0
        self.components = Components(most)
        self._rows = np.zeros(0, np.int64)
        self._place = np.full(len(ids), -1)

    def hold(self, rows: Rows, look: Look) -> Rows:
        """Read what of some rows is not there; where there is no room for them, others go. The place of each row."""
        lacking = rows[self._place[rows] < 0]
        if len(self._rows) + len(lacking) > self._most:
            needed = self._place[rows[self._place[rows] >= 0]]
            others = np.setdiff1d(np.arange(len(self._rows)), needed)
            # A tenth more go than must: moving those that stay takes long. The last that came are the likeliest asked.
            room = max(0, self._most - len(lacking) - len(needed) - self._most // 10)
            places = np.union1d(needed, others[len(others) - room :])
            self.components.keep(places)
            self._place[self._rows] = -1
            self._rows = self._rows[places]
            self._place[self._rows] = np.arange(len(places))
        done = 0
        for packed in self._packed(lacking, look):
            self.components.append(packed)
            part = lacking[done : done + len(packed)]
            self._place[part] = len(self._rows) + np.arange(len(part))
            self._rows = np.concatenate([self._rows, part])
            done += len(part)
        self.packed += len(lacking)
        return self._place

    def _packed(self, rows: Rows, look: Look) -> Iterator[Packed]:
        """Some pictures without points, a part at a time; while one is packed, the next is read."""
        with ThreadPoolExecutor(1) as packing:
            waiting: Future[Packed] | None = None
            for at in range(0, len(rows), AT_ONCE):
                mixtures = self._library.mixtures.many([self._ids[row] for row in rows[at : at + AT_ONCE]])
                before, waiting = waiting, packing.submit(divergence.pack, mixtures, look=look, points=False)
                if before is not None:
                    yield before.result()
            if waiting is not None:
                yield waiting.result()
