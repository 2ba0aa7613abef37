"""Crops and collages of a person's own pictures: frames that fill the page, each with a part of a picture."""

from collections.abc import Sequence
from typing import NamedTuple

from leitmotiv.analysis import harmony, outlines
from leitmotiv.records import Drawing, Float, Photo, Shape

CROP_GENES = 6
MOST = 6
COLLAGE_GENES = harmony.GENES + 4 + 4 * MOST
_SIDE = 360
Frame = tuple[float, float, float, float]
"""x, y, width, height, as shares of the page."""


class Source(NamedTuple):
    """A picture to draw with: its id and its width by height."""

    id: str
    ratio: float


def crop(genes: Float, sources: Sequence[Source]) -> Drawing:
    """One part of one picture, of a genome (6,): which, where, how much, and how wide."""
    which, x, y, share, aspect, lean = genes.tolist()
    source = _one(sources, which)
    ratio = 0.7 + 0.85 * aspect
    width, height = (_SIDE, round(_SIDE / ratio)) if ratio >= 1 else (round(_SIDE * ratio), _SIDE)
    box = _fitted(source.ratio, width / height, 0.45 + 0.55 * share, x, 0.85 * y + 0.15 * lean)
    return Drawing(width, height, "#808080", (Photo(source.id, 0, 0, width, height, box),))


def collage(genes: Float, sources: Sequence[Source]) -> Drawing:
    """Two to six pictures that fill a page, of a genome (37,): cuts across and down in turn, with even gaps."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    count, gap, margin, shape = genes[harmony.GENES : harmony.GENES + 4].tolist()
    parts = genes[harmony.GENES + 4 :].reshape(MOST, 4)
    wide = shape > 0.5
    width, height = (400, 300) if wide else (300, 400)
    frames: list[Frame] = [(0.0, 0.0, 1.0, 1.0)]
    edge, between = 4 + 20 * margin, 2 + 8 * gap
    for cut in range(1 + int(count * (MOST - 1 - 1e-9))):
        frames = _split(frames, 0.36 + 0.28 * float(parts[cut, 0]), width / height)
    ground = theme.at(0.0 if parts[0, 0] > 0.4 else 1.0)
    drawn: list[Shape | Photo] = [Shape(outlines.box(0, 0, width, height), ground)]
    used: set[str] = set()
    for (x, y, across, down), (_, which, left, top) in zip(frames, parts.tolist(), strict=False):
        source = _one([one for one in sources if one.id not in used] or sources, which)
        used.add(source.id)
        at = edge + x * (width - 2 * edge), edge + y * (height - 2 * edge)
        size = across * (width - 2 * edge), down * (height - 2 * edge)
        inner = size[0] - between * (x + across < 1 - 1e-9), size[1] - between * (y + down < 1 - 1e-9)
        box = _fitted(source.ratio, inner[0] / inner[1], 0.8 + 0.2 * left, left, top)
        drawn.append(Photo(source.id, *at, *inner, box))
    return Drawing(width, height, ground, tuple(drawn))


def _split(frames: list[Frame], at: float, ratio: float) -> list[Frame]:
    """Cut the largest frame across its longer side."""
    largest = max(range(len(frames)), key=lambda one: (frames[one][2] * frames[one][3], -one))
    x, y, wide, high = frames[largest]
    if wide * ratio >= high:
        halves = [(x, y, wide * at, high), (x + wide * at, y, wide * (1 - at), high)]
    else:
        halves = [(x, y, wide, high * at), (x, y + high * at, wide, high * (1 - at))]
    return [*frames[:largest], *halves, *frames[largest + 1 :]]


def _one(sources: Sequence[Source], gene: float) -> Source:
    return sources[min(len(sources) - 1, int(gene * len(sources)))]


def _fitted(source: float, wanted: float, share: float, x: float, y: float) -> tuple[float, float, float, float]:
    """The part of a picture of ratio `source` that fills a frame of ratio `wanted`: as much as fits, times a share."""
    wide, high = (wanted / source, 1.0) if wanted < source else (1.0, source / wanted)
    wide, high = wide * share, high * share
    return (1 - wide) * x, (1 - high) * y, wide, high
