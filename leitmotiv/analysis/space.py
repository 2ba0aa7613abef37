r"""A space learnt from captions: a linear step from what a picture shows, added to the place that it has untrained.

A picture with features :math:`\varphi` (those of `background.centred`, along `AXES` principal axes of the pictures that
were learnt from) and untrained place :math:`s` lies at

.. math:: o = s + W^\top \varphi + b

Training begins at :math:`W = 0`, that is, at the space without training, and moves pictures towards their captions. It
owns the losses with their gradients, and the descent; it reads no text and sees no picture.

References
----------
.. [1] R. Gomez et al., "Learning to learn from web data through deep semantic embeddings", ECCV workshops 2018: both
   losses, and negatives out of the batch.
.. [2] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
.. [3] F. Schroff et al., "FaceNet: a unified embedding for face recognition and clustering", CVPR 2015: negatives that
   are farther than the caption, but within the margin.
.. [4] G. H. Golub et al., "Generalized cross-validation as a method for choosing a good ridge parameter",
   Technometrics 21 (1979).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float, Float32

Loss = Literal["triplet", "sigmoid", "ridge"]
Negatives = Literal["random", "soft", "semi-hard", "hard"]
Rows = NDArray[np.int64]
LOSSES: tuple[Loss, ...] = ("triplet", "sigmoid", "ridge")
NEGATIVES: tuple[Negatives, ...] = ("random", "soft", "semi-hard", "hard")
REVISION = 2
"""Grows whenever the descent would go another way: one that was interrupted before begins anew."""
AXES = 256
"""Principal axes of features along which is learnt: more of them change nothing but the time."""
BATCH = 64
RATES = {"triplet": 1e-3, "sigmoid": 1e-2}
"""The step of Adam: the slopes of the sigmoid are those of hundreds of numbers at once."""
PENALTIES = tuple(10.0**power for power in np.arange(-3, 2.1, 0.5))
"""Of the ridge regression, times the mean eigenvalue of N; the closed leave-one-out error chooses."""
_FIRST, _SECOND, _EPSILON = 0.9, 0.999, 1e-8
_LEAST = 1e-12
_SAMPLE = 8192
_EDGE = 0.02
"""How near to 0 and 1 a target of the sigmoid comes: its logit must stay finite."""


@dataclass(frozen=True)
class Plan:
    """How a space is learnt.

    Attributes
    ----------
    margin : float
        By which a caption must be nearer than another, in squared distance of unit vectors: 0 to 4.
    epochs : int
        Rounds over all captions; the ridge regression has none.
    """

    loss: Loss = "triplet"
    negatives: Negatives = "random"
    margin: float = 1.0
    epochs: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if self.loss not in LOSSES or self.negatives not in NEGATIVES:
            raise ValueError(f"there is no loss {self.loss} with {self.negatives} negatives")


@dataclass(frozen=True)
class Epoch:
    """How one round over all captions went: the mean loss, and the share of triplets that were satisfied before it."""

    loss: float
    satisfied: float


@dataclass(frozen=True, eq=False)
class State:
    """Where the descent is: all that it needs to go on.

    Attributes
    ----------
    weights : (F, D) float32
    bias : (D,) float32
    moments : tuple of four arrays
        Of Adam: first and second of the weights, then of the bias.
    steps : int
    epochs : tuple of Epoch
        The rounds that are done.
    """

    weights: Float32
    bias: Float32
    moments: tuple[Float32, Float32, Float32, Float32]
    steps: int = 0
    epochs: tuple[Epoch, ...] = field(default=())


def drawn(count: int) -> Rows:
    """The rows of so many that axes are found from: all of a few thousand, of more some at even steps."""
    return np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64))


def axes(features: Float32, most: int = AXES) -> Float32:
    """The first principal axes of centred features (N, F) that were drawn, as columns (F, A) float32."""
    _, values, turned = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    kept = turned[:most][values[:most] > 1e-5 * max(float(values[0]), _LEAST)]
    signs = np.sign(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)])
    return np.ascontiguousarray((kept * signs[:, None]).T, np.float32)


def beginning(features: int, width: int) -> State:
    """The state before the first round: the untrained space."""
    weights, bias = np.zeros((features, width), np.float32), np.zeros(width, np.float32)
    return State(weights, bias, (weights.copy(), weights.copy(), bias.copy(), bias.copy()))


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is learnt from: N pictures with a caption each.

    Attributes
    ----------
    features : (N, F) float32
    starts : (N, D) float32
        Untrained places, unit rows or zeros.
    captions : (N, D) float32
        Unit rows.
    same : (N,) int64
        Pictures with the same number have the same caption: none is a negative of another.
    """

    features: Float32
    starts: Float32
    captions: Float32
    same: Rows

    def __len__(self) -> int:
        return len(self.same)


def descend(lesson: Lesson, plan: Plan, state: State) -> Iterator[State]:
    """Go on from a state to the last round, one state a round; each round depends on the seed and its number alone."""
    starts = as_logits(lesson.starts) if plan.loss == "sigmoid" else lesson.starts
    for number in range(len(state.epochs), plan.epochs):
        rng = np.random.default_rng((plan.seed, number))
        order = rng.permutation(len(lesson))
        losses, satisfied, counted = 0.0, 0, 0
        for begin in range(0, len(order), BATCH):
            rows = order[begin : begin + BATCH]
            outputs = starts[rows] + lesson.features[rows] @ state.weights + state.bias
            captions, same = lesson.captions[rows], lesson.same[rows]
            places = unit(outputs) if plan.loss == "triplet" else from_logits(outputs)
            against = negatives(places, captions, same, plan.negatives, plan.margin, rng)
            near, far = _distances(places, captions, against)
            had = against >= 0
            satisfied += int((near + plan.margin <= far)[had].sum())
            counted += int(had.sum())
            if plan.loss == "triplet":
                loss, slope = triplet(outputs, captions, against, plan.margin)
            else:
                loss, slope = sigmoid(outputs, scaled(captions))
            losses += loss * len(rows)
            state = _step(state, lesson.features[rows], slope, plan)
        done = Epoch(losses / max(1, len(lesson)), satisfied / counted if counted else 1.0)
        state = replace(state, epochs=(*state.epochs, done))
        yield state


def triplet(outputs: Float32, captions: Float32, against: Rows, margin: float) -> tuple[float, Float32]:
    r"""The triplet loss of outputs that are brought to length 1, and its slope.

    .. math:: L = \frac{1}{2N} \sum_i \max\!\left(0,\; m + \lVert a_i - p_i \rVert^2 - \lVert a_i - n_i \rVert^2\right),
              \quad a_i = o_i / \lVert o_i \rVert

    Parameters
    ----------
    outputs, captions : (N, D) float
    against : (N,) int64
        Rows of the captions that are negatives; -1 for none, which counts as satisfied.

    Returns
    -------
    float and (N, D)
        The slope is that of the outputs, through the length.
    """
    count = len(outputs)
    length = np.maximum(np.linalg.norm(outputs, axis=1, keepdims=True), _LEAST)
    places = outputs / length
    near, far = _distances(places, captions, against)
    violated = np.where(against >= 0, np.maximum(0, margin + near - far), 0)
    pull = np.where((violated > 0)[:, None], (captions[against] - captions) / count, 0)
    slope = (pull - places * np.sum(pull * places, axis=1, keepdims=True)) / length
    return float(violated.sum() / (2 * count)), slope.astype(outputs.dtype)


def sigmoid(outputs: Float32, targets: Float32) -> tuple[float, Float32]:
    r"""The cross-entropy of sigmoids, and its slope.

    .. math:: L = -\frac{1}{N} \sum_{ij} \left[ t_{ij} \log \sigma(o_{ij}) + (1 - t_{ij}) \log(1 - \sigma(o_{ij}))
              \right]
    """
    count = len(outputs)
    # log(1 + exp(x)) without overflow
    soft = np.maximum(outputs, 0) + np.log1p(np.exp(-np.abs(outputs)))
    loss = float((soft - targets * outputs).sum() / count)
    return loss, ((_sigma(outputs) - targets) / count).astype(outputs.dtype)


def negatives(
    places: Float32, captions: Float32, same: Rows, kind: Negatives, margin: float, rng: np.random.Generator
) -> Rows:
    """For each picture of a batch the caption that it must not come near; -1 where the batch has none.

    "random" is any other; "soft" one of those that are farther from its own caption than captions of the batch are in
    the mean; "hard", as the original calls it, the farthest of all, which is the easiest; "semi-hard" one that is
    farther from the picture than its own caption, but by less than the margin [3]_, else the nearest that is farther,
    else any.
    """
    allowed = same[:, None] != same[None, :]
    between = _squared(captions, captions)
    if kind == "hard":
        return np.where(allowed.any(axis=1), np.where(allowed, between, -np.inf).argmax(axis=1), -1)
    if kind == "soft":
        others = ~np.eye(len(same), dtype=bool)
        chosen = allowed & (between > (between[others].mean() if others.any() else 0.0))
    elif kind == "semi-hard":
        to = _squared(places, captions)
        own = np.sum((places - captions) ** 2, axis=1)[:, None]
        farther = allowed & (to > own)
        chosen = farther & (to < own + margin)
        nearest = np.zeros_like(allowed)
        nearest[np.arange(len(same)), np.where(farther, to, np.inf).argmin(axis=1)] = True
        chosen = np.where(chosen.any(axis=1, keepdims=True), chosen, farther & nearest)
    else:
        chosen = allowed
    chosen = np.where(chosen.any(axis=1, keepdims=True), chosen, allowed)
    drawn = np.where(chosen, rng.random(chosen.shape), -1.0)
    return np.where(chosen.any(axis=1), drawn.argmax(axis=1), -1)


def ridge(lesson: Lesson) -> tuple[State, float]:
    """The closed form: features to captions by least squares, from nothing but features, and the penalty it took.

    The penalty with the least leave-one-out error is taken [4]_; untrained places play no part.
    """
    mean, centre = lesson.features.mean(axis=0), lesson.captions.mean(axis=0)
    rows, targets = (lesson.features - mean).astype(np.float64), (lesson.captions - centre).astype(np.float64)
    # the thin decomposition: as many columns as features, however many pictures there are
    vectors, sizes, axes = np.linalg.svd(rows, full_matrices=False)
    values, turned = sizes**2, vectors.T @ targets
    mean_value = max(float(values.sum()) / len(lesson), _LEAST)
    best: tuple[float, float] = (np.inf, PENALTIES[-1])
    for penalty in PENALTIES:
        kept = values / (values + penalty * mean_value)
        hat = np.minimum((vectors**2 @ kept) + 1 / len(lesson), 1 - 1e-9)
        left = (targets - vectors @ (kept[:, None] * turned)) / (1 - hat)[:, None]
        best = min(best, (float((left**2).mean()), penalty))
    shrunk = sizes / (values + best[1] * mean_value)
    weights = (axes.T @ (shrunk[:, None] * turned)).astype(np.float32)
    state = beginning(*weights.shape)
    return replace(state, weights=weights, bias=(centre - mean @ weights).astype(np.float32)), best[1]


def places(features: Float32, starts: Float32, state: State, loss: Loss) -> Float32:
    """Where pictures lie, unit rows (N, D) float32."""
    steps = features @ state.weights + state.bias
    if loss == "ridge":
        return unit(steps)
    if loss == "sigmoid":
        return from_logits(as_logits(starts) + steps)
    return unit(starts + steps)


def scaled(captions: Float32) -> Float32:
    """Rows between 0 and 1, as the sigmoid has to meet them: less their least, by their largest."""
    low = captions - captions.min(axis=1, keepdims=True)
    return np.asarray(low / np.maximum(low.max(axis=1, keepdims=True), _LEAST), np.float32)


def as_logits(places: Float32) -> Float32:
    """What the sigmoid brings to places between 0 and 1."""
    target = np.clip(scaled(places), _EDGE, 1 - _EDGE)
    return np.asarray(np.log(target / (1 - target)), np.float32)


def from_logits(outputs: Float32) -> Float32:
    """What the sigmoid makes of outputs, less the mean of each row, unit rows."""
    met = _sigma(outputs)
    return unit(met - met.mean(axis=1, keepdims=True))


def unit(rows: Float | Float32) -> Float32:
    """Rows of length 1; zeros stay zeros."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, _LEAST), np.float32)


def _sigma(values: Float32) -> Float32:
    small = np.exp(-np.abs(values))
    return np.asarray(np.where(values >= 0, 1, small) / (1 + small), values.dtype)


def _distances(places: Float32, captions: Float32, against: Rows) -> tuple[Float32, Float32]:
    """Squared distances to the own caption and to the negative."""
    near = np.sum((places - captions) ** 2, axis=1)
    far = np.sum((places - captions[against]) ** 2, axis=1)
    return near, far


def _squared(a: Float32, b: Float32) -> Float32:
    sums = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1)[None, :]
    return np.asarray(np.maximum(sums - 2 * a @ b.T, 0))


def _step(state: State, features: Float32, slope: Float32, plan: Plan) -> State:
    """One step of Adam [2]_."""
    steps, rate = state.steps + 1, RATES[plan.loss]
    first_w, second_w, first_b, second_b = state.moments
    weights, first_w, second_w = _adam(state.weights, features.T @ slope, first_w, second_w, steps, rate)
    bias, first_b, second_b = _adam(state.bias, slope.sum(axis=0), first_b, second_b, steps, rate)
    return State(weights, bias, (first_w, second_w, first_b, second_b), steps, state.epochs)


def _adam(
    values: Float32, slope: Float32, first: Float32, second: Float32, steps: int, rate: float
) -> tuple[Float32, Float32, Float32]:
    first = np.float32(_FIRST) * first + np.float32(1 - _FIRST) * slope
    second = np.float32(_SECOND) * second + np.float32(1 - _SECOND) * slope * slope
    step = np.float32(rate * np.sqrt(1 - _SECOND**steps) / (1 - _FIRST**steps))
    moved = values - step * first / (np.sqrt(second) + np.float32(_EPSILON))
    return np.asarray(moved, np.float32), first, second
