"""Concepts without a library, in the manner of cavlib: activations of pictures, learning from them, scoring others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import classifier, concept
from leitmotiv.errors import BoardError, LayerError
from leitmotiv.imaging.given import pixels_of
from leitmotiv.imaging.square import network_input
from leitmotiv.records import ACTIVATIONS, Float, Float32
from leitmotiv.workflows.layers import LAYERS, MAP, POOLED, SEEN
from leitmotiv.workflows.session import Session

METHODS = ("ridge", "sgd")
AT_ONCE = 16


def known(layer: str) -> str:
    """The layer, if there is one of this name.

    Raises
    ------
    LayerError
        There is none.
    """
    if layer not in LAYERS:
        raise LayerError(f"There is no layer {layer!r}. There are: {', '.join(LAYERS)}.")
    return layer


def activations(session: Session, pictures: Sequence[Any], layer: str) -> Float32:
    """Activations of pictures, (B, D) float32; a batch at a time.

    Raises
    ------
    LayerError
        There is no such layer, or it is of a network that leitmotiv does not have.
    ImageReadError, TypeError
        See `imaging.given.pixels_of`.
    """
    if known(layer) not in SEEN:
        raise LayerError(
            f"The layer {layer!r} belongs to a network that leitmotiv does not have: it uses activations that were "
            f"stored, and computes those of {' and '.join(SEEN)}."
        )
    out = np.empty((len(pictures), LAYERS[layer]), np.float32)
    for start in range(0, len(pictures), AT_ONCE):
        some = pictures[start : start + AT_ONCE]
        limit = session.settings.max_megapixels
        seen = session.backbone().features(
            np.stack([network_input(pixels_of(one, max_megapixels=limit)) for one in some])
        )
        values = seen.map if layer == MAP else seen.pooled
        out[start : start + AT_ONCE] = values.reshape(len(some), -1)
    return out


def learn(
    layer: str,
    examples: Float32,
    weights: Float,
    against: Float32,
    against_weights: Float,
    *,
    method: str,
    random_state: int | np.random.RandomState | None,
    collection: NDArray[Any] | None = None,
) -> tuple[Float32, Float32 | None, dict[str, Any]]:
    """Learn a vector from activations of one layer.

    "ridge" learns against the collection where there is one, else by cosines about a usual centre; "sgd" is the
    classifier of cavlib on activations of length 1, and the way of the layers whose activations only come stored.

    Returns
    -------
    vector : (D,) float32
        Of length 1.
    centre : (D,) float32 or None
        See `leitmotiv.records.Concept`.
    told : dict
        What else there is to write down, as plain values.

    Raises
    ------
    BoardError
        No example, weights that are not numbers above 0, or no counter-examples where they are needed.
    """
    if method not in METHODS:
        raise BoardError(f"{method!r} is no way to learn a concept. There are: {', '.join(METHODS)}.")
    if not len(examples):
        raise BoardError("There is no positive picture to learn from.")
    for values in (examples, against):
        if not np.isfinite(values).all():
            raise BoardError("Activations must be finite numbers.")
    if not (np.concatenate([weights, against_weights]) > 0).all() or not np.isfinite(weights).all():
        raise BoardError("The weights of pictures must be numbers above 0.")
    told = {"backbone": ACTIVATIONS if layer in SEEN else "", "method": method}
    if method == "sgd" or layer not in SEEN:
        if not len(against):
            raise BoardError(f"Learning {layer!r} in the way of cavlib needs negative pictures; give some.")
        vector = classifier.direction(examples, weights, against, against_weights, random_state)
        return vector.astype(np.float32), None, {**told, "method": "sgd"}
    if collection is not None and layer == POOLED:
        return *_against(np.asarray(collection), examples, weights, against, against_weights), told
    centre = np.full(examples.shape[1], ground.USUAL, np.float32)
    sides = [ground.centred(side, centre) for side in (examples, against)]
    vector = concept.learn_alone(sides[0], weights, sides[1], against_weights)
    return vector.astype(np.float32), centre, told


def _against(
    collection: NDArray[Any], examples: Float32, weights: Float, against: Float32, against_weights: Float
) -> tuple[Float32, Float32]:
    if collection.ndim != 2 or collection.shape[1] != LAYERS[POOLED] or not len(collection):
        raise BoardError(f"A collection is (N, {LAYERS[POOLED]}) activations, and this is {collection.shape}.")
    found = ground.learn(collection)
    learnt = concept.learn(
        found, ground.placed(found, examples), weights, ground.placed(found, against), against_weights
    )
    return (found.axes @ learnt.direction).astype(np.float32), found.centre


def cosine(vector: NDArray[Any], values: NDArray[Any], metadata: Mapping[str, Any]) -> Float:
    """Cosine of a vector with activations, (B,) float64; about the centre that the metadata name, if they do.

    NaN where one of the two is all zeros.
    """
    seen = np.asarray(values, np.float64)
    ours = metadata.get("leitmotiv")
    centre = ours.get("centre") if isinstance(ours, dict) else None
    if centre is not None:
        seen = np.sqrt(np.maximum(seen, 0)) - np.asarray(centre, np.float64)
    direction = np.asarray(vector, np.float64)
    length = np.linalg.norm(seen, axis=-1) * np.linalg.norm(direction)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(length > 0, seen @ direction / length, np.nan))
