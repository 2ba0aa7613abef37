"""A picture laid out of patches of others: which patch belongs at each place, and the picture that they paint.

Places lie on a grid: every so many pixels (the stride), and at the lower and right rim of the picture besides.

References
----------
.. [1] C. Barnes et al., "PatchMatch: a randomized correspondence algorithm for structural image editing",
   SIGGRAPH 2009.
.. [2] Y. Wexler, E. Shechtman, M. Irani, "Space-time completion of video", IEEE PAMI 29 (2007).
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import ANY_ORDER, kernel

Float32 = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Field = NDArray[np.int32]


@kernel(fastmath=ANY_ORDER)
def patch_cost(
    shown: Bytes, painted: Bytes, row: int, column: int, xs: Bytes, ys: Bytes, n: int, y: int, x: int, side: int,
    agree: float, bound: np.float32,
) -> np.float32:  # fmt: skip
    """Squared difference of a patch of the picture and one of the n-th other; where it passes the bound, any more."""
    cost = np.float32(0)
    for i in range(side):
        for j in range(side):
            for channel in range(shown.shape[2]):
                off = np.float32(shown[row + i, column + j, channel]) - np.float32(xs[n, y + i, x + j, channel])
                cost += off * off
            if agree > 0:
                for channel in range(3):
                    off = np.float32(painted[row + i, column + j, channel]) - np.float32(ys[n, y + i, x + j, channel])
                    cost += np.float32(agree) * off * off
        if cost > bound:
            return cost
    return cost


@kernel
def places(length: int, side: int, stride: int) -> int:
    """How many places a picture of so many pixels has one way."""
    return (length - side + stride - 1) // stride + 1


@kernel(fastmath=ANY_ORDER)
def weigh(
    shown: Bytes, painted: Bytes, xs: Bytes, ys: Bytes, side: int, stride: int, agree: float, field: Field,
    costs: Float32,
) -> None:  # fmt: skip
    """Write the cost of every patch that a field names.

    Parameters
    ----------
    shown : (H, W, C) uint8
        What is looked at.
    painted : (H, W, 3) uint8
        The picture so far.
    xs, ys : (N, S, S, C) and (N, S, S, 3) uint8
        What was looked at of the other pictures, and they themselves.
    side, stride : int
        Pixels a side of a patch, and from one place to the next.
    agree : float
        How much a patch has to agree with the picture so far, besides with what is looked at.
    field : (R, C, 3) int32
        Picture, row and column of the patch at each of `places`.
    costs : (R, C) float32, written
    """
    bottom, right = shown.shape[0] - side, shown.shape[1] - side
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            n, y, x = field[row, column]
            top, left = min(row * stride, bottom), min(column * stride, right)
            costs[row, column] = patch_cost(shown, painted, top, left, xs, ys, n, y, x, side, agree, np.float32(np.inf))


@kernel(fastmath=ANY_ORDER)
def improve(
    shown: Bytes, painted: Bytes, xs: Bytes, ys: Bytes, side: int, stride: int, agree: float, draws: Float32,
    backward: bool, field: Field, costs: Float32,
) -> None:  # fmt: skip
    """One sweep: each place tries what its neighbours found, one further, and places that were drawn.

    Parameters
    ----------
    draws : (R, C, T, 3) float32
        From 0 to 1. The first half of the T tries goes to any picture, the nearer to the same place the later; the
        second half stays in the picture that is named, ever nearer.
    backward : bool
        From the lower right to the upper left.
    field, costs
        See `weigh`; improved in place. No cost grows.
    """
    height, width = field.shape[:2]
    pictures, rows, columns = xs.shape[0], xs.shape[1] - side + 1, xs.shape[2] - side + 1
    bottom, right = shown.shape[0] - side, shown.shape[1] - side
    tries = draws.shape[2]
    half = tries // 2
    step = -1 if backward else 1
    for at in range(height * width):
        place = height * width - 1 - at if backward else at
        row, column = place // width, place % width
        top, left = min(row * stride, bottom), min(column * stride, right)
        best = costs[row, column]
        n, y, x = field[row, column]
        for way in range(2):
            beside_row, beside_column = (row, column - step) if way == 0 else (row - step, column)
            if beside_row < 0 or beside_row >= height or beside_column < 0 or beside_column >= width:
                continue
            n2, y2, x2 = field[beside_row, beside_column]
            y2 += top - min(beside_row * stride, bottom)
            x2 += left - min(beside_column * stride, right)
            if y2 < 0 or y2 >= rows or x2 < 0 or x2 >= columns:
                continue
            cost = patch_cost(shown, painted, top, left, xs, ys, n2, y2, x2, side, agree, best)
            if cost < best:
                best, n, y, x = cost, n2, y2, x2
        for t in range(tries):
            a, b, c = draws[row, column, t]
            if t < half:
                n2 = min(pictures - 1, int(a * pictures))
                reach = max(rows, columns) >> min(t, 8)
                y0, x0 = top * (rows - 1) // max(1, bottom), left * (columns - 1) // max(1, right)
            else:
                n2 = n
                reach = max(1, max(rows, columns) >> (t - half + 1))
                y0, x0 = y, x
            y2 = min(rows - 1, max(0, y0 + int((2 * b - 1) * reach)))
            x2 = min(columns - 1, max(0, x0 + int((2 * c - 1) * reach)))
            cost = patch_cost(shown, painted, top, left, xs, ys, n2, y2, x2, side, agree, best)
            if cost < best:
                best, n, y, x = cost, n2, y2, x2
        costs[row, column] = best
        field[row, column, 0], field[row, column, 1], field[row, column, 2] = n, y, x


@kernel(fastmath=ANY_ORDER)
def paint(
    field: Field, costs: Float32, ys: Bytes, side: int, stride: int, scale: float, window: Float32, sums: Float32
) -> None:
    """Lay all patches over each other.

    Parameters
    ----------
    scale : float
        Costs that differ by so much differ in weight by a factor of e.
    window : (side, side) float32
        Weight of each pixel of a patch.
    sums : (H, W, 4) float32, written
        Colours times their weights, and the weights.
    """
    sums[:] = 0
    bottom, right = sums.shape[0] - side, sums.shape[1] - side
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            n, y, x = field[row, column]
            top, left = min(row * stride, bottom), min(column * stride, right)
            trust = np.float32(np.exp(-min(60.0, costs[row, column] / scale)))
            for i in range(side):
                for j in range(side):
                    weight = trust * window[i, j]
                    for channel in range(3):
                        sums[top + i, left + j, channel] += weight * ys[n, y + i, x + j, channel]
                    sums[top + i, left + j, 3] += weight
