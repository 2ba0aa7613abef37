"""Owns altered copies of a picture, whose truth is known: they show the same thing. It reads and writes no file."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from leitmotiv.records import Pixels

Alteration = Callable[[Pixels, np.random.Generator], Pixels]
QUALITY = 35
DEGREES = 3.0
BORDER = 0.06
CAPTION = 0.12
CONTRAST = 1.3
CAST = (1.15, 1.0, 0.85)


def _crop(share: float) -> Alteration:
    """Keep a share of both sides, anywhere in the frame."""

    def cut(pixels: Pixels, rng: np.random.Generator) -> Pixels:
        sides = [max(1, round(side * share)) for side in pixels.shape[:2]]
        top, left = (int(rng.integers(whole - side + 1)) for whole, side in zip(pixels.shape, sides, strict=False))
        return pixels[top : top + sides[0], left : left + sides[1]]

    return cut


def _levels(values: NDArray[np.float64]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _scaled(*factors: float) -> Alteration:
    """Multiply the levels of red, green and blue."""
    return lambda pixels, _: _levels(pixels * np.array(factors))


def _recompressed(pixels: Pixels, _: np.random.Generator) -> Pixels:
    """Half the size, and back from a JPEG of low quality."""
    height, width = pixels.shape[:2]
    out = io.BytesIO()
    small = Image.fromarray(np.ascontiguousarray(pixels)).resize((max(1, width // 2), max(1, height // 2)))
    small.save(out, "JPEG", quality=QUALITY)
    with Image.open(out) as image:
        return np.array(image.convert("RGB"))


def _contrast(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A small crop with more contrast about its mean."""
    cut = _crop(0.9)(pixels, rng).astype(np.float64)
    return _levels((cut - cut.mean()) * CONTRAST + cut.mean())


def _bordered(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Add a border of one colour, white or black or between, a share of the longest side wide."""
    width = max(1, round(BORDER * max(pixels.shape[:2])))
    level = int(rng.choice([0, 255, 128]))
    return np.pad(pixels, ((width, width), (width, width), (0, 0)), constant_values=level)


def _captioned(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Add a bar with a line of text below or above."""
    height, width = pixels.shape[:2]
    ground, ink = ((255, 255, 255), (20, 20, 20)) if rng.integers(2) else ((0, 0, 0), (235, 235, 235))
    bar = Image.new("RGB", (width, max(1, round(CAPTION * height))), ground)
    text = "".join(rng.choice(list("aeinorstl "), 60))
    ImageDraw.Draw(bar).text((width // 20, bar.height // 4), text, ink, font_size=max(6, bar.height // 2))
    parts = [pixels, np.array(bar)]
    return np.concatenate(parts if rng.integers(2) else parts[::-1])


def _rotated(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Turn by a few degrees either way, and cut off the corners that come in."""
    angle = DEGREES if rng.integers(2) else -DEGREES
    turned = np.array(Image.fromarray(np.ascontiguousarray(pixels)).rotate(angle, Image.Resampling.BICUBIC))
    height, width = pixels.shape[:2]
    rise = np.tan(np.radians(DEGREES))
    top, left = (min(side // 4, round(rise * other / 2)) for side, other in ((height, width), (width, height)))
    return turned[top : height - top, left : width - left]


def _grey(pixels: Pixels, _: np.random.Generator) -> Pixels:
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    return np.repeat(_levels(luma)[..., None], 3, axis=2)


ALTERATIONS: dict[str, Alteration] = {
    "as it is": lambda pixels, _: pixels,
    "crop 0.8": _crop(0.8),
    "crop 0.65": _crop(0.65),
    "brighter": _scaled(1.25, 1.25, 1.25),
    "darker": _scaled(0.7, 0.7, 0.7),
    "warm cast": _scaled(*CAST),
    "half size, JPEG 35": _recompressed,
    "crop 0.9, contrast": _contrast,
}
"""What is done to a picture, by name; the first leaves it as it is."""

COPIES: dict[str, Alteration] = {
    "crop to 80 %": _crop(0.8),
    "crop to 60 %": _crop(0.6),
    "brighter": _scaled(1.25, 1.25, 1.25),
    "darker": _scaled(0.7, 0.7, 0.7),
    "warm cast": _scaled(*CAST),
    "half size, JPEG 35": _recompressed,
    "border": _bordered,
    "caption": _captioned,
    "turned by 3°": _rotated,
    "grey": _grey,
    "mirrored": lambda pixels, _: pixels[:, ::-1],
}
"""What people and programs make of a picture before it turns up as a duplicate, by name."""


def altered(
    pixels: Pixels, rng: np.random.Generator, alterations: Mapping[str, Alteration] = ALTERATIONS
) -> dict[str, Pixels]:
    """Every alteration of a picture (H, W, 3) uint8 sRGB, by name."""
    return {name: np.ascontiguousarray(change(pixels, rng)) for name, change in alterations.items()}
