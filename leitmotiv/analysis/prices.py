"""How many groups there should be, and the price of a group that gives them; it searches for none itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters

Rows = NDArray[np.int64]
Found = TypeVar("Found")

STEP = 1.15
"""Ratio of one price to the next where the numbers of groups have to be tried out."""
STEPS = 16
"""Most prices tried: copies never part, and what has nothing in common never joins."""
SAME = 1.5
"""Up to what ratio of two prices the old one stays: a sample says what groups should cost only about so well."""
LEAST_PRICE = 1e-3
"""Least price, as a share of the one before: copies would part at none."""


@dataclass(frozen=True)
class Wanted:
    """A number of groups, and from where to where others will do."""

    count: float
    least: float
    most: float


def about(count: float) -> Wanted:
    """From half to twice a number of groups: a new picture should not move the price, and with it all groups."""
    return Wanted(count, count / 2, 2 * count)


@dataclass(frozen=True)
class Priced(Generic[Found]):
    """What was found at a price; `rows` are its exemplars."""

    price: float
    rows: Rows
    found: Found


def settled(
    size: int,
    search: Callable[[float, Rows | None], Priced[Found]],
    suggest: Callable[[], float],
    *,
    start: Rows | None = None,
    previous: float | None = None,
    wanted: Wanted | None = None,
) -> Priced[Found]:
    """Search at the price of before, or at another one if that gives far too many groups or too few.

    Where the data themselves want so many or so few, their price is much the old one, and that stays.

    Parameters
    ----------
    size : int
        N.
    search : callable
        ``search(price, start)``: the groups at a price, near old exemplars if there are any.
    suggest : callable
        A price by the data alone.
    start : (M,) int64, optional
        Rows of old exemplars.
    previous : float, optional
        The price of before.
    wanted : Wanted, optional
        How many groups somebody asked for; about the square root of N if nobody did.
    """
    bounds = about(math.sqrt(size)) if wanted is None else wanted
    found = search(suggest() if previous is None else previous, start)
    if previous is not None and not bounds.least <= len(found.rows) <= bounds.most:
        price = suggest()
        if wanted is not None or not previous / SAME <= price <= previous * SAME:
            found = search(price, found.rows)
    for _ in range(0 if wanted is None else STEPS):
        if bounds.least <= len(found.rows) <= bounds.most:
            break
        found = search(found.price * (STEP if len(found.rows) > bounds.most else 1 / STEP), found.rows)
    return found


def price_of_cut(clusters: Clusters, count: int) -> float:
    """The price in whose range a tree has so many groups: the middle of that range, as a ratio."""
    finest = len(clusters)
    heights = [clusters.preference * LEAST_PRICE, *(merge.height for merge in clusters.merges)]
    heights = [max(height, heights[0]) for height in heights] + [2 * max(heights)]
    return math.sqrt(heights[finest - count] * heights[finest - count + 1])
