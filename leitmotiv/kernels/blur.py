"""A Gaussian blur that is evaluated only at the pixels that are asked for; edges are repeated, nothing is clipped."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import LANES, kernel
from leitmotiv.kernels.simd import broadcast, fma, load, store

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]

WIDTH = 2 * LANES
"""float32 values that a row is padded to a multiple of."""
_CHANNELS = 3


@kernel
def blur_rows(pixels: NDArray[np.uint8], taps: Float32, lines: Float32) -> None:
    """Blur along the rows.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    taps : (R + 1,) float32
        The middle of the filter, then one half of it; it is symmetric and sums to 1.
    lines : (H, P) float32, written
        P is 3 W rounded up to a multiple of `WIDTH`; channels alternate as in the pixels.
    """
    height, width, _ = pixels.shape
    radius = len(taps) - 1
    padded = np.zeros(lines.shape[1] + 2 * radius * _CHANNELS, np.float32)
    for y in range(height):
        for x in range(-radius, width + radius):
            inside = min(max(x, 0), width - 1)
            for channel in range(_CHANNELS):
                padded[(x + radius) * _CHANNELS + channel] = pixels[y, inside, channel]
        for n in range(0, lines.shape[1], WIDTH):
            middle = n + radius * _CHANNELS
            value = load(padded, middle, WIDTH) * broadcast(taps[0], WIDTH)
            for t in range(1, radius + 1):
                step = t * _CHANNELS
                pair = load(padded, middle - step, WIDTH) + load(padded, middle + step, WIDTH)
                value = fma(pair, broadcast(taps[t], WIDTH), value)
            store(lines, (y, n), value)


@kernel
def blur_columns_at(lines: Float32, taps: Float32, rows: Int, columns: Int, values: Float32) -> None:
    """Blur along the columns, at some pixels.

    Parameters
    ----------
    lines : (H, P) float32
        As `blur_rows` writes them.
    taps : (R + 1,) float32
    rows, columns : (S,) int64
        The pixels.
    values : (S, 3) float32, written
    """
    last = len(lines) - 1
    for s in range(len(rows)):
        y, place = rows[s], columns[s] * _CHANNELS
        red, green, blue = np.float32(0), np.float32(0), np.float32(0)
        for t in range(1 - len(taps), len(taps)):
            line = lines[min(max(y + t, 0), last)]
            tap = taps[abs(t)]
            red += tap * line[place]
            green += tap * line[place + 1]
            blue += tap * line[place + 2]
        values[s, 0], values[s, 1], values[s, 2] = red, green, blue
