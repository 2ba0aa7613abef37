"""Small pictures made on the spot, each with a look of its own."""

from pathlib import Path

import numpy as np
from PIL import Image

GROUND = [(200, 60, 40), (40, 90, 200), (60, 150, 70), (220, 200, 90), (30, 30, 40), (150, 80, 170)]


def picture(seed: int, width: int = 72, height: int = 48) -> Image.Image:
    """Two fields of colour with a little noise: seeds that differ by 6 share a look."""
    rng = np.random.default_rng(seed)
    pixels = np.empty((height, width, 3))
    pixels[:] = GROUND[seed % 6]
    horizon = height // 3 + seed % 6
    pixels[horizon:] = np.array(GROUND[(seed + 2) % 6]) * 0.6
    pixels += rng.normal(0, 8, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def folder_of(path: Path, count: int, first: int = 0) -> Path:
    """A folder with `count` JPEGs."""
    path.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        picture(seed).save(path / f"p{seed:03}.jpg", quality=92)
    return path
