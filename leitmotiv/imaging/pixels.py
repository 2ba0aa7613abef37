"""Owns the way from an opened picture of any mode to 8-bit sRGB of a wanted size; it reads no files.

What counts as white, mode by mode:

- 8 bits and fewer, palettes: as the format says.
- 16-bit grey: 65535 (4095 for 12-bit TIFF). 16-bit colour: Pillow keeps the upper 8 bits.
- 32-bit float: 1 where all values lie in 0 to 1, else the picture's own range is spread from black to white.
- 32-bit and signed integers: the picture's own range, since no value is agreed to be white.

Transparent places show mid-grey, 128.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leitmotiv.imaging.profile import to_srgb

MID_GREY = 128
# Pixels converted at once: a picture of 300 megapixels is never held twice.
_BAND = 4_000_000
_TABLE_SIZE = 65536
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_WIDE_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_PLAIN_MODES = frozenset({"RGB", "L", "CMYK"})

Prepare = Callable[[Image.Image], Image.Image]


def srgb(image: Image.Image, target: int | None = None) -> Image.Image:
    """A decoded picture in mode "RGB", sRGB, not turned.

    Parameters
    ----------
    image : PIL image
        Its pixels are loaded.
    target : int, optional
        Longest side wanted; smaller pictures keep their size. Without it the whole picture is returned.
    """
    profile = image.info.get("icc_profile")
    profile = profile if isinstance(profile, bytes) else None
    small = _reduced(image, _preparation(image, profile), target)
    if target is not None:
        small = fit(small, target)
    # The profile is applied last, where there are the fewest pixels.
    transform = None if _has_alpha(image) else to_srgb(profile, small.mode)
    if transform is not None:
        return transform(small)
    return small if small.mode == "RGB" else small.convert("RGB")


def fit(image: Image.Image, size: int) -> Image.Image:
    """The picture with its longest side at most `size`; never enlarged.

    HAMMING costs half of LANCZOS here and, at the 2 or 3 to 1 that is left to it, looks the same.
    """
    longest = max(image.size)
    if longest <= size:
        return image
    width, height = (max(1, round(side * size / longest)) for side in image.size)
    return image.resize((width, height), Image.Resampling.HAMMING, reducing_gap=2.0)


def scaled(values: NDArray[np.generic], bounds: tuple[float, float]) -> NDArray[np.uint8]:
    """Values from `bounds` (black, white) to 0 … 255, rounded; a single level is mid-grey, NaN is black.

    Parameters
    ----------
    values : (…) integer or float

    Returns
    -------
    (…) uint8
    """
    low, high = bounds
    if not high > low:
        return np.full(values.shape, MID_GREY, dtype=np.uint8)
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2 and values.size > _TABLE_SIZE:
        return scaled(np.arange(_TABLE_SIZE), bounds)[values.astype(np.intp)]
    # In units of the range, so that bounds near the largest float do not overflow.
    with np.errstate(over="ignore", invalid="ignore"):
        unit = values.astype(np.float64) / (high - low) - low / (high - low)
        levels = np.nan_to_num(unit, nan=0.0, posinf=1.0, neginf=0.0)
    return (np.clip(levels, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def bounds_of(pieces: Iterator[NDArray[np.generic]]) -> tuple[float, float]:
    """What is black and what is white in values without an agreed white; infinities and NaN are left out."""
    low, high = math.inf, -math.inf
    for piece in pieces:
        finite = piece[np.isfinite(piece)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if low > high or (low >= 0.0 and high <= 1.0):
        return 0.0, 1.0
    return low, high


def _reduced(image: Image.Image, prepare: Prepare, target: int | None) -> Image.Image:
    """Prepared pixels, averaged over whole squares until at most three times the wanted size is left."""
    width, height = image.size
    factor = 1 if target is None else max(1, max(width, height) // (2 * target))
    rows = max(1, _BAND // (width * factor)) * factor
    if rows >= height:
        ready = prepare(image)
        return ready.reduce(factor) if factor > 1 else ready
    out: Image.Image | None = None
    for top in range(0, height, rows):
        ready = prepare(image.crop((0, top, width, min(top + rows, height))))
        if out is None:
            out = Image.new(ready.mode, (-(-width // factor), -(-height // factor)))
        out.paste(ready.reduce(factor) if factor > 1 else ready, (0, top // factor))
    return out if out is not None else image


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in _ALPHA_MODES or (image.mode in ("1", "L", "P", "RGB") and "transparency" in image.info)


def _preparation(image: Image.Image, profile: bytes | None) -> Prepare:
    """What turns a band of the picture into one of the plain modes, opaque and with 8 bits."""
    mode = image.mode
    if mode in _WIDE_MODES:
        return _wide(image)
    if _has_alpha(image):
        return lambda band: _over_grey(band, profile)
    if mode in _PLAIN_MODES:
        return lambda band: band
    if mode == "1":
        return lambda band: band.convert("L")
    return lambda band: band.convert("RGB")


def _over_grey(band: Image.Image, profile: bytes | None) -> Image.Image:
    """Composite over mid-grey; the profile is applied before, so that the grey stays what it is."""
    # Pillow knows no way from premultiplied grey to RGBA.
    rgba = (band.convert("LA") if band.mode == "La" else band).convert("RGBA")
    colour = rgba.convert("RGB")
    if transform := to_srgb(profile, "RGB"):
        colour = transform(colour)
    elif transform := to_srgb(profile, "L"):
        colour = transform(rgba.convert("L"))
    grey = Image.new("RGB", band.size, (MID_GREY,) * 3)
    grey.paste(colour, mask=rgba.getchannel("A"))
    return grey


def _wide(image: Image.Image) -> Prepare:
    """Grey levels beyond 8 bits to 8, with white where the module's first lines say."""
    if image.mode in ("I", "F"):
        low, high = bounds_of(np.asarray(band) for band in _bands(image))
    else:
        low, high = 0.0, float(2 ** _bits(image) - 1)
    # TIFF counts ink instead of light where its photometric interpretation is 0; Pillow inverts that up to 8 bits.
    inverted = _tiff_tag(image, 262) == 0

    def prepare(band: Image.Image) -> Image.Image:
        levels = scaled(np.asarray(band), (low, high))
        return Image.fromarray(255 - levels if inverted else levels)

    return prepare


def _bands(image: Image.Image) -> Iterator[Image.Image]:
    width, height = image.size
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):
        yield image.crop((0, top, width, min(top + rows, height)))


def _bits(image: Image.Image) -> int:
    return 12 if _tiff_tag(image, 258) == 12 else 16


def _tiff_tag(image: Image.Image, tag: int) -> int | None:
    tags = getattr(image, "tag_v2", None)
    value = tags.get(tag) if tags is not None else None
    if isinstance(value, tuple) and value:
        value = value[0]
    return value if isinstance(value, int) else None
