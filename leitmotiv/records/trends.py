"""The tree of groups, its clusters, and what people change in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records.arrays import Float, read_only


@dataclass(frozen=True, eq=False)
class Merge:
    """One step of the tree over clusters: `left` and `right` become `parent`.

    Nodes 0 … C-1 are the fine clusters in the order of `Clusters.exemplars`; merge m makes node C + m.

    Attributes
    ----------
    height : float
        Growth of the summed distance to the exemplar, cumulative maximum; in the unit of what was clustered: nats, or
        relative divergences where the settings correct for hubs.
    exemplar : int
        Position (row) of the merged cluster's medoid among the images.
    """

    left: int
    right: int
    height: float
    exemplar: int


@dataclass(frozen=True)
class Grain:
    """Another number of trends than the usual one, that a person asked for.

    Attributes
    ----------
    share : float
        How many, as a multiple of the square root of the number of pictures.
    price : float or None
        What a trend cost before anybody asked, in the unit of what was clustered; None where that was another unit.
    exemplars : tuple of str
        Ids of the exemplars of the usual trends.
    """

    share: float
    price: float | None
    exemplars: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Clusters:
    """Groups of pictures that share a look, and the tree that joins them.

    Attributes
    ----------
    ids : tuple of str
        Image ids, in the order of the rows below.
    labels : (N,) int64
        Fine cluster of each image, an index into `exemplars`.
    exemplars : (C,) int64
        Row of each fine cluster's exemplar, ascending.
    distances : (N,) float64
        Divergence of each image to the exemplar of its fine cluster, nats.
    merges : tuple of Merge
        C - 1 steps from the fine clusters to one.
    default_count : int
        How many clusters the page shows first.
    preference : float
        What a cluster costs (the f of facility location), in the unit of what was clustered.
    cost : float
        Summed distance to the exemplars + preference * C, in the same unit.
    grain : Grain or None
        What a person asked for; None where the clusters have their usual number.
    bound : float
        What no choice of exemplars could cost less than, of those that were possible; NaN where it was not found.
    """

    ids: tuple[str, ...]
    labels: NDArray[np.int64]
    exemplars: NDArray[np.int64]
    distances: Float
    merges: tuple[Merge, ...]
    default_count: int
    preference: float
    cost: float
    grain: Grain | None = None
    bound: float = float("nan")

    def __post_init__(self) -> None:
        for values in (self.labels, self.exemplars, self.distances):
            read_only(values)

    def __len__(self) -> int:
        return len(self.exemplars)

    @property
    def gap(self) -> float | None:
        """By what share of the bound the cost lies above it, at most; None where no bound is known."""
        return max(0.0, self.cost / self.bound - 1) if self.bound > 0 else None


@dataclass(frozen=True, eq=False)
class PlacedPicture:
    """A picture that came after the clusters, and joined them.

    Attributes
    ----------
    label : int
        Its fine cluster, an index into `Clusters.exemplars`.
    distance : float
        Divergence to the exemplar that it joined, nats.
    remoteness : float or None
        Nats; None where nothing is corrected for hubs.
    vector : (D,) int16 or None
        None in a library that has no vectors.
    model : bytes
        Digest of the embedding that made the vector, which another machine need not have; empty without one.
    serial : int
        Of its row, rising; 0 for one that is not stored yet.
    """

    image_id: str
    label: int
    distance: float
    remoteness: float | None = None
    vector: NDArray[np.int16] | None = None
    model: bytes = b""
    serial: int = 0


@dataclass(frozen=True)
class Cluster:
    """One group of a cut through the tree, members from most to least alike to the exemplar.

    Attributes
    ----------
    id : int
        The node of the tree: stable while the index stands.
    distances : tuple of float
        Of each member to the exemplar, nats; the exemplar itself comes first with 0.
    coherence : float
        1 - mean divergence to the exemplar / ln 2, over the other members; 1 for a single picture.
    name : str
        What a person called it; "" for nothing.
    outliers : tuple of str
        Members far from the exemplar, as a set of `members`.
    edited : bool
        Whether a person put other pictures together here than the tree does.
    pinned : tuple of str
        Members that a person put here.
    """

    id: int
    exemplar: str
    members: tuple[str, ...]
    distances: tuple[float, ...]
    coherence: float
    name: str = ""
    outliers: tuple[str, ...] = ()
    edited: bool = False
    pinned: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many pictures it holds."""
        return len(self.members)


TrendEditKind = Literal["name", "join", "part", "own", "pin", "ban", "leave"]


@dataclass(frozen=True)
class TrendEdit:
    """What a person said about trends: a statement about pictures, which holds for any cut and any index.

    Attributes
    ----------
    kind : str
        "name" (the trend of `parts[0]` is called `name`), "join" (all `parts` are one trend), "part" (no two of
        `parts` are in one trend), "own" (`parts[0]` is a trend by itself), "pin" (`ids` are in the trend of
        `parts[0]`), "ban" (`ids` are not in the trend of `parts[0]`) or "leave" (`ids` are in no trend).
    parts : tuple of tuple of str
        Sets of image ids.
    """

    id: int
    kind: TrendEditKind
    at: datetime
    name: str = ""
    ids: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()

    @property
    def pictures(self) -> tuple[str, ...]:
        """Every picture that it names, once."""
        return tuple(dict.fromkeys([*self.ids, *(image_id for part in self.parts for image_id in part)]))
