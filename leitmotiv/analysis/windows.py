"""Whether a picture lies inside another: a 16 x 16 template slid over larger and larger versions of its miniature.

That finds crops, borders and captions, which a comparison of whole frames misses. It reads no picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.descriptors import overlap
from leitmotiv.analysis.miniature import SIDE, colours, reduced
from leitmotiv.kernels.windows import slide

TEMPLATE = 16
LARGEST = 28
"""A window of 16 in 28 is 0.57 of a side: a crop to 60 % is found with a little to spare."""
FAINT = 2.5
"""Windows and templates with a smaller standard deviation, in units of L*a*b*, are like nothing."""
SIZES = (
    *((side, side) for side in range(TEMPLATE, LARGEST + 1)),
    *((side, TEMPLATE) for side in range(TEMPLATE + 1, LARGEST + 1)),
    *((TEMPLATE, side) for side in range(TEMPLATE + 1, LARGEST + 1)),
)
"""Heights and widths that a picture is brought to: in proportion, and with only one side longer (a caption, 16:9)."""
Single = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Inside:
    """How well each of C templates fits into one picture, at its best place.

    Attributes
    ----------
    colour, light : (C,) float32
        Correlation in L*a*b*, and in lightness alone; -1 where there is nothing to compare.
    colour_at, light_at : (C,) int64
        At which window; see `box`.
    """

    colour: Single
    light: Single
    colour_at: NDArray[np.int64]
    light_at: NDArray[np.int64]


def templates(small: NDArray[np.uint8]) -> Single:
    """Miniatures (N, 48, 48, 3) as templates, (N, 768): channel by channel, each less its mean."""
    parts = reduced(colours(small), TEMPLATE).transpose(0, 3, 1, 2).reshape(len(small), 3, -1)
    return np.ascontiguousarray((parts - parts.mean(axis=2, keepdims=True)).reshape(len(small), -1))


def fit(wanted: Single, small: NDArray[np.uint8]) -> Inside:
    """Slide templates (C, 768) over one miniature (48, 48, 3).

    The correlation of a template t and a window w, both less the mean of each channel, is t·w / (|t| |w|).
    """
    best, places = np.empty((len(wanted), 2), np.float32), np.empty((len(wanted), 2), np.int64)
    picture = np.ascontiguousarray(colours(small).transpose(2, 0, 1))
    rows = np.ascontiguousarray(wanted, np.float32).reshape(len(wanted), 3, TEMPLATE * TEMPLATE)
    slide(picture, np.array(SIZES), _weights(), rows, TEMPLATE * TEMPLATE * FAINT**2, best, places)
    return Inside(best[:, 0], best[:, 1], places[:, 0], places[:, 1])


@cache
def _weights() -> Single:
    """What each of 48 parts counts for in each part of a side brought to another size, (29, 28, 48)."""
    weights = np.zeros((LARGEST + 1, LARGEST, SIDE), np.float32)
    for side in range(TEMPLATE, LARGEST + 1):
        weights[side, :side] = overlap(SIDE, side)
    return weights


def box(place: int) -> tuple[float, float, float, float]:
    """Where a window lies: left, top, width and height in shares of the picture's sides."""
    return _boxes()[place]


@cache
def _boxes() -> tuple[tuple[float, float, float, float], ...]:
    def all_of() -> Iterator[tuple[float, float, float, float]]:
        for height, width in SIZES:
            for top in range(height - TEMPLATE + 1):
                for left in range(width - TEMPLATE + 1):
                    yield left / width, top / height, TEMPLATE / width, TEMPLATE / height

    return tuple(all_of())


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    small = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    fit(templates(small), small[0])
