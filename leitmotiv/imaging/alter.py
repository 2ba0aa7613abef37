"""Owns altered copies of a picture, whose truth is known: they show the same thing. It reads and writes no file."""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leitmotiv.records import Pixels

Alteration = Callable[[Pixels, np.random.Generator], Pixels]
QUALITY = 35
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


def altered(pixels: Pixels, rng: np.random.Generator) -> dict[str, Pixels]:
    """Every alteration of a picture (H, W, 3) uint8 sRGB, by name."""
    return {name: np.ascontiguousarray(change(pixels, rng)) for name, change in ALTERATIONS.items()}
