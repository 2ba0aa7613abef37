"""What is left of a picture for eyes to look at, and how a camera's frames are made ready for them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from leitmotiv.records.arrays import Float, Pixels, read_only

PartialKind = Literal["edges", "sobel", "drawing", "regions", "blur", "small", "grey", "mixture", "whole"]
RegionColours = Literal["ordered", "mean", "random"]
EyeWay = Literal["patches", "palette", "network"]


@dataclass(frozen=True)
class Partial:
    """What is kept of a picture: eyes are trained on it, and given it again when they look.

    Attributes
    ----------
    kind : str
        "edges" (Canny), "sobel" (the strength of edges), "drawing" (an adaptive threshold, for drawings on paper),
        "regions" (a few areas of one colour), "blur", "small" (few pixels), "grey", "mixture" (the picture's own
        Gaussian mixture, drawn), "whole" (all of it, for eyes that change colours only).
    low, high : float
        Thresholds of Canny on the sum of both slopes (Sobel, 3 x 3) of levels from 0 to 255.
    regions : int
        How many, 2 to 12.
    colours : str
        Of the regions: "ordered", a palette that goes from dark to light with the region; "mean", their own mean;
        "random", any, so that a colour means nothing.
    size : float
        Of a blur its deviation, of what is small its longest side, as a share of the longest side of the picture.
    """

    kind: PartialKind = "edges"
    low: float = 100.0
    high: float = 200.0
    regions: int = 7
    colours: RegionColours = "ordered"
    size: float = 0.05

    def as_json(self) -> dict[str, Any]:
        """As it is stored beside what was trained on it."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Partial":
        """Read what `as_json` gave; entries that are not known are left out."""
        known = {field.name for field in fields(Partial)}
        return Partial(**{name: value for name, value in values.items() if name in known})


@dataclass(frozen=True, eq=False)
class Regions:
    """A picture in a few colours.

    Attributes
    ----------
    labels : (H, W) uint8
        Number of the region of each pixel; from dark to light.
    centres : (K, 3) float64
        Mean colours, CIE L*a*b*.
    """

    labels: Pixels
    centres: Float

    def __post_init__(self) -> None:
        for values in (self.labels, self.centres):
            read_only(values)


@dataclass(frozen=True)
class Controls:
    """How a camera's frame is made ready, by the names and defaults of memo's live application.

    The first eighteen are its "processing", in its order; the last two, its "prediction", blend frames before and after
    the eyes look. They act in this order: `flip_v`, `flip_h`, `frame_diff`, `grayscale`, `pre_blur`, `pre_median`,
    `pre_thresh`, `adaptive_thresh`, `invert`, `canny`, `post_blur`, `accum_w1` with `accum_w2`, `post_thresh`,
    `pre_time_lerp`; then the eyes look, and `post_time_lerp` acts on what they see.

    Attributes
    ----------
    pre_blur, pre_median, post_blur : int
        Reach in pixels: windows are twice as wide, and one; 0 does nothing.
    pre_thresh, post_thresh : int
        Levels up to this one become 0 (before), or all become 0 or 255 (after); 0 does nothing.
    adaptive_thresh_block, adaptive_thresh_c : int
        Reach of the mean that a pixel is compared with, and what is taken off that mean.
    canny_t1, canny_t2 : int
        Thresholds, as those of `Partial`.
    accum_w1, accum_w2 : float
        Weights of the accumulated frame and of the new one; they act where both are above 0.
    pre_time_lerp, post_time_lerp : float
        Share of the frame before, 0 to 1: what calms a film down.
    """

    frame_diff: bool = False
    flip_h: bool = True
    flip_v: bool = False
    grayscale: bool = False
    pre_blur: int = 0
    pre_median: int = 1
    pre_thresh: int = 0
    adaptive_thresh: bool = False
    adaptive_thresh_block: int = 1
    adaptive_thresh_c: int = 2
    invert: bool = False
    canny: bool = True
    canny_t1: int = 1
    canny_t2: int = 10
    post_blur: int = 0
    accum_w1: float = 0.0
    accum_w2: float = 0.0
    post_thresh: int = 0
    pre_time_lerp: float = 0.0
    post_time_lerp: float = 0.5


@dataclass(frozen=True)
class Eyes:
    """What sees the world through some pictures only; its parts lie beside its card in the library.

    Attributes
    ----------
    id : str
        Of its folder: small letters, digits and dashes.
    name : str
        As a person calls it.
    way : str
        How it sees: "patches" of its pictures, their "palette", or a "network" that was trained on them.
    partial : Partial
        What it is shown of a picture.
    side : int
        Pixels a side of what it is shown and of what it sees.
    query : str
        The selection that it was made of.
    pictures : tuple of str
        Ids of the pictures that it knows.
    card : mapping
        What is to be told of it, as JSON: seed, how long it took, figures beside their baselines, limits; of a network
        also its settings, as "network".
    """

    id: str
    name: str
    way: EyeWay
    partial: Partial
    side: int
    made: datetime
    query: str = ""
    pictures: tuple[str, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is stored, and shown to programs."""
        return {
            "id": self.id,
            "name": self.name,
            "way": self.way,
            "partial": self.partial.as_json(),
            "side": self.side,
            "made": self.made.isoformat(),
            "query": self.query,
            "pictures": list(self.pictures),
            "card": dict(self.card),
        }


@dataclass(frozen=True, eq=False)
class Pairs:
    """What eyes are shown of pictures, and these pictures: to learn from, and to measure by.

    Attributes
    ----------
    x, y : (N, S, S, 3) uint8
        What is shown, and what is there.
    ids : tuple of str
        Of the N pictures; names of files where they are not of the library.
    held_x, held_y : (M, S, S, 3) uint8
        Pictures that are not learnt from.
    held_ids : tuple of str
    drawn_from : int
        Pictures of the selection that these were drawn from by lot; 0 where all that can be used are here.
    """

    x: Pixels
    y: Pixels
    ids: tuple[str, ...]
    held_x: Pixels
    held_y: Pixels
    held_ids: tuple[str, ...]
    drawn_from: int = 0

    def __post_init__(self) -> None:
        for values in (self.x, self.y, self.held_x, self.held_y):
            read_only(values)
