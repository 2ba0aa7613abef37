"""Where an export may be written: never over something else, never into a folder of photos."""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from leitmotiv.errors import DiskFullError, PermissionDeniedError, UsageError
from leitmotiv.workflows.session import Session

NO_SPACE = frozenset({28, 122})  # ENOSPC, EDQUOT


def outside_photos(session: Session, target: Path) -> Path:
    """The whole path of a target that lies in no folder of photos.

    Raises
    ------
    UsageError
        It lies in one: leitmotiv never writes there.
    """
    whole = Path(os.path.realpath(target))
    for folder, _, _ in session.library.folders.list():
        root = Path(os.path.realpath(os.fsdecode(folder)))
        if whole == root or root in whole.parents:
            raise UsageError(
                f"{target} lies in {root}, which is a folder of your photos, and nothing is written out there. Name "
                "another place."
            )
    return whole


def write_file(target: Path, parts: Iterable[bytes], *, force: bool = False) -> int:
    """Write a file whole or not at all; returns its size in bytes.

    Raises
    ------
    UsageError
        There is one already, and `force` is false; or its folder is not there.
    DiskFullError, PermissionDeniedError
    """
    if not force and os.path.lexists(target):
        raise UsageError(f"There is a file {target} already. Name another, or replace it with --force.")
    part = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
    size = 0
    try:
        with part.open("xb") as file:
            for chunk in parts:
                size += file.write(chunk)
        part.replace(target)
    except OSError as error:
        raise refused(error, target) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return size


def is_file(path: bytes) -> bool:
    """Whether a file is there, a link to one included."""
    return Path(os.fsdecode(path)).is_file()


def refused(error: OSError, target: Path) -> Exception:
    """What to say where the system refuses to write; the error itself where there is nothing to add."""
    if error.errno in NO_SPACE:
        return DiskFullError(f"No space is left for {target}. Free some space, or name another place.")
    if isinstance(error, PermissionError):
        return PermissionDeniedError(f"{target} cannot be written by this user. Name another place.")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return UsageError(f"There is no folder {target.parent}. Make it first, or name another place.")
    return PermissionDeniedError(f"{target} cannot be written: {error.strerror or error}.")
