"""What SQLite and the system refuse, in words that name the library and the next step; it handles nothing."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from leitmotiv.errors import (
    DiskFullError,
    LeitmotivError,
    LibraryDamagedError,
    LibraryLockedError,
    PermissionDeniedError,
)

BUSY_S = 10.0
ALMOST_FULL_BYTES = 256 * 1024
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
NO_ACCESS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def full(folder: Path) -> DiskFullError:
    """No space is left."""
    return DiskFullError(
        f"No space is left on the disk of the library {folder}. What was saved is safe; free some space, and run the "
        "command again: it goes on from there."
    )


def denied(folder: Path) -> PermissionDeniedError:
    """Nothing can be written, by this user or on this disk."""
    return PermissionDeniedError(
        f"The library {folder} cannot be written by this user. Check the owner and the permissions of the folder, or "
        "name another with --library."
    )


def closed_off(path: Path) -> PermissionDeniedError:
    """Nothing can even be read by this user."""
    return PermissionDeniedError(
        f"The library's {path.name} in {path.parent} cannot be opened by this user. Check the owner and the "
        "permissions of the folder, or name another with --library."
    )


def damaged(path: Path, why: object) -> LibraryDamagedError:
    """A file is no database, or a broken one."""
    return LibraryDamagedError(
        f"The library's database {path} is damaged ({why}). Put a copy in its place (older ones are in the folder "
        "backups beside it), or move it away and add your folders again; your pictures are not touched."
    )


def busy(folder: Path) -> LibraryLockedError:
    """Somebody writes without holding the writer lock, for longer than a statement waits."""
    return LibraryLockedError(
        f"The library {folder} was busy for {BUSY_S:.0f} seconds: another process writes to it. Wait for it, or "
        "stop it."
    )


def from_system(error: OSError, path: Path) -> LeitmotivError | None:
    """Our error for a file of the library that the system refused; None where it has no name of its own."""
    if error.errno in NO_SPACE:
        return full(path.parent)
    if error.errno in NO_ACCESS:
        return denied(path.parent)
    return None


def from_sqlite(error: BaseException, path: Path) -> LeitmotivError | None:
    """Our error for one of SQLite's or peewee's, told apart by result code; None where a statement of ours is wrong."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    match code and code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return full(path.parent)
        case sqlite3.SQLITE_IOERR:
            return full(path.parent) if _almost_full(path.parent) else damaged(path, cause)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, cause)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return denied(path.parent)
        case sqlite3.SQLITE_CANTOPEN:
            return _cannot_open(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return busy(path.parent)
    return None


def _almost_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < ALMOST_FULL_BYTES
    except OSError:
        return False


def _cannot_open(path: Path) -> LeitmotivError:
    if path.is_dir():
        return damaged(path, "it is a folder")
    if os.path.lexists(path):
        return full(path.parent) if _almost_full(path.parent) else closed_off(path)
    return LibraryDamagedError(
        f"The library's database {path} is not there any more. Connect its drive, or name another library with "
        "--library."
    )
