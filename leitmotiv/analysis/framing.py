"""Which parts of a picture to look at for the best crop: windows of a few proportions, and how they can be bettered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from leitmotiv.analysis.background import centred, unit
from leitmotiv.records import Float, Float32

PROPORTIONS = {"original": 0.0, "1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4, "3:2": 3 / 2, "2:3": 2 / 3, "16:9": 16 / 9}
"""Width by height of the crops; 0 stands for the picture's own."""
SIZES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.42, 0.35)
"""Of the first windows, as a share of the largest that fits."""
SMALLEST = 0.25
_ALONG = 12
"""Places along a side at which heat is read."""
_EDGE = 0.02
"""A border so near to that of the picture is the picture's own."""
STEPS = 7
"""Places a side of the first windows."""


@dataclass(frozen=True)
class Window:
    """A part of a picture, in shares of its sides from the upper left."""

    x: float
    y: float
    width: float
    height: float
    aspect: str

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width, height."""
        return self.x, self.y, self.width, self.height


WHOLE = Window(0.0, 0.0, 1.0, 1.0, "whole")


def first_windows(ratio: float) -> list[Window]:
    """Windows of all proportions, spread over a picture whose width by height is `ratio`."""
    windows = [WHOLE]
    for aspect in PROPORTIONS:
        for size in (1.0, *SIZES) if PROPORTIONS[aspect] else SIZES:
            width, height = _sides(aspect, size, ratio)
            windows += [
                Window(float(x), float(y), width, height, aspect)
                for y in np.unique(np.linspace(0, 1 - height, STEPS))
                for x in np.unique(np.linspace(0, 1 - width, STEPS))
            ]
    return windows


def _sides(aspect: str, size: float, ratio: float) -> tuple[float, float]:
    """Width and height as shares of the picture's."""
    relative = (PROPORTIONS[aspect] or ratio) / ratio
    return size * min(1.0, relative), size * min(1.0, 1 / relative)


def estimates(features: Float32, vector: Float32, centre: Float32 | None, windows: Sequence[Window]) -> Float:
    """What windows would score, by the cells of one map of the whole picture that they cover, (W,) float64.

    Parameters
    ----------
    features : (H, W, D) float32
    """
    rows, columns, depth = features.shape
    down = _covered(np.array([(one.y, one.height) for one in windows]), rows)
    across = _covered(np.array([(one.x, one.width) for one in windows]), columns)
    weights = (down[:, :, None] * across[:, None, :]).reshape(len(windows), -1)
    pooled = (weights @ features.reshape(-1, depth)).astype(np.float32)
    seen = unit(pooled) if centre is None else centred(pooled, centre)
    return np.asarray(seen @ vector, np.float64)


def _covered(spans: Float, cells: int) -> Float:
    """How much of each span lies in each of the cells, (W, cells); rows sum to 1."""
    overlap = _inside(spans, cells)
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True))


def _inside(spans: Float, cells: int) -> Float:
    """What share of each cell lies in each span, (W, cells)."""
    edges = np.arange(cells + 1) / cells
    start, end = spans[:, :1], spans[:, :1] + spans[:, 1:]
    return np.asarray(np.maximum(np.minimum(end, edges[1:]) - np.maximum(start, edges[:-1]), 0) * cells)


def cut(hot: Float, windows: Sequence[Window]) -> Float:
    """How much heat lies along the borders of windows that cut into the picture, (W,) float64, 0 to 1.

    The mean of the heat along all four sides, in which a side that is the picture's own counts as cold: nothing of the
    picture lies beyond it.

    Parameters
    ----------
    hot : (H, W) float64
        Cells of a map of the whole picture, from 0 to 1.
    """
    along = (np.arange(_ALONG) + 0.5) / _ALONG
    sides = np.array([one.box for one in windows])
    x, y, width, height = (sides[:, [part]] for part in range(4))
    horizontal, vertical = x + along * width, y + along * height
    found = np.zeros(len(windows))
    for across, down, inside in (
        (horizontal, y + 0 * along, y > _EDGE),
        (horizontal, y + height + 0 * along, y + height < 1 - _EDGE),
        (x + 0 * along, vertical, x > _EDGE),
        (x + width + 0 * along, vertical, x + width < 1 - _EDGE),
    ):
        places = [down * hot.shape[0] - 0.5, across * hot.shape[1] - 0.5]
        heat = map_coordinates(hot, places, order=1, mode="nearest")
        found += np.where(inside[:, 0], heat.mean(axis=1), 0.0) / 4
    return found


def left_out(hot: Float, windows: Sequence[Window]) -> Float:
    """What share of the heat lies outside each window, (W,) float64."""
    rows, columns = hot.shape
    down = np.array([(one.y, one.height) for one in windows])
    across = np.array([(one.x, one.width) for one in windows])
    # a share of each cell: how much of it lies in the window
    inside = _inside(down, rows)[:, :, None] * _inside(across, columns)[:, None, :]
    return np.asarray(1 - np.einsum("wrc,rc->w", inside, hot) / max(float(hot.sum()), 1e-12))


def apart(windows: Sequence[Window], scores: Float, count: int, overlap: float) -> list[int]:
    """The best windows, none of which overlaps a better one by more than a share of their union."""
    chosen: list[int] = []
    for at in np.argsort(-scores, kind="stable"):
        if all(shared(windows[at], windows[other]) <= overlap for other in chosen):
            chosen.append(int(at))
            if len(chosen) == count:
                break
    return chosen


def shared(one: Window, other: Window) -> float:
    """Intersection by union of two windows."""
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    both = max(wide, 0.0) * max(high, 0.0)
    return both / (one.width * one.height + other.width * other.height - both)


def varied(window: Window, step: float) -> Iterator[Window]:
    """The same window a step of its size to each side, larger, and smaller; those that fit."""
    moves: Iterable[tuple[float, float, float]] = (
        (-step, 0, 1),
        (step, 0, 1),
        (0, -step, 1),
        (0, step, 1),
        (0, 0, 1 + step),
        (0, 0, 1 / (1 + step)),
    )
    for across, down, grow in moves:
        grow = min(grow, 1 / window.width, 1 / window.height)
        width, height = window.width * grow, window.height * grow
        if max(width, height) < SMALLEST:
            continue
        x = float(np.clip(window.x + across * window.width + (window.width - width) / 2, 0, 1 - width))
        y = float(np.clip(window.y + down * window.height + (window.height - height) / 2, 0, 1 - height))
        moved = Window(x, y, width, height, "original" if window == WHOLE else window.aspect)
        if moved != window:
            yield moved
