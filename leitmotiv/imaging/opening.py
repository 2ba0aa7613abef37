"""Owns the decoders that Pillow drives: a header, whether its size is bearable, and then the pixels as sRGB."""

import importlib
import math
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, ImageFile, features

from leitmotiv.imaging import pixels
from leitmotiv.imaging.exif import Tags
from leitmotiv.imaging.kinds import Kind, RefusedError

# At an eighth the JPEG decoder needs no more than each block's mean, which saves a fifth of its time and the resize:
# 4000 pixels become 500 that way, and 500 are taken for 512.
NEARLY = 0.97

_PLUGINS: Mapping[Kind, tuple[str, str]] = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "WEBP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "HEIC": ("pillow_heif", "HeifImageFile"),
}
_opening = threading.Lock()


@dataclass(frozen=True)
class Decoded:
    """A picture out of its file.

    Attributes
    ----------
    image : PIL image
        Mode "RGB", sRGB, upright, of the wanted size.
    width, height : int
        Upright size of the whole picture, pixels.
    tags : mapping
        EXIF tag number to value.
    """

    image: Image.Image
    width: int
    height: int
    kind: Kind
    tags: Tags


def open_header(stream: BinaryIO, kind: Kind, max_megapixels: float) -> ImageFile.ImageFile:
    """Open a picture without decoding its pixels, and refuse it if it has too many.

    The plugin's class is called directly: `Image.open` would try other formats, and pillow-heif need not be
    registered for the whole process.
    """
    stream.seek(0)
    plugin = _plugin(kind)
    try:
        with bounded(max_megapixels):
            image = plugin(stream)
    except SyntaxError as error:
        if kind == "AVIF" and not features.check("avif"):
            raise RefusedError("this build of Pillow cannot read AVIF") from error
        raise
    check_size(image.size, max_megapixels)
    check_size(getattr(image, "_tile_size", image.size), max_megapixels)
    return image


@contextmanager
def bounded(max_megapixels: float) -> Iterator[None]:
    """Refuse sizes that only Pillow knows (of frames, of tiles): while it opens or seeks, its limit is ours.

    Its error comes at twice MAX_IMAGE_PIXELS.
    """
    with _opening:
        lifted = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = max(1, math.ceil(max_megapixels * 5e5))
        try:
            yield
        except Image.DecompressionBombError as error:
            pixels_found = re.search(r"(\d+) pixels", str(error))
            raise _too_many(int(pixels_found[1]) if pixels_found else math.inf, max_megapixels) from error
        finally:
            Image.MAX_IMAGE_PIXELS = lifted


def check_size(size: tuple[int, ...], max_megapixels: float) -> None:
    """Refuse a picture with too many pixels, or none.

    Parameters
    ----------
    size : tuple of int
        Width and height, pixels.
    """
    width, height = size
    if width < 1 or height < 1:
        raise RefusedError("it is damaged: it says that it has no pixels")
    if width * height > max_megapixels * 1e6:
        raise _too_many(width * height, max_megapixels)


def _too_many(pixels_found: float, max_megapixels: float) -> RefusedError:
    if math.isinf(pixels_found):
        return RefusedError(f"more megapixels than the limit of {max_megapixels:g} (max_megapixels)")
    # Rounded upwards, so that the number is never seen to equal the limit that it is above.
    places = 1 if pixels_found >= 1e6 else 4
    shown = f"{math.ceil(pixels_found / 10 ** (6 - places)) / 10**places:,.{places}f}".rstrip("0").rstrip(".")
    return RefusedError(f"{shown} megapixels, more than the limit of {max_megapixels:g} (max_megapixels)")


def load(image: ImageFile.ImageFile, target: int | None) -> Image.Image:
    """The pixels of an opened picture as sRGB, not turned.

    Parameters
    ----------
    target : int, optional
        As in `decode`.
    """
    if target is not None and image.format == "JPEG":
        _choose_scale(image, target)
    image.load()
    if image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info:
        # Only files with Adobe's mark hold inverted inks; Pillow inverts all of them.
        image = _inverted(image)
    return pixels.srgb(image, target)


def _choose_scale(image: ImageFile.ImageFile, target: int) -> None:
    """Have the JPEG decoder itself reduce, by as much as leaves the wanted size."""
    width, height = image.size
    longest = max(width, height)
    for scale in (8, 4, 2):
        enough = NEARLY * target if scale == 8 else target
        if longest / scale >= enough:
            image.draft(None, (max(1, width // scale), max(1, height // scale)))
            return


def _inverted(image: Image.Image) -> Any:
    out = image.point([255 - level for level in range(256)] * 4)
    out.info = dict(image.info)
    return out


def _plugin(kind: Kind) -> Callable[[BinaryIO], ImageFile.ImageFile]:
    module, name = _PLUGINS[kind]
    plugin: Callable[[BinaryIO], ImageFile.ImageFile] = getattr(importlib.import_module(module), name)
    return plugin
