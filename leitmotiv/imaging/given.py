"""Owns pictures as programs hand them over: paths, open files, Pillow images, arrays of several kinds."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import pixels, read
from leitmotiv.records import Pixels

_LEVELS = 255


def pixels_of(picture: Any, *, max_megapixels: float = read.MAX_MEGAPIXELS) -> Pixels:
    """Upright sRGB pixels of whatever is handed over, (H, W, 3) uint8.

    Parameters
    ----------
    picture : path, binary file, PIL image or array
        Arrays are (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), uint8 of 0 to 255 or floats of 0 to 1; transparency is
        laid over white.

    Raises
    ------
    ImageReadError
        A file that is no readable picture.
    TypeError
        Something else, or an array of another kind.
    """
    if isinstance(picture, str | os.PathLike):
        if not os.path.lexists(picture):
            raise ImageReadError(os.fspath(picture), "there is no such file")
        return read.read_pixels(Path(picture), max_megapixels=max_megapixels)
    if isinstance(picture, Image.Image):
        return np.array(pixels.srgb(ImageOps.exif_transpose(picture)))
    if hasattr(picture, "read"):
        data = picture.read()
        if not isinstance(data, bytes):
            raise TypeError("A picture file must be open for reading bytes (mode 'rb').")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "picture"
            path.write_bytes(data)
            return read.read_pixels(path, max_megapixels=max_megapixels)
    if hasattr(picture, "__array__") or hasattr(picture, "__array_interface__"):
        return _from_array(np.asarray(picture))
    raise TypeError(f"A picture is a path, an open file, a PIL image or an array, not {type(picture).__name__}.")


def _from_array(values: Any) -> Pixels:
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or values.shape[2] not in (1, 3, 4) or not values.size:
        raise TypeError(f"An array of a picture is (H, W, 3), grey or with opacity, and not empty; not {values.shape}.")
    if values.dtype.kind == "f":
        values = (np.clip(np.nan_to_num(values), 0, 1) * _LEVELS).round().astype(np.uint8)
    if values.dtype != np.uint8:
        raise TypeError(f"An array of a picture is uint8, or floats from 0 to 1, and not {values.dtype}.")
    if values.shape[2] == 4:
        opacity = values[..., 3:] / _LEVELS
        values = (values[..., :3] * opacity + _LEVELS * (1 - opacity)).round().astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(values, (*values.shape[:2], 3)))
