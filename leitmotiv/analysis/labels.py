"""What a rated item says of its picture as one histogram over the scores 1 to 10, whatever form its votes have."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis import histograms
from leitmotiv.analysis.histograms import BINS, Spread
from leitmotiv.errors import RatingsError
from leitmotiv.records import Float, RatedItem


@dataclass(frozen=True, eq=False)
class Label:
    """A histogram and what stands behind it.

    Attributes
    ----------
    shares : (10,) float64
        Sums to 1.
    votes : float
        How many votes; 0 where the set does not tell.
    """

    shares: Float
    votes: float


def label(
    item: RatedItem, scale: int, *, spread: Spread = "wide", smoothing: float = 0.0, base: Float | None = None
) -> Label:
    """The histogram of an item: of its votes, else of its counts, else of its mean.

    Parameters
    ----------
    scale : int
        What the best single vote is; see `histograms.of_stars` for scales other than 10.
    smoothing, base
        Of the Dirichlet prior, see `histograms.of_counts`; a mean has no votes, and is not smoothed.

    Raises
    ------
    RatingsError
        The item has none of these, or they cannot be.
    """
    if item.votes:
        return Label(histograms.of_counts(counted(item, scale, spread), smoothing, base), float(len(item.votes)))
    if item.counts is not None:
        total = sum(item.counts)
        votes = float(total) if all(float(count).is_integer() for count in item.counts) else 0.0
        return Label(histograms.of_counts(item.counts, smoothing if votes else 0.0, base), votes)
    if item.mean is None:
        raise RatingsError(f"{item.key} has no ratings.")
    if item.deviation is None:
        return Label(histograms.of_mean(item.mean), 0.0)
    return Label(histograms.of_mean_and_deviation(item.mean, item.deviation), 0.0)


def counted(item: RatedItem, scale: int, spread: Spread = "wide") -> Float:
    """Counts for 1 to 10 of the single votes of an item; a vote between two stars is shared by both."""
    stars = np.zeros(scale)
    for value, times in Counter(value for _, value in item.votes).items():
        below = int(value)
        stars[below - 1] += times * (1 - (value - below))
        if value > below:
            stars[below] += times * (value - below)
    return stars if scale == BINS else histograms.spread_stars(stars, spread)
