"""Small descriptions of a picture that the look is measured against: thumbnail, histogram, perceptual hash."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.records import Float, Pixels

THUMBNAIL = 8
BINS = 8
# What sRGB reaches in L*a*b*.
_LOW, _HIGH = np.array([0.0, -86.2, -107.9]), np.array([100.0, 98.3, 94.5])
_GREY = np.array([0.299, 0.587, 0.114])
_HASHED, _KEPT = 32, 8


def thumbnail(pixels: Pixels) -> Float:
    """L*a*b* of the means over 8 x 8 equal parts of the frame, (192,)."""
    levels = np.rint(means(pixels, THUMBNAIL)).astype(np.uint8)
    return from_srgb(levels, "lab").ravel()


def histogram(pixels: Pixels) -> Float:
    """Square roots of the shares of 8 x 8 x 8 boxes of L*a*b*, (512,): their distance is Hellinger's."""
    colours = from_srgb(pixels.reshape(-1, 3), "lab")
    boxes = np.clip(((colours - _LOW) / (_HIGH - _LOW) * BINS).astype(np.int64), 0, BINS - 1)
    counts = np.bincount(boxes @ [BINS * BINS, BINS, 1], minlength=BINS**3)
    return np.asarray(np.sqrt(counts / counts.sum()))


def perceptual_hash(pixels: Pixels) -> NDArray[np.bool_]:
    """Signs of the 64 lowest frequencies of a 32 x 32 grey picture about their median, (64,).

    References
    ----------
    C. Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), section 3.2.1.
    """
    lowest = dctn(means(pixels, _HASHED) @ _GREY, norm="ortho")[:_KEPT, :_KEPT].ravel()
    return np.asarray(lowest > np.median(lowest[1:]))


def squared_distances(rows: NDArray[Any]) -> Float:
    """Squared Euclidean distances of all pairs of rows (N, D), (N, N); for bits, how many differ."""
    values = rows.astype(np.float64)
    squares = (values**2).sum(axis=1)
    return np.asarray(np.maximum(squares[:, None] + squares - 2 * values @ values.T, 0))


def means(pixels: Pixels, count: int, *, rows: int | None = None) -> Float:
    """Means over rows x count equal parts of the frame, (rows, count, 3); a pixel on a border counts in shares.

    Parameters
    ----------
    rows : int, optional
        As many as `count` if not given.
    """
    height, width, _ = pixels.shape
    parts = (overlap(height, rows or count), pixels, overlap(width, count))
    return np.asarray(np.einsum("ih,hwc,jw->ijc", *parts, optimize=True))


def overlap(side: int, count: int) -> Float:
    """Share that each of `side` pixels has in each of `count` equal parts of a side, (count, side)."""
    parts, pixels = np.arange(count)[:, None] / count, np.arange(side) / side
    shared = np.minimum(parts + 1 / count, pixels + 1 / side) - np.maximum(parts, pixels)
    return np.asarray(np.maximum(shared, 0) * count)
