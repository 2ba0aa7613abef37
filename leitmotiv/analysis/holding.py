"""Room for packed pictures, to which some are added and from which some go, without copying those that stay."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.packing import Packed
from leitmotiv.kernels.divergence import Comparable

Rows = NDArray[np.int64]

_MOVED = 1000
_COMPONENTS = 40
"""Components a picture for which there is room at first; more is made where they have more."""


class Holding:
    """Packed pictures in the order of adding, at most `most`; memory is taken as they come."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._room: Comparable | None = None
        self._packed: Packed | None = None

    def __len__(self) -> int:
        return 0 if self._packed is None else len(self._packed)

    @property
    def packed(self) -> Packed:
        """What is held now; it is no longer so after the next change.

        Raises
        ------
        ValueError
            There was never anything.
        """
        if self._packed is None:
            raise ValueError("Nothing is held.")
        return self._packed

    def append(self, new: Packed) -> None:
        """Add pictures, for which there is room.

        Raises
        ------
        ValueError
            They are too many, or in another colour space.
        """
        count, added = len(self), len(new)
        if count + added > self._most:
            raise ValueError(f"There is room for {self._most} pictures, not for {count + added}.")
        if self._packed is not None and self._packed.colour_space != new.colour_space:
            spaces = f"{self._packed.colour_space} and {new.colour_space}"
            raise ValueError(f"Mixtures of different colour spaces cannot be compared: {spaces}.")
        theirs = new.pictures
        room = self._room or _room(self._most, theirs)
        used = int(room.first[count])
        table, needed = room.table, used + len(theirs.table)
        if needed > len(table):
            table = np.empty((2 * needed, table.shape[1]), np.float32)
            table[:used] = room.table[:used]
        table[used:needed] = theirs.table
        part = slice(count, count + added)
        room.points[part], room.own[part], room.origins[part] = theirs.points, theirs.own, theirs.origins
        room.first[count : count + added + 1] = used + theirs.first
        self._room = room._replace(table=table)
        self._show(new, count + added)

    def keep(self, places: Rows) -> None:
        """Let all pictures go but those at some places, which ascend."""
        if self._room is None or self._packed is None:
            return
        room = self._room
        counts = np.diff(room.first)[places]
        first = np.concatenate([[0], np.cumsum(counts)])
        taken = np.arange(first[-1]) + np.repeat(room.first[places] - first[:-1], counts)
        for values, rows in ((room.points, places), (room.own, places), (room.origins, places), (room.table, taken)):
            for start in range(0, len(rows), _MOVED):  # to where nothing is that is still to be moved
                part = rows[start : start + _MOVED]
                values[start : start + len(part)] = values[part]
        room.first[: len(first)] = first
        self._show(self._packed, len(places))

    def _show(self, like: Packed, count: int) -> None:
        room = self._room
        if room is not None:
            shown = room._replace(
                points=room.points[:count],
                own=room.own[:count],
                first=room.first[: count + 1],
                origins=room.origins[:count],
            )
            self._packed = Packed(like.look, like.colour_space, shown)


def _room(most: int, like: Comparable) -> Comparable:
    """Room for so many pictures; memory that is not written to is not taken."""
    return Comparable(
        points=np.empty((most, *like.points.shape[1:]), np.float32),
        own=np.empty((most, like.own.shape[1]), np.float32),
        shares=like.shares,
        table=np.empty((max(len(like.table), _COMPONENTS * most), like.table.shape[1]), np.float32),
        first=np.zeros(most + 1, np.int64),
        origins=np.empty((most, like.origins.shape[1]), np.float32),
    )
