"""Whether this installation reads each kind of picture: writes a small one and reads it back."""

import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging.read import read_pixels

KINDS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "TIFF": "tif",
    "BMP": "bmp",
    "AVIF": "avif",
    "HEIF": "heic",
}


def readable() -> dict[str, bool]:
    """Name of each kind that can be tried, and whether it was read back. RAW cannot be written, and is left out."""
    pixels = np.tile(np.arange(0, 256, 4, dtype=np.uint8)[:, None, None], (1, 64, 3))
    with tempfile.TemporaryDirectory() as folder:
        return {kind: _tried(Path(folder) / f"trial.{ending}", kind, pixels) for kind, ending in KINDS.items()}


def _tried(path: Path, kind: str, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    try:
        if kind == "HEIF":
            from pillow_heif import register_heif_opener

            register_heif_opener()
        Image.fromarray(pixels).save(path, kind)
        return read_pixels(os.fsencode(path)).shape == pixels.shape
    except (ImportError, OSError, KeyError, ImageReadError):
        return False
