"""The loop that draws what a mixture expects at every place of the frame: E[colour | x, y]; 32-bit vectors."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.simd import LANES, broadcast, exp2, fma, load, log_gaussian, maximum, store

WIDTH = 2 * LANES
"""Pixels of a row that are done at once."""

_LOWEST = np.float32(-120.0)
_FAR_BELOW = np.float32(-3e38)
_ZERO = np.float32(0.0)

Float32 = NDArray[np.float32]


@kernel
def draw(places: Float32, lines: Float32, columns: Float32, rows: Float32, out: Float32) -> None:
    """Write the expected colour of every pixel.

    Parameters
    ----------
    places : (K, 6) float32
        The (x, y) part of each component, in the form of `simd.log_gaussian`.
    lines : (K, 9) float32
        The expected colour of a component as a line in x and y: for each channel its value at (0, 0), and what it
        gains with x and with y.
    columns : (W,) float32
        x of each column; W is a multiple of `WIDTH`.
    rows : (H,) float32
        y of each row.
    out : (H, 3, W) float32
    """
    for row in range(len(rows)):
        y = broadcast(rows[row], WIDTH)
        for column in range(0, len(columns), WIDTH):
            x = load(columns, column, WIDTH)
            top = broadcast(_FAR_BELOW, WIDTH)
            for k in range(len(places)):
                top = maximum(top, log_gaussian((x, y), places, k))
            whole = broadcast(_ZERO, WIDTH)
            first, second, third = whole, whole, whole
            for k in range(len(places)):
                line = lines[k]
                share = exp2(maximum(broadcast(_LOWEST, WIDTH), log_gaussian((x, y), places, k) - top), 5)
                whole = whole + share
                value = fma(x, broadcast(line[1], WIDTH), fma(y, broadcast(line[2], WIDTH), broadcast(line[0], WIDTH)))
                first = fma(share, value, first)
                value = fma(x, broadcast(line[4], WIDTH), fma(y, broadcast(line[5], WIDTH), broadcast(line[3], WIDTH)))
                second = fma(share, value, second)
                value = fma(x, broadcast(line[7], WIDTH), fma(y, broadcast(line[8], WIDTH), broadcast(line[6], WIDTH)))
                third = fma(share, value, third)
            store(out, (row, 0, column), first / whole)
            store(out, (row, 1, column), second / whole)
            store(out, (row, 2, column), third / whole)
