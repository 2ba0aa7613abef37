"""How likely pictures belong to a board, from what they score along its direction: positive and unlabelled learning.

Nobody says how many pictures of a collection are what a board means, and it makes all the difference: among 64
pictures of two kinds every second one is, among 100,000 perhaps ten are. It is read off the scores themselves, which
lie in two heaps: one about what a picture of the board scores when it is left out of the learning, which is known, and
the rest.

References
----------
.. [1] C. Elkan and K. Noto, "Learning classifiers from only positive and unlabeled data", KDD 2008.
"""

import numpy as np

from leitmotiv.records import Float

SLOPES = (-5.668, 9.650, 0.789, 2.013)
"""Of a logistic regression: a constant, the place between the rest (0) and the board (1), the log odds of the share
that belongs, and 1 by the pictures of the board. `benchmarks.likelihood` reads them off every second category of
the sample photos, and judges them by the others."""
CLEAR = 4.0
"""Deviations of the rest that what belongs scores above it, at least."""
FARTHEST = 1.5
"""Places beyond this tell no more."""
ROUNDS = 30
SMALLEST, LARGEST = 1e-3, 0.95
"""Of the share that belongs."""
BEFORE = (0.5, 3.0)
"""Pictures that belong and that do not which are supposed before any is seen: the share is rather small."""
WIDE, WIDE_COUNTS = 0.35, 8.0
"""The width of what belongs, by its distance from the lower quartile, and how many pictures that supposition counts."""
NARROW, NARROW_COUNTS = 0.15, 2.0
"""The same of the rest."""
_LOW = 0.25
_SHARP = 1024
"""The best are looked at one by one; of the others so many stand for all."""
_LEAST = 1e-9


def probability(cosine: Float, ascending: Float, top: float, examples: int) -> Float:
    r"""That each belongs, (N,) float64; it never falls where a score rises.

    .. math:: \operatorname{logit} p = -5.668 + 9.650\,u + 0.789 \ln\frac{\pi}{1 - \pi} + \frac{2.013}{m}

    with u the place of a score between the rest and the board, pi the share that belongs, and m the examples.

    Parameters
    ----------
    cosine : (N,) float64
        Scores to be judged.
    ascending : (M,) float64
        Those of the whole collection, in rising order.
    top : float
        What a picture of the board scores that was left out of the learning.
    examples : int
        Pictures on the board.
    """
    rest, width, share = apart(ascending, top, examples)
    place = between(cosine, rest, width, top)
    constant, slope, odds, few = SLOPES
    logit = constant + slope * place + odds * np.log(share / (1 - share)) + few / max(examples, 1)
    return logistic(logit)


def between(cosine: Float, rest: float, width: float, top: float) -> Float:
    """Where scores lie between the rest (0) and the board (1), at most `FARTHEST`, (N,) float64.

    A board whose pictures have little in common scores hardly more than the rest does, or less: then it is the width
    of the rest that a score has to leave behind.
    """
    return np.asarray(np.minimum((cosine - rest) / max(top - rest, CLEAR * width, _LEAST), FARTHEST))


def logistic(logit: Float) -> Float:
    """1 by 1 + exp(-x), without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -40, 40))))


def apart(ascending: Float, top: float, examples: int) -> tuple[float, float, float]:
    """Where the rest of a collection scores, by mean and deviation, and what share of it belongs to the board.

    Two normal distributions are fitted by expectation and maximization, from the lower half of the scores and from
    `top`, which counts as much as the board has pictures.
    """
    low = float(ascending[int(_LOW * (len(ascending) - 1))])
    scale = max(top - low, _LEAST)
    values, counts = _gathered((ascending - low) / scale)
    below = values[np.cumsum(counts) <= max(counts.sum() / 2, counts[0])]
    rest, narrow = float(below.mean()), max(float(below.std()), 0.05)
    board, wide, share = 1.0, WIDE, 0.2
    known = max(float(examples), 0.5)
    for _ in range(ROUNDS):
        odds = np.log(share / (1 - share) * narrow / wide)
        belongs = logistic(odds - ((values - board) / wide) ** 2 / 2 + ((values - rest) / narrow) ** 2 / 2)
        # A wide heap reaches below a narrow one: what is less than the rest is no part of the board.
        belongs = counts * np.where(values < rest, 0.0, belongs)
        others = counts - belongs
        of_board, of_rest = float(belongs.sum()), float(others.sum())
        share = (of_board + BEFORE[0]) / (of_board + of_rest + sum(BEFORE))
        share = float(np.clip(share, SMALLEST, LARGEST))
        board = float((belongs @ values + known) / (of_board + known))
        wide = float(np.sqrt((belongs @ (values - board) ** 2 + WIDE_COUNTS * WIDE**2) / (of_board + WIDE_COUNTS)))
        rest = float(others @ values / max(of_rest, _LEAST))
        spread = others @ (values - rest) ** 2 + NARROW_COUNTS * NARROW**2
        narrow = float(np.sqrt(spread / (of_rest + NARROW_COUNTS)))
    return low + rest * scale, narrow * scale, share


def _gathered(ascending: Float) -> tuple[Float, Float]:
    """Values and how many each stands for: the best by themselves, the others by the means of equal stretches."""
    if len(ascending) <= 2 * _SHARP:
        return ascending, np.ones(len(ascending))
    edges = np.linspace(0, len(ascending) - _SHARP, _SHARP + 1).astype(np.int64)
    counts = np.diff(edges).astype(np.float64)
    means = np.add.reduceat(ascending[: edges[-1]], edges[:-1]) / counts
    return np.concatenate([means, ascending[edges[-1] :]]), np.concatenate([counts, np.ones(_SHARP)])
