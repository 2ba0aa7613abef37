"""Owns how near a picture that was made is to the one that is there: levels, structure, edges.

References
----------
.. [1] Z. Wang, A. Bovik, H. Sheikh, E. Simoncelli, "Image quality assessment: from error visibility to structural
   similarity", IEEE Trans. Image Processing 13 (2004).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from leitmotiv.records import Float, Pixels

DEVIATION = 1.5
"""Of the window of `ssim`, in pixels; it ends after 3.5 of them."""
_CONSTANTS = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def levels_apart(made: Pixels, truth: Pixels) -> Float:
    """Mean distance of all channels in levels from 0 to 255, (N,), of (N, H, W, 3) uint8."""
    return np.asarray(np.abs(made.astype(np.int16) - truth).mean(axis=(1, 2, 3)), np.float64)


def ssim(made: Pixels, truth: Pixels) -> Float:
    """Structural similarity, (N,), of (N, H, W, 3) uint8: the mean over pixels and channels; 1 where they are equal."""
    sigma = (0.0, DEVIATION, DEVIATION, 0.0)
    first, second = made.astype(np.float64), truth.astype(np.float64)

    def blurred(values: Float) -> Float:
        return np.asarray(ndimage.gaussian_filter(values, sigma, mode="reflect", truncate=3.5))

    means = blurred(first), blurred(second)
    squares = blurred(first * first) - means[0] ** 2, blurred(second * second) - means[1] ** 2
    together = blurred(first * second) - means[0] * means[1]
    above = (2 * means[0] * means[1] + _CONSTANTS[0]) * (2 * together + _CONSTANTS[1])
    below = (means[0] ** 2 + means[1] ** 2 + _CONSTANTS[0]) * (squares[0] + squares[1] + _CONSTANTS[1])
    return np.asarray((above / below).mean(axis=(1, 2, 3)))


def agreement(found: NDArray[np.bool_], wanted: NDArray[np.bool_], reach: int = 1) -> float:
    """F1 of edges (H, W) that were found with those that were wanted, each within `reach` pixels of the other's.

    1 where there are none of either.
    """
    if not found.any() and not wanted.any():
        return 1.0
    if not found.any() or not wanted.any():
        return 0.0
    around = np.ones((2 * reach + 1, 2 * reach + 1), bool)
    precision = float(ndimage.binary_dilation(wanted, around)[found].mean())
    recall = float(ndimage.binary_dilation(found, around)[wanted].mean())
    return 2 * precision * recall / max(precision + recall, 1e-12)
