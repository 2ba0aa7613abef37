"""Owns what a network sees of a picture: its middle square, shrunk without aliases."""

import numpy as np

from leitmotiv.records import SEEN_SIDE as SIDE
from leitmotiv.records import Pixels

SHORT = 256
"""What the short side of a picture counts as: the middle 224 of 256 are seen, as the network was trained."""

Box = tuple[float, float, float, float]


def network_input(pixels: Pixels, box: Box | None = None, side: int = SIDE) -> Pixels:
    """The middle square of a picture, as networks take it.

    The short side becomes 256 pixels and the middle 224 x 224 of it are kept, in one resampling (bicubic, with its
    support widened where the picture shrinks); a smaller picture is enlarged.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        Upright, sRGB.
    box : (x, y, width, height), optional
        A part of the picture, as shares of its width and height from the upper left; taken first.
    side : int
        How much of the 256 is kept.

    Returns
    -------
    (side, side, 3) uint8

    Raises
    ------
    ValueError
        No such array, or a box that does not lie inside the picture or holds nothing.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError(f"pixels must be (H, W, 3) uint8 and not empty, not {pixels.shape} {pixels.dtype}.")
    x, y, width, height = (0.0, 0.0, 1.0, 1.0) if box is None else box
    inside = min(x, y) >= 0 and min(width, height) > 0 and max(x + width, y + height) <= 1 + 1e-9
    if not inside:  # NaN is not inside, either
        raise ValueError(f"box must lie inside 0 to 1 and hold something, and is {box}.")
    rows, columns = pixels.shape[:2]
    from PIL import Image  # searches ask for no more than the number above, and would wait for it

    reach = min(width * columns, height * rows) * side / SHORT
    left, top = (x + width / 2) * columns - reach / 2, (y + height / 2) * rows - reach / 2
    right, bottom = min(left + reach, columns), min(top + reach, rows)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    corners = (max(left, 0.0), max(top, 0.0), right, bottom)
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, corners, reducing_gap=3.0))


def middle_square(pixels: Pixels, side: int) -> Pixels:
    """The middle square of a picture at ``side`` pixels, averaged where it shrinks; (side, side, 3) uint8."""
    rows, columns = pixels.shape[:2]
    from PIL import Image

    short = min(rows, columns)
    left, top = (columns - short) / 2, (rows - short) / 2
    way = Image.Resampling.BOX if short >= side else Image.Resampling.BICUBIC
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((side, side), way, (left, top, left + short, top + short)))
