"""What the backbone sees, and concepts learnt from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from leitmotiv.records.arrays import Float, Float32, read_only

SEEN_SIDE = 224
"""Pixels a side of what the backbone sees of a picture."""
PREPROCESSING = 1
"""Grows whenever the same file gives the backbone other pixels."""
ACTIVATIONS = f"efficientnet-lite0/{PREPROCESSING}"
"""What activations were made by: the network, and how pictures were shown to it."""


@dataclass(frozen=True, eq=False)
class Example:
    """A picture on a board: one of the library, or one of which only the features are known.

    Attributes
    ----------
    image_id : str
        Empty for a picture that is not in the library; then it has features.
    features : (1280,) float32 or None
        Pooled activation, as the backbone gives it.
    weight : float
        How much it counts; 0 is as if it were not there.
    """

    image_id: str = ""
    features: Float32 | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Contradiction:
    """A picture of a board that the others speak against.

    Attributes
    ----------
    side : str
        "positive" or "negative".
    index : int
        Place among the examples of its side, as they were given.
    image_id : str
        Empty for a picture that is not in the library.
    strength : float
        From 0, hardly, to 1: without it the board would place it like any picture, or worse.
    """

    side: Literal["positive", "negative"]
    index: int
    image_id: str
    strength: float


@dataclass(frozen=True)
class Calibration:
    """Where scores of a concept lie, in the units of the vector: it makes them comparable between concepts.

    Attributes
    ----------
    middle, spread : float
        Median and robust deviation (MAD / 0.6745) of the collection that it was learnt in.
    top : float
        What a picture of the board scores that was left out of the learning, by the median.
    lone_middle, lone_top : float
        The same of pictures by themselves, without their neighbours in the collection.
    """

    middle: float
    spread: float
    top: float
    lone_middle: float
    lone_top: float


@dataclass(frozen=True, eq=False)
class Concept:
    """What was learnt from a board: a direction among features, and what is known of it.

    A lone picture with features f scores ``vector @ unit(sqrt(f) - centre)`` where there is a centre, and
    ``vector @ unit(f)`` else; pictures of a collection also by their neighbours there.

    Attributes
    ----------
    id : str
        UUID.
    vector : (D,) float32
    centre : (D,) float32 or None
        Mean of the square roots of the features of the collection that it was learnt in.
    intercept : float
        Added to ``vector @ ...`` it makes a score that is positive for what rather belongs: above the half between
        the middle of the collection and the board.
    layer : str
        "lite0_pooled", "lite0_map", or that of a network which is not here.
    method : str
        "ridge", "sgd" (cavlib's classifier), "cosine" (a vector that came without more).
    quality : float or None
        Share of the collection that a picture of the board comes before, when it is left out of the learning; the mean
        over the board, None for one picture.
    seed : int
        Of whatever was drawn.
    positive, negative : tuple of Example
        What it was learnt from, without features; ids are empty for pictures outside the library.
    drawn : tuple of str
        Ids of pictures that were drawn as negatives, where the method needs some and none were given.
    missing : tuple of str
        Ids that were asked for, and of which nothing is known: forgotten since, or never seen by the backbone.
    contradictions : tuple of Contradiction
        Strongest first.
    metadata : mapping
        What a .cav file said beyond this.
    """

    id: str
    vector: Float32
    centre: Float32 | None
    intercept: float
    layer: str
    method: Literal["ridge", "sgd", "cosine"]
    calibration: Calibration | None = None
    quality: float | None = None
    seed: int = 0
    positive: tuple[Example, ...] = ()
    negative: tuple[Example, ...] = ()
    drawn: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read_only(self.vector)
        if self.centre is not None:
            read_only(self.centre)


@dataclass(frozen=True, eq=False)
class Scores:
    """What a concept says of pictures; all arrays have one value a picture, in the order of `ids`.

    Attributes
    ----------
    ids : tuple of str
    score : (N,) float64
        0 for the middle of the collection, 1 for what a picture of the board scores when it is left out.
    percentile : (N,) float64
        Percent of the collection that score less.
    probability : (N,) float64
        That it belongs; only roughly calibrated. NaN where nothing is known of the board.
    cosine : (N,) float64
        Of the vector and the features, -1 to 1.
    """

    ids: tuple[str, ...]
    score: Float
    percentile: Float
    probability: Float
    cosine: Float

    def __post_init__(self) -> None:
        for values in (self.score, self.percentile, self.probability, self.cosine):
            read_only(values)


@dataclass(frozen=True)
class Crop:
    """A part of a picture, in fractions of its width and height from the upper left corner, and how it scores."""

    x: float
    y: float
    width: float
    height: float
    score: float
    aspect: str = "whole"
