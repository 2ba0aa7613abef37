"""Rating sets, and critics learnt from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records.arrays import Float, Float32, read_only


@dataclass(frozen=True)
class RatedItem:
    """A picture as a rating set tells of it, whether its file is there or not.

    Attributes
    ----------
    key : str
        What the set calls it: a number, a name, a path.
    counts : tuple of float or None
        Votes for the scores 1 to 10, or their shares, where the set has only these.
    votes : tuple of (rater, value)
        Single votes on the set's own scale; the rater is "" where the set does not tell.
    mean, deviation : float or None
        On 1 to 10, where the set has only these.
    facts : mapping
        What else it tells: tags, challenge, lists, prompt, colours.
    image_id : str
        SHA-256 of the file, or of the pixels of what was rendered; "" while no picture was found.
    """

    key: str
    counts: tuple[float, ...] | None = None
    votes: tuple[tuple[str, float], ...] = ()
    mean: float | None = None
    deviation: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    image_id: str = ""


@dataclass(frozen=True)
class RatingSet:
    """Ratings that were imported together.

    Attributes
    ----------
    format : str
        The reader: "ava", "sac", "themes", "idealo", "csv" or "xmp".
    source : str
        Where it was read from.
    scale : int
        What the best single vote is; the worst is 1.
    report : mapping of str to int
        How many were left out, by the trouble.
    """

    name: str
    format: str
    source: str
    scale: int
    made: datetime
    items: int
    pictures: int
    votes: int
    raters: int
    report: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Lift:
    """What technical measures go through before a head: scaled logarithms, and hinges over random directions of them.

    Attributes
    ----------
    columns : (F,) int64
        Which measures are used.
    centre, scale, low, high : (F,) float32
        Of their logarithms; what lies outside low and high is cut off.
    directions : (F, H) float32
    offsets : (H,) float32
    """

    columns: NDArray[np.int64]
    centre: Float32
    scale: Float32
    low: Float32
    high: Float32
    directions: Float32
    offsets: Float32


@dataclass(frozen=True, eq=False)
class Critic:
    """A head that was learnt, and what there is to know of it.

    Attributes
    ----------
    weights : (D, 10) float32
        On pooled activations, D = 1280, or on lifted measures; softmax of the sum is the histogram.
    bias : (10,) float32
    layer : str
        Backbone and preprocessing that it learnt from, see `ACTIVATIONS`.
    card : mapping
        Data, seed, figures with their baselines, limits; as JSON has it.
    lift : Lift or None
        Of a critic that knows measures in place of activations.
    """

    name: str
    weights: Float32
    bias: Float32
    layer: str
    card: Mapping[str, Any]
    lift: Lift | None = None

    def __post_init__(self) -> None:
        for array in (self.weights, self.bias):
            read_only(array)


@dataclass(frozen=True, eq=False)
class Critique:
    """What a critic says of N pictures.

    Attributes
    ----------
    shares : (N, 10) float64
        How votes for 1 to 10 would fall.
    mean, deviation : (N,) float64
        Of these votes: the score, and how much raters would differ (with what the critic does not know).
    percentile : (N,) float64
        Percent of these pictures that score less.
    """

    ids: tuple[str, ...]
    shares: Float
    mean: Float
    deviation: Float
    percentile: Float
