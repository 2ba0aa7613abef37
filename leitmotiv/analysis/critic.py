"""A critic's head: ten outputs on what the backbone sees, learnt exactly, the same from the same labels every time.

References
----------
.. [1] H. Talebi and P. Milanfar, NIMA: neural image assessment (2018): ten bins, softmax, the loss.
.. [2] D. C. Liu and J. Nocedal, On the limited memory BFGS method for large scale optimization (1989).
"""

import hashlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.analysis import earth_mover
from leitmotiv.analysis.threads import products_on_one
from leitmotiv.errors import CriticError
from leitmotiv.records import Float, Float32, Half

RIDGES: tuple[float, ...] = tuple(float(10.0 ** (power / 2)) for power in (-2, -4, *range(-6, -19, -1)))
"""Penalties that may be tried, the strongest first: each fit begins where the one before ended, until two are worse."""
_TRIED_ALWAYS = 5
FOLDS = 5
MOST_TRIED = 2000
"""Pictures by which the penalty is chosen; more would tell the same."""
FLAT = 1e-6
_LEAST_CURVATURE = 1e-5  # of the loss by logits; it only speeds the search up
_FLOOR = 0.3
Loss = Callable[[Float, Float], tuple[Float, Float]]


@dataclass(frozen=True, eq=False)
class Head:
    """What was learnt: shares = softmax(x W + b).

    Attributes
    ----------
    weights : (D, 10) float32
    bias : (10,) float32
    ridge : float
        The penalty that left-out pictures chose.
    loss : float
        Mean squared distance (r = 2), or another loss, over the pictures it learnt from.
    iterations : int
    slope : float
        Largest component of the objective's gradient at the end: 0 at an exact minimum.
    """

    weights: Float32
    bias: Float32
    ridge: float
    loss: float
    iterations: int
    slope: float


def learn(
    features: Half | Float32,
    shares: Float,
    weight: Float | None = None,
    *,
    ridge: float | None = None,
    keys: Sequence[str] | None = None,
    seed: int = 0,
    trace: Callable[[Float, Float], None] | None = None,
    loss: Loss = earth_mover.squared,
) -> Head:
    """Learn a head: the penalised minimum of the squared earth mover's distance, r = 2, by L-BFGS [1]_, [2]_.

    Features are centred and scaled by their deviations. The search begins at the mean histogram for every picture and
    goes by the principal axes of the features, scaled so that it is round; no step is drawn.

    Parameters
    ----------
    features : (N, D) float16 or float32
        Pooled activations.
    shares : (N, 10) float64
        Histograms of the votes.
    weight : (N,) float64, optional
        How much each counts; all alike without it.
    ridge : float, optional
        The penalty on squared weights; without it, the one whose predictions of left-out pictures are best.
    keys : sequence of str, optional
        What each picture is called: those of one name are left out together, and the folds depend on names and seed
        alone, not on the order.
    seed : int
        Of the folds.
    trace : callable, optional
        Told of the weights (D, 10) and the bias (10,) before the first step and after each.
    loss : callable
        Of logits and targets (N, 10): the loss (N,) and its gradient by the logits; others are to compare with.

    Raises
    ------
    CriticError
        Fewer than two pictures, or all of them rated alike.
    """
    values = np.asarray(features, np.float64)
    _check(values, shares)
    counts = np.ones(len(values)) if weight is None else np.asarray(weight, np.float64)
    names = [str(row) for row in range(len(values))] if keys is None else list(keys)
    # on one thread: the products are small, and threads that wait for each other cost more than they bring
    with products_on_one():
        chosen = _chosen_ridge(values, shares, counts, names, seed, loss) if ridge is None else ridge
        problem = _Problem(values, shares, counts, loss)
        solution, iterations = problem.solve(chosen, trace=trace)
        weights, bias = problem.in_features(solution)
        found = float(np.average(loss(values @ weights + bias, shares)[0], weights=counts))
        slope = float(np.abs(problem.objective(solution, chosen)[1]).max())
    return Head(weights.astype(np.float32), bias.astype(np.float32), chosen, found, iterations, slope)


def predict(weights: Float32, bias: Float32, features: NDArray[np.floating]) -> Float:
    """Histograms (N, 10) float64 of pooled activations (N, D), block by block."""
    found = np.empty((len(features), len(bias)))
    for start in range(0, len(features), 8192):
        block = np.asarray(features[start : start + 8192], np.float32) @ weights + bias
        found[start : start + 8192] = earth_mover.softmax(block.astype(np.float64))
    return found


def folds(keys: Sequence[str], count: int, seed: int) -> NDArray[np.int64]:
    """Which fold each key belongs to, 0 to count - 1: equal keys to one, of about equal size, whatever the order."""
    order = sorted(set(keys), key=lambda key: hashlib.sha256(f"{seed}\n{key}".encode("utf-8", "replace")).digest())
    fold = {key: place % count for place, key in enumerate(order)}
    return np.array([fold[key] for key in keys], np.int64)


def _check(values: Float, shares: Float) -> None:
    if values.ndim != 2 or shares.ndim != 2 or len(values) != len(shares):
        raise ValueError(f"features {values.shape} and shares {shares.shape} must have as many rows.")
    if not np.isfinite(values).all() or not np.isfinite(shares).all():
        raise CriticError("A feature or a label is no number. Import the ratings again.")
    if len(values) < 2:
        raise CriticError(f"A critic needs at least 2 rated pictures that were seen, and there are {len(values)}.")
    if np.ptp(shares, axis=0).max() < FLAT:
        raise CriticError(f"All {len(values)} pictures are rated alike: there is nothing to learn. Rate others, too.")


def _chosen_ridge(values: Float, shares: Float, counts: Float, names: Sequence[str], seed: int, measure: Loss) -> float:
    fold = folds(names, FOLDS, seed)
    if len(values) > MOST_TRIED:
        fold = folds(names, max(FOLDS, round(len(values) / (MOST_TRIED / FOLDS))), seed)
        kept = fold < FOLDS  # folds of a few hundred each, whatever the size of the set
        values, shares, counts, fold = values[kept], shares[kept], counts[kept], fold[kept]
    losses = np.zeros(len(RIDGES))
    tried = [out for out in range(1 if len(values) > MOST_TRIED // 4 else FOLDS) if (fold == out).any()]
    problems = [_Problem(values[fold != out], shares[fold != out], counts[fold != out], measure) for out in tried]
    starts: list[Float | None] = [None] * len(tried)
    for place, ridge in enumerate(RIDGES):
        for number, (out, problem) in enumerate(zip(tried, problems, strict=True)):
            solution, _ = problem.solve(ridge, starts[number], precise=False)
            starts[number] = solution
            weights, bias = problem.in_features(solution)
            loss = measure(values[fold == out] @ weights + bias, shares[fold == out])[0]
            losses[place] += float(loss @ counts[fold == out])
        if place >= _TRIED_ALWAYS and place - int(np.argmin(losses[: place + 1])) >= 2:  # weaker ones only get worse
            return RIDGES[int(np.argmin(losses[: place + 1]))]
    return RIDGES[int(np.argmin(losses))]


class _Problem:
    """The objective in coordinates in which it is round: scaled principal axes of centred and scaled features."""

    def __init__(self, values: Float, shares: Float, counts: Float, loss: Loss = earth_mover.squared) -> None:
        self._shares, self._counts, self._loss = shares, counts / counts.sum(), loss
        self._middle = self._counts @ values
        spread = np.sqrt(self._counts @ (values - self._middle) ** 2)
        # a feature that hardly moves here must not count for much elsewhere
        self._scale = np.maximum(spread, _FLOOR * max(float(spread.max()), 1e-12))
        centred = (values - self._middle) / self._scale / np.sqrt(values.shape[1])
        if len(centred) < centred.shape[1]:
            squares, left = np.linalg.eigh(centred @ centred.T)
            kept = squares > squares[-1] * 1e-12
            self._axes = centred.T @ (left[:, kept] / np.sqrt(squares[kept]))
        else:
            squares, axes = np.linalg.eigh(centred.T @ centred)
            kept = squares > max(squares[-1], 1e-300) * 1e-12
            self._axes = axes[:, kept]
        self._points = centred @ self._axes
        self._power = squares[kept] / len(centred)
        base = np.maximum(self._counts @ shares, 1e-4)
        base = base / base.sum()
        self._base = np.log(base)
        # the loss by logits is bent much more along some directions than along others: about the mean histogram, so
        slopes = np.cumsum(np.diag(base) - np.outer(base, base), axis=0)
        bent, self._turn = np.linalg.eigh(2 / len(base) * slopes.T @ slopes)
        self._bent = np.maximum(bent, _LEAST_CURVATURE)

    def objective(self, solution: Float, ridge: float) -> tuple[float, Float]:
        """Loss with penalty, and its gradient, at weights by axes (then the bias), flat."""
        weights, bias = solution[:-10].reshape(-1, 10), solution[-10:]
        loss, by_logit = self._loss(self._points @ weights + bias, self._shares)
        by_logit *= self._counts[:, None]
        gradient = np.concatenate([(self._points.T @ by_logit + 2 * ridge * weights).ravel(), by_logit.sum(axis=0)])
        return float(self._counts @ loss + ridge * (weights**2).sum()), gradient

    def solve(
        self,
        ridge: float,
        start: Float | None = None,
        precise: bool = True,
        trace: Callable[[Float, Float], None] | None = None,
    ) -> tuple[Float, int]:
        """The minimum from a start, and how many steps it took."""
        at = np.concatenate([np.zeros(len(self._power) * 10), self._base]) if start is None else start
        by_axis = 1 / np.sqrt(np.outer(self._power, self._bent) + 2 * ridge)
        roundness = np.concatenate([by_axis, 1 / np.sqrt(self._bent)[None]])  # a row an axis, and one for the bias

        def back(scaled: Float) -> Float:
            return np.asarray(((scaled.reshape(-1, 10) * roundness) @ self._turn.T).ravel())

        def objective(scaled: Float) -> tuple[float, Float]:
            value, gradient = self.objective(back(scaled), ridge)
            return value, ((gradient.reshape(-1, 10) @ self._turn) * roundness).ravel()

        def step(scaled: Float) -> None:
            if trace is not None:
                trace(*self.in_features(back(scaled)))

        first = ((at.reshape(-1, 10) @ self._turn) / roundness).ravel()
        step(first)
        options = {"maxiter": 2000, "maxcor": 20, "ftol": 1e-11 if precise else 1e-6, "gtol": 1e-8 if precise else 1e-5}
        found = scipy.optimize.minimize(objective, first, jac=True, method="L-BFGS-B", options=options, callback=step)
        if not found.success and precise and found.nit >= 2000:
            from sklearn.exceptions import ConvergenceWarning

            warnings.warn("The critic stopped before its minimum.", ConvergenceWarning, stacklevel=2)
        return back(found.x), int(found.nit)

    def in_features(self, solution: Float) -> tuple[Float, Float]:
        """Weights (D, 10) and bias (10,) for features as they are."""
        by_axis = solution[:-10].reshape(-1, 10)
        weights = (self._axes @ by_axis) / (self._scale * np.sqrt(len(self._scale)))[:, None]
        return weights, solution[-10:] - self._middle @ weights
