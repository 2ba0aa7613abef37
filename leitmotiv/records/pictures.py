"""A picture: its file, its pixels, its mixture, and what is drawn of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leitmotiv.records.arrays import Float, Pixels, read_only

ColourSpace = Literal["lab", "rgb", "yuv"]


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
