"""Owns cameras' RAW files: their embedded preview, else a half-size development; rawpy is loaded on first use."""

import io
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image

from leitmotiv.imaging import exif, pixels
from leitmotiv.imaging.kinds import RefusedError
from leitmotiv.imaging.opening import Decoded, check_size, load, open_header
from leitmotiv.imaging.source import Source

# LibRaw's word for how the sensor was held, as the EXIF orientation that undoes it.
_FLIPS = {0: 1, 3: 3, 5: 8, 6: 6}
# A preview is shown instead of the RAW itself if its longest side is at least this share of a half-size development.
_ENOUGH = 0.5


def decode(source: Source, target: int | None, max_megapixels: float) -> Decoded:
    """Decode a RAW file; `target` and `max_megapixels` are those of `leitmotiv.imaging.decode.decode`.

    The preview is the picture as its camera developed it, and costs a tenth of a development. One that is too small
    for what is wanted (some cameras embed 160 × 120 pixels only) is passed over.

    Raises
    ------
    RefusedError
        Too many pixels, or a camera that LibRaw does not know.
    """
    import rawpy

    source.stream.seek(0)
    try:
        opened = rawpy.imread(io.BytesIO(source.stream.read()))
    except (rawpy.LibRawFileUnsupportedError, rawpy.NotSupportedError) as error:
        raise RefusedError("it is damaged, or a RAW file of a camera that is not supported") from error
    except rawpy.LibRawError as error:
        raise _refused(error) from error
    with opened as developed:
        sizes = developed.sizes
        turn = _FLIPS.get(sizes.flip, 1)
        check_size((sizes.raw_width, sizes.raw_height), max_megapixels)
        wanted = _wanted(max(sizes.iwidth, sizes.iheight), target)
        tags: dict[int, Any] = {}
        preview = _preview(developed, turn, wanted, target, max_megapixels, tags)
        image = preview if preview is not None else _develop(developed, target)
        tags = {**_told(developed), **tags, **_own_tags(source)}
    width, height = exif.turned_size((sizes.iwidth, sizes.iheight), turn)
    if target is None:
        # The whole picture is what can be shown of it, not what a full development would give.
        width, height = image.size
    return Decoded(image, width, height, "RAW", tags)


def _wanted(longest: int, target: int | None) -> float:
    """The longest side that a preview must have."""
    half = _ENOUGH * longest
    return half if target is None else min(half, float(target))


def _preview(
    developed: Any, turn: int, wanted: float, target: int | None, max_megapixels: float, tags: dict[int, Any]
) -> Image.Image | None:
    """The embedded preview, upright, if it is there, whole and large enough; its tags are added to `tags`."""
    import rawpy

    try:
        thumb = developed.extract_thumb()
    except rawpy.LibRawError:
        return None
    if thumb.format == rawpy.ThumbFormat.BITMAP:
        image = Image.fromarray(np.asarray(thumb.data, dtype=np.uint8))
        return exif.turned(pixels.srgb(image, target), turn) if max(image.size) >= wanted else None
    if thumb.format != rawpy.ThumbFormat.JPEG:
        return None
    with suppress(OSError, SyntaxError, ValueError, RefusedError):
        opened = open_header(io.BytesIO(thumb.data), "JPEG", max_megapixels)
        tags.update(exif.tags_of(opened))
        size = opened.size
        if max(size) >= wanted:
            return exif.turned(load(opened, target), _preview_turn(size, tags, turn))
    return None


def _preview_turn(size: tuple[int, int], tags: Mapping[int, Any], turn: int) -> int:
    """How to turn a preview: as it says itself; else like the sensor, unless it already stands upright."""
    if exif.ORIENTATION in tags:
        return exif.orientation(tags)
    upright = turn >= 5 and size[1] > size[0]
    return 1 if upright else turn


def _develop(developed: Any, target: int | None) -> Image.Image:
    """Half the sensor's size, with the camera's white balance, upright."""
    import rawpy

    try:
        halved = developed.postprocess(half_size=True, use_camera_wb=True, output_bps=8)
    except rawpy.LibRawError as error:
        raise _refused(error) from error
    return pixels.srgb(Image.fromarray(halved), target)


def _refused(error: Exception) -> RefusedError:
    """LibRaw's failure in our words; it calls a file that ends too early an input/output error, and speaks in bytes."""
    text = b" ".join(part for part in error.args if isinstance(part, bytes)).decode("ascii", "replace")
    if "input/output" in text.lower():
        return RefusedError("it is cut short")
    return RefusedError(f"it is damaged: {text.lower() or 'its pixels cannot be decoded'}")


def _own_tags(source: Source) -> dict[int, Any]:
    """Tags of a RAW file that is a TIFF at heart, as most are."""
    found = Image.Exif()
    try:
        source.stream.seek(0)
        found.load_from_fp(source.stream)
        return exif.merged(found)
    except Exception:  # a container of another kind; LibRaw's word and the preview's are left
        return {}


def _told(developed: Any) -> dict[int, Any]:
    """What LibRaw itself found, as tags."""
    other, lens = getattr(developed, "other", None), getattr(developed, "lens", None)
    tags: dict[int, Any] = {}
    if other is not None:
        tags = {
            exif.ISO: other.iso_speed,
            exif.EXPOSURE_TIME: other.shutter_speed,
            exif.F_NUMBER: other.aperture,
            exif.FOCAL_LENGTH: other.focal_length,
        }
        if other.timestamp and other.timestamp.year > 1970:
            tags[exif.ORIGINAL] = other.timestamp.strftime("%Y:%m:%d %H:%M:%S")
    if lens is not None:
        tags |= {exif.LENS_MAKE: lens.make, exif.LENS_MODEL: lens.model}
    return tags
