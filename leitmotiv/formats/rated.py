"""What every reader of ratings gives: the items it could read, and what was wrong with the others; it reads nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leitmotiv.errors import RatingsError
from leitmotiv.records import RatedItem

BINS = 10
MOST = 50_000_000
"""Votes of one item beyond which a number is no count."""


@dataclass(frozen=True)
class Reading:
    """A file of ratings.

    Attributes
    ----------
    items : tuple of RatedItem
        In the order of the file, each key once.
    scale : int
        What the best single vote is.
    corrupt, repeated : tuple of (where, reason)
        What was left out: items that cannot be used, and keys that came before.
    """

    items: tuple[RatedItem, ...]
    scale: int
    corrupt: tuple[tuple[str, str], ...] = ()
    repeated: tuple[tuple[str, str], ...] = ()


class Troubles:
    """Collects what a reader leaves out, and sees that each key is given once."""

    def __init__(self) -> None:
        self.corrupt: list[tuple[str, str]] = []
        self.repeated: list[tuple[str, str]] = []
        self._seen: set[str] = set()

    def first(self, key: str, where: str) -> bool:
        """Whether a key was not there before; where it was, that is noted."""
        if key in self._seen:
            self.repeated.append((key, f"{where} has it again; the first one counts"))
            return False
        self._seen.add(key)
        return True

    def reading(self, items: Sequence[RatedItem], scale: int, source: object) -> Reading:
        """All of it.

        Raises
        ------
        RatingsError
            Nothing could be used.
        """
        if not items:
            why = f" The first: {': '.join(self.corrupt[0])}." if self.corrupt else ""
            raise RatingsError(f"{source} has no rating that can be used.{why}")
        return Reading(tuple(items), scale, tuple(self.corrupt), tuple(self.repeated))


def checked_counts(values: Sequence[object]) -> tuple[float, ...]:
    """Ten counts or shares.

    Raises
    ------
    ValueError
        Another number of them, one that is negative or no number, or all zero; its text says which.
    """
    if len(values) != BINS:
        raise ValueError(f"it has {len(values)} counts, not {BINS}")
    counts = []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"{value!r} is no count")
        if not 0 <= value <= MOST:
            raise ValueError(f"a count is {value:g}")
        counts.append(float(value))
    if sum(counts) <= 0:
        raise ValueError("all counts are zero")
    return tuple(counts)


def checked_vote(value: object, scale: int) -> float:
    """A vote from 1 to `scale`.

    Raises
    ------
    ValueError
        It is no number, or lies off the scale.
    """
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        raise ValueError(f"{value!r} is no rating") from None
    if not 1 <= number <= scale:  # NaN is not between, either
        raise ValueError(f"the rating {number:g} does not lie between 1 and {scale}")
    return number
