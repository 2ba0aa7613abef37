"""Outlines as paths of SVG: polygons, stars, hearts, spirals, ridges; numbers are rounded to hundredths."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from leitmotiv.records import Float

Point = tuple[float, float]


def number(value: float) -> str:
    """A number as paths have it: hundredths, no needless zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def through(points: Iterable[Point], closed: bool = True) -> str:
    """Straight lines from point to point."""
    text = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{text}{'Z' if closed else ''}"


def box(x: float, y: float, width: float, height: float) -> str:
    """A rectangle."""
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}Z"


def disc(x: float, y: float, radius: float) -> str:
    """A circle."""
    r = number(radius)
    return (
        f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {number(2 * radius)} 0a{r} {r} 0 1 0 {number(-2 * radius)} 0Z"
    )


def pie(x: float, y: float, radius: float, start: float, turn: float) -> str:
    """A slice of a circle, angles in degrees, clockwise from the right."""
    a, b = math.radians(start), math.radians(start + turn)
    r = number(radius)
    return (
        f"M{number(x)} {number(y)}L{number(x + radius * math.cos(a))} {number(y + radius * math.sin(a))}"
        f"A{r} {r} 0 {int(turn > 180)} 1 {number(x + radius * math.cos(b))} {number(y + radius * math.sin(b))}Z"
    )


def star(x: float, y: float, radius: float, points: int, depth: float, turn: float = 0.0) -> str:
    """A star; depth is its inner radius as a share of the outer, turn is in degrees."""
    angles = math.radians(turn - 90) + np.arange(2 * points) * math.pi / points
    radii = np.where(np.arange(2 * points) % 2, radius * depth, radius)
    return through(zip(x + radii * np.cos(angles), y + radii * np.sin(angles), strict=True))


def heart(x: float, y: float, radius: float, cleft: float = 0.5, turn: float = 0.0) -> str:
    """A heart: cleft from 0 (hardly any) to 1 (deep)."""
    t = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    across = 16 * np.sin(t) ** 3
    up = 13 * np.cos(t) - (3 + 4 * cleft) * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    across, up = across / 17, (up + 2.5) / 17
    angle = math.radians(turn)
    return through(
        zip(
            x + radius * (across * math.cos(angle) + up * math.sin(angle)),
            y + radius * (across * math.sin(angle) - up * math.cos(angle)),
            strict=True,
        )
    )


def spiral(x: float, y: float, radius: float, turns: float, start: float = 0.0, growth: float = 1.0) -> str:
    """A line that winds outwards; growth 1 has equal gaps, above 1 they widen."""
    t = np.linspace(0.02, 1, max(24, int(36 * turns)))
    angles = math.radians(start) + 2 * math.pi * turns * t
    radii = radius * t**growth
    return through(zip(x + radii * np.cos(angles), y + radii * np.sin(angles), strict=True), closed=False)


def trapezoid(x: float, y: float, width: float, height: float, taper: float, lean: float = 0.0) -> str:
    """A trapezoid about its middle: taper is the upper side as a share of the lower, lean shifts the upper side."""
    half, top = width / 2, width * taper / 2
    shift = lean * width / 2
    return through(
        [
            (x - top + shift, y - height / 2),
            (x + top + shift, y - height / 2),
            (x + half, y + height / 2),
            (x - half, y + height / 2),
        ]
    )


def ridge(width: float, height: float, base: float, rise: Float) -> str:
    """The ground below a line of heights: `rise` (N,) above `base`, evenly over the width."""
    steps = np.linspace(0, width, len(rise))
    upper = [(float(x), float(base - up)) for x, up in zip(steps, rise, strict=True)]
    return through([*upper, (width, height), (0.0, height)])


def waves(phases: Sequence[float], rough: float, points: int = 61) -> Float:
    """A hilly line (N,) from about -1 to 1: sines of rising frequency, folded into crests where it is rough."""
    x = np.linspace(0, 1, points)
    total, weight = np.zeros(points), 0.0
    for octave, phase in enumerate(phases):
        share = (0.36 + 0.24 * rough) ** octave
        wave = np.sin(2 * math.pi * ((1.1 + 0.3 * octave) * 1.75**octave * x + phase))
        folded = 1 - 2 * np.abs(np.sin(math.pi * ((0.9 + 0.2 * octave) * 1.9**octave * x + phase)))
        total += share * ((1 - rough) * wave + rough * folded)
        weight += share
    return np.asarray(total / weight)
