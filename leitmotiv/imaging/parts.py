"""Owns parts of pictures as networks take them: a box, the whole of it, whatever its proportions."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from leitmotiv.records import SEEN_SIDE, Pixels

Box = tuple[float, float, float, float]


def parts_input(pixels: Pixels, boxes: Sequence[Box]) -> Pixels:
    """Parts of a picture, each stretched to what a network takes, (B, 224, 224, 3) uint8.

    Other than `leitmotiv.imaging.square.network_input`, nothing of a part is cut off: all of it is
    judged, and not only its middle.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        Upright, sRGB.
    boxes : sequence of (x, y, width, height)
        As shares of the width and height from the upper left; they lie inside the picture and hold something.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels))
    out = np.empty((len(boxes), SEEN_SIDE, SEEN_SIDE, 3), np.uint8)
    for at, (x, y, width, height) in enumerate(boxes):
        left, top = x * image.width, y * image.height
        corners = (
            left,
            top,
            min(left + width * image.width, image.width),
            min(top + height * image.height, image.height),
        )
        out[at] = np.asarray(image.resize((SEEN_SIDE, SEEN_SIDE), Image.Resampling.BICUBIC, corners, reducing_gap=3.0))
    return out


def cut(pixels: Pixels, box: Box) -> Pixels:
    """A part of a picture in its own pixels; at least one of them."""
    height, width = pixels.shape[:2]
    left, top = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    right = max(left + 1, min(round((box[0] + box[2]) * width), width))
    bottom = max(top + 1, min(round((box[1] + box[3]) * height), height))
    return pixels[top:bottom, left:right]
