"""Templates slid over a small picture at many sizes: the largest correlation of each, and the window that has it."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import ANY_ORDER, kernel

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]


@kernel(fastmath=ANY_ORDER)
def slide(
    picture: Float32, sizes: Int, weights: Float32, templates: Float32, least: float, best: Float32, places: Int
) -> None:
    """Slide every template over every window of a picture brought to every size.

    The correlation of a template t and a window w, both less the mean of each channel, is t·w / (|t| |w|); it is taken
    over the three channels together, and over the first alone.

    Parameters
    ----------
    picture : (3, N, N) float32
    sizes : (L, 2) int64
        Heights and widths, at least the T of a template.
    weights : (M + 1, M, N) float32
        Of the N parts of a side in each of the first s parts of a side brought to s, for each s up to M.
    templates : (C, 3, T * T) float32
        Each channel less its mean.
    least : float
        Squared length below which a template or a window is like nothing.
    best : (C, 2) float32, written
        -1 where there is nothing to compare.
    places : (C, 2) int64, written
        Windows are counted row by row within a size, and size after size.
    """
    count, channels, points = templates.shape
    side = int(np.sqrt(points) + 0.5)
    most, given = weights.shape[1], picture.shape[1]
    lengths = np.zeros((count, 2), np.float32)
    for c in range(count):
        for channel in range(channels):
            square = np.float32(0)
            for p in range(points):
                square += templates[c, channel, p] * templates[c, channel, p]
            lengths[c, 1] += square
            if channel == 0:
                lengths[c, 0] = square
    best[:] = -1
    places[:] = 0
    half, level = np.empty((channels, most, given), np.float32), np.empty((channels, most, most), np.float32)
    window = np.empty((channels, points), np.float32)
    place = 0
    for s in range(len(sizes)):
        height, width = sizes[s]
        _resize(picture, weights[height], weights[width], height, width, half, level)
        for top in range(height - side + 1):
            for left in range(width - side + 1):
                light, whole = _cut(level, top, left, side, window)
                for c in range(count):
                    own, rest = np.float32(0), np.float32(0)
                    for p in range(points):
                        own += templates[c, 0, p] * window[0, p]
                    for channel in range(1, channels):
                        for p in range(points):
                            rest += templates[c, channel, p] * window[channel, p]
                    _keep(np.float32(own + rest), lengths[c, 1], whole, least, best, places, c, 0, place)
                    _keep(np.float32(own), lengths[c, 0], light, least, best, places, c, 1, place)
                place += 1


@kernel(fastmath=ANY_ORDER)
def _resize(
    picture: Float32, rows: Float32, columns: Float32, height: int, width: int, half: Float32, level: Float32
) -> None:
    channels, given, _ = picture.shape
    for channel in range(channels):
        for y in range(height):
            for x in range(given):
                half[channel, y, x] = 0
            for inner in range(given):
                weight = rows[y, inner]
                if weight != 0:
                    for x in range(given):
                        half[channel, y, x] += weight * picture[channel, inner, x]
            for x in range(width):
                total = np.float32(0)
                for inner in range(given):
                    total += columns[x, inner] * half[channel, y, inner]
                level[channel, y, x] = total


@kernel(fastmath=ANY_ORDER)
def _cut(level: Float32, top: int, left: int, side: int, window: Float32) -> tuple[np.float32, np.float32]:
    """Copy a window, each channel less its mean; returns the squared length of the first channel, and of all."""
    light, whole = np.float32(0), np.float32(0)
    for channel in range(len(window)):
        total = np.float32(0)
        for y in range(side):
            for x in range(side):
                value = level[channel, top + y, left + x]
                window[channel, y * side + x] = value
                total += value
        mean = total / np.float32(side * side)
        square = np.float32(0)
        for p in range(side * side):
            window[channel, p] -= mean
            square += window[channel, p] * window[channel, p]
        whole += square
        if channel == 0:
            light = square
    return np.float32(light), np.float32(whole)


@kernel
def _keep(
    product: np.float32,
    own: np.float32,
    other: np.float32,
    least: float,
    best: Float32,
    places: Int,
    c: int,
    kind: int,
    place: int,
) -> None:
    if own >= least and other >= least:
        correlation = product / np.sqrt(own * other)
        if correlation > best[c, kind]:
            best[c, kind] = correlation
            places[c, kind] = place
