"""The geometry of what is drawn beside pictures: ratios, ellipses, palettes, sparks; numbers for SVG, no markup."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leitmotiv.records import Ellipse, Image, Swatch

NARROWEST, WIDEST = 0.45, 3.0
"""Bounds of a tile's ratio; beyond them a picture is cropped in a grid (never on its own page)."""
CONTOUR = 2.0
"""Which contour of a component is drawn, in standard deviations."""


def ratio(image: Image) -> float:
    """Width by height of a picture's tile."""
    return min(WIDEST, max(NARROWEST, image.width / max(1, image.height)))


def frame(image_id: str) -> str:
    """The class name that carries a picture's ratio and mean colour."""
    return f"f{image_id[:12]}"


def widths(image: Image) -> tuple[int, int]:
    """Widths of the two thumbnails (longest sides 256 and 512), pixels."""
    longest = max(image.width, image.height, 1)
    small, large = (max(1, round(image.width * min(1.0, side / longest))) for side in (256, 512))
    return small, max(large, small + 1)


@dataclass(frozen=True)
class Outline:
    """An ellipse as SVG wants it: pixels, and degrees clockwise."""

    cx: float
    cy: float
    rx: float
    ry: float
    angle: float


def outlines(ellipses: Sequence[Ellipse], width: float, height: float, most: int) -> list[Outline]:
    """The heaviest components as outlines in a frame of width x height pixels."""
    return [_outline(ellipse, width, height) for ellipse in ellipses[:most]]


def _outline(ellipse: Ellipse, width: float, height: float) -> Outline:
    """The principal axes of a symmetric 2 x 2 matrix, in closed form."""
    longest = max(width, height)
    xx, xy, yy = (value * longest**2 for value in (ellipse.xx, ellipse.xy, ellipse.yy))
    middle, radius = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    angle = math.degrees(math.atan2(2 * xy, xx - yy) / 2)
    rx, ry = (CONTOUR * math.sqrt(max(0.0, value)) for value in (middle + radius, middle - radius))
    cx, cy = (ellipse.x - 0.5) * longest + width / 2, (ellipse.y - 0.5) * longest + height / 2
    places = (cx, cy, rx, ry, angle)
    return Outline(*(round(value, 1) for value in places))


@dataclass(frozen=True)
class Band:
    """A colour of a palette as a stretch of a line that is 100 long."""

    x: float
    width: float
    colour: str
    title: str


def bands(swatches: Sequence[Swatch]) -> list[Band]:
    """A palette as bands side by side."""
    total = sum(swatch.share for swatch in swatches) or 1.0
    found, at = [], 0.0
    for swatch in swatches:
        wide = 100 * swatch.share / total
        found.append(
            Band(round(at, 2), round(wide, 2), swatch.colour, f"{swatch.colour}, {wide:.0f} %, {swatch.place}")
        )
        at += wide
    return found


def asked(swatches: Sequence[Swatch], most: int = 4) -> str:
    """The search for pictures with the largest colours of a palette, each with about its share."""
    return " ".join(f"colour:{swatch.colour}:{max(1, round(100 * swatch.share))}%" for swatch in swatches[:most])


SPARK_WIDTH, SPARK_HEIGHT = 96, 22


def spark(years: Sequence[tuple[int, int]], first: int, last: int) -> str:
    """The path of a hill of counts a year, over the years first to last, SPARK_WIDTH x SPARK_HEIGHT."""
    counts = dict(years)
    values = [counts.get(year, 0) for year in range(first, last + 1)]
    if len(values) == 1:
        values = values * 2
    peak = max(values) or 1
    step = SPARK_WIDTH / (len(values) - 1)
    points = (
        f"{at * step:.1f} {SPARK_HEIGHT - (SPARK_HEIGHT - 2) * value / peak:.1f}" for at, value in enumerate(values)
    )
    return f"M0 {SPARK_HEIGHT}L{'L'.join(points)}L{SPARK_WIDTH} {SPARK_HEIGHT}Z"


@dataclass(frozen=True)
class Mark:
    """One step of the scrubber.

    Attributes
    ----------
    period : str
        "2019" or "2019-05".
    length : float
        Of its bar: 0 to 30, by the square root of its count.
    """

    period: str
    count: int
    length: float


def marks(days: Sequence[tuple[str, int]], most: int = 24) -> list[Mark]:
    """Months where they fit, years where they do not, newest first."""
    for digits in (7, 4):
        counts: dict[str, int] = {}
        for text, value in days:
            counts[text[:digits]] = counts.get(text[:digits], 0) + value
        if len(counts) <= most or digits == 4:
            peak = max(counts.values(), default=1)
            return [Mark(period, n, round(30 * math.sqrt(n / peak), 1)) for period, n in counts.items()]
    return []
