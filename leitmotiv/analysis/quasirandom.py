"""Numbers that fill a cube more evenly than chance does; they are the same on every machine and in every version."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

# Joe & Kuo (2008): degree and coefficients of the primitive polynomial, and the first direction numbers.
_PRIMITIVE = ((1, 0, (1,)), (2, 1, (1, 3)), (3, 1, (1, 3, 1)), (3, 2, (1, 1, 1)), (4, 1, (1, 1, 3, 3)))
_BITS = 30


def _directions() -> NDArray[np.int64]:
    """(6, 30) direction numbers: the first coordinate is van der Corput's sequence."""
    rows = [[1 << (_BITS - 1 - bit) for bit in range(_BITS)]]
    for degree, coefficients, first in _PRIMITIVE:
        row = [number << (_BITS - 1 - bit) for bit, number in enumerate(first)]
        for bit in range(degree, _BITS):
            number = row[bit - degree] ^ (row[bit - degree] >> degree)
            for power in range(1, degree):
                if coefficients >> (degree - 1 - power) & 1:
                    number ^= row[bit - power]
            row.append(number)
        rows.append(row)
    return np.array(rows, np.int64)


def sobol(count: int, dimensions: int) -> Float:
    """The first `count` points of Sobol's sequence in the unit cube, (count, dimensions) float64, from the origin on.

    References
    ----------
    S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci.
    Comput. 30 (2008); the order is that of I. A. Antonov and V. M. Saleev (1979).
    """
    directions = _directions()[:dimensions]
    codes = np.arange(count) ^ (np.arange(count) >> 1)
    points = np.zeros((count, dimensions), np.int64)
    for bit in range(max(1, int(count).bit_length())):
        points ^= np.where(codes[:, None] >> bit & 1, directions[:, bit], 0)
    return points / 2.0**_BITS
