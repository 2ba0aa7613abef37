"""Thumbnails: as they are stored; of a picture that has none, what its mixture tells of it, drawn when asked for."""

from leitmotiv.analysis.views import expected_image
from leitmotiv.errors import ImageNotFoundError
from leitmotiv.imaging.read import encode
from leitmotiv.records import Mixture, Pixels
from leitmotiv.store.library import Library

DRAWN = 128
"""Longest side, pixels, of a picture that is drawn: a mixture has no detail that more would show."""


def thumbnail(library: Library, image_id: str, size: int) -> bytes:
    """JPEG, or WebP where an earlier version made it, by the full id of a picture.

    Raises
    ------
    ImageNotFoundError
        The library has no such picture.
    """
    try:
        return library.images.thumbnail(image_id, size)
    except ImageNotFoundError:
        return encode(drawn(library.mixtures.get(image_id), min(size, DRAWN)), "JPEG", quality=90)


def drawn(mixture: Mixture, size: int) -> Pixels:
    """What a mixture tells of its picture, with a longest side of `size` pixels."""
    width, height = (max(1, round(size * side)) for side in mixture.frame)
    return expected_image(mixture, width, height)
