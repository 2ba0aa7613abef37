"""Finer or coarser trends: the same pictures at another price of a trend, near the trends there are.

The slider of the page cuts one tree; here the trends shown first, and with them the tree, are found anew. What a
person asked for is kept beside the trends, and holds for later indexes until the usual number is asked for again.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from leitmotiv.analysis import tree
from leitmotiv.analysis.prices import Wanted, about, price_of_cut
from leitmotiv.errors import UsageError
from leitmotiv.records import Clusters, Grain

Groups = Literal["fewer", "more", "default", "anew"]
"""What a person may ask for; "anew" are found as if there were no old ones."""
FACTOR = 1.5
"""About how many times as many trends "more" means."""
SLACK = 1.25
"""How far, as a ratio, the number found may be from that."""


@dataclass(frozen=True, eq=False)
class Before:
    """The trends that new ones start from.

    Attributes
    ----------
    exemplars : tuple of str
        Their exemplars, near which the new trends stay.
    price : float or None
        What a trend may cost; None where it was in another unit.
    grain : Grain or None
        What a person asked for.
    wanted : Wanted or None
        The number of trends that goes with it; None for the usual one.
    """

    exemplars: tuple[str, ...]
    price: float | None
    grain: Grain | None = None
    wanted: Wanted | None = None

    def on(self, clusters: Clusters) -> Clusters:
        """The new clusters with what was asked for."""
        return replace(clusters, grain=self.grain)


def going_on(old: Clusters, price: float | None, size: int) -> Before:
    """What new trends of `size` pictures start from, whether or not somebody asked for another number of them."""
    grain = old.grain
    if grain is not None and price is None:
        grain = replace(grain, price=None)
    wanted = None if grain is None else about(grain.share * math.sqrt(size))
    return Before(tree.shown_exemplars(old), price, grain, wanted)


def asked(old: Clusters, groups: Groups, size: int) -> Before:
    """What fewer, more or the usual number of trends start from; or those that are found anew: nothing.

    Fewer and more start from the cut of the tree at about two thirds or one and a half times as many, at its price.
    The usual ones start where they were left, so that they come back as they were where no picture came or went.

    Raises
    ------
    UsageError
        There can be no fewer, or no more.
    """
    shown = old.default_count
    if groups == "anew":
        return replace(going_on(old, None, size), exemplars=())
    if groups == "default":
        return Before(tree.shown_exemplars(old), old.preference) if old.grain is None else _usual(old.grain)
    if groups == "fewer":
        if shown <= 1:
            raise UsageError("All pictures stand in one trend already; there can be no fewer.")
        count = max(1, min(shown - 1, round(shown / FACTOR)))
        wanted = Wanted(count, count / SLACK, min(count * SLACK, shown - 1))
    else:
        if shown >= len(old):
            raise UsageError("Every picture stands alone already; there can be no more trends.")
        count = min(len(old), max(shown + 1, round(shown * FACTOR)))
        wanted = Wanted(count, max(count / SLACK, shown + 1), count * SLACK)
    usual = Grain(0, old.preference, tree.shown_exemplars(old)) if old.grain is None else old.grain
    grain = replace(usual, share=count / math.sqrt(size))
    return Before(tree.shown_exemplars(old, count), price_of_cut(old, count), grain, wanted)


def _usual(grain: Grain) -> Before:
    return Before(grain.exemplars, grain.price)
