"""Owns TIFF files of more channels, bits or layouts than Pillow knows; tifffile is loaded on first use."""

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leitmotiv.imaging import exif, pixels
from leitmotiv.imaging.kinds import RefusedError
from leitmotiv.imaging.opening import Decoded, check_size
from leitmotiv.imaging.source import Source

# Values held for each pixel of the megapixel limit: four channels of 32 bits.
_BYTES_PER_PIXEL = 16
_KEPT_TAGS = (exif.MAKE, exif.MODEL, exif.ORIENTATION, exif.DATE_TIME)
_UNASSOCIATED, _ASSOCIATED = 2, 1
_MIN_IS_WHITE = 0
_SILENT = logging.NullHandler()


def decode(source: Source, target: int | None, max_megapixels: float) -> Decoded:
    """Decode the first page of a TIFF file; the arguments are those of `leitmotiv.imaging.decode.decode`.

    The first three channels of a colour page are red, green and blue; a page without them is grey by its first
    channel. Levels are spread as `leitmotiv.imaging.pixels` says, over all colour channels together.

    Raises
    ------
    RefusedError
        Too many pixels, no page, or a compression that no decoder here knows.
    """
    import tifffile

    # Its remarks on damaged files go to whoever listens to its log, but not to the screen of someone who does not.
    logging.getLogger("tifffile").addHandler(_SILENT)
    source.stream.seek(0)
    first = int.from_bytes(source.stream.read(8)[4:8], "little")
    source.stream.seek(0)
    try:
        with tifffile.TiffFile(source.stream) as file:
            page = file.pages[0]
            check_size((page.imagewidth, page.imagelength), max_megapixels)
            if page.nbytes > max_megapixels * 1e6 * _BYTES_PER_PIXEL:
                raise RefusedError("its channels take more memory than the limit (max_megapixels) allows")
            tags = {tag.code: tag.value for tag in page.tags if tag.code in _KEPT_TAGS}
            levels, alpha = _channels(page)
            inverted = page.photometric == _MIN_IS_WHITE
    except (tifffile.TiffFileError, IndexError) as error:
        # What lies beyond the end of the file was cut off with it.
        cut = first > source.size or "offset" in str(error)
        raise RefusedError("it is cut short" if cut else f"it is damaged: {error}") from error
    except ValueError as error:
        if "imagecodecs" in str(error):
            raise RefusedError("it is a TIFF picture of a compression that is not supported") from error
        raise
    image = pixels.srgb(_picture(levels, alpha, inverted), target)
    turn = exif.orientation(tags)
    width, height = exif.turned_size((levels.shape[1], levels.shape[0]), turn)
    return Decoded(exif.turned(image, turn), width, height, "TIFF", tags)


def _channels(page: Any) -> tuple[NDArray[np.generic], NDArray[np.generic] | None]:
    """Colour (H, W, 1 or 3) of any number type, and alpha (H, W) where the page has one."""
    values = page.asarray()
    axes = page.axes
    if "S" not in axes:
        values, axes = values[..., None], axes + "S"
    if "Z" in axes:  # a volume: its first slice is shown
        values, axes = np.take(values, 0, axis=axes.index("Z")), axes.replace("Z", "")
    if sorted(axes) != ["S", "X", "Y"]:
        raise RefusedError(f"it is a TIFF picture of a layout ({axes}) that is not supported")
    values = values.transpose([axes.index(axis) for axis in "YXS"])
    count = values.shape[2]
    colours = 3 if count >= 3 else 1
    extra = [int(sample) for sample in page.extrasamples]
    has_alpha = count > colours and bool(extra) and extra[0] in (_ASSOCIATED, _UNASSOCIATED)
    if values.dtype.kind == "c":
        values = np.abs(values)
    colour = values[..., :colours]
    return colour, values[..., colours] if has_alpha else None


def _picture(levels: NDArray[np.generic], alpha: NDArray[np.generic] | None, inverted: bool) -> Image.Image:
    """Levels of any number type as an 8-bit picture."""
    height, width, colours = levels.shape
    out = np.empty((height, width, colours + (alpha is not None)), dtype=np.uint8)
    bounds = _bounds(levels)
    bounds_alpha = _bounds(alpha) if alpha is not None else bounds
    # Row by row, so that no second copy of all values in double precision is made.
    for row in range(height):
        scaled = pixels.scaled(levels[row], bounds)
        out[row, :, :colours] = 255 - scaled if inverted else scaled
        if alpha is not None:
            out[row, :, colours] = pixels.scaled(alpha[row], bounds_alpha)
    return Image.fromarray(out[..., 0] if out.shape[2] == 1 else out)


def _bounds(values: NDArray[np.generic]) -> tuple[float, float]:
    if values.dtype == bool:
        return 0.0, 1.0
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        return 0.0, float(2 ** (8 * values.dtype.itemsize) - 1)
    return pixels.bounds_of(iter(values))
