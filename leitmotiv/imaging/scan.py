"""Owns the search for picture files under folders; it looks at names and sizes only, and opens no file."""

# Paths are bytes in this module, which pathlib does not hold.
# ruff: noqa: PTH114, PTH116, PTH118, PTH119, PTH122

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from leitmotiv.imaging.kinds import TWIN_SUFFIXES, is_image_name, is_raw_name, suffix_of
from leitmotiv.imaging.source import reason_of

OnError = Callable[[bytes, str], None]

# Folders that hold what programs made of pictures, or threw away; names that begin with a dot are skipped anyway.
SYSTEM_FOLDERS = frozenset(
    {
        b"$recycle.bin",
        b"#recycle",
        b"#snapshot",
        b"@eadir",
        b"@recycle",
        b"@recently-snapshot",
        b"__macosx",
        b"__pycache__",
        b"lost+found",
        b"node_modules",
        b"system volume information",
    }
)


@dataclass(frozen=True)
class Found:
    """A picture file.

    Attributes
    ----------
    size : int
        Bytes.
    mtime_ns : int
        Nanoseconds since 1970.
    paired : bytes, optional
        The camera's RAW file of the same picture, beside it.
    """

    path: bytes
    size: int
    mtime_ns: int
    paired: bytes | None = None


@dataclass(frozen=True)
class _Folder:
    path: bytes
    relative: bytes


def scan(
    roots: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    on_error: OnError,
) -> Iterator[Found]:
    """Find the pictures in folders, their folders included, in an order that depends on names alone.

    Hidden files and folders and those of `SYSTEM_FOLDERS` are skipped, unless given as a root. Links are followed; a
    folder that several ways lead to is searched once, by its real place if that lies under the same root. Of a RAW
    file and a JPEG or HEIC of the same name beside it only the latter is found, and the RAW is remembered as its pair.

    Parameters
    ----------
    roots : sequence of Path
        Folders, or files, which are found whatever their names and patterns.
    include, exclude : sequence of str
        Shell patterns (``*.png``, ``2019/*``, ``private``), compared without regard to the case of ASCII letters with
        a file's name and with its path below the root (``*`` also matches ``/``). If `include` is not empty, only
        files that match one of it are found; what matches one of `exclude` is not, and such a folder is not entered.
    on_error : callable
        Called with a path and a plain reason for each folder that cannot be searched, each root that is not there and
        each file with a picture's name that is no file (a broken link, a pipe).

    Yields
    ------
    Found
    """
    wanted, unwanted = _patterns(include), _patterns(exclude)
    seen: set[tuple[int, int]] = set()
    single: list[Found] = []
    for root in roots:
        path = os.fsencode(root)
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            on_error(path, _root_reason(error, path))
            continue
        if not stat.S_ISDIR(status.st_mode):
            if found := _found(path, status, on_error):
                single.append(found)
            continue
        yield from _search(path, wanted, unwanted, seen, on_error)
    yield from _paired(single)


def _search(
    root: bytes,
    wanted: Sequence[bytes],
    unwanted: Sequence[bytes],
    seen: set[tuple[int, int]],
    on_error: OnError,
) -> Iterator[Found]:
    """One root: its real folders depth first, then those that links lead to."""
    ahead = [_Folder(root, b"")]
    linked: list[_Folder] = []
    while ahead or linked:
        folder = ahead.pop() if ahead else linked.pop(0)
        try:
            if not _is_new(folder.path, seen):
                continue
            entries = _entries(folder.path)
        except OSError as error:
            on_error(folder.path, _folder_reason(error))
            continue
        files: list[Found] = []
        inner: list[_Folder] = []
        for entry in entries:
            relative = os.path.join(folder.relative, entry.name)
            if entry.name.startswith(b".") or _matches(relative, unwanted):
                continue
            if _is_folder(entry):
                if entry.name.lower() not in SYSTEM_FOLDERS:
                    (linked if entry.is_symlink() else inner).append(_Folder(entry.path, relative))
            elif is_image_name(entry.name) and (not wanted or _matches(relative, wanted)):
                files.extend(_looked_at(entry, on_error))
        yield from _paired(files)
        ahead.extend(reversed(inner))


def _is_new(path: bytes, seen: set[tuple[int, int]]) -> bool:
    """Whether this folder has not been searched yet, by whatever way; loops of links end here."""
    status = os.stat(path)
    key = (status.st_dev, status.st_ino)
    if key in seen:
        return False
    seen.add(key)
    return True


def _entries(path: bytes) -> list[os.DirEntry[bytes]]:
    with os.scandir(path) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _looked_at(entry: os.DirEntry[bytes], on_error: OnError) -> Iterator[Found]:
    try:
        status = entry.stat()
    except OSError as error:
        on_error(entry.path, reason_of(error, entry.path))
        return
    if found := _found(entry.path, status, on_error):
        yield found


def _found(path: bytes, status: os.stat_result, on_error: OnError) -> Found | None:
    if not stat.S_ISREG(status.st_mode):
        on_error(path, "it is not a regular file but a pipe, socket or device")
        return None
    return Found(path, status.st_size, status.st_mtime_ns)


def _paired(files: Iterable[Found]) -> Iterator[Found]:
    """The files without the RAW ones that have a twin, which carries their path instead."""
    files = list(files)
    raws = {_stem(file.path): file.path for file in files if is_raw_name(file.path)}
    twins: dict[bytes, bytes] = {}
    for file in files:
        stem = _stem(file.path)
        if stem in raws and suffix_of(file.path) in TWIN_SUFFIXES:
            twins.setdefault(stem, file.path)
    for file in files:
        stem = _stem(file.path)
        if twins.get(stem) == file.path:
            yield replace(file, paired=raws[stem])
        elif stem not in twins or not is_raw_name(file.path):
            yield file


def _stem(path: bytes) -> bytes:
    """What a RAW file and its twin share: cameras write names in capitals, but a later copy may not."""
    folder, name = os.path.split(path)
    return os.path.join(folder, os.path.splitext(name)[0].lower())


def _patterns(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(os.fsencode(text.rstrip("/") or text).lower() for text in texts)


def _matches(relative: bytes, patterns: Sequence[bytes]) -> bool:
    path = relative.lower()
    name = os.path.basename(path)
    return any(fnmatchcase(path, pattern) or fnmatchcase(name, pattern) for pattern in patterns)


def _root_reason(error: OSError | ValueError, path: bytes) -> str:
    if isinstance(error, FileNotFoundError) and not os.path.islink(path):
        return "there is no such file or folder"
    return reason_of(error, path) if isinstance(error, OSError) else "no file can have this name"


def _folder_reason(error: OSError) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "the folder vanished during the scan"
    if isinstance(error, PermissionError):
        return "permission denied: the folder cannot be searched"
    return reason_of(error, b"")
