"""Single shapes on a ground, nested in the colours of a ramp: stars, hearts, spirals, trapezoids."""

import math
from collections.abc import Callable

import numpy as np

from leitmotiv.analysis import harmony, outlines
from leitmotiv.records import Drawing, Float, Shape

GENES = harmony.GENES + 9
SIDE = 320
_GOLDEN_ANGLE = 180 * (3 - math.sqrt(5))


def star(genes: Float) -> Drawing:
    """Nested stars of a genome (18,)."""
    points, depth = 4 + int(genes[9] * 8.999), 0.34 + 0.5 * float(genes[10])

    def draw(x: float, y: float, radius: float, turn: float) -> str:
        return outlines.star(x, y, radius, points, depth, turn)

    return _nested(genes, draw)


def heart(genes: Float) -> Drawing:
    """Nested hearts of a genome (18,)."""
    cleft = float(genes[9])

    def draw(x: float, y: float, radius: float, turn: float) -> str:
        return outlines.heart(x, y + radius * 0.04, radius, cleft, turn * 0.35)

    return _nested(genes, draw)


def trapezoid(genes: Float) -> Drawing:
    """Nested trapezoids of a genome (18,): a corridor of light."""
    taper, squat, lean = 0.3 + 0.65 * float(genes[9]), 1.2 + 0.7 * float(genes[10]), 0.5 * (float(genes[13]) - 0.5)

    def draw(x: float, y: float, radius: float, turn: float) -> str:
        return outlines.trapezoid(x, y, 1.65 * radius, squat * radius, taper, lean)

    return _nested(genes, draw)


def spiral(genes: Float) -> Drawing:
    """A spiral of a genome (18,): winding arms, or seeds in the golden angle."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    seeds, turns, growth, count, weight, turn, x, y, size = genes[harmony.GENES :].tolist()
    middle = SIDE * (0.42 + 0.16 * x), SIDE * (0.42 + 0.16 * y)
    radius = SIDE * (0.32 + 0.12 * size)
    ground = theme.at(0.0)
    parts = [Shape(outlines.box(0, 0, SIDE, SIDE), ground, fades=theme.at(0.12))]
    if seeds < 0.5:
        arms = 1 + int(count * 4.999)
        width = radius / (3.2 + 7 * turns) * (0.35 + 0.4 * weight)
        for arm in range(arms):
            tone = theme.accent() if arm == 0 else theme.at(0.35 + 0.65 * arm / arms)
            path = outlines.spiral(*middle, radius, 1.2 + 3 * turns, 360 * (turn + arm / arms), 0.8 + 0.8 * growth)
            parts.append(Shape(path, stroke=tone, line=width))
    else:
        dots = 60 + int(140 * count)
        angle = _GOLDEN_ANGLE + 0.6 * (turn - 0.5)
        for dot in range(dots, 0, -1):
            share = dot / dots
            at = math.radians(angle * dot)
            far = radius * share ** (0.4 + 0.25 * growth)
            place = middle[0] + far * math.cos(at), middle[1] + far * math.sin(at)
            tone = theme.accent(0.1 * (0.5 - share)) if share < 0.2 + 0.3 * turns else theme.at(0.25 + 0.75 * share)
            parts.append(Shape(outlines.disc(*place, radius * (0.022 + 0.05 * weight) * (0.45 + 0.75 * share)), tone))
    return Drawing(SIDE, SIDE, ground, tuple(parts))


def _nested(genes: Float, draw: Callable[[float, float, float, float], str]) -> Drawing:
    """Copies of one outline, the largest below, each smaller, turned a little and nearer on the ramp."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    _, _, count, shrink, twist, turn, x, y, size = genes[harmony.GENES :].tolist()
    copies = 2 + int(count * 7.999)
    ratio = 0.68 + 0.22 * shrink
    middle = SIDE * (0.46 + 0.08 * x), SIDE * (0.46 + 0.08 * y)
    radius = SIDE * (0.3 + 0.15 * size)
    ground = theme.at(0.0)
    parts = [Shape(outlines.box(0, 0, SIDE, SIDE), ground, fades=theme.at(0.1))]
    places = np.linspace(1, 0.24, copies)
    for copy, place in enumerate(places.tolist()):
        tone = theme.accent() if copy == copies - 1 else theme.at(place)
        parts.append(Shape(draw(*middle, radius * ratio**copy, 40 * (turn - 0.5) + 24 * (twist - 0.5) * copy), tone))
    return Drawing(SIDE, SIDE, ground, tuple(parts))
