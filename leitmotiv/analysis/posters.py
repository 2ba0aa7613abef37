"""Posters of plain forms: tiles on a grid, or a few large forms across each other; and palettes as five bars."""

import numpy as np

from leitmotiv.analysis import harmony, outlines
from leitmotiv.records import Drawing, Float, Shape

COLUMNS, ROWS = 4, 5
GENES = harmony.GENES + 6 + 2 * COLUMNS * ROWS
PALETTE_GENES = harmony.GENES + 11
WIDTH, HEIGHT = 300, 400
_MARGIN = 18.0


def poster(genes: Float) -> Drawing:
    """Draw the poster of a genome (55,)."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    mode, columns, rows, calm, foot, order = genes[harmony.GENES : harmony.GENES + 6].tolist()
    cells = genes[harmony.GENES + 6 :].reshape(-1, 2)
    colours = theme.five()
    ground = colours[0]
    parts = [Shape(outlines.box(0, 0, WIDTH, HEIGHT), ground)]
    bottom = HEIGHT - _MARGIN - (34 if foot > 0.35 else 0)
    if mode < 0.55:
        parts += _tiles(cells, colours, 2 + int(columns * 2.999), 2 + int(rows * 3.999), calm, bottom)
    else:
        parts += _forms(cells, theme, colours, 3 + int(columns * 3.999), order, bottom)
    if foot > 0.35:
        parts += _foot(colours, foot)
    return Drawing(WIDTH, HEIGHT, ground, tuple(parts))


def _tiles(cells: Float, colours: list[str], columns: int, rows: int, calm: float, bottom: float) -> list[Shape]:
    wide, high = (WIDTH - 2 * _MARGIN) / columns, (bottom - _MARGIN) / rows
    parts = []
    for row in range(rows):
        for column in range(columns):
            motif, tone = cells[row * COLUMNS + column].tolist()
            x, y = _MARGIN + column * wide, _MARGIN + row * high
            back, front = _pair(tone, colours)
            if motif < 0.12 + 0.25 * calm:  # an empty place lets the others breathe
                if tone > 0.5:
                    parts.append(Shape(outlines.box(x, y, wide, high), back))
                continue
            parts.append(Shape(outlines.box(x, y, wide, high), back))
            kind = (motif - 0.12 - 0.25 * calm) / (0.88 - 0.25 * calm)
            parts += [Shape(path, front) for path in _motif(kind, tone, x, y, wide, high)]
    return parts


def _pair(tone: float, colours: list[str]) -> tuple[str, str]:
    """Two of five colours: the ground of a tile, and what lies on it."""
    pairs = [(0, 4), (1, 4), (4, 3), (2, 0), (3, 0), (0, 3), (4, 1), (1, 3), (2, 3), (0, 2)]
    back, front = pairs[min(len(pairs) - 1, int(tone * len(pairs)))]
    return colours[back], colours[front]


def _motif(kind: float, tone: float, x: float, y: float, wide: float, high: float) -> list[str]:
    """Paths of one form in a tile; where in its range `kind` lies turns it by quarters."""
    number = min(6, int(kind * 7))
    quarter = int((kind * 7 - number) * 4) % 4
    middle, small = (x + wide / 2, y + high / 2), min(wide, high)
    corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
    if number == 0:
        return [outlines.pie(*corners[quarter], small * 0.98, 90 * quarter, 90)]
    if number == 1:
        return [outlines.pie(*middle, small / 2, 90 * quarter, 180)]
    if number == 2:
        return [outlines.disc(*middle, small * (0.24 + 0.2 * ((kind * 7) % 1)))]
    if number == 3:
        return [outlines.through([corners[quarter], corners[(quarter + 1) % 4], corners[(quarter + 2) % 4]])]
    if number == 4:
        lines = 3 + quarter
        step = (wide if tone > 0.5 else high) / (2 * lines)
        if tone > 0.5:
            return [outlines.box(x + 2 * n * step, y, step, high) for n in range(lines)]
        return [outlines.box(x, y + 2 * n * step, wide, step) for n in range(lines)]
    if number == 5:
        one, two = (0, 2) if quarter % 2 else (1, 3)
        starts = {0: 0.0, 1: 90.0, 2: 180.0, 3: 270.0}
        half = small / 2
        return [outlines.pie(*corners[corner], half, starts[corner], 90) for corner in (one, two)]
    return [outlines.star(*middle, small * 0.44, 4 + 2 * quarter, 0.42, 45.0)]


def _forms(
    cells: Float, theme: harmony.Theme, colours: list[str], count: int, order: float, bottom: float
) -> list[Shape]:
    """A few large forms on the lines of thirds, from large to small."""
    parts = []
    thirds = (0.22, 0.36, 0.5, 0.64, 0.78)
    for place in range(count):
        (kind, tone), (across, down) = cells[2 * place].tolist(), cells[2 * place + 1].tolist()
        x = WIDTH * thirds[min(4, int(across * 5))]
        y = _MARGIN + (bottom - _MARGIN) * thirds[min(4, int(down * 5))]
        radius = 118 * (0.8**place) * (0.7 + 0.5 * tone)
        fill = colours[1 + (place + int(order * 4)) % 4]
        if place == count - 1:
            fill = theme.accent(0.08)
        if kind < 0.4:
            path = outlines.disc(x, y, radius)
        elif kind < 0.6:
            path = outlines.pie(x, y, radius * 1.15, 90 * int(down * 3.999), 180)
        elif kind < 0.8:
            path = outlines.box(x - radius * 0.34, _MARGIN, radius * 0.68, bottom - _MARGIN)
        else:
            path = outlines.through([(x, y - radius), (x + radius, y + radius * 0.8), (x - radius, y + radius * 0.8)])
        clear = 0.86 if 0 < place < count - 1 else 1.0
        parts.append(Shape(path, fill, opacity=clear))
    return [*parts, *_edges(colours[0], bottom)]


def _edges(ground: str, bottom: float) -> list[Shape]:
    """The margin, laid over what sticks out."""
    sides = [(0.0, 0.0, WIDTH, _MARGIN), (0.0, 0.0, _MARGIN, HEIGHT), (WIDTH - _MARGIN, 0.0, _MARGIN, HEIGHT)]
    return [Shape(outlines.box(*side), ground) for side in (*sides, (0.0, bottom, WIDTH, HEIGHT - bottom))]


def _foot(colours: list[str], foot: float) -> list[Shape]:
    """The block where a poster's words would stand: a bar, and lines."""
    y = HEIGHT - _MARGIN - 20
    wide = (WIDTH - 2 * _MARGIN) * (0.28 + 0.3 * foot)
    return [
        Shape(outlines.box(_MARGIN, y, wide, 12), colours[4]),
        Shape(outlines.box(_MARGIN, y + 17, wide * 0.62, 3), colours[4]),
        Shape(outlines.box(WIDTH - _MARGIN - 20, y, 20, 20), colours[3]),
    ]


def palette(genes: Float) -> Drawing:
    """Five upright bars of a genome (20,): how colour themes are shown and rated."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    order, *rest = genes[harmony.GENES :].tolist()
    lifts, places = rest[:5], rest[5:]
    ramp = [theme.at(0.1 + 0.2 * k + 0.16 * (places[k] - 0.5), 0.2 * (lifts[k] - 0.5), 1.5) for k in range(5)]
    ramp[min(4, int(order * 5))] = theme.accent(0.3 * (lifts[0] - 0.5))
    edges = np.linspace(0, 320, 6)
    bars = [Shape(outlines.box(float(edges[k]), 0, 64, 240), ramp[k]) for k in range(5)]
    return Drawing(320, 240, ramp[0], tuple(bars))
