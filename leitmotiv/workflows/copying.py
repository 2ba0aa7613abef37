"""A folder tree of pictures by trend: copies, hard links or symbolic links; the originals are only read."""

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from leitmotiv.errors import UsageError
from leitmotiv.formats.places import places_in_text, places_packed, without_place
from leitmotiv.imaging.gps import tells_place
from leitmotiv.records import Image
from leitmotiv.workflows.places import is_file, outside_photos, refused
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.rows import trend_of
from leitmotiv.workflows.session import Session

How = Literal["copy", "hardlink", "symlink"]
By = Literal["trend", "year", "month", "nothing"]
LONGEST = 80
_FORBIDDEN = '<>:"/\\|?*'
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class Copy:
    """One picture of a tree.

    Attributes
    ----------
    source : bytes or None
        The file that is copied; None where none is there.
    target : str
        Below the root of the tree.
    """

    id: str
    source: bytes | None
    target: str


@dataclass(frozen=True)
class Copied:
    """What became of a tree.

    Attributes
    ----------
    failed : tuple of (path as text, reason)
    """

    root: str
    done: int
    total: int
    failed: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.done:,} of {self.total:,} pictures in {self.root}"


def plan(session: Session, ids: Sequence[str], by: By = "trend") -> list[Copy]:
    """Where each picture would go; names that meet get a number, whatever system reads them."""
    folder_of = _folders(session, by)
    taken: set[str] = set()
    plans = []
    for image in session.library.images.many(ids):
        folder = folder_of(image)
        target = _free(f"{folder}/{safe(image.name)}" if folder else safe(image.name), taken)
        source = next((path for path in image.paths if is_file(path)), None)
        plans.append(Copy(image.id, source, target))
    return plans


def _folders(session: Session, by: By) -> Callable[[Image], str]:
    if by == "nothing":
        return lambda image: ""
    if by == "year":
        return lambda image: f"{image.taken.at:%Y}"
    if by == "month":
        return lambda image: f"{image.taken.at:%Y-%m}"
    known = trend_of(session)
    sizes = {trend.cluster.id: trend.cluster for trend in known.values()}
    ordered = sorted((one for one in sizes.values() if one.size > 1), key=lambda one: (-one.size, one.id))
    digits = max(2, len(str(len(ordered))))
    number = {one.id: f"{place:0{digits}}" for place, one in enumerate(ordered, 1)}

    def folder(image: Image) -> str:
        trend = known.get(image.id)
        if trend is None:
            return "not yet in a trend"
        if trend.cluster.id not in number:
            return "alone"
        return safe(f"cluster-{number[trend.cluster.id]} {trend.name}")

    return folder


def safe(name: str) -> str:
    """A name that every file system takes: no separators, no reserved words, at most `LONGEST` characters."""
    clean = "".join("_" if c in _FORBIDDEN or not c.isprintable() or c == "\ufffd" else c for c in name)
    clean = clean.strip().rstrip(".")
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 12:
        stem, suffix = clean, ""
    stem = stem[: LONGEST - len(suffix) - 1].strip()
    if stem.casefold() in _RESERVED or not stem:
        stem = f"_{stem}"
    return f"{stem}.{suffix}" if suffix else stem


def _free(target: str, taken: set[str]) -> str:
    stem, dot, suffix = target.rpartition(".")
    if not dot or "/" in suffix:
        stem, suffix = target, ""
    number, candidate = 1, target
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem} ({number}){'.' if suffix else ''}{suffix}"
    taken.add(candidate.casefold())
    return candidate


def copy(
    session: Session,
    plans: Sequence[Copy],
    root: Path,
    *,
    how: How = "copy",
    keep_place: bool = False,
    report: Report | None = None,
) -> Copied:
    """Make the tree; a picture that fails is named, and the others go on.

    Parameters
    ----------
    root : Path
        An empty or a new folder outside of the photos.
    keep_place : bool
        Whether copies keep the place where they were taken. Links are the originals themselves, place and all.

    Raises
    ------
    UsageError
        The folder is not empty, or lies among the photos.
    """
    whole = outside_photos(session, root)
    try:
        if whole.exists() and (not whole.is_dir() or any(whole.iterdir())):
            raise UsageError(f"{root} is not an empty folder. Name a new one.")
        whole.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(error, whole) from error
    failed: list[tuple[str, str]] = []
    pace = Pace()
    for done, one in enumerate(plans):
        if report is not None:
            report(pace.step("Writing pictures", done, len(plans), current=one.target, failures=len(failed)))
        if one.source is None:
            failed.append((one.target, "its file is gone or on a drive that is away"))
            continue
        reason = _put(one.source, whole / one.target, how, keep_place)
        if reason:
            failed.append((os.fsdecode(one.source), reason))
    if report is not None and plans:
        report(pace.step("Writing pictures", len(plans), len(plans), failures=len(failed)))
    return Copied(str(whole), len(plans) - len(failed), len(plans), tuple(failed))


def _put(source: bytes, target: Path, how: How, keep_place: bool) -> str:
    """Put one file; returns why it failed, or nothing."""
    origin = Path(os.fsdecode(os.path.abspath(source)))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if how == "symlink":
            target.symlink_to(origin)
        elif how == "hardlink":
            target.hardlink_to(origin)
        elif keep_place:
            shutil.copyfile(origin, target)
            shutil.copystat(origin, target)
        else:
            data = placeless(origin.read_bytes(), source)
            if data is None:
                return "the place where it was taken cannot be taken out of it; --keep-place copies it as it is"
            target.write_bytes(data)
            shutil.copystat(origin, target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            return "a hard link cannot lead to another drive; choose copies or symbolic links"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise refused(error, target) from error
        return error.strerror or str(error)
    return ""


def placeless(data: bytes, path: bytes = b"") -> bytes | None:
    """A file without the place where it was taken; None where that cannot be made sure of."""
    clean = without_place(data)
    unsure = places_in_text(clean) or places_packed(clean) or tells_place(clean, path) is not False
    return None if unsure else clean
