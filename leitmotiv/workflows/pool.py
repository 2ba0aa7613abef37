"""Pictures of a library ready to be compared, as many as memory may hold; others are made ready when pairs need them.

A packed picture takes about ten kilobytes. So however large a library is, comparing its pictures takes no more memory
than `HELD` of them do, and few are packed twice where pairs come in an order in which their ends lie near each other.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence
from leitmotiv.analysis.look import Look
from leitmotiv.analysis.packing import Packed
from leitmotiv.kernels.divergence import Comparable
from leitmotiv.store.library import Library

HELD = 40_000
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

    Attributes
    ----------
    packed : int
        How many were packed so far, those that had gone and came back counted again.
    """

    def __init__(self, library: Library, ids: Sequence[str], look: Look, threads: int, held: int | None = None) -> None:
        self._library, self._ids, self._look, self._threads = library, ids, look, threads
        self._most = min(len(ids), max(2, HELD if held is None else held))
        self._rows = np.zeros(0, np.int64)
        self._place = np.full(len(ids), -1, np.int64)
        self._held: Packed | None = None
        self._room: Comparable | None = None
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
            self._keep(np.sort(self._place[rows[self._place[rows] >= 0]]))
        for at in range(0, len(lacking), AT_ONCE):
            part = lacking[at : at + AT_ONCE]
            mixtures = self._library.mixtures.many([self._ids[row] for row in part])
            self._append(part, divergence.pack(mixtures, look=self._look))
        if self._held is None:
            raise ValueError("No pairs of no pictures can be compared.")
        return self._held

    def _append(self, rows: Rows, new: Packed) -> None:
        count = len(self._rows)
        if self._held is not None and self._held.colour_space != new.colour_space:
            raise ValueError(
                f"Mixtures in {self._held.colour_space} and in {new.colour_space} cannot be compared with each other."
            )
        room = self._room or _room(self._most, new.pictures)
        used = int(room.first[count])
        table = room.table
        if used + len(new.pictures.table) > len(table):
            table = np.empty((2 * (used + len(new.pictures.table)), table.shape[1]), np.float32)
            table[:used] = room.table[:used]
        table[used : used + len(new.pictures.table)] = new.pictures.table
        part = slice(count, count + len(rows))
        room.points[part], room.own[part], room.origins[part] = new.pictures[0], new.pictures[1], new.pictures.origins
        room.first[count : count + len(rows) + 1] = used + new.pictures.first
        self._room = room._replace(table=table)
        self._rows = np.concatenate([self._rows, rows])
        self._place[rows] = np.arange(count, count + len(rows))
        self._show(new)
        self.packed += len(rows)

    def _keep(self, places: Rows) -> None:
        """Forget all pictures but those at some places, which ascend."""
        if self._room is None or self._held is None:
            return
        room = self._room
        for start in range(0, len(places), AT_ONCE):  # to where nothing is that is still to be moved
            part = places[start : start + AT_ONCE]
            for values in (room.points, room.own, room.origins):
                values[start : start + len(part)] = values[part]
        counts = np.diff(room.first)[places]
        first = np.concatenate([[0], np.cumsum(counts)])
        taken = np.arange(first[-1]) + np.repeat(room.first[places] - first[:-1], counts)
        room.table[: len(taken)] = room.table[taken]
        room.first[: len(first)] = first
        self._place[self._rows] = -1
        self._rows = self._rows[places]
        self._place[self._rows] = np.arange(len(places))
        self._show(self._held)

    def _show(self, like: Packed) -> None:
        """Let `_held` be what is in the room now."""
        room, count = self._room, len(self._rows)
        if room is not None:
            shown = room._replace(
                points=room.points[:count],
                own=room.own[:count],
                first=room.first[: count + 1],
                origins=room.origins[:count],
            )
            self._held = Packed(like.look, like.colour_space, shown)


def _room(most: int, like: Comparable) -> Comparable:
    """Room for so many pictures; memory that is not written to is not taken."""
    return Comparable(
        points=np.empty((most, *like.points.shape[1:]), np.float32),
        own=np.empty((most, like.own.shape[1]), np.float32),
        shares=like.shares,
        table=np.empty((max(len(like.table), 40 * most), like.table.shape[1]), np.float32),
        first=np.zeros(most + 1, np.int64),
        origins=np.empty((most, like.origins.shape[1]), np.float32),
    )
