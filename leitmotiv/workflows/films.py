"""Pictures and films through eyes, written out: one pair of eyes or several side by side."""

import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.imaging import films
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Controls, Eyes, Pixels
from leitmotiv.workflows import browse, eye_sights, live, lookers
from leitmotiv.workflows import eyes as looking
from leitmotiv.workflows.places import outside_photos, refused, write_file
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

SIZE = 256
"""Pixels a side at which pictures are written, at least."""
LARGEST = 2048
PHASE = "Looking"
GAP = 4
"""Pixels between pictures side by side."""
HANDED = 100
"""Frames of a film that a page waits for."""
SUFFIXES = {".gif": ".gif", ".png": ".png", ".apng": ".png", ".mp4": ".mp4", "": ""}


@dataclass(frozen=True)
class Shown:
    """A film that was written.

    Attributes
    ----------
    frames : int
    expected : int
        How many its head promised; more than `frames` where it ended early, 0 where it does not tell.
    rate : float
    fault : str
        Why it ended early, if something says so.
    """

    frames: int
    expected: int
    rate: float
    fault: str = ""

    @property
    def short(self) -> bool:
        """Whether the film ended before it should."""
        return bool(self.fault) or self.frames < films.SHORT * self.expected


def apply(
    session: Session,
    through: Sequence[Eyes],
    sources: Sequence[str],
    folder: Path,
    *,
    query: str | None = None,
    beside: bool = False,
    size: int = 0,
    force: bool = False,
    report: Report | None = None,
) -> tuple[list[Path], list[tuple[str, str]]]:
    """Write pictures as eyes see them, a PNG each.

    Parameters
    ----------
    through : sequence of Eyes
        Several stand side by side.
    sources : sequence of str
        Files, folders, ids of pictures of the library.
    query : str, optional
        Pictures of the library besides; "" is all.
    beside : bool
        Put what is shown to them on the left and what is there on the right.
    size : int
        Pixels a side; by default that of the eyes, or 256 where that is more.

    Returns
    -------
    written, and (path, reason) of the files that could not be read

    Raises
    ------
    UsageError
        Nothing to look at; a file is there already; the folder is one of photos.
    EyesError, MissingExtraError, NotFoundError, DiskFullError, PermissionDeniedError
    """
    side = _size(through, size)
    whole = outside_photos(session, folder)
    failed: list[tuple[str, str]] = []
    pictures = list(_sources(session, sources, query, max(one.side for one in through), failed))
    if not pictures and not failed:
        raise UsageError("Nothing to look at: name files, folders or ids, or a selection with --of.")
    looks_of = [lookers.looker(session, one) for one in through]
    _make(whole)
    written: list[Path] = []
    taken: set[str] = set()
    pace = Pace()
    for stem, read in pictures:
        try:
            seen = [
                lookers.see(session, one, read(), looks=looks) for one, looks in zip(through, looks_of, strict=True)
            ]
        except ImageReadError as error:
            failed.append((error.path, error.reason))
            continue
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name)
        target = whole / f"{name}.png"
        write_file(target, [reading.encode(side_by_side(seen, side, beside), "PNG")], force=force)
        written.append(target)
        if report is not None:
            report(pace.step(PHASE, len(written) + len(failed), len(pictures), current=stem, failures=len(failed)))
    return written, failed


def animate(
    session: Session,
    through: Sequence[Eyes],
    source: Path,
    target: Path,
    *,
    smoothing: float = 0.5,
    beside: bool = False,
    size: int = 0,
    rate: float = 0.0,
    force: bool = False,
    report: Report | None = None,
) -> Shown:
    """Write a film as eyes see it: each frame begins where the one before ended, and is blended with it.

    Parameters
    ----------
    source : Path
        A folder of frames, an animated GIF, PNG or WebP, or a video.
    target : Path
        .gif, .png or .apng (animated), .mp4; without a suffix a folder of frames.
    smoothing : float
        Share of the frame before in each that is written, 0 to 1.
    rate : float
        Frames a second of what is written; that of the film if not given.

    Raises
    ------
    UsageError, ImageReadError, EyesError, MissingExtraError, NotFoundError, DiskFullError, PermissionDeniedError
    """
    if not 0 <= smoothing < 1:
        raise UsageError(f"smoothing is {smoothing:g}, but must be 0 or more and less than 1.")
    kind = SUFFIXES.get(target.suffix.lower())
    if kind is None:
        raise UsageError(f"A film is written as .gif, .png or .mp4, or into a folder; not as {target.suffix}.")
    side = _size(through, size)
    whole = outside_photos(session, target)
    if not force and os.path.lexists(whole) and (kind or not whole.is_dir() or any(whole.iterdir())):
        raise UsageError(f"There is {target} already. Name another, or replace it with --force.")
    most = session.settings.max_megapixels
    with films.opened(source, side=max(one.side for one in through), max_megapixels=most) as film:
        told = _Told(film.expected, report)
        frames = told.each(film.frames)
        made = _through(session, through, frames, smoothing, side, beside)
        rhythm = rate or film.rate
        written = _write(made, whole, rhythm, kind)
    return Shown(written, film.expected, rhythm, told.fault)


def handed(
    session: Session, through: Eyes, data: bytes, name: str, kind: str, *, smoothing: float = 0.5
) -> tuple[bytes, Shown]:
    """A film that a page hands in, as eyes see it, as far as it goes; kept nowhere.

    Parameters
    ----------
    name : str
        Of the file: its suffix tells what it is.
    kind : str
        ".gif", ".png" or ".mp4".

    Raises
    ------
    UsageError
        It has more than `HANDED` frames, or another kind was asked for.
    ImageReadError, EyesError, MissingExtraError
    """
    suffix = Path(name).suffix.lower()
    with tempfile.TemporaryDirectory(prefix="leitmotiv-") as folder:
        source, target = Path(folder) / f"film{suffix if suffix[1:].isalnum() else ''}", Path(folder) / "seen"
        source.write_bytes(data)
        try:
            most = min(eye_sights.FRAME_MEGAPIXELS, session.settings.max_megapixels)
            with films.opened(source, side=through.side, max_megapixels=most) as film:
                # Eyes see the middle square: no more of a frame is kept, however wide it is.
                told = _Told(film.expected, None)
                frames = [middle_square(one, through.side) for one in islice(told.each(film.frames), HANDED + 1)]
                rate, expected = film.rate, film.expected
        except ImageReadError as error:
            reason = error.reason.replace(str(source), name[:80])  # where it lay meanwhile is nobody's business
            raise ImageReadError("The film cannot be looked at", reason) from error
        if len(frames) > HANDED:
            raise UsageError(f"A page waits for {HANDED} frames, and this film has more. Run leitmotiv eyes animate.")
        seen = _through(session, [through], frames, smoothing, _size([through], 0), True)
        written = films.write(target, _in_turn(session, seen), rate, kind)
        return target.read_bytes(), Shown(written, expected, rate, told.reason.replace(str(source), name[:80]))


def _in_turn(session: Session, frames: Iterator[Pixels]) -> Iterator[Pixels]:
    """Frames that are each made in the lane: other pages come between."""
    while True:
        with session.lane:
            frame = next(frames, None)
        if frame is None:
            return
        yield frame


def side_by_side(seen: Sequence[lookers.Seen], side: int, beside: bool) -> Pixels:
    """What one or several eyes see; with `beside` between what was shown to the first and what is there."""
    columns = [one.seen for one in seen]
    if beside:
        columns = [seen[0].shown, *columns, max((one.truth for one in seen), key=len)]
    made = [middle_square(one, side) for one in columns]
    gap = np.full((side, GAP, 3), 128, np.uint8)
    parts = [part for one in made for part in (gap, one)][1:]
    return np.concatenate(parts, axis=1)


class _Told:
    """Counts frames, tells of them, and lets a film that breaks off end there."""

    def __init__(self, expected: int, report: Report | None) -> None:
        self._expected = expected
        self._report = report
        self.fault = self.reason = ""

    def each(self, frames: Iterable[Pixels]) -> Iterator[Pixels]:
        pace, done = Pace(), 0
        found = iter(frames)
        while True:
            try:
                frame = next(found, None)
            except ImageReadError as error:
                if not done:
                    raise
                self.fault, self.reason = str(error), error.reason
                return
            if frame is None:
                return
            yield frame
            done += 1
            if self._report is not None:
                self._report(pace.step(PHASE, done, max(done, self._expected)))


def _through(
    session: Session, through: Sequence[Eyes], frames: Iterable[Pixels], smoothing: float, side: int, beside: bool
) -> Iterator[Pixels]:
    looks_of = [lookers.looker(session, one) for one in through]
    before: list[lookers.Seen | None] = [None] * len(through)
    reels = [live.Film() for _ in through]
    controls = Controls(post_time_lerp=smoothing)
    for frame in frames:
        now = []
        for at, (one, looks) in enumerate(zip(through, looks_of, strict=True)):
            seen = lookers.see(session, one, frame, before[at], looks=looks)
            before[at] = seen
            calm = live.settle(seen.seen, controls, reels[at])
            now.append(replace(seen, seen=calm))
        yield side_by_side(now, side, beside)


def _write(frames: Iterable[Pixels], target: Path, rate: float, kind: str) -> int:
    if not kind:
        _make(target)
        count = 0
        for count, frame in enumerate(frames, 1):
            write_file(target / f"frame-{count:05}.png", [reading.encode(frame, "PNG")], force=True)
        return count
    part = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        count = films.write(part, frames, rate, kind)
        part.replace(target)
    except OSError as error:
        raise refused(error, target) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return count


def _size(through: Sequence[Eyes], size: int) -> int:
    if not through:
        raise UsageError("Name eyes to look through.")
    if size and not 16 <= size <= LARGEST:
        raise UsageError(f"size is {size}, but must lie between 16 and {LARGEST}.")
    return size or max(SIZE, *(one.side for one in through))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be made: {error.strerror}.") from error


class _Reading:
    """A picture that is read when it is asked for."""

    def __init__(self, session: Session, side: int, image_id: str = "", path: bytes = b"") -> None:
        self._session, self._side, self._id, self._path = session, side, image_id, path

    def __call__(self) -> Pixels:
        if self._id:
            return looking.pixels_of(self._session, self._id, self._side)
        return reading.read_pixels(self._path, max_megapixels=self._session.settings.max_megapixels)


def _sources(
    session: Session, sources: Sequence[str], query: str | None, side: int, failed: list[tuple[str, str]]
) -> Iterator[tuple[str, _Reading]]:
    """A name for each picture, and how it is read."""

    def tell(path: bytes, reason: str) -> None:
        failed.append((path.decode("utf-8", "replace"), reason))

    ids = []
    for source in sources:
        path = Path(source)
        if path.exists() or os.sep in source:
            for found in scan([path.absolute()], on_error=tell):
                yield Path(os.fsdecode(found.path)).stem, _Reading(session, side, path=found.path)
        else:
            ids.append(browse.named(session, source))
    if query is not None:
        ids += looking.chosen(session, query)
    for start in range(0, len(ids), 200):
        for image in session.library.images.many(ids[start : start + 200]):
            yield Path(image.name).stem or image.id[:12], _Reading(session, side, image.id)
