"""The technical critic: a head over technical measures, lifted so that a linear head can follow their curves.

References
----------
.. [1] A. Rahimi and B. Recht, Weighted sums of random kitchen sinks (2008): random hinges, and a convex head over them.
"""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import critic, histograms, technical
from leitmotiv.analysis.critic import Head
from leitmotiv.records import Critic, Float, Float32, Lift

HINGES = 384
_DECAY, _ROUNDS = 0.03, 40
_STEEP = 1.5
_EDGE, _REACH = 0.002, 6.0
NOT_JUDGED = frozenset({"whitespace", "colourfulness", "harmony", "symmetry", "tilt", "tilt_sure"})
"""Measures of what a picture is like, not of how well it was made."""
DEVIATION = 0.9
"""Of the votes that a strength of damage stands for, in scores."""


def fit_lift(
    measures: NDArray[np.floating], means: Float, weight: Float | None = None, *, hinges: int = HINGES, seed: int = 0
) -> Lift:
    """A lift for measures (N, WIDTH) of pictures to learn from; the same for the same seed.

    Half of the hinges are drawn, half are those of a small network that learns the scores: the drawn ones go on where
    the learnt ones know nothing.
    """
    columns = np.array([at for at in range(technical.WIDTH) if _judged(at)], np.int64)
    logs = _logs(np.asarray(measures, np.float64)[:, columns])
    centre = np.median(logs, axis=0)
    spread = np.quantile(logs, 0.9, axis=0) - np.quantile(logs, 0.1, axis=0)
    ends = np.quantile(logs, 1 - _EDGE, axis=0) - np.quantile(logs, _EDGE, axis=0)
    scale = np.maximum(spread / 2.56, ends / _REACH) + 1e-3  # what is nought mostly still has its range
    scaled = (logs - centre) / scale
    low = np.maximum(np.quantile(scaled, _EDGE, axis=0) - 0.2, -_REACH)
    high = np.minimum(np.quantile(scaled, 1 - _EDGE, axis=0) + 0.2, _REACH)
    rng = np.random.default_rng(seed)
    drawn = rng.normal(0, _STEEP / np.sqrt(len(columns)), (len(columns), hinges // 2))
    from sklearn.exceptions import ConvergenceWarning  # a server would wait for them before its first page
    from sklearn.neural_network import MLPRegressor

    network = MLPRegressor(alpha=_DECAY, max_iter=_ROUNDS, batch_size=256, learning_rate_init=2e-3)
    network.set_params(hidden_layer_sizes=(hinges // 2,), random_state=seed)
    rows = rng.choice(len(means), len(means), p=None if weight is None else weight / weight.sum())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early, on purpose
        network.fit(np.clip(scaled, low, high)[rows], (means[rows] - 6) / 2.5)
    directions = np.concatenate([drawn, network.coefs_[0]], axis=1)
    offsets = np.concatenate([rng.normal(0, 1, hinges // 2), network.intercepts_[0]])
    values = (np.asarray(one, np.float32) for one in (centre, scale, low, high, directions, offsets))
    return Lift(columns, *values)


def _judged(at: int) -> bool:
    return at >= len(technical.NAMES) or technical.NAMES[at] not in NOT_JUDGED


def lifted(lift: Lift, measures: NDArray[np.floating]) -> Float32:
    """What a head sees of measures (N, WIDTH): (N, F + H) float32."""
    logs = _logs(np.asarray(measures, np.float32)[:, lift.columns])
    scaled = np.clip((logs - lift.centre) / lift.scale, lift.low, lift.high)
    hinges = np.maximum(scaled @ lift.directions + lift.offsets, 0)
    return np.asarray(np.concatenate([scaled, hinges], axis=1), np.float32)


def _logs(values: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def labels(means: Sequence[float] | Float) -> Float:
    """Histograms (N, 10) of votes with these means, deviating by 0.9 where the ends of the scale leave room."""
    rounded = np.round(np.asarray(means, np.float64), 2)
    made = {
        mean: histograms.of_mean_and_deviation(mean, min(DEVIATION, 0.9 * float(np.sqrt((mean - 1) * (10 - mean)))))
        for mean in set(rounded.tolist())
    }
    return np.stack([made[mean] for mean in rounded.tolist()])


def learn(
    lift: Lift,
    measures: NDArray[np.floating],
    means: Float,
    keys: Sequence[str],
    weight: Float | None = None,
    *,
    ridge: float | None = None,
) -> Head:
    """A head for lifted measures, from the scores that damage of known strength stands for.

    Parameters
    ----------
    means : (N,) float64
        1 to 10.
    keys : sequence of str
        What picture each comes from: all damage of one is left out together where the penalty is chosen.
    """
    return critic.learn(lifted(lift, measures), labels(means), weight, keys=keys, ridge=ridge)


def shares(judge: Critic, measures: NDArray[np.floating]) -> Float:
    """How votes would fall on pictures with these measures (N, WIDTH): (N, 10)."""
    if judge.lift is None:
        raise ValueError(f"The critic {judge.name} knows activations, not measures.")
    return critic.predict(judge.weights, judge.bias, lifted(judge.lift, measures))
