"""Room for pictures that are to be compared: the components of many, and the points of those that are compared now.

Points take twice the memory of components, and a hundredth of a millisecond to be drawn from them anew; reading a
picture's mixture and bringing it into the shared spaces takes ten times as long.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.look import Look
from leitmotiv.analysis.packing import Packed, fill_points, room_for_points
from leitmotiv.kernels.divergence import DIMENSIONS, Comparable
from leitmotiv.records import ColourSpace

Rows = NDArray[np.int64]
Float32 = NDArray[np.float32]

_COLUMNS = 21
"""Numbers of a component, see `Comparable`."""
_COMPONENTS = 40
"""Components a picture for which there is room at first; more is made where they have more."""
_MOVED = 100_000
"""Rows that are moved at once."""


class Components:
    """Pictures without points, in the order of adding, at most `most`; memory is taken as they come.

    Attributes
    ----------
    colour_space : str or None
        Of all of them.
    moves : int
        How often pictures went, so that others stand elsewhere now.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        # memory that is not written to is not taken
        self._table = np.empty((_COMPONENTS * most, _COLUMNS), np.float32)
        self._first = np.zeros(most + 1, np.int64)
        self._origins = np.empty((most, DIMENSIONS), np.float32)
        self._count = 0
        self.colour_space: ColourSpace | None = None
        self.moves = 0

    def __len__(self) -> int:
        return self._count

    @property
    def arrays(self) -> tuple[Float32, Rows, Float32]:
        """`table`, `first` and `origins` of `Comparable`."""
        return self._table, self._first[: self._count + 1], self._origins[: self._count]

    def append(self, new: Packed) -> None:
        """Add pictures, for which there is room.

        Raises
        ------
        ValueError
            They are too many, or in another colour space.
        """
        count, added = self._count, len(new)
        if count + added > self._most:
            raise ValueError(f"There is room for {self._most} pictures, not for {count + added}.")
        if count and self.colour_space != new.colour_space:
            spaces = f"{self.colour_space} and {new.colour_space}"
            raise ValueError(f"Mixtures of different colour spaces cannot be compared: {spaces}.")
        theirs, used = new.pictures, int(self._first[count])
        needed = used + len(theirs.table)
        if needed > len(self._table):
            table = np.empty((2 * needed, _COLUMNS), np.float32)
            table[:used] = self._table[:used]
            self._table = table
        self._table[used:needed] = theirs.table
        self._origins[count : count + added] = theirs.origins
        self._first[count : count + added + 1] = used + theirs.first
        self._count, self.colour_space = count + added, new.colour_space

    def keep(self, places: Rows) -> None:
        """Let all pictures go but those at some places, which ascend."""
        counts = np.diff(self._first)[places]
        first = np.concatenate([[0], np.cumsum(counts)])
        taken = np.arange(first[-1]) + np.repeat(self._first[places] - first[:-1], counts)
        for values, rows in ((self._origins, places), (self._table, taken)):
            for start in range(0, len(rows), _MOVED):  # to where nothing is that is still to be moved
                part = rows[start : start + _MOVED]
                values[start : start + len(part)] = values[part]
        self._first[: len(first)] = first
        self._count = len(places)
        self.moves += 1


class Points:
    """Room for the points of at most `most` pictures of some `components`; new ones take one place after the other."""

    def __init__(self, components: Components, most: int, look: Look) -> None:
        self._components, self._most, self._look = components, most, look
        self._points, self._own, self._shares = room_for_points(most, look)
        self._places = np.zeros(0, np.int64)
        self._rows = np.full(most, -1)
        self._moves, self._next = components.moves, 0

    def hold(self, rows: Rows, threads: int) -> Packed:
        """All pictures, of which some, at most `most`, have points now; it is no longer so after the next change.

        Parameters
        ----------
        rows : (R,) int64
            Different places among the components.
        """
        table, first, origins = self._components.arrays
        if self._moves != self._components.moves:
            self._places, self._moves = np.zeros(0, np.int64), self._components.moves
            self._rows[:] = -1
        self._places = np.concatenate([self._places, np.full(len(origins) - len(self._places), -1)])
        lacking = rows[self._places[rows] < 0]
        free = self._free(rows, len(lacking))
        gone = self._rows[free]
        self._places[gone[gone >= 0]] = -1
        self._rows[free] = -1
        pictures = Comparable(self._points, self._own, self._places, self._shares, table, first, origins)
        try:
            self._places[lacking] = free
            fill_points(pictures, lacking, self._look, threads)
        except BaseException:
            self._places[lacking] = -1  # what was interrupted is drawn again
            raise
        self._rows[free] = lacking
        return Packed(self._look, self._components.colour_space, pictures)

    def _free(self, rows: Rows, count: int) -> Rows:
        """Places for `count` more, none of them that of a picture in `rows`, one round after the other."""
        taken = np.zeros(self._most, np.bool_)
        held = self._places[rows]
        taken[held[held >= 0]] = True
        order = np.roll(np.arange(self._most), -self._next)
        free = order[~taken[order]][:count]
        if len(free):
            self._next = int(free[-1] + 1) % self._most
        return free
