"""Where the results of a search end and chance begins."""

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.records import Float

RATE = 0.05
"""Share of what is shown that may be chance."""
NOISE = 0.12
"""Least standard deviation of chance, in scores, as shares are known no better; chosen on the sample photos so that of
large colours that are shown all but a few in a hundred are there."""


def above_chance(scores: Float, *, rate: float = RATE, noise: float = NOISE) -> int:
    """How many of the best scores part from the crowd.

    Most pictures of a library have nothing to do with a query: the lower half of the scores tells how they scatter,
    and chance is the normal distribution around their median with that scatter to both sides [1]_. Those with the best
    scores are kept as long as chance alone would have put less than `rate` of them there [2]_.

    Parameters
    ----------
    scores : (N,) float64
        In any order; larger is better.
    noise : float
        Least scatter that is believed.

    References
    ----------
    .. [1] B. Efron, "Large-scale simultaneous hypothesis testing: the choice of a null hypothesis", JASA 99 (2004).
    .. [2] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57 (1995).

    Examples
    --------
    >>> above_chance(np.array([0.9, 0.8] + [0.05, 0.1, 0.15] * 10))
    2
    """
    if not len(scores):
        return 0
    ordered = -np.sort(-np.asarray(scores, np.float64))
    middle, low = np.quantile(ordered, [0.5, 0.159])
    scatter = max(float(middle - low), noise)
    expected = len(ordered) * scipy.special.ndtr(-(ordered - middle) / scatter)
    kept = np.flatnonzero(expected <= rate * np.arange(1, len(ordered) + 1))
    return int(kept[-1]) + 1 if len(kept) else 0


def mostly(found: NDArray[np.bool_]) -> int:
    """Where the results of an order end: of those before most part from chance, of those behind none or few do.

    Parameters
    ----------
    found : (N,) bool
        Which part from chance, in the order of the results.

    Examples
    --------
    >>> mostly(np.array([True, True, False, True, False, False]))
    2
    """
    balance = np.cumsum(2 * found.astype(np.int64) - 1)
    best = int(balance.max(initial=0))
    return int(np.argmax(balance)) + 1 if best > 0 else 0
