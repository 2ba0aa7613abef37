"""Pictures of a library ready to be compared, as many as memory may hold; others are made ready when pairs need them.

A packed picture takes about ten kilobytes. So however large a library is, comparing its pictures takes no more memory
than `HELD` of them do, and few are packed twice where pairs come in an order in which their ends lie near each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence
from leitmotiv.analysis.holding import Holding
from leitmotiv.analysis.look import Look
from leitmotiv.analysis.packing import Packed
from leitmotiv.store.library import Library

HELD = 60_000
"""Most pictures that are held packed."""
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
        Most pictures that are held packed, at least 2.
    points : int, optional
        Fewer points of each picture than the look has.

    Attributes
    ----------
    packed : int
        How many were packed so far, those that had gone and came back counted again.
    """

    def __init__(
        self,
        library: Library,
        ids: Sequence[str],
        look: Look,
        threads: int,
        *,
        held: int | None = None,
        points: int | None = None,
    ) -> None:
        self._library, self._ids, self._threads = library, ids, threads
        self._look = look if points is None else replace(look, points=min(points, look.points))
        self._most = min(len(ids), max(2, HELD if held is None else held))
        self._rows = np.zeros(0, np.int64)
        self._place = np.full(len(ids), -1, np.int64)
        self._holding = Holding(self._most)
        self.packed = 0

    def divergences(self, pairs: Rows, progress: Progress | None = None) -> Divergences:
        """Plain divergences of pairs (P, 2), nats; neighbouring pairs should share rows."""
        out = np.empty(len(pairs), np.float32)
        for start, stop, rows in self._parts(pairs, 0):

            def tell(done: int, _: int, so_far: int = start) -> None:
                if progress is not None:
                    progress(so_far + done, len(pairs))

            held = self._hold(rows)
            places = self._place[pairs[start:stop]]
            out[start:stop] = divergence.js_pairs(held, places, look=self._look, threads=self._threads, progress=tell)
        return out

    def _parts(self, pairs: Rows, start: int) -> Iterator[tuple[int, int, Rows]]:
        """Runs of pairs whose ends can be held together: where each begins and stops, and its rows."""
        rows = np.unique(pairs)
        if len(rows) > self._most:
            half = len(pairs) // 2
            yield from self._parts(pairs[:half], start)
            yield from self._parts(pairs[half:], start + half)
        elif len(pairs):
            yield start, start + len(pairs), rows

    def _hold(self, rows: Rows) -> Packed:
        """All of some rows packed; where there is no room for them, others go."""
        lacking = rows[self._place[rows] < 0]
        if len(self._rows) + len(lacking) > self._most:
            needed = self._place[rows[self._place[rows] >= 0]]
            others = np.setdiff1d(np.arange(len(self._rows)), needed)
            room = self._most - len(lacking) - len(needed)
            places = np.union1d(
                needed, others[len(others) - room :]
            )  # the last that came are the likeliest to be asked
            self._holding.keep(places)
            self._place[self._rows] = -1
            self._rows = self._rows[places]
            self._place[self._rows] = np.arange(len(places))
        for at in range(0, len(lacking), AT_ONCE):
            part = lacking[at : at + AT_ONCE]
            mixtures = self._library.mixtures.many([self._ids[row] for row in part])
            self._holding.append(divergence.pack(mixtures, look=self._look))
            self._place[part] = len(self._rows) + np.arange(len(part))
            self._rows = np.concatenate([self._rows, part])
        self.packed += len(lacking)
        return self._holding.packed
