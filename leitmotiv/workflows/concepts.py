"""Teaching a concept from pictures, and asking it about all others; who keeps boards is not its business."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import algebra, concept, questions
from leitmotiv.analysis import background as ground
from leitmotiv.analysis.algebra import Operation
from leitmotiv.errors import BoardError, LayerError, NoActivationsError
from leitmotiv.records import Concept, Contradiction, Example, Float, Float32, Scores
from leitmotiv.records import Side as BoardSide
from leitmotiv.workflows import activations
from leitmotiv.workflows.backgrounds import Ground, background
from leitmotiv.workflows.layers import LAYERS, MAP, POOLED, SEEN
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session

METHODS = ("ridge", "sgd")
MOST_WEIGHT = 10.0
_NAMESPACE = UUID("6f1c1a52-6a4e-5d0b-9d53-0f7c3c0e8a11")
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class _Side:
    """The examples of one side that can be used: where they stood, and what is known of them."""

    places: list[int]
    examples: list[Example]
    weights: Float

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def ids(self) -> list[str]:
        """Of those that are in the library."""
        return [one.image_id for one in self.examples if one.features is None]


def teach(
    session: Session,
    positive: Sequence[Example],
    negative: Sequence[Example] = (),
    *,
    method: str = "ridge",
    seed: int = 0,
    same: Sequence[int] | None = None,
    report: Report | None = None,
) -> Concept:
    """Teach a concept from the pictures of a board; the same board and library give the same concept.

    Parameters
    ----------
    positive, negative : sequence of Example
        Pictures that are it, and that are not. Those of the library that it does not know any more are left out, and
        named in the answer.
    method : str
        "ridge", which needs no negatives, or "sgd": the classifier of cavlib, for comparison. Where that one gets no
        negatives, as many as there are positives are drawn from the collection.
    seed : int
        Of what is drawn; "ridge" draws nothing.

    same : sequence of int, optional
        A label for each of `positive`: those with one label are the same picture, and tell of the quality once.

    Raises
    ------
    BoardError
        No positive picture is left, or its weight is not a number.
    NoActivationsError
        The backbone has not seen any of the positive pictures yet, and there are too many to wait for.
    EmptyLibraryError, MissingExtraError
        See `backgrounds.background`.
    """
    if method not in METHODS:
        raise BoardError(f"{method!r} is no way to learn a concept. There are: {', '.join(METHODS)}.")
    found = background(session, report)
    wanted, against = _usable(found, positive), _usable(found, negative)
    if not len(wanted):
        lost = _missing(found, positive)
        if session.library.images.many(lost):
            raise NoActivationsError(activations.NOTHING_SEEN)
        why = f"none of its {len(lost)} pictures is known to the library any more" if lost else "nothing is on its side"
        raise BoardError(f"The board has no picture that it is: {why}. Add one to “It is”.")
    learn = _by_ridge if method == "ridge" else _by_sgd
    labels = list(range(len(positive))) if same is None else same
    learnt = learn(session, found, wanted, against, seed, [labels[place] for place in wanted.places])
    return replace(
        learnt,
        id=str(uuid5(_NAMESPACE, hashlib.sha256(learnt.vector.tobytes() + method.encode()).hexdigest())),
        seed=seed,
        positive=tuple(replace(one, features=None) for one in positive),
        negative=tuple(replace(one, features=None) for one in negative),
        missing=tuple(dict.fromkeys(_missing(found, [*positive, *negative]))),
        contradictions=_contradictions(learnt.contradictions, wanted, against),
    )


def _usable(found: Ground, examples: Sequence[Example]) -> _Side:
    kept: list[tuple[int, Example]] = []
    for place, one in enumerate(examples):
        if not (np.isfinite(one.weight) and one.weight >= 0):
            raise BoardError(f"The weight of a picture is a number from 0 on, and one is {one.weight}.")
        if one.features is None and one.image_id not in found.row_of:
            continue
        if one.features is not None and one.features.shape != (LAYERS[POOLED],):
            raise BoardError(f"Features of a picture are {LAYERS[POOLED]} numbers, and one has {one.features.shape}.")
        if one.weight > 0:
            kept.append((place, one))
    weights = np.array([one.weight for _, one in kept])
    return _Side([place for place, _ in kept], [one for _, one in kept], weights)


def _missing(found: Ground, examples: Sequence[Example]) -> list[str]:
    return [one.image_id for one in examples if one.features is None and one.image_id not in found.row_of]


def _by_ridge(
    session: Session, found: Ground, wanted: _Side, against: _Side, seed: int, same: Sequence[int]
) -> Concept:
    members = sorted({found.row_of[image_id] for image_id in [*wanted.ids, *against.ids]})
    learnt = concept.learn(
        found.background,
        _rows(found, wanted),
        wanted.weights,
        _rows(found, against),
        against.weights,
        members=members,
        same=same,
    )
    known = learnt.calibration
    doubts: tuple[Contradiction, ...] = ()
    if len(set(same)) > 2:
        doubts = tuple(
            Contradiction("positive", place, "", float(np.clip(1 - share / concept.DOUBT, 0, 1)))
            for place, share in enumerate(learnt.standing)
            if share < concept.DOUBT
        )
    return Concept(
        id="",
        vector=(found.background.axes @ learnt.direction).astype(np.float32),
        centre=found.background.centre,
        intercept=-(known.lone_middle + known.lone_top) / 2,
        layer=POOLED,
        method="ridge",
        calibration=known,
        quality=learnt.quality,
        contradictions=doubts,
    )


def _rows(found: Ground, side: _Side) -> Float32:
    rows = np.empty((len(side), found.background.rows.shape[1]), np.float32)
    for at, one in enumerate(side.examples):
        if one.features is None:
            rows[at] = found.background.rows[found.row_of[one.image_id]]
        else:
            rows[at] = ground.placed(found.background, one.features[None])[0]
    return rows


def _by_sgd(session: Session, found: Ground, wanted: _Side, against: _Side, seed: int, same: Sequence[int]) -> Concept:
    from leitmotiv.analysis import classifier  # scikit-learn: searches from the command line do not wait for it

    pooled = session.library.activations.matrix()[1]
    drawn: tuple[str, ...] = ()
    if not len(against):
        drawn = draw(found.ids, len(wanted), taken=wanted.ids, seed=seed)
        if not drawn:
            raise BoardError("The classifier of cavlib needs pictures that it is not, and there is no other to draw.")
        against = _usable(found, [Example(image_id) for image_id in drawn])
    sides = [_features(found, pooled, side) for side in (wanted, against)]
    vector = classifier.direction(sides[0], wanted.weights, sides[1], against.weights, seed)
    left_out = classifier.left_out(sides[0], wanted.weights, sides[1], against.weights, seed, same)
    scores = _cosines(vector.astype(np.float32), pooled)
    members = [found.row_of[image_id] for image_id in [*wanted.ids, *against.ids]]
    once = np.unique(same, return_index=True)[1]
    quality = concept.share_below(left_out[once], np.delete(scores, members))
    known = concept.calibrated(scores, left_out, ground.unit(sides[0]) @ vector)
    return Concept(
        id="",
        vector=vector.astype(np.float32),
        centre=None,
        intercept=-(known.lone_middle + known.lone_top) / 2,
        layer=POOLED,
        method="sgd",
        calibration=known,
        quality=quality,
        drawn=drawn,
    )


def draw(ids: Sequence[str], count: int, *, taken: Sequence[str] = (), seed: int = 0) -> tuple[str, ...]:
    """Draw pictures that are not taken, each by its own lot: few change when others come or go."""
    lots = {image_id: hashlib.sha256(f"{seed} {image_id}".encode()).digest() for image_id in set(ids).difference(taken)}
    return tuple(sorted(lots, key=lots.__getitem__)[:count])


def _features(found: Ground, pooled: NDArray[np.float16], side: _Side) -> Float32:
    return np.array(
        [
            pooled[found.row_of[one.image_id]] if one.features is None else one.features  #
            for one in side.examples
        ],
        np.float32,
    ).reshape(len(side), -1)


def _contradictions(doubts: Sequence[Contradiction], wanted: _Side, against: _Side) -> tuple[Contradiction, ...]:
    """Those that the board speaks against, and those that stand on both sides of it."""
    both = set(wanted.ids) & set(against.ids)
    said: dict[tuple[BoardSide, int], tuple[str, float]] = {
        ("positive", wanted.places[one.index]): (wanted.examples[one.index].image_id, one.strength) for one in doubts
    }
    sides: dict[BoardSide, _Side] = {"positive": wanted, "negative": against}
    for name, side in sides.items():
        for place, one in zip(side.places, side.examples, strict=True):
            if one.features is None and one.image_id in both:
                said[name, place] = (one.image_id, 1.0)
    made = [Contradiction(name, place, image_id, strength) for (name, place), (image_id, strength) in said.items()]
    return tuple(sorted(made, key=lambda one: -one.strength))


def score(session: Session, learnt: Concept, ids: Sequence[str] | None = None) -> Scores:
    """What a concept says of pictures of the library, by themselves and their neighbours there.

    Parameters
    ----------
    ids : sequence of str, optional
        Which ones; those that the backbone has not seen are left out of the answer. All without it.

    Raises
    ------
    LayerError
        The concept is of a layer that is not kept of the pictures of a library.
    """
    require(learnt, POOLED)
    found = background(session)
    cosine = _all_cosines(session, found, learnt)
    whole = Scores(found.ids, *concept.judge(cosine, learnt.calibration, len(learnt.positive)), cosine)
    return whole if ids is None else of_ids(whole, ids)


def require(learnt: Concept, *layers: str) -> None:
    """Refuse a concept of another layer.

    Raises
    ------
    LayerError
        It names the layer.
    """
    if learnt.layer in layers:
        return
    if learnt.layer in SEEN:
        why = "is not kept of each picture, as it would take 125 kB; it scores pictures one at a time"
    else:
        why = "belongs to a network that leitmotiv does not have; the concept can be shown and exported"
    raise LayerError(
        f"The layer {learnt.layer!r} of this concept {why}. Pictures are scored by {' and '.join(layers)}."
    )


def _all_cosines(session: Session, found: Ground, learnt: Concept) -> Float:
    if learnt.centre is None:
        return _cosines(learnt.vector, session.library.activations.matrix()[1])
    direction = ground.unit(learnt.vector) @ found.background.axes
    return concept.along(found.background.rows, direction)


def _cosines(vector: Float32, pooled: NDArray[np.float16]) -> Float:
    """Cosine of a vector with plain features, (N,) float64."""
    direction = ground.unit(vector)
    out = np.empty(len(pooled))
    for start in range(0, len(pooled), _BLOCK):
        part = pooled[start : start + _BLOCK].astype(np.float32)
        out[start : start + _BLOCK] = part @ direction / np.maximum(np.linalg.norm(part, axis=1), 1e-12)
    return out


def informative(session: Session, learnt: Concept, n: int = 10) -> tuple[str, ...]:
    """The pictures whose answer, “it is” or “it is not”, would teach the most; none that is on the board.

    Raises
    ------
    LayerError
        See `score`.
    """
    scores = score(session, learnt)
    found = background(session)
    board = [found.row_of[one.image_id] for one in (*learnt.positive, *learnt.negative) if one.image_id in found.row_of]
    chances = scores.probability
    if np.isnan(chances).any():
        chances = np.clip(scores.score, 0, 1)
    rows = questions.most_informative(found.background, chances, np.unique(np.array(board, np.int64)), n)
    return tuple(found.ids[row] for row in rows)


@dataclass(frozen=True)
class Term:
    """A concept in a combination: how it joins what stands before it, and how much."""

    concept: Concept
    operation: Operation = "or"
    weight: float = 1.0


def combine(session: Session, terms: Sequence[Term]) -> Scores:
    """What several concepts say together, joined from left to right; of the first only the concept counts.

    Scores have the scale of a single concept's. Probabilities are joined likewise, as of independent concepts.

    Raises
    ------
    BoardError
        No term, or a weight that is not a number from 0 to 10.
    LayerError
        See `score`.
    """
    if not terms:
        raise BoardError("Nothing to combine: name at least one concept.")
    wrong = next((one.weight for one in terms if not 0 <= one.weight <= MOST_WEIGHT), None)
    if wrong is not None:
        raise BoardError(f"Weights in a combination are 0 to {MOST_WEIGHT:g}, and one is {wrong}.")
    if any(one.concept.layer == MAP for one in terms):
        raise LayerError(
            f"A concept that knows places (layer {MAP!r}) ranks a library by itself and is not combined with others. "
            f"Leave it out, or train its board from pictures: what that learns, of the layer {POOLED!r}, combines."
        )
    found = [score(session, one.concept) for one in terms]
    joined = algebra.combined(
        found[0].score,
        [(one.operation, one.weight, each.score) for one, each in zip(terms[1:], found[1:], strict=True)],
    )
    chances = found[0].probability
    for one, each in zip(terms[1:], found[1:], strict=True):
        chances = algebra.chance(chances, one.operation, one.weight, each.probability)
    return Scores(found[0].ids, joined, concept.percentile(joined), chances, found[0].cosine)


def of_ids(whole: Scores, ids: Sequence[str]) -> Scores:
    """The scores of some pictures, in the order of `ids`; those that have none are left out."""
    row_of = {image_id: row for row, image_id in enumerate(whole.ids)}
    names = tuple(image_id for image_id in ids if image_id in row_of)
    rows = np.array([row_of[image_id] for image_id in names], np.int64)
    return Scores(names, whole.score[rows], whole.percentile[rows], whole.probability[rows], whole.cosine[rows])
