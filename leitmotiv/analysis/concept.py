"""A direction among features, learnt from a board against its whole collection, and what scores along it tell.

It is ridge regression, or the mean of a Gaussian process: the board at 1, its counter-examples at the middle of the
collection, and the collection around them at 0 by the prior. Learning is exact, draws nothing, and takes one
small system of the board's size.

References
----------
.. [1] C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), 2.2 for the mean, 5.4.2
   for what is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import likelihood
from leitmotiv.analysis.background import Background
from leitmotiv.analysis.threads import products_on_one
from leitmotiv.records import Calibration, Float, Float32

AGAINST = 3.0
"""The noise of a counter-example, by that of an example: it says less of what is wanted than an example does."""
DOUBT = 0.3
"""An example that the others place below this share of the way from the lower quartile of the collection to the board
is in doubt: it counts less, down to a tenth, and the board says so. (The median may lie among what is wanted, where
that is half of the collection.)"""
_LOW = 0.25
_DOUBTED_FROM = 3
_LEAST = 1e-9
_NARROWEST = 1e-5
"""Of the way from the middle to the board: it outlasts the single precision in which concepts are kept."""
_BEST = 5
_ALONE = 0.6
"""What a board of one picture would score if it were left out, by what it scores: that cannot be found from itself."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a board taught.

    Attributes
    ----------
    direction : (P,) float64
        Unit vector among the rows of the background.
    calibration : Calibration
    held_out : (M,) float64
        Of each example, its score if it had been left out; NaN for a board of one.
    standing : (M,) float64
        The same as a share of the way from the lower quartile of the collection (0) to the board (1).
    quality : float or None
        Mean share of the collection below `held_out`.
    """

    direction: Float
    calibration: Calibration
    held_out: Float
    standing: Float
    quality: float | None


def learn(
    background: Background,
    examples: Float32,
    weights: Float,
    against: Float32 | None = None,
    against_weights: Float | None = None,
    *,
    members: Sequence[int] = (),
    same: Sequence[int] | None = None,
) -> Learnt:
    r"""Learn a direction from M rows that belong and K that do not.

    .. math:: \beta = M B^T (B M B^T + \sigma^2 D)^{-1} t

    with B the rows of the board, M the inverse of the shrunk covariance of the collection, sigma^2 the mean likeness
    of a picture with itself, D the inverse weights, and t 1 for examples and the middle of the collection, or less, for
    counter-examples. Of an example that was left out the score is
    :math:`t_i - \alpha_i / [(B M B^T + \sigma^2 D)^{-1}]_{ii}` [1]_; those that are the same picture are left out
    together, by the same formula in blocks.

    Parameters
    ----------
    examples, against : (M, P), (K, P) float32
        M at least 1.
    weights, against_weights : (M,), (K,) float64
        Above 0.
    members : sequence of int
        Rows of the background that are on the board: they do not count as the collection.
    same : (M,) sequence of int, optional
        A label for each example: those with one label are the same picture, and tell how well it holds out once.
    """
    groups = None if same is None else np.asarray(same, np.int64)
    # On a busy machine the threads of a small product wait for each other far longer than they compute.
    with products_on_one():
        return _learn(
            background, _Lesson(background, examples, weights, against, against_weights, groups), examples, members
        )


def _learn(background: Background, lesson: "_Lesson", examples: Float32, members: Sequence[int]) -> Learnt:
    beta, left_out = lesson.solve(np.ones(len(examples)))
    scores = background.rows @ beta.astype(np.float32)
    middle = float(np.median(scores))
    trust = np.ones(len(examples))
    if lesson.different >= _DOUBTED_FROM:
        low = float(np.quantile(scores, _LOW))
        doubt = _standing(left_out, low, _top(lesson.once(left_out), examples @ beta, low))
        trust = np.clip(doubt / DOUBT, 0.1, 1.0)
    beta, left_out = lesson.solve(trust, middle)
    scores = background.rows @ beta.astype(np.float32)
    length = max(float(np.linalg.norm(beta)), _LEAST)
    beta, left_out, scores = beta / length, left_out / length, scores / np.float32(length)
    middle, _ = centre_of(scores)
    top = _top(lesson.once(left_out), examples @ beta, middle)
    held_out = left_out if lesson.different > 1 else np.full(len(examples), np.nan)
    return Learnt(
        direction=beta,
        calibration=_with_lone(background, beta, scores, top),
        held_out=held_out,
        standing=_standing(held_out, float(np.quantile(scores, _LOW)), top),
        quality=share_below(lesson.once(held_out), np.delete(scores, list(members))),
    )


def along(rows: Float32, direction: Float | Float32) -> Float:
    """What rows score along a direction, (N,) float64."""
    with products_on_one():
        return np.asarray(rows @ direction.astype(np.float32), np.float64)


def share_below(held_out: Float, others: Float | Float32) -> float | None:
    """Mean share of other scores below those of pictures that were left out; None where none was."""
    if not len(others) or np.isnan(held_out).any():
        return None
    return float(np.searchsorted(np.sort(others), held_out).mean() / len(others))


def learn_alone(examples: Float32, weights: Float, against: Float32, against_weights: Float) -> Float:
    """Learn a direction without a collection, (D,) float64: likeness is the cosine, and counter-examples are at 0.

    Parameters
    ----------
    examples, against : (M, D), (K, D) float32
        Unit rows; K may be 0.
    weights, against_weights : (M,), (K,) float64
        Above 0.
    """
    board = np.concatenate([examples, against]).astype(np.float64)
    noise = np.concatenate([1 / weights, AGAINST / against_weights])
    likeness = board @ board.T
    alone, _ = _solved(likeness[: len(examples), : len(examples)], noise[: len(examples)], np.ones(len(examples)))
    lifted = np.minimum(likeness[len(examples) :, : len(examples)] @ alone, 0.0)
    dual, _ = _solved(likeness, noise, np.concatenate([np.ones(len(examples)), lifted]))
    return np.asarray(ground.unit(board.T @ dual))


class _Lesson:
    """The system of one board: solved twice, with the doubts of the first time in the second."""

    def __init__(
        self,
        background: Background,
        examples: Float32,
        weights: Float,
        against: Float32 | None,
        against_weights: Float | None,
        groups: NDArray[np.int64] | None = None,
    ) -> None:
        groups = np.arange(len(examples)) if groups is None else groups
        first, inverse, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)[1:]
        self._first = np.sort(first)
        self._twins = [np.flatnonzero(inverse == label) for label in np.flatnonzero(sizes > 1)]
        self._count = len(examples)
        board = examples.astype(np.float64)
        examples_by_weight = float(np.sum(weights))
        ordinary = max(ground.ordinary(background, examples_by_weight), _LEAST)  # 0 where there is one picture
        self._noise = ordinary / np.asarray(weights, np.float64)
        if against is not None and against_weights is not None and len(against):
            board = np.concatenate([board, against])
            self._noise = np.append(self._noise, AGAINST * ordinary / against_weights)
        self._board = board
        self._measured = ground.metric(background, examples_by_weight) @ board.T
        self._likeness = board @ self._measured

    @property
    def different(self) -> int:
        """How many different pictures the examples are."""
        return len(self._first)

    def once(self, values: Float) -> Float:
        """Values of examples, of those that are the same picture only the first."""
        return values[self._first]

    def solve(self, trust: Float, middle: float | None = None) -> tuple[Float, Float]:
        """The direction, not of unit length, and the scores of examples that are left out.

        Counter-examples take part where a middle of the collection is given: that is what they are meant to score, or
        what the examples alone give them where that is less, so that no answer “it is not” lifts a picture.
        """
        count, noise = self._count, self._noise.copy()
        noise[:count] /= trust
        target = np.ones(count)
        if middle is None:
            noise = noise[:count]
        elif len(noise) > count:
            alone = _solved(self._likeness[:count, :count], noise[:count], target)[0]
            target = np.append(target, np.minimum(self._likeness[count:, :count] @ alone, middle))
        used = len(target)
        dual, inverse = _solved(self._likeness[:used, :used], noise, target)
        left_out = target - dual / np.diag(inverse)
        for some in self._twins:
            left_out[some] = target[some] - np.linalg.solve(inverse[np.ix_(some, some)], dual[some])
        return self._measured[:, :used] @ dual, left_out[:count]


def _solved(likeness: Float, noise: Float, target: Float) -> tuple[Float, Float]:
    inverse = cho_solve(cho_factor(likeness + np.diag(noise)), np.eye(len(noise)))
    return inverse @ target, inverse


def centre_of(scores: Float | Float32) -> tuple[float, float]:
    """Median and robust deviation of scores; the deviation is above 0."""
    middle = float(np.median(scores))
    return middle, max(float(np.median(np.abs(scores - middle))) / 0.6745, _LEAST)


def _top(left_out: Float, fitted: Float, middle: float) -> float:
    """Where a picture of the board lies when it is left out; always above the middle."""
    supposed = middle + _ALONE * (float(np.median(fitted)) - middle)
    found = supposed if len(left_out) == 1 else float(np.median(left_out))
    # A board whose pictures have nothing in common would put itself below the collection.
    return max(found, middle + 0.1 * abs(supposed - middle), middle + _NARROWEST)


def _standing(scores: Float, middle: float, top: float) -> Float:
    return np.asarray((scores - middle) / (top - middle))


def _with_lone(background: Background, beta: Float, scores: Float32, top: float) -> Calibration:
    """Add where pictures lie by themselves: as far up as a straight line through the collection says."""
    middle, spread = centre_of(scores)
    alone = background.plain.astype(np.float32) @ beta.astype(np.float32)
    lone_middle, _ = centre_of(alone)
    both = np.cov(scores, alone) if len(alone) > 1 else np.eye(2)
    slope = float(np.clip(both[0, 1] / max(both[0, 0], _LEAST), 0.1, 1.0))
    return Calibration(middle, spread, top, lone_middle, lone_middle + slope * (top - middle))


def calibrated(scores: Float, held_out: Float, fitted: Float) -> Calibration:
    """Where scores lie that need no neighbours.

    Parameters
    ----------
    scores : (N,) float64
        Of the collection.
    held_out, fitted : (M,) float64
        Of the board: left out, or NaN where that was not done, and learnt from.
    """
    middle, spread = centre_of(scores)
    top = _top(held_out if not np.isnan(held_out).any() else held_out[:1], fitted, middle)
    return Calibration(middle, spread, top, middle, top)


def judge(cosine: Float, calibration: Calibration | None, examples: int) -> tuple[Float, Float, Float]:
    """What cosines of a whole collection mean: shares of the way to the board, percentiles, and probabilities.

    Where nothing is known of the board, the mean of the five best stands for it, as in CAVstudio, and the
    probabilities are NaN.

    Parameters
    ----------
    cosine : (N,) float64
    examples : int
        On the board.

    Returns
    -------
    three of (N,) float64
    """
    ascending, below = _ranked(cosine)
    middle = float(np.median(ascending))
    if calibration is None:
        top = max(float(ascending[-_BEST:].mean()), middle + _LEAST)
        return _standing(cosine, middle, top), below, np.full(len(cosine), np.nan)
    top = middle + calibration.top - calibration.middle
    return _standing(cosine, middle, top), below, likelihood.probability(cosine, ascending, top, examples)


def at_standing(standing: Float, share: Float, chances: Float) -> Float:
    """What is said of lone pictures: what is said of pictures of a collection that stand the same, (K,) float64.

    Parameters
    ----------
    standing : (K,) float64
        Shares of the way from the middle of the collection to the board.
    share, chances : (N,) float64
        Those of the collection, as `judge` has them.
    """
    order = np.argsort(share)
    return np.asarray(np.interp(standing, share[order], chances[order]))


def percentile(scores: Float) -> Float:
    """Percent of a collection that score less than each of it, (N,) float64."""
    return _ranked(scores)[1]


def _ranked(scores: Float) -> tuple[Float, Float]:
    """Scores in rising order, and the percentile of each as it came."""
    order = np.argsort(scores)
    ascending = scores[order]
    # Equal scores have the place of the first of them.
    first = np.where(np.diff(ascending, prepend=-np.inf) > 0, np.arange(len(scores)), 0)
    below = np.empty(len(scores))
    below[order] = 100 * np.maximum.accumulate(first) / max(len(scores), 1)
    return ascending, below
