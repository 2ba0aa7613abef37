"""Compiling every kernel that adding, indexing and the pages need, ahead of use; it knows whether that was done."""

from pathlib import Path

import numpy as np

from leitmotiv.analysis import (
    candidates,
    divergence,
    embedding,
    listing,
    mixture,
    patchwork,
    sparse_exemplars,
    tree,
    views,
    windows,
)
from leitmotiv.kernels import compiled


def is_warm() -> bool:
    """Tell whether the kernels lie compiled in the cache of this user."""
    return compiled.is_warm()


def warm() -> None:
    """Compile the kernels with tiny input; quick where the cache has them."""
    mixture.warm()
    warm_index()
    compiled.mark_warm()


def warm_index() -> None:
    """Compile what indexing and the pages need beyond the fit of a mixture."""
    divergence.warm()
    embedding.warm()
    candidates.warm()
    listing.warm()
    places = np.array([0.0, 0.1, 0.2, 1.0, 1.1, 3.0], np.float32)
    tree.cluster(np.abs(places[:, None] - places), preference=0.3)
    sparse_exemplars.warm()
    views.warm()
    windows.warm()
    patchwork.warm()


def lanes() -> int:
    """How many 32-bit floats the kernels take at a time; another number adds up in another order."""
    return compiled.LANES


def vectors() -> str:
    """How wide the vector form of the kernels is here, and with which instructions."""
    text = f"{compiled.LANES} lanes of 32-bit floats, {compiled.INSTRUCTIONS}"
    if compiled.INSTRUCTIONS == "NEON":
        text += ": not proven, as nobody has run the tests on such a machine yet"
    return text


def folder() -> Path:
    """Where the compiled kernels lie."""
    return compiled.FOLDER
