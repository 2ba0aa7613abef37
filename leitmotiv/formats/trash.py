"""Files to the system's trash and back; nothing is ever deleted here. The only send2trash.

Where the trash follows freedesktop.org's specification (Linux and the BSDs) it is told where a file went, so that it
can be brought back to its place. Elsewhere (Windows, macOS) the system keeps that to itself.
"""

import contextlib
import errno
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from leitmotiv.errors import LeitmotivError, PermissionDeniedError

# Paths are bytes here: names that are no Unicode go to the trash like any other.
# ruff: noqa: PTH103, PTH108, PTH114, PTH115, PTH118, PTH119, PTH120, PTH211

TELLS = sys.platform not in ("win32", "darwin")
"""Whether this system says where a file in its trash lies."""


@dataclass(frozen=True)
class Trashed:
    """Where a file lies in the trash, and the trash's note of it; both None where the system does not tell."""

    file: bytes | None
    note: bytes | None


class TrashError(LeitmotivError):
    """A file that could not be moved to the trash, or not be brought back; it is where it was."""


def move(path: bytes) -> Trashed:
    """Move a file, or a link itself, to the system's trash.

    Raises
    ------
    TrashError
        The system refuses, or there is no trash on that drive; the file stays.
    """
    folder = os.path.dirname(path)
    if not os.access(folder, os.W_OK):
        raise TrashError(f"{_text(path)} stays: its folder is read-only for you.")
    before = _notes(path) if TELLS else set()
    try:
        _send(path)
    except FileNotFoundError as error:
        raise TrashError(f"{_text(path)} is not there any more.") from error
    except PermissionError as error:
        raise TrashError(f"{_text(path)} stays: you may not write to it or to the trash of its drive.") from error
    except OSError as error:
        raise TrashError(f"{_text(path)} stays: the trash refuses it ({error.strerror or error}).") from error
    if os.path.lexists(path):
        raise TrashError(f"{_text(path)} is still there after it was moved to the trash; nothing is known of its copy.")
    if not TELLS:
        return Trashed(None, None)
    return _found(path, _notes(path) - before)


def restore(path: bytes, trashed: Trashed) -> None:
    """Bring a file back to its place.

    Raises
    ------
    TrashError
        It is not in the trash any more, something else lies at its place, or the system does not say where it is.
    PermissionDeniedError
        Its folder cannot be written to.
    """
    if trashed.file is None:
        raise TrashError(
            f"{_text(path)}: this system does not say where its trash keeps a file. Open the trash and choose "
            "Put Back (macOS) or Restore (Windows)."
        )
    if not os.path.lexists(trashed.file):
        raise TrashError(f"{_text(path)} is not in the trash any more.")
    if os.path.lexists(path):
        raise TrashError(f"{_text(path)}: another file lies there now. Move it away, and undo again.")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # a link is made first, so that no file that comes in between is overwritten
        if os.path.islink(trashed.file):
            os.symlink(os.readlink(trashed.file), path)
        else:
            os.link(trashed.file, path)
        os.unlink(trashed.file)
    except OSError as error:
        if error.errno in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            shutil.move(os.fsdecode(trashed.file), os.fsdecode(path))
        else:
            raise PermissionDeniedError(f"{_text(path)} cannot be brought back: {error.strerror}.") from error
    if trashed.note is not None:
        with contextlib.suppress(OSError):
            os.unlink(trashed.note)


def find(path: bytes) -> Trashed:
    """Look for a file in the trash that came from a path; nowhere where the system does not tell."""
    return _found(path, _notes(path)) if TELLS else Trashed(None, None)


def _send(path: bytes) -> None:
    from send2trash import send2trash

    send2trash(os.fsdecode(path) if sys.platform in ("win32", "darwin") else path)


def _homes(path: bytes) -> list[bytes]:
    """Trash folders that a file may go to: the one of this user, and those of its drive."""
    import send2trash.plat_other as ours

    home: bytes = ours.HOMETRASH_B
    top = os.path.realpath(os.path.dirname(path))
    while not os.path.ismount(top):
        top = os.path.dirname(top)
    uid = str(os.getuid()).encode()
    return [home, os.path.join(top, b".Trash", uid), os.path.join(top, b".Trash-" + uid)]


def _notes(path: bytes) -> set[bytes]:
    found: set[bytes] = set()
    for home in _homes(path):
        with contextlib.suppress(OSError):
            found.update(entry.path for entry in os.scandir(os.path.join(home, b"info")))
    return found


def _found(path: bytes, notes: set[bytes]) -> Trashed:
    """Of the notes that came, the latest of this file: others may use the trash at the same moment."""
    place = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    for note in sorted(notes, key=_age, reverse=True):
        with contextlib.suppress(OSError):
            lines = Path(os.fsdecode(note)).read_bytes().splitlines()
            said = next((line[5:] for line in lines if line.startswith(b"Path=")), b"")
            home = os.path.dirname(os.path.dirname(note))
            file = os.path.join(home, b"files", os.path.basename(note).removesuffix(b".trashinfo"))
            came = os.path.join(_top(home), unquote_to_bytes(said))  # a drive's own trash tells it from the drive's top
            came = os.path.join(os.path.realpath(os.path.dirname(came)), os.path.basename(came))
            if came == place and os.path.lexists(file):
                return Trashed(file, note)
    return Trashed(None, None)


def _age(note: bytes) -> int:
    try:
        return os.lstat(note).st_mtime_ns
    except OSError:
        return 0


def _top(home: bytes) -> bytes:
    """The top of the drive that a trash folder lies on: of `top/.Trash/1000` and of `top/.Trash-1000`."""
    above = os.path.dirname(home)
    return os.path.dirname(above) if os.path.basename(above) == b".Trash" else above


def _text(path: bytes) -> str:
    return path.decode("utf-8", "replace")
