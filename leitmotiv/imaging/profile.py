"""Owns colour management: an embedded ICC profile to sRGB; a profile that is broken or does not fit is ignored."""

import io
from collections.abc import Callable
from functools import lru_cache
from itertools import product

import numpy as np
from PIL import Image, ImageCms

Transform = Callable[[Image.Image], Image.Image]

_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
# A profile that moves no colour by more than this (of 255) is sRGB by another name.
_SAME = 2


def to_srgb(profile: bytes | None, mode: str) -> Transform | None:
    """The map from pixels of one mode ("RGB", "L" or "CMYK") to sRGB, or None where nothing is to be done.

    Parameters
    ----------
    profile : bytes, optional
        The embedded ICC profile.
    """
    return _build(profile, mode) if profile else None


@lru_cache(maxsize=32)
def _build(profile: bytes, mode: str) -> Transform | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _SPACES.get(source.profile.xcolor_space) != mode:
            return None
        srgb = ImageCms.createProfile("sRGB")
        transform = _applied(ImageCms.buildTransform(source, srgb, mode, "RGB"))
        chart = _chart(mode)
        moved = np.asarray(transform(chart)).astype(int) - np.asarray(chart.convert("RGB"))
    except (OSError, TypeError, ValueError, ImageCms.PyCMSError):
        return None
    return None if mode != "CMYK" and np.abs(moved).max() <= _SAME else transform


def _applied(transform: ImageCms.ImageCmsTransform) -> Transform:
    def apply(image: Image.Image) -> Image.Image:
        out = Image.new("RGB", image.size)
        transform.apply(image, out)
        return out

    return apply


def _chart(mode: str) -> Image.Image:
    """Colours spread over a mode's whole range, one pixel each."""
    levels = range(0, 256, 51)
    colours = list(product(levels, repeat=Image.getmodebands(mode)))
    pixels = np.array(colours, dtype=np.uint8)[None]
    return Image.fromarray(pixels[..., 0] if mode == "L" else pixels, mode)
