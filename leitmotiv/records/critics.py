"""Rating sets, and critics learnt from them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    network : bytes
        Of a critic whose backbone was trained, too: its graph as ONNX, see `leitmotiv.nets.critic_graph`; its head
        is above. Empty of all others.
    """

    name: str
    weights: Float32
    bias: Float32
    layer: str
    card: Mapping[str, Any]
    lift: Lift | None = None
    network: bytes = field(default=b"", repr=False)

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


@dataclass(frozen=True)
class Phase:
    """A part of a training.

    Attributes
    ----------
    epochs : int
    rate : float
        Step length of Adam at its beginning.
    decay : float
        At step t of the phase the rate is divided by 1 + decay t.
    """

    epochs: int
    rate: float
    decay: float = 0.0


@dataclass(frozen=True)
class Schedule:
    """How a critic with its backbone is trained: first the head alone, then all layers.

    Attributes
    ----------
    fade : float
        Both rates are multiplied by it after each epoch, counted from the first.
    batch : int
        Pictures a step; the last of an epoch may have fewer.
    dropout : float
        Share of the pooled features that the head does not see in training.
    mirrored : float
        Share of the pictures that are mirrored.
    moved : bool
        Whether the 224 x 224 pixels that are seen lie anywhere in the middle 256 x 256, and not in their middle.
    shrink : int
        Pictures are averaged over so many pixels a side first: 1, or 2 and 4 to be quicker and see less.
    """

    name: str
    head: Phase
    whole: Phase
    fade: float = 1.0
    batch: int = 32
    dropout: float = 0.5
    mirrored: float = 0.5
    moved: bool = True
    shrink: int = 1

    def as_json(self) -> dict[str, Any]:
        """As it stands on a card."""
        return asdict(self)


SCHEDULES: Mapping[str, Schedule] = {
    one.name: one
    for one in (
        Schedule("few", Phase(8, 1e-3), Phase(4, 3e-5), batch=16),
        Schedule("notebook", Phase(2, 1e-5), Phase(2, 1e-5), 0.9, 32, 0.2, 0.3, moved=False),
        Schedule("idealo", Phase(5, 1e-3), Phase(9, 3e-5, 2.3e-5), batch=96, dropout=0.75),
        Schedule("idealo-technical", Phase(1, 1e-3), Phase(5, 3e-7), batch=8, dropout=0.75),
        Schedule("idealo-technical-gpu", Phase(25, 1e-3), Phase(25, 3e-7), batch=64, dropout=0.75),
    )
}
"""By name: "few" for a few hundred pictures; "notebook" as genolve's NIMA notebook trained on AVA; the others as
idealo's image-quality-assessment, for aesthetics (on CPU and GPU) and for technical quality (on either)."""
