"""Thumbnails: as they are stored; of a picture that has none, what its mixture tells of it, drawn when asked for."""

from leitmotiv.analysis.views import expected_image
from leitmotiv.errors import ImageNotFoundError
from leitmotiv.imaging.read import encode
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
        mixture = library.mixtures.get(image_id)
    width, height = (max(1, round(min(size, DRAWN) * side)) for side in mixture.frame)
    return encode(expected_image(mixture, width, height), "JPEG", quality=90)
