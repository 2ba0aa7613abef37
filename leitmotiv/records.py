"""The values that cross layers: frozen, with read-only arrays; they compute nothing beyond their own shape."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
ColourSpace = Literal["lab", "rgb", "yuv"]
Order = Literal["ascending", "descending"]
Half = NDArray[np.float16]
SEEN_SIDE = 224
"""Pixels a side of what the backbone sees of a picture."""
PREPROCESSING = 1
"""Grows whenever the same file gives the backbone other pixels."""
ACTIVATIONS = f"efficientnet-lite0/{PREPROCESSING}"
"""What activations were made by: the network, and how pictures were shown to it."""


def read_only(values: NDArray[np.generic]) -> None:
    """Forbid writing into an array that other layers share."""
    values.flags.writeable = False


@dataclass(frozen=True, eq=False)
class Mixture:
    """A picture as a Gaussian mixture over (x, y, colour), in the picture's own scaled space.

    A raw point is ``shift + scale * z``, with z in the scaled space. Raw x and y are in units of the picture's longest
    side, its middle at (0.5, 0.5): shapes keep their proportions. The longest side runs from 0 to 1 (x from left to
    right, y downwards), the shorter one as far as `frame` says. Raw colour is in the units of `colour_space`.

    Attributes
    ----------
    weights : (K,) float64
        Sum to 1, descending.
    means : (K, D) float64
        In the scaled space.
    cholesky : (K, D, D) float64
        Lower Cholesky factors of the covariances, in the scaled space.
    shift, scale : (D,) float64
        The affine map back to raw units.
    colour_space : str
        "lab" (CIE L*a*b*, D65), "rgb" (0 to 1) or "yuv".
    aspect : float
        Width of the picture by its height.
    """

    weights: Float
    means: Float
    cholesky: Float
    shift: Float
    scale: Float
    colour_space: ColourSpace = "lab"
    aspect: float = 1.0

    def __post_init__(self) -> None:
        for values in (self.weights, self.means, self.cholesky, self.shift, self.scale):
            read_only(values)

    @property
    def covariances(self) -> Float:
        """Covariances in the scaled space, (K, D, D) float64."""
        return self.cholesky @ self.cholesky.transpose(0, 2, 1)

    @property
    def frame(self) -> tuple[float, float]:
        """Width and height of the picture in units of its longest side: the larger one is 1."""
        return min(1.0, self.aspect), min(1.0, 1.0 / self.aspect)

    def __len__(self) -> int:
        return len(self.weights)


@dataclass(frozen=True)
class Taken:
    """When a picture was taken, and how that is known.

    Attributes
    ----------
    at : datetime
        Local time of the camera; aware if the file names its zone, naive otherwise.
    source : str
        "exif" or "file" (the file's own modification time).
    """

    at: datetime
    source: Literal["exif", "file"]


@dataclass(frozen=True, eq=False)
class Picture:
    """A file decoded once: what imaging hands to a workflow.

    Attributes
    ----------
    pixels : (H, W, 3) uint8
        Upright sRGB at working size.
    width, height : int
        Upright size of the whole picture, pixels.
    sha256 : str
        Of the file's bytes, 64 hex.
    pixel_hash : str
        Of the decoded pixels, 64 hex: equal where only metadata differ.
    thumbnails : mapping of int to bytes
        Longest side in pixels to JPEG.
    """

    pixels: Pixels
    width: int
    height: int
    sha256: str
    pixel_hash: str
    format: str
    taken: Taken
    thumbnails: Mapping[int, bytes]
    colour: str
    size: int
    mtime_ns: int
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read_only(self.pixels)


@dataclass(frozen=True)
class Image:
    """A picture of the library.

    Attributes
    ----------
    id : str
        SHA-256 of the file it was first seen as, 64 hex.
    paths : tuple of bytes
        Every file that holds it, as the system spells it; the first is shown.
    colour : str
        Mean colour, "#rrggbb".
    facts : mapping
        Camera, lens, exposure… where the file says so; label to text.
    state : str
        "present", "missing" (its files are gone from a folder that is there) or "offline" (the folder is away).
    """

    id: str
    paths: tuple[bytes, ...]
    width: int
    height: int
    taken: Taken
    format: str
    size: int
    pixel_hash: str
    colour: str
    added: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    state: Literal["present", "missing", "offline"] = "present"

    @property
    def path(self) -> str:
        """The first path as text, U+FFFD where it is not UTF-8."""
        return self.paths[0].decode("utf-8", "replace") if self.paths else ""

    @property
    def name(self) -> str:
        """The file's name as text; for a picture whose file holds another one now, the beginning of its id."""
        return self.path.rsplit("/", 1)[-1] or f"replaced picture {self.id[:8]}"


@dataclass(frozen=True)
class Rating:
    """What a person thinks of a picture.

    Attributes
    ----------
    stars : int
        0 (none) to 5.
    label : str
        "red", "yellow", "green", "blue", "purple", or "" for none.
    """

    stars: int = 0
    favourite: bool = False
    rejected: bool = False
    label: str = ""


LABELS = ("red", "yellow", "green", "blue", "purple")


CatalogueKind = Literal["number", "date", "text", "list"]
CatalogueValue = float | str | list[str]


@dataclass(frozen=True)
class CatalogueColumn:
    """A column of a table that somebody made about pictures.

    Attributes
    ----------
    kind : str
        "number", "date" (ISO, the day may be left out), "text" or "list" (of texts).
    source : str
        Name of the file that it came from last.
    entries : mapping of str to value
        By picture; pictures of which it says nothing are not there.
    """

    name: str
    kind: CatalogueKind
    source: str
    at: datetime
    entries: Mapping[str, CatalogueValue]


@dataclass(frozen=True)
class Selection:
    """A named set of pictures.

    Attributes
    ----------
    query : str or None
        A filter that is asked anew each time; None where the pictures are fixed.
    ids : tuple of str or None
        The fixed pictures; None where there is a filter.
    """

    id: int
    name: str
    query: str | None
    ids: tuple[str, ...] | None
    at: datetime


@dataclass(frozen=True)
class KnownFile:
    """What the library remembers of a file, to tell without reading it whether it changed.

    One that was forgotten has no image: it is passed over as long as it stays the same.
    """

    path: bytes
    image_id: str | None
    sha256: str
    size: int
    mtime_ns: int
    state: Literal["present", "missing", "offline", "failed", "forgotten"]


@dataclass(frozen=True)
class Failure:
    """A file that could not be read, and why."""

    path: bytes
    reason: str
    at: datetime

    @property
    def name(self) -> str:
        """The path as text."""
        return self.path.decode("utf-8", "replace")


@dataclass(frozen=True, eq=False)
class Keypoints:
    """Corners of a picture and what lies around each.

    Attributes
    ----------
    places : (M, 2) float64
        x and y in units of the longest side.
    descriptors : (M, 32) uint8
        256 comparisons of the surroundings, packed.
    """

    places: Float
    descriptors: NDArray[np.uint8]


@dataclass(frozen=True)
class Copy:
    """A pair of pictures of which one was made from the other, or both from a third.

    Attributes
    ----------
    left, right : str
        Image ids, in their own order.
    kind : str
        "exact" (the same pixels under other bytes) or "near".
    score : float
        Log odds that they are copies, as the model has it.
    sure : bool
        Whether it groups by itself; else it is only suggested.
    mirrored, grey : bool
        Whether one had to be mirrored, or the colours left aside.
    inside : str
        "left" or "right": which of them lies within the other, at `box`; "" for whole frames.
    box : tuple of float
        Left, top, width and height in shares of the sides of the other picture.
    correlation, divergence : float
        Of the best windows, and the look's own, nats.
    bits : int
        In which the perceptual hashes differ, of 64.
    keypoints : int or None
        Matches that agree on one similarity; None where nobody had to look.
    """

    left: str
    right: str
    kind: Literal["exact", "near"]
    score: float
    sure: bool
    mirrored: bool = False
    grey: bool = False
    inside: Literal["left", "right", ""] = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    correlation: float = 1.0
    divergence: float = 0.0
    bits: int = 0
    keypoints: int | None = None


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

    def __post_init__(self) -> None:
        for values in (self.labels, self.exemplars, self.distances):
            read_only(values)

    def __len__(self) -> int:
        return len(self.exemplars)


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


@dataclass(frozen=True)
class Result:
    """One picture of a ranking.

    Attributes
    ----------
    score : float
        What the order goes by.
    divergence : float or None
        Of looks, nats; None where it was not computed.
    parts : tuple of float
        What each term of a search gave to the score; they add up to it.
    percentile, probability, cosine : float or None
        Of boards: percent of the collection that score less, how likely it belongs (only roughly calibrated), and the
        cosine with what was learnt. By subject, the cosine of what two pictures show: 1 for the same.
    deviation : float or None
        Of critics: of the votes that a picture would get, in scores.
    """

    id: str
    path: str
    score: float
    divergence: float | None = None
    parts: tuple[float, ...] = ()
    percentile: float | None = None
    probability: float | None = None
    cosine: float | None = None
    deviation: float | None = None


@dataclass(frozen=True)
class Ranking:
    """Pictures in an order, whatever made it.

    Attributes
    ----------
    measure : str
        "look", "subject", "blend" of both, "board", "search" or "critic".
    unit : str
        Of the scores; for looks "relative" (0 to 1, corrected for hubs) or "nats".
    approximate : bool
        True where the end of the order comes from vectors, or from the trends where there are none, and not from
        divergences.
    terms : tuple of str
        Of a search: what it looked for, in the order of each result's `parts`.
    cut : int or None
        How many of the results part from chance; None where nobody can tell.
    nearest : tuple of str
        Of a search for words: known ones that come nearest to them.
    """

    measure: str
    unit: str
    order: Order
    query: Mapping[str, object]
    results: tuple[Result, ...]
    total: int
    approximate: bool = False
    terms: tuple[str, ...] = ()
    cut: int | None = None
    nearest: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Ellipse:
    """A component as it lies in the frame: the 2-sigma contour of its (x, y) part.

    Attributes
    ----------
    x, y : float
        Centre, in units of the longest side; the middle of the picture is (0.5, 0.5).
    xx, xy, yy : float
        Covariance of (x, y), in the same units.
    colour : str
        Mean colour, "#rrggbb".
    weight : float
    """

    x: float
    y: float
    xx: float
    xy: float
    yy: float
    colour: str
    weight: float


@dataclass(frozen=True)
class Swatch:
    """One colour of a palette, its share, and where in the frame it lies ("above", "left, below", …)."""

    colour: str
    share: float
    place: str


@dataclass(frozen=True)
class Job:
    """A long piece of work, as the jobs page shows it.

    Attributes
    ----------
    kind : str
        "add", "index" or "place".
    phase : str
        What it is doing now, in plain words.
    state : str
        "queued", "running", "paused", "done", "failed" or "stopped".
    parameters : mapping
        What it was asked to do, as plain JSON.
    repeatable : bool
        Whether the queue can do it (again): its parameters are known.
    attempts : int
        How often the worker began it.
    wish : str
        What a person asked of it while it runs: "pause", "cancel" or nothing.
    """

    id: int
    kind: str
    title: str
    state: Literal["queued", "running", "paused", "done", "failed", "stopped"]
    phase: str
    done: int
    total: int
    rate: float
    remaining: float | None
    started: datetime
    finished: datetime | None
    message: str
    failures: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    repeatable: bool = False
    attempts: int = 0
    wish: str = ""


@dataclass(frozen=True)
class Status:
    """What `leitmotiv status` and `/api/v1/status` tell of a library.

    `way` is how pictures were compared for the index; with neighbours, `recall` is the share of the true ten nearest
    pictures that was among the candidates when it was measured. `seen` counts the pictures that the backbone has seen.
    """

    library: str
    images: int
    missing: int
    offline: int
    failed: int
    clusters: int
    indexed: int
    stale: bool
    disk_bytes: int
    version: str
    folders: tuple[bytes, ...]
    failures: tuple[Failure, ...]
    jobs: tuple[Job, ...]
    way: Literal["all pairs", "neighbours", "none"] = "none"
    recall: float | None = None
    seen: int = 0


@dataclass(frozen=True)
class Placed:
    """A picture on a contact sheet; places in pixels from the upper left corner."""

    id: str
    x: float
    y: float
    width: float
    height: float
    caption: str = ""


@dataclass(frozen=True)
class Heading:
    """A line of text on a contact sheet; `y` is that of its base line."""

    text: str
    note: str
    y: float


@dataclass(frozen=True)
class Sheet:
    """One page of a contact sheet, laid out.

    Attributes
    ----------
    dark : bool
        Whether pictures lie on a dark ground.
    """

    width: int
    height: int
    margin: int
    pictures: tuple[Placed, ...]
    headings: tuple[Heading, ...]
    dark: bool = True


Side = Literal["positive", "negative"]


@dataclass(frozen=True)
class BoardExample:
    """A picture on a board.

    Attributes
    ----------
    id : str
        SHA-256 of its file; of the library, or of a picture that was handed in to the board.
    side : str
        "positive" (it is) or "negative" (it is not).
    weight : float
        How much it counts; 1 is usual.
    drawn : bool
        Whether the program drew it from the library, as one of those that are probably not what the board means.
    """

    id: str
    side: Side = "positive"
    weight: float = 1.0
    drawn: bool = False


@dataclass(frozen=True)
class Snapshot:
    """What a board had learnt at one moment, and from what.

    Attributes
    ----------
    name : str
        "" where nobody named it.
    concept : str
        Where the store keeps the concept: SHA-256 of its bytes.
    layer, method : str
        Of the concept.
    quality : float or None
        How well it finds pictures of the board that it was not taught, 0 to 1; None where nobody can tell.
    examples : tuple of BoardExample
        The board as it was; empty for an imported concept.
    contradictions : tuple of (str, float)
        Ids of examples that the others speak against, and how strongly, 0 to 1; the strongest first.
    """

    id: int
    board: int
    name: str
    made: datetime
    concept: str
    layer: str
    method: str
    quality: float | None
    examples: tuple[BoardExample, ...] = ()
    contradictions: tuple[tuple[str, float], ...] = ()

    def on(self, side: Side) -> int:
        """How many examples of a side it was taught."""
        return sum(one.side == side for one in self.examples)


@dataclass(frozen=True)
class Board:
    """Pictures that show something, pictures that do not, and what was learnt from them.

    Attributes
    ----------
    words : str
        What a person wrote about it.
    seed : int
        By which pictures are drawn and concepts are made.
    examples : tuple of BoardExample
        In the order of the board.
    snapshots : tuple of Snapshot
        Newest first.
    current : int or None
        The snapshot that the board goes by.
    trashed : datetime or None
        When it was thrown away; None for a board in use.
    """

    id: int
    name: str
    words: str
    seed: int
    made: datetime
    changed: datetime
    examples: tuple[BoardExample, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    current: int | None = None
    trashed: datetime | None = None

    def side(self, side: Side) -> tuple[BoardExample, ...]:
        """The examples of one side."""
        return tuple(one for one in self.examples if one.side == side)

    @property
    def snapshot(self) -> Snapshot | None:
        """The current snapshot."""
        return next((one for one in self.snapshots if one.id == self.current), None)

    @property
    def revision(self) -> int:
        """A number that tells one state of the board from another: two of them are equal where all examples are."""
        told = repr((self.name, self.words, self.seed, self.examples, self.trashed is None))
        return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:6], "big")

    @property
    def stale(self) -> bool:
        """Whether its examples are others than those that the current snapshot was taught."""
        now = self.snapshot
        return bool(self.examples) if now is None else set(now.examples) != set(self.examples)


@dataclass(frozen=True, eq=False)
class BoardPicture:
    """A picture of a board that need not be in the library.

    Attributes
    ----------
    data : bytes
        JPEG, at most 1024 pixels a side; empty where only what the network saw in it was kept.
    activation : (M,) float16 or None
        What the backbone makes of it.
    measured : str
        By which backbone and preprocessing.
    """

    id: str
    name: str
    width: int
    height: int
    data: bytes
    activation: NDArray[np.float16] | None
    measured: str


@dataclass(frozen=True)
class ClassText:
    """What is written of a class that the backbone knows.

    Attributes
    ----------
    name : str
        As people say it.
    synonyms : tuple of str
        As WordNet has them.
    description, guidelines : str
        How it looks, and how to tell it from others; empty where nobody wrote any.
    """

    name: str
    synonyms: tuple[str, ...]
    description: str
    guidelines: str


@dataclass(frozen=True, eq=False)
class WordScores:
    """What a phrase says of the pictures of a collection, one value a picture, in the order of `ids`.

    Attributes
    ----------
    ids : tuple of str
    values : (N,) float64
        Standardised: mean 0 and deviation 1 over the collection; all 0 where the phrase says nothing.
    cut : int
        How many of the first stand out from what unrelated words find; 0 is "nothing found".
    nearest : tuple of str
        Names of classes that the phrase is nearest to, the nearest first.
    read : str
        The phrase as it was read: where it found nothing, a word that nobody knows may be replaced by one it is a slip
        of.
    """

    ids: tuple[str, ...]
    values: Float
    cut: int
    nearest: tuple[str, ...]
    read: str

    def __post_init__(self) -> None:
        read_only(self.values)


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
class Critic:
    """A head that was learnt, and what there is to know of it.

    Attributes
    ----------
    weights : (1280, 10) float32
        On pooled activations; softmax of the sum is the histogram.
    bias : (10,) float32
    layer : str
        Backbone and preprocessing that it learnt from, see `ACTIVATIONS`.
    card : mapping
        Data, seed, figures with their baselines, limits; as JSON has it.
    """

    name: str
    weights: Float32
    bias: Float32
    layer: str
    card: Mapping[str, Any]

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
