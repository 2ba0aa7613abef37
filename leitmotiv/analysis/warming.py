"""Compiling every kernel ahead of use, and knowing whether that was done on this machine."""

from pathlib import Path

from leitmotiv.analysis import affinity, divergence, mixture, views
from leitmotiv.kernels import compiled, simd


def is_warm() -> bool:
    """Whether every kernel lies compiled in the cache of this user."""
    return compiled.is_warm()


def warm() -> None:
    """Compile every kernel with tiny input; quick where the cache has them."""
    mixture.warm()
    divergence.warm()
    affinity.warm()
    views.warm()
    compiled.mark_warm()


def vectors() -> str:
    """How wide the vector form of the kernels is here."""
    return f"{simd.LANES} lanes of 32-bit floats"


def folder() -> Path:
    """Where the compiled kernels lie."""
    return compiled.FOLDER
