"""Lists of neighbours with what is known of their pairs: looked up, taken over from older ones, and filled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.graph import Divergences, Keys, Lists, Pairs, keys_of
from leitmotiv.kernels import listed as kernels

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Listed:
    """N points, each with a list of C others; a pair may stand in the list of one of its ends or of both.

    Attributes
    ----------
    lists : (N, C) int32
        Rows, negative where there is none.
    values : (N, C) float32
        Nats; NaN where not known. They are filled in place.
    """

    lists: Lists
    values: Divergences

    def look_up(self, keys: Keys) -> Divergences:
        """Values of pairs by their keys (P,), NaN for those that no list knows."""
        found = np.full(len(keys), np.nan, np.float32)
        lower, higher = np.divmod(keys, len(self.lists))
        kernels.look_up(self.lists, self.values, lower, higher, found)
        return found

    def lacking(self) -> int:
        """Places whose pair is not known."""
        return int(np.count_nonzero((self.lists >= 0) & np.isnan(self.values)))

    def take_over(self, old: "Listed", others: Pairs) -> None:
        """Fill in what older lists over the same points and other pairs tell."""
        kernels.carry(self.lists, self.values, old.lists, old.values)
        if len(others):
            rows, places = np.nonzero((self.lists >= 0) & np.isnan(self.values))
            self.values[rows, places] = others.look_up(keys_of(rows, self.lists[rows, places], len(self.lists)))

    def gather(self, block: Rows) -> tuple[Rows, Rows]:
        """Pairs of some rows that are not known, each once: the row and the place in its list, (P,) each."""
        inside = np.zeros(len(self.lists), np.bool_)
        inside[block] = True
        rows, places = np.empty((2, len(block) * self.lists.shape[1]), np.int64)
        count = kernels.gather(self.lists, self.values, np.ascontiguousarray(block), inside, rows, places)
        return rows[:count], places[:count]

    def fill(self, rows: Rows, places: Rows, found: Divergences) -> None:
        """Put what was found of gathered pairs into the lists of both their ends."""
        kernels.fill(self.lists, self.values, rows, places, found)


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    known = Listed(np.array([[1], [0]], np.int32), np.full((2, 1), np.nan, np.float32))
    known.fill(*known.gather(np.arange(2)), np.ones(1, np.float32))
    known.take_over(known, Pairs(2, np.array([1]), np.ones(1, np.float32)))
    known.look_up(np.array([1]))
