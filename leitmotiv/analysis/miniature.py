"""Miniatures: a picture as 48 x 48 colours, what copies of it are recognised by; blank ones, tone and borders of them.

A miniature is the whole frame, whatever its shape, stretched to a square, in CIE L*a*b* as whole numbers: L by 2.55,
a and b about 128.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.descriptors import means
from leitmotiv.records import Pixels

SIDE = 48
COARSE = 8
"""Side of what candidates are found by."""
BLANK = 2.5
"""Below this standard deviation of L*a*b* over 16 x 16 parts a picture is blank: it resembles whatever is."""
TONED = 2.2
"""Below this chroma left beside what lightness foretells a picture has one tone: grey, sepia, cyanotype."""
EVEN = 1.5
"""Below this standard deviation of L*a*b* a row at the edge is of one colour, part of a border."""
UNIT = 2000
"""Length of a vector: sums of products then stay exact in float32, as the search for the nearest wants."""
_HASHED, _KEPT = 32, 8
_GREY = np.array([0.299, 0.587, 0.114])
_LUMA_RISE = np.array([1 / 2.55, 1.0, 1.0])
_MIDDLE = np.array([0.0, 128.0, 128.0])
_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1)
"""How many bits of each byte are 1."""


def miniature(pixels: Pixels) -> NDArray[np.uint8]:
    """The means over 48 x 48 equal parts of (H, W, 3) sRGB pixels, (48, 48, 3) uint8."""
    values = from_srgb(means(pixels, SIDE), "lab")
    return np.asarray(np.clip(np.rint(values / _LUMA_RISE + _MIDDLE), 0, 255), np.uint8)


def colours(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """L*a*b* of miniatures (..., 48, 48, 3), in its usual units, float32."""
    return np.asarray((small - _MIDDLE) * _LUMA_RISE, np.float32)


def reduced(values: NDArray[np.floating[Any]], side: int) -> NDArray[np.float32]:
    """Means over side x side parts of (N, 48, 48, 3) values, for a side that divides 48: (N, side, side, 3)."""
    count, step = len(values), SIDE // side
    parts = values.reshape(count, side, step, side, step, 3)
    return np.asarray(parts.mean(axis=(2, 4), dtype=np.float32))


def is_blank(small: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which of the miniatures (N, 48, 48, 3) show next to nothing: those are compared byte for byte only."""
    parts = reduced(colours(small), 16).reshape(len(small), -1, 3)
    return np.asarray(np.sqrt(parts.var(axis=1).sum(axis=1)) < BLANK)


def is_toned(small: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which of the miniatures (N, 48, 48, 3) have one tone: their colour follows from their lightness."""
    parts = reduced(colours(small), 16).reshape(len(small), -1, 3).astype(np.float64)
    light = parts[..., :1] / 100
    basis = np.concatenate([np.ones_like(light), light, light**2], axis=2)
    chroma = parts[..., 1:]
    ridge = 1e-6 * np.eye(3)
    across = basis.transpose(0, 2, 1)
    rest = chroma - basis @ np.linalg.solve(across @ basis + ridge, across @ chroma)
    return np.asarray(np.sqrt((rest**2).mean(axis=1).sum(axis=1)) < TONED)


def content(small: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Share of the frame inside borders of one colour, of each miniature (N, 48, 48, 3), (N,)."""
    values = colours(small)
    rows = np.sqrt(values.var(axis=2).sum(axis=-1)) < EVEN
    columns = np.sqrt(values.var(axis=1).sum(axis=-1)) < EVEN
    return (1 - _edges(rows) / SIDE) * (1 - _edges(columns) / SIDE)


def _edges(even: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of the first and of the last entries of each row are true, (N,); at most all but one."""
    first = np.cumprod(even, axis=1).sum(axis=1)
    last = np.cumprod(even[:, ::-1], axis=1).sum(axis=1)
    return np.asarray(np.minimum(first + last, SIDE - 1), np.int64)


def coordinates(small: NDArray[np.uint8], *, grey: bool = False) -> NDArray[np.int16]:
    """Miniatures (N, 48, 48, 3) as vectors whose distance falls as their correlation grows, (N, D) int16.

    Means over 8 x 8 parts, less the mean of each channel, at unit length; with `grey` of the lightness alone. The
    squared distance of two is 2 (1 - r) in units of 2000², with r their correlation.
    """
    parts = reduced(colours(small), COARSE).reshape(len(small), -1, 3)
    parts = parts[..., :1] if grey else parts
    parts = (parts - parts.mean(axis=1, keepdims=True)).reshape(len(small), -1)
    lengths = np.maximum(np.sqrt((parts**2).sum(axis=1, keepdims=True)), 1e-6)
    return np.asarray(np.rint(parts / lengths * UNIT), np.int16)


def mirrored(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same, left and right exchanged."""
    return np.ascontiguousarray(small[..., ::-1, :])


def perceptual_hashes(pixels: Pixels) -> NDArray[np.uint8]:
    """The 64-bit perceptual hash of a picture and of its mirror image, (2, 8) uint8; see `perceptual_hash`.

    Mirroring turns the sign of every odd horizontal frequency, so one transform gives both.
    """
    lowest = dctn(means(pixels, _HASHED) @ _GREY, norm="ortho")[:_KEPT, :_KEPT]
    signs = np.where(np.arange(_KEPT) % 2, -1.0, 1.0)
    both = np.stack([lowest.ravel(), (lowest * signs).ravel()])
    return np.packbits(both > np.median(both[:, 1:], axis=1, keepdims=True), axis=1)


def difference_hash(pixels: Pixels) -> NDArray[np.bool_]:
    """Whether each of 8 x 8 parts is darker than the next one to the right, (64,).

    References
    ----------
    N. Krawetz, "Kind of like that" (2013): the picture at 9 x 8, grey, each pixel compared with the next.
    """
    grey = means(pixels, 9, rows=8) @ _GREY
    return np.asarray((grey[:, 1:] > grey[:, :-1]).ravel())


def sharpness(pixels: Pixels) -> float:
    """How sharp a picture is at the size that it has: root mean square of its Laplacian by that of its contrast.

    Of lightness in the middle 90 % of the frame, so that a border counts for nothing; about 0.1 for a soft picture, 1
    for a crisp one. 0 for a blank one.
    """
    height, width, _ = pixels.shape
    top, left = height // 20, width // 20
    grey = pixels[top : height - top, left : width - left] @ _GREY
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    edges = 4 * middle - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    contrast = float(grey.std())
    return float(np.sqrt((edges**2).mean()) / contrast) if contrast > 1 else 0.0


def bits_apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many bits of packed hashes (..., 8) differ, (...,)."""
    return np.asarray(_ONES[one ^ other].sum(axis=-1), np.int64)
