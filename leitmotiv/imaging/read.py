"""Owns what other layers ask of a picture file: read it, show it, encode it; every failure is an ImageReadError."""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np
from PIL import Image, WebPImagePlugin  # noqa: F401 - the import registers the encoder

from leitmotiv.imaging import exif, pixels
from leitmotiv.imaging.decode import decode
from leitmotiv.imaging.opening import NEARLY
from leitmotiv.imaging.quiet import quiet
from leitmotiv.imaging.source import Source, open_source, plain_errors
from leitmotiv.records import Picture, Pixels

Format = Literal["WEBP", "PNG", "JPEG"]
MAX_MEGAPIXELS = 300.0
THUMBNAIL_QUALITY = 80
_METHOD = 0  # of WebP: a quarter of the time of Pillow's own choice, 4, for a third more bytes
_WEBP_SIDE = 16383  # the format holds no longer one


def read(
    path: bytes,
    *,
    working_size: int = 512,
    max_megapixels: float = MAX_MEGAPIXELS,
    thumbnails: Sequence[int] = (256, 512),
) -> Picture:
    r"""Decode a file once into everything that the library keeps of it.

    Parameters
    ----------
    path : bytes
        As the system spells it.
    working_size : int
        Longest side at which the picture is looked at, pixels. Smaller pictures keep their size; a JPEG may come
        out up to 3 % smaller, where the decoder gets there by itself (4000 pixels become 500 instead of 512).
    max_megapixels : float
        Larger pictures are refused before they are decoded.
    thumbnails : sequence of int
        Longest sides of the JPEG thumbnails, pixels; never enlarged.

    Returns
    -------
    Picture
        `pixel_hash` is the SHA-256 of "<width>x<height>\n" (upright size of the whole picture, decimal) followed by
        the bytes of `pixels`, (H, W, 3) uint8: equal for files whose metadata alone differ, at one working size and
        one version of the decoders. `colour` is the mean of `pixels`.

    Raises
    ------
    ImageReadError
        For whatever is wrong with the file, with a plain reason.
    """
    with _reading(path) as source:
        decoded = decode(source, max(working_size, *thumbnails), max_megapixels)
        working = np.asarray(pixels.fit(decoded.image, working_size))
        encoded = {size: _thumbnail(decoded.image, size) for size in thumbnails}
        taken = exif.taken(decoded.tags, source.mtime_ns)
        facts = exif.facts(decoded.tags)
    return Picture(
        pixels=working,
        width=decoded.width,
        height=decoded.height,
        sha256=source.sha256,
        pixel_hash=_pixel_hash(working, decoded.width, decoded.height),
        format=decoded.kind,
        taken=taken,
        thumbnails=encoded,
        colour=_mean_colour(working),
        size=source.size,
        mtime_ns=source.mtime_ns,
        facts=facts,
    )


def read_pixels(
    path: bytes | str | os.PathLike[str], *, max_size: int | None = None, max_megapixels: float = MAX_MEGAPIXELS
) -> Pixels:
    """The upright sRGB pixels of a file.

    Parameters
    ----------
    max_size : int, optional
        Longest side at most, pixels; without it the picture comes whole (a RAW file: its preview, if that has at
        least half the sensor's resolution a side, else half size).

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    ImageReadError
        As `read`.
    """
    return np.array(_image(os.fsencode(path), max_size, max_megapixels))


def transcode(
    path: bytes, max_size: int, *, max_megapixels: float = MAX_MEGAPIXELS, kind: Literal["WEBP", "JPEG"] = "WEBP"
) -> bytes:
    """A file as a picture that every browser shows, its longest side at most `max_size` pixels.

    A WebP is smaller; a large JPEG is written, and shown, several times faster.

    Raises
    ------
    ImageReadError
        As `read`.
    """
    return _encoded(_image(path, min(max_size, _WEBP_SIDE), max_megapixels), kind, 85 if kind == "WEBP" else 92)


def encode(pixels: Pixels, format: Format = "WEBP", quality: int = 80) -> bytes:
    """Pixels as a file.

    Parameters
    ----------
    pixels : (H, W, 3) or (H, W, 4) uint8
        sRGB, with opacity (not for JPEG).
    quality : int
        0 to 100; PNG is lossless and ignores it.
    """
    return _encoded(Image.fromarray(np.ascontiguousarray(pixels)), format, quality)


def decoded(data: bytes) -> Pixels:
    """Pixels of a thumbnail that the library made, (H, W, 3) uint8."""
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGB"))


def shrink(values: Pixels, size: int) -> Pixels:
    """Pixels with their longest side at most `size`; smaller ones are returned as they are.

    Parameters
    ----------
    values : (H, W, 3) uint8
    """
    if max(values.shape[:2]) <= size:
        return values
    return np.array(pixels.fit(Image.fromarray(np.ascontiguousarray(values)), size))


@contextmanager
def _reading(path: bytes) -> Iterator[Source]:
    with plain_errors(path), quiet(), open_source(path) as source:
        yield source


def _image(path: bytes, max_size: int | None, max_megapixels: float) -> Image.Image:
    with _reading(path) as source:
        image = decode(source, max_size, max_megapixels).image
        return image if max_size is None else pixels.fit(image, max_size)


def _thumbnail(image: Image.Image, size: int) -> bytes:
    # Whole-number averages cost a tenth of a resize; within 3 % of the size they are taken for it, as in `decode`.
    factor = -(-max(image.size) // size)
    if factor > 1 and max(image.size) / factor >= NEARLY * size:
        image = image.reduce(factor)
    return _encoded(pixels.fit(image, size), "JPEG", THUMBNAIL_QUALITY)


def _encoded(image: Image.Image, format: Format, quality: int) -> bytes:
    out = io.BytesIO()
    if format == "WEBP":
        image.save(out, format, quality=quality, method=_METHOD)
    elif format == "JPEG":
        image.save(out, format, quality=quality)
    else:
        image.save(out, format, compress_level=4)
    return out.getvalue()


def _pixel_hash(values: Pixels, width: int, height: int) -> str:
    digest = hashlib.sha256(f"{width}x{height}\n".encode())
    digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def _mean_colour(values: Pixels) -> str:
    height, width, _ = values.shape
    # Rows first: a sum over whole rows runs over contiguous memory.
    columns = values.reshape(height, width * 3).sum(axis=0, dtype=np.uint32)
    red, green, blue = (columns.reshape(width, 3).sum(axis=0, dtype=np.uint64) / (height * width)).round().astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
