"""Loops that compare pictures: densities at a picture's own points, and the divergence of pairs; base 2 inside.

A picture is a row of `Comparable`. Both shared spaces have the same covariances and differ by a translation for each
picture, so that one product M x serves both.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.simd import (
    LANES,
    broadcast,
    exp2,
    fma,
    load,
    load_rows,
    log2,
    log_gaussian,
    maximum,
    minimum,
    store,
    total,
)

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

WIDTH = 2 * LANES
"""Points held in registers at once."""
DIMENSIONS = 5
FINE = 5
"""Degree of exp2 for a picture's own density, computed once."""
FAST = 3
"""Degree of exp2 for pairs: relative error 8e-5, of which the divergence feels at most 2e-5 nats."""

# Exponents are held within these bounds: 2**-120 adds nothing, and a million terms of 2**100 stay within float32.
_LOWEST = np.float32(-120.0)
_HIGHEST = np.float32(100.0)
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_FAR_BELOW = np.float32(-3e38)
# ln 2 as float32 is more than ln 2; this is the number before it.
_MOST = np.nextafter(np.float32(np.log(2)), np.float32(0))
_HALF = np.log(2.0) / 2  # the mean over two pictures, bits to nats
_TINY = np.float32(2.0**-120)


class Comparable(NamedTuple):
    """N pictures, ready to be compared; S points each, K_n components.

    Attributes
    ----------
    points : (R, 5, S) float32
        Drawn from each picture's mixture, in the shared scale, about the picture's own mean.
    own : (R, S) float32
        log2 of the picture's own density at its points.
    places : (N,) int64
        Where the points of each picture are, -1 for one that has none yet.
    shares : (S,) float32
        What each point of a picture counts for; they sum to 1, and points that only fill up a vector count for 0.
    table : (sum of K_n, 21) float32
        Components in the form of `simd.log_gaussian`, means about the picture's own mean.
    first : (N + 1,) int64
        Where the components of each picture begin.
    origins : (N, 5) float32
        The pictures' own means in the shared scale.
    """

    points: Float32
    own: Float32
    places: NDArray[np.int64]
    shares: Float32
    table: Float32
    first: NDArray[np.int64]
    origins: Float32


@kernel
def draw_points(
    table: Float32,
    first: NDArray[np.int64],
    rows: NDArray[np.int64],
    places: NDArray[np.int64],
    normal: Float64,
    out: Float32,
) -> None:
    """Write points of mixtures `rows` to `places` in `out` (R, 5, S): normal ones (C, 5) laid out over the components.

    The components of mixture n are the rows of the table from `first[n]` to `first[n + 1]`. x is found from the
    triangle of M in M x + b = sqrt(log2(e) / 2) z, with z a normal point. Where S is more than C, the last point is
    repeated.
    """
    count = len(normal)
    unit = np.sqrt(np.log2(np.e) / 2)
    x = np.empty(DIMENSIONS)
    for n in range(len(rows)):
        row, place = rows[n], places[n]
        k, last = first[row], first[row + 1] - 1
        whole = 0.0
        for component in range(k, last + 1):
            whole += _weight(table[component], unit)
        reached = _weight(table[k], unit)
        for s in range(count):
            while k < last and reached < (s + 0.5) / count * whole:
                k += 1
                reached += _weight(table[k], unit)
            m = table[k]
            at = 1 + DIMENSIONS
            for d in range(DIMENSIONS):
                rest = normal[s, d] * unit - m[1 + d]
                for other in range(d):
                    rest -= m[at + other] * x[other]
                x[d] = rest / m[at + d]
                at += d + 1
                out[place, d, s] = x[d]
        for s in range(count, out.shape[2]):
            for d in range(DIMENSIONS):
                out[place, d, s] = out[place, d, count - 1]


@kernel
def _weight(m: Float32, unit: float) -> float:
    """A component's weight times a constant: its height times the root of its covariance's determinant."""
    height = 2.0 ** np.float64(m[0])
    at = DIMENSIONS
    for d in range(DIMENSIONS):
        at += d + 1
        height *= unit / np.float64(m[at])
    return float(height)


@kernel
def log_densities(points: Float32, table: Float32, out: Float32) -> None:
    """Write log2 of the mixture's density at the points (5, S) to `out` (S,)."""
    for s in range(0, points.shape[1], WIDTH):
        rows = load_rows(points, (0, s), DIMENSIONS, WIDTH)
        top = broadcast(_FAR_BELOW, WIDTH)
        for k in range(len(table)):
            top = maximum(top, log_gaussian(rows, table, k))
        sums = broadcast(_ZERO, WIDTH)
        for k in range(len(table)):
            sums = sums + exp2(maximum(log_gaussian(rows, table, k) - top, broadcast(_LOWEST, WIDTH)), FINE)
        store(out, s, top + log2(sums))


@kernel
def fill_points(pictures: Comparable, rows: NDArray[np.int64], normal: Float64) -> None:
    """Draw the points of some pictures to their places, and tell the pictures' own densities there."""
    draw_points(pictures.table, pictures.first, rows, pictures.places[rows], normal, pictures.points)
    for row in rows:
        table = pictures.table[pictures.first[row] : pictures.first[row + 1]]
        log_densities(pictures.points[pictures.places[row]], table, pictures.own[pictures.places[row]])


@kernel
def _bounded(exponent: Any) -> Any:
    return minimum(broadcast(_HIGHEST, WIDTH), maximum(broadcast(_LOWEST, WIDTH), exponent))


@kernel
def log_ratios(points: Float32, table: Float32, level: Float32, out: Float32) -> None:
    """Write log2 of the mixture's density at the points (5, S), less `level` (S,), to `out` (S,).

    In one pass, for which the ratio of each component is held within 2**-120 and 2**100: what lies below adds nothing.
    """
    for s in range(0, points.shape[1], WIDTH):
        rows = load_rows(points, (0, s), DIMENSIONS, WIDTH)
        below = load(level, s, WIDTH)
        sums = broadcast(_ZERO, WIDTH)
        for k in range(len(table)):
            sums = sums + exp2(_bounded(log_gaussian(rows, table, k) - below), FINE)
        store(out, s, log2(sums))


@kernel
def _same(a: Comparable, i: int, b: Comparable, j: int) -> bool:
    """Whether two pictures are the same mixture, bit for bit."""
    k, m = a.first[i], b.first[j]
    if a.first[i + 1] - k != b.first[j + 1] - m:
        return False
    for d in range(DIMENSIONS):
        if a.origins[i, d] != b.origins[j, d]:
            return False
    for row in range(a.first[i + 1] - k):
        for column in range(a.table.shape[1]):
            if a.table[k + row, column] != b.table[m + row, column]:
                return False
    return True


@kernel
def _shift(a: Comparable, i: int, b: Comparable, j: int, shifts: Float32) -> None:
    """Write M (origin_i - origin_j) for each component of picture j: what the common space adds to M x + b."""
    x0 = a.origins[i, 0] - b.origins[j, 0]
    x1 = a.origins[i, 1] - b.origins[j, 1]
    x2 = a.origins[i, 2] - b.origins[j, 2]
    x3 = a.origins[i, 3] - b.origins[j, 3]
    x4 = a.origins[i, 4] - b.origins[j, 4]
    first = b.first[j]
    for k in range(b.first[j + 1] - first):
        m = b.table[first + k]
        shifts[k, 0] = m[6] * x0
        shifts[k, 1] = m[7] * x0 + m[8] * x1
        shifts[k, 2] = m[9] * x0 + m[10] * x1 + m[11] * x2
        shifts[k, 3] = m[12] * x0 + m[13] * x1 + m[14] * x2 + m[15] * x3
        shifts[k, 4] = m[16] * x0 + m[17] * x1 + m[18] * x2 + m[19] * x3 + m[20] * x4


@kernel
def _gain(t: Any) -> Any:
    """1 - H(1 / (1 + t)), H the entropy of a coin in bits: what a point tells of which of two pictures it is from."""
    one = broadcast(_ONE, WIDTH)
    whole = one + t
    t = maximum(broadcast(_TINY, WIDTH), t)
    return one - log2(whole) + t / whole * log2(t)


@kernel
def _half(a: Comparable, i: int, b: Comparable, j: int, shifts: Float32) -> Any:
    """Mean gain over the points of picture i, with p_j / p_i from the components of picture j; of each space."""
    points, own, shares = a.points[a.places[i]], a.own[a.places[i]], a.shares
    table = b.table[b.first[j] : b.first[j + 1]]
    centred_gains = broadcast(_ZERO, WIDTH)
    common_gains = broadcast(_ZERO, WIDTH)
    for s in range(0, points.shape[1], WIDTH):
        x0, x1, x2, x3, x4 = load_rows(points, (0, s), DIMENSIONS, WIDTH)
        below = load(own, s, WIDTH)
        centred = broadcast(_ZERO, WIDTH)
        common = broadcast(_ZERO, WIDTH)
        # Powers are taken one component late: while they wait for each other, the next exponents are under way.
        late_centred = broadcast(_LOWEST, WIDTH)
        late_common = broadcast(_LOWEST, WIDTH)
        for k in range(len(table)):
            centred = centred + exp2(late_centred, FAST)
            common = common + exp2(late_common, FAST)
            m, d = table[k], shifts[k]
            # The triangle of M is written out: y = M x + b for the centred space, z = y + d for the common one.
            q = broadcast(m[0], WIDTH) - below
            y = fma(x0, broadcast(m[6], WIDTH), broadcast(m[1], WIDTH))
            z = y + broadcast(d[0], WIDTH)
            p = fma(-y, y, q)
            q = fma(-z, z, q)

            y = fma(x0, broadcast(m[7], WIDTH), broadcast(m[2], WIDTH))
            y = fma(x1, broadcast(m[8], WIDTH), y)
            z = y + broadcast(d[1], WIDTH)
            p = fma(-y, y, p)
            q = fma(-z, z, q)

            y = fma(x0, broadcast(m[9], WIDTH), broadcast(m[3], WIDTH))
            y = fma(x1, broadcast(m[10], WIDTH), y)
            y = fma(x2, broadcast(m[11], WIDTH), y)
            z = y + broadcast(d[2], WIDTH)
            p = fma(-y, y, p)
            q = fma(-z, z, q)

            y = fma(x0, broadcast(m[12], WIDTH), broadcast(m[4], WIDTH))
            y = fma(x1, broadcast(m[13], WIDTH), y)
            y = fma(x2, broadcast(m[14], WIDTH), y)
            y = fma(x3, broadcast(m[15], WIDTH), y)
            z = y + broadcast(d[3], WIDTH)
            p = fma(-y, y, p)
            q = fma(-z, z, q)

            y = fma(x0, broadcast(m[16], WIDTH), broadcast(m[5], WIDTH))
            y = fma(x1, broadcast(m[17], WIDTH), y)
            y = fma(x2, broadcast(m[18], WIDTH), y)
            y = fma(x3, broadcast(m[19], WIDTH), y)
            y = fma(x4, broadcast(m[20], WIDTH), y)
            z = y + broadcast(d[4], WIDTH)
            p = fma(-y, y, p)
            q = fma(-z, z, q)
            late_centred = _bounded(p)
            late_common = _bounded(q)
        centred = centred + exp2(late_centred, FAST)
        common = common + exp2(late_common, FAST)
        share = load(shares, s, WIDTH)
        centred_gains = fma(share, _gain(centred), centred_gains)
        common_gains = fma(share, _gain(common), common_gains)
    return np.float64(total(centred_gains)), np.float64(total(common_gains))


@kernel
def _nats(bits: float) -> np.float32:
    return min(max(np.float32(bits * _HALF), _ZERO), _MOST)


@kernel
def compare(a: Comparable, b: Comparable, pairs: NDArray[np.int64], shifts: Float32, out: Float32) -> None:
    """Jensen-Shannon divergences of pairs (i of a, j of b) in the centred and in the common space, nats.

    Parameters
    ----------
    a, b : Comparable
        With the same number of points.
    pairs : (P, 2) int64
    shifts : (most components, 5) float32
        Room to work in.
    out : (P, 2) float32
    """
    for n in range(len(pairs)):
        i, j = pairs[n, 0], pairs[n, 1]
        if _same(a, i, b, j):
            out[n, 0] = out[n, 1] = _ZERO
            continue
        _shift(a, i, b, j, shifts)
        centred_there, common_there = _half(a, i, b, j, shifts)
        _shift(b, j, a, i, shifts)
        centred_back, common_back = _half(b, j, a, i, shifts)
        out[n, 0] = _nats(centred_there + centred_back)
        out[n, 1] = _nats(common_there + common_back)
