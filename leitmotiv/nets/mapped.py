"""Tensors of a file in safetensors' format, mapped from the disk: what is not used is never read.

A file is read through and checked once; after that it counts as whole as long as it is the same file of the same size
and time.
"""

import json
import mmap
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import kept, weights
from leitmotiv.nets.weights import Weights

_FLOAT32 = "F32"


def tensors(of: Weights, cache: Path) -> Mapping[str, NDArray[np.float32]]:
    """The float32 tensors of a file of weights, by name, read-only.

    Parameters
    ----------
    cache : Path
        The user's folder, where it is noted that the file was found whole.

    Raises
    ------
    MissingExtraError
        It is not installed, or damaged.
    """
    path, note = weights.locate(of), cache / f"whole-{of.sha256[:12]}.txt"
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            mark = f"{path}\n{found.st_size} {found.st_mtime_ns} {found.st_ino}".encode("utf-8", "surrogateescape")
            if kept.read(note) != mark:
                weights.read(of)
                kept.keep(note, mark)
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:  # an empty file cannot be mapped
        raise MissingExtraError(f"The weights of {of.name} at {path} cannot be read ({error}).") from error
    start = 8 + int.from_bytes(data[:8], "little")
    found_tensors = {}
    for name, about in json.loads(data[8:start]).items():
        if about.get("dtype") == _FLOAT32:
            first, end = about["data_offsets"]
            values = np.frombuffer(data, "<f4", (end - first) // 4, start + first)
            found_tensors[name] = values.reshape(about["shape"])
    return found_tensors
