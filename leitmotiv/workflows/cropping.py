"""Crops of pictures as files: all their pixels to be taken out, fewer to be looked at."""

from contextlib import suppress
from math import ceil

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import parts
from leitmotiv.imaging import read as reading
from leitmotiv.records import Crop, Image, Pixels
from leitmotiv.workflows import inspecting
from leitmotiv.workflows.session import Session

LARGEST = 8192
"""Longest side at which a picture is read for a crop that is only looked at, pixels."""


def cut(session: Session, image_id: str, crop: Crop, size: int | None = None) -> bytes:
    """A crop as JPEG.

    Parameters
    ----------
    size : int, optional
        Longest side, pixels; without it the crop has all pixels of the original, whose file must be there.

    Raises
    ------
    ImageNotFoundError, ImageReadError
    """
    if size is None:
        return inspecting.cut(session, image_id, crop)
    image = session.library.images.get(image_id)
    share = max(crop.width * image.width, crop.height * image.height) / max(image.width, image.height, 1)
    pixels = _pixels(session, image, min(LARGEST, ceil(size / max(share, 0.01))))
    part = parts.cut(pixels, (crop.x, crop.y, crop.width, crop.height))
    return reading.encode(reading.shrink(part, size), "JPEG", 85)


def _pixels(session: Session, image: Image, size: int) -> Pixels:
    for path in image.paths:
        with suppress(ImageReadError):
            return reading.read_pixels(path, max_size=size, max_megapixels=session.settings.max_megapixels)
    return reading.decoded(session.library.images.thumbnail(image.id, 512))
