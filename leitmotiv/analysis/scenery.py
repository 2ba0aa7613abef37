"""Layered landscapes: a sky, a sun, and ridges that darken towards the eye."""

import math
from collections.abc import Sequence

from leitmotiv.analysis import harmony, outlines
from leitmotiv.records import Drawing, Float, Shape

GENES = harmony.GENES + 13
WIDTH, HEIGHT = 400, 300
_GOLDEN = (math.sqrt(5) - 1) / 2


def landscape(genes: Float) -> Drawing:
    """Draw the landscape of a genome (22,)."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    count, horizon, relief, rough, roll, kind, x, y, size, mist, bright, gather, accented = genes[
        harmony.GENES :
    ].tolist()
    layers = 3 + int(count * 4.999)
    line = HEIGHT * (0.38 + 0.24 * horizon)
    sky = theme.at(0.02, vivid=0.8)
    glow = theme.at(0.14, 0.05 if not theme.night else 0.0, 1.3)
    sun_x = WIDTH * (0.18 + 0.64 * x)
    radius = HEIGHT * (0.055 + 0.1 * size)
    sun_y = line * (0.24 + 0.62 * y)
    parts = [Shape(outlines.box(0, 0, WIDTH, HEIGHT), sky, fades=glow)]
    light = theme.accent(0.06 * (bright - 0.5))
    parts += [Shape(outlines.disc(sun_x, sun_y, radius * (1.35 + 0.55 * mist)), light, opacity=0.16)]
    parts += _sun(kind, sun_x, sun_y, radius, light)
    step = (HEIGHT * 0.96 - line) / layers
    for layer in range(layers):
        near = layer / max(1, layers - 1)
        phases = [
            roll * (1.6 + 1.3 * layer + 0.7 * octave) + _GOLDEN * (3 * layer + 1.7 * octave) for octave in range(5)
        ]
        rise = HEIGHT * (0.035 + 0.1 * relief) * (1.25 - 0.5 * near) * outlines.waves(phases, rough * (1 - 0.45 * near))
        base = line + step * layer * (1 - 0.3 * gather * (1 - near)) + 0.3 * step
        tone = theme.at(0.22 + 0.78 * near**0.9)
        if accented > 0.66 and layer == layers // 2:
            tone = theme.accent(-0.12)
        below = theme.at(max(0.05, 0.22 + 0.78 * near - 0.2 * mist), 0.02 * mist)
        parts.append(Shape(outlines.ridge(WIDTH, HEIGHT, base, rise), tone, fades=below))
    return Drawing(WIDTH, HEIGHT, sky, tuple(parts))


def _sun(kind: float, x: float, y: float, radius: float, light: str) -> Sequence[Shape]:
    if kind < 0.55:
        return [Shape(outlines.disc(x, y, radius), light)]
    if kind < 0.7:
        return [Shape(outlines.disc(x, y, radius), stroke=light, line=radius * 0.22)]
    if kind < 0.86:
        points = 5 + int((kind - 0.7) / 0.16 * 7.99)
        return [Shape(outlines.star(x, y, radius * 1.15, points, 0.55), light)]
    return [Shape(outlines.spiral(x, y, radius * 1.1, 2 + 2 * (kind - 0.86) / 0.14), stroke=light, line=radius * 0.16)]
