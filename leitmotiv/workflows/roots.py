"""Folders and files by one path each, whatever links lead to them; it reads no picture."""

import os
from collections.abc import Sequence
from pathlib import Path

from leitmotiv.errors import UsageError
from leitmotiv.store.library import Library


def root_of(folder: Path, library: Library) -> bytes:
    """The path of a folder to add, as the library knows it.

    Raises
    ------
    UsageError
        It is not there and was never added, or is no folder.
    """
    known = [path for path, _, _ in library.folders.list()]
    root = as_known(os.fsencode(os.path.abspath(folder)), known)
    if os.path.isdir(root) or root in known:
        return root
    if os.path.lexists(root):
        raise UsageError(f"{folder} is not a folder. For single files: leitmotiv add-image {folder}")
    raise UsageError(f"There is no folder {folder}. Check the spelling, or that its drive is connected.")


def as_known(path: bytes, known: Sequence[bytes]) -> bytes:
    """A path by the way that leads to it below a known folder, where another way was given, through a link.

    By two ways every file would count as its own copy.
    """
    if any(path == root or path.startswith(root.rstrip(b"/") + b"/") for root in known):
        return path
    real = os.path.realpath(path)
    for root in sorted(known, key=len, reverse=True):
        place = os.path.realpath(root)
        if real == place or real.startswith(place.rstrip(b"/") + b"/"):
            return root.rstrip(b"/") + real[len(place.rstrip(b"/")) :] or root
    return path
