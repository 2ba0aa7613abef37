"""Normal draws by the polar method, as numpy's legacy generator makes them from its uniform draws, added in place."""

import math

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel

Values = NDArray[np.float32] | NDArray[np.float64]
Scalar = np.float32 | np.float64


@kernel
def accepted(uniforms: NDArray[np.float64], wanted: int) -> tuple[int, int]:
    """Count the pairs of draws in [0, 1) that fall inside the circle, up to `wanted`, and the pairs looked at."""
    found, pairs = 0, len(uniforms) // 2
    for pair in range(pairs):
        x = 2.0 * uniforms[2 * pair] - 1.0
        y = 2.0 * uniforms[2 * pair + 1] - 1.0
        square = x * x + y * y
        found += 0.0 < square < 1.0
        if found == wanted:
            return found, pair + 1
    return found, pairs


@kernel
def perturb(
    values: Values, first: int, uniforms: NDArray[np.float64], pairs: int, share: Scalar, floor: Scalar
) -> None:
    """Add (share * value + floor) * z to the values from `first` on, two z from each pair inside the circle.

    z = y f and x f with f = sqrt(-2 ln r / r) at r = x² + y² (Marsaglia and Bray, 1964).
    """
    at = first
    for pair in range(pairs):
        x = 2.0 * uniforms[2 * pair] - 1.0
        y = 2.0 * uniforms[2 * pair + 1] - 1.0
        square = x * x + y * y
        if not 0.0 < square < 1.0:
            continue
        factor = math.sqrt(-2.0 * math.log(square) / square)
        values[at] += (share * values[at] + floor) * (factor * y)
        if at + 1 < len(values):
            values[at + 1] += (share * values[at + 1] + floor) * (factor * x)
        at += 2
