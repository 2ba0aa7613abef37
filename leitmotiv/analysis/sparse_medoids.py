"""Which members of a large group may stand for it better than its exemplar does, told by few comparisons.

What a medoid has least, the sum of divergences to all members, is told by the mean over few. All candidates are
compared with the same members, evenly drawn from the near to the far, so that what these have in common takes nobody's
side; the better half of the candidates goes on to more of them.

References
----------
T. Z. Baharav and D. Tse, "Ultra fast medoid identification via correlated sequential halving", NeurIPS 2019.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.graph import Divergences, Keys, Pairs, distinct, keys_of
from leitmotiv.records import Float

Rows = NDArray[np.int64]
Compare = Callable[[Keys], Divergences]
Central = Callable[[Rows], Rows]
"""Some points from the one nearest to the middle of them all to the farthest, by a measure that is quick."""

CANDIDATES = 24
"""Members nearest to the exemplar that are tried, and as many of those nearest to the middle of the group."""
DRAWN = (16, 32, 64)
"""Members that the candidates are compared with, one lot after the other."""
LEFT = 2
"""Candidates that are left in the end."""

_GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(eq=False)
class _Race:
    """Candidates (K,) of a group that are left, and the members (M,) in the order in which they are drawn.

    `sums`, `counts` (K,): of the divergences to those that were drawn, itself left out.
    """

    members: Rows
    left: Rows
    sums: Float
    counts: Float

    def keys(self, lot: slice, size: int) -> Keys:
        """Of each candidate with each member of a lot, (K, lot)."""
        return keys_of(self.left[:, None], self.members[lot], size)

    def add(self, values: Divergences, apart: NDArray[np.bool_], kept: int) -> None:
        """Take what a lot tells, (K, lot), where both are `apart`; keep the candidates with the least means."""
        self.sums += values.sum(axis=1, dtype=np.float64)
        self.counts += apart.sum(axis=1)
        best = np.argsort(self.sums / np.maximum(self.counts, 1), kind="stable")[:kept]
        self.left, self.sums, self.counts = self.left[best], self.sums[best], self.counts[best]


def promising(
    groups: list[Rows], pairs: Pairs, compare: Compare, central: Central | None = None
) -> tuple[Pairs, list[Rows]]:
    """Find a few members of each group whose divergences to all others sum up to little.

    Parameters
    ----------
    groups : list of (M,) int64
        Members of each, from the nearest to its exemplar, which comes first, to the farthest.
    pairs : Pairs
        What is known.

    Returns
    -------
    Pairs
        With those that had to be compared.
    list of (K,) int64
        For each group `LEFT` members at most; the exemplar may be one of them.
    """
    races = [_race(members, central) for members in groups]
    start = 0
    for lot in DRAWN:
        part, start = slice(start, start + lot), start + lot
        keys = [race.keys(part, pairs.size) for race in races]
        asked = distinct(np.concatenate([np.zeros(0, np.int64), *(one[_apart(one, pairs.size)] for one in keys)]))
        values = pairs.look_up(asked)
        new = np.isnan(values)
        if new.any():
            values[new] = compare(asked[new])
            pairs = pairs.joined(Pairs(pairs.size, asked[new], values[new]))
        for race, own in zip(races, keys, strict=True):
            told, apart = np.zeros(own.shape, np.float32), _apart(own, pairs.size)
            told[apart] = values[np.searchsorted(asked, own[apart])]
            race.add(told, apart, LEFT if lot == DRAWN[-1] else -(-len(race.left) // 2))
    return pairs, [race.left for race in races]


def _race(members: Rows, central: Central | None) -> _Race:
    near = members[: CANDIDATES + 1]
    middle = members[:0] if central is None else central(members)[:CANDIDATES]
    candidates = np.unique(np.concatenate([near, middle]))
    # any first few of this order are evenly spread over the members
    order = np.argsort(np.arange(len(members)) * _GOLDEN % 1.0)
    return _Race(members[np.argsort(order)], candidates, np.zeros(len(candidates)), np.zeros(len(candidates)))


def _apart(keys: Keys, size: int) -> NDArray[np.bool_]:
    """Which keys are of two points, not of one with itself."""
    lower, higher = np.divmod(keys, size)
    return np.asarray(lower != higher)
