r"""Whether the share of something rises or falls over periods, told only where it is more than chance.

Photos come in bursts: fifty shots of one evening are not fifty independent ones. So the scatter of the shares about
their line is measured, too, and where it is more than that of independent pictures, the test asks for more.

References
----------
.. [1] P. Armitage, "Tests for linear trends in proportions and frequencies", Biometrics 11 (1955).
.. [2] P. McCullagh and J. A. Nelder, "Generalized Linear Models", chapter 4.5: over-dispersion.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from leitmotiv.analysis.chance import bar

Counts = NDArray[np.int64]
Verdict = Literal["rising", "fading", "steady", "unclear", "few"]

FEWEST_PICTURES = 8
"""Below, nothing is said of a trend."""
FEWEST_PERIODS = 4
"""Periods with pictures below which nothing is said: three points always lie near some line."""
STEADY = 0.05
"""A change within so many hundredths either way is none; for a large trend, within a quarter of its share."""


@dataclass(frozen=True)
class Movement:
    """How a share moved, from the first period to the last, by a straight line through the periods' shares.

    Attributes
    ----------
    verdict : str
        "rising", "fading", "steady", "unclear" (the interval is too wide to say), or "few" (too few pictures or
        periods to ask).
    change, low, high : float
        Difference of the line's ends, as a share, and its 95 % interval.
    p : float
        How often chance alone would give as much or more; 1 where nothing was asked.
    """

    verdict: Verdict
    change: float
    low: float
    high: float
    p: float


def movements(counts: Counts, totals: Counts, times: Sequence[float]) -> list[Movement]:
    """Judge several shares together, so that among many some do not rise by chance, see `chance.bar`.

    Parameters
    ----------
    counts : (G, T) int64
        Pictures of each trend in each period.
    totals : (T,) int64
        All pictures of each period; periods without any do not count.
    times : (T,) float
        Where the periods lie.
    """
    found = [_line(row, totals, np.asarray(times, np.float64)) for row in counts]
    least = bar([one.p for one in found if one.verdict != "few"])
    return [_judged(one, least, row, totals) for one, row in zip(found, counts, strict=True)]


def _line(counts: Counts, totals: Counts, times: NDArray[np.float64]) -> Movement:
    r"""Weighted least squares through the shares, with weights as for independent pictures [1]_.

    With n the totals, s the shares and p the pooled one, the slope is b = Σ n (t - t̄) s / Σ n (t - t̄)², its variance
    φ p (1 - p) / Σ n (t - t̄)², and φ = max(1, Pearson's χ² about the line / (T - 2)) [2]_.
    """
    there = totals > 0
    n, x, t = totals[there].astype(np.float64), counts[there].astype(np.float64), times[there]
    if x.sum() < FEWEST_PICTURES or len(n) < FEWEST_PERIODS:
        return Movement("few", 0.0, -1.0, 1.0, 1.0)
    pooled = x.sum() / n.sum()
    away = t - (n * t).sum() / n.sum()
    spread = (n * away**2).sum()
    slope = (away * x).sum() / spread
    variance = pooled * (1 - pooled)
    if variance == 0:
        return Movement("steady", 0.0, 0.0, 0.0, 1.0)
    expected = n * (pooled + slope * away)
    freedom = len(n) - 2
    scatter = max(1.0, float(((x - expected) ** 2 / (n * variance)).sum()) / freedom)
    error = math.sqrt(scatter * variance / spread)
    reach = float(t.max() - t.min())
    p = 2 * float(stdtr(freedom, -abs(slope) / error))
    half = float(stdtrit(freedom, 0.975)) * error * reach
    change = float(slope) * reach
    return Movement("unclear", change, change - half, change + half, p)


def _judged(one: Movement, least: float, counts: Counts, totals: Counts) -> Movement:
    if one.verdict != "unclear":
        return one
    share = counts.sum() / totals.sum()
    if one.p <= least:
        verdict: Verdict = "rising" if one.change > 0 else "fading"
    elif max(abs(one.low), abs(one.high)) <= max(STEADY, share / 4):
        verdict = "steady"
    else:
        verdict = "unclear"
    return Movement(verdict, one.change, one.low, one.high, one.p)
