"""Technical measures of the pictures of a library, and the flags that follow from them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import technical as measures
from leitmotiv.analysis.technical import FLAGS as FLAGS
from leitmotiv.analysis.technical import NAMES, VERSION
from leitmotiv.analysis.technical import WIDTH as WIDTH
from leitmotiv.errors import ImageNotFoundError, ImageReadError, LeitmotivError
from leitmotiv.records import Float32, Image, Pixels
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Report, recorded
from leitmotiv.workflows.session import Session

PHASE = "Measuring pictures"
WORDS = (*FLAGS, "none", "any", "unmeasured")
"""What the filter `flag:` takes."""
AT_ONCE = 32
FEW = 32
"""Pictures that are measured while somebody waits; more of them are a job."""


@dataclass(frozen=True)
class Told:
    """What is told of one picture.

    Attributes
    ----------
    flags : tuple of (flag, what it means)
    bars : tuple of (name, text, share)
        Measures in words, with a share of 0 to 1 of what is usual at most.
    """

    flags: tuple[tuple[str, str], ...]
    bars: tuple[tuple[str, str, float], ...]


def ensure(session: Session, report: Report | None = None, *, wait: float = 5.0) -> int:
    """Measure every picture of the library that was not measured yet; stored in steps, so that it can be gone on with.

    Pictures are measured at 512 pixels: read from their files, or from their thumbnails where these are away.

    Returns
    -------
    int
        How many were measured now. One whose file and thumbnails are all unreadable is passed over.

    Raises
    ------
    LibraryLockedError
        Another process is writing.
    """
    library = session.library
    if not library.measures.missing(VERSION):
        return 0
    done = passed = 0
    with (
        library.writer("measuring pictures", wait=wait),
        recorded(library, "measures", "Measures", report, {}) as step,
    ):
        lacking = library.measures.missing(VERSION)
        step(PHASE, 0, len(lacking))
        for now, failed in _measured(session, lacking):
            done += now
            passed += failed
            step.failures = passed
            step(PHASE, done + passed, len(lacking))
    return done


def catch_up(session: Session) -> None:
    """Measure what was not, where that is quick; the rest is done when it can be."""
    library = session.library
    lacking = library.measures.missing(VERSION) if library.writable else []
    if 0 < len(lacking) <= FEW:
        with session.lane, suppress(LeitmotivError):
            for _ in _measured(session, library.measures.missing(VERSION)):
                pass


def matrix(session: Session) -> tuple[tuple[str, ...], Float32]:
    """Ids, ascending, and the measures (N, WIDTH) of all pictures that have some."""
    return session.library.measures.matrix(VERSION, WIDTH)


def flags(session: Session) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Ids, ascending, and which of `FLAGS` hold for each, (N, len(FLAGS))."""
    key = ("flags", session.library.revision("measures"))

    def make() -> tuple[tuple[str, ...], NDArray[np.bool_]]:
        ids, numbers = matrix(session)
        return ids, measures.flags(numbers)

    return remember(session, key, make)


def of_picture(session: Session, image_id: str) -> Float32 | None:
    """The measures of one picture; None where it was not measured."""
    return of_pictures(session, [image_id]).get(image_id)


def of_pictures(session: Session, ids: Sequence[str]) -> dict[str, Float32]:
    """The measures of those of some pictures that were measured; those of all others stay where they are."""
    return session.library.measures.some(ids, VERSION, WIDTH)


def told(session: Session, image_id: str) -> Told | None:
    """What the measures say of a picture, in words; None where it was not measured."""
    from leitmotiv.imaging import read as reading

    numbers = of_picture(session, image_id)
    if numbers is None:
        return None
    learnt = None
    from leitmotiv.workflows import harmonies  # it has what clusters colours: filters know names only

    if harmonies.learnt(session) is not None:
        with suppress(ImageNotFoundError, OSError):
            learnt = harmonies.bar(session, reading.decoded(session.library.images.thumbnail(image_id, 256)))
    return Told(flagged(numbers), bars(numbers, learnt))


def flagged(numbers: Float32) -> tuple[tuple[str, str], ...]:
    """The flags of one picture, with what each means."""
    held = measures.flags(numbers[None])[0]
    return tuple((name, measures.meaning(numbers, name)) for name, one in zip(FLAGS, held, strict=True) if one)


def named(numbers: Float32) -> dict[str, float]:
    """The measures that have names, of one picture."""
    return {name: round(float(value), 4) for name, value in zip(NAMES, numbers, strict=False)}


_BARS: Mapping[str, tuple[str, float, str]] = {
    "sharpness": ("Sharpness", 1.0, ""),
    "noise": ("Noise", 10.0, ""),
    "brightness": ("Brightness", 100.0, ""),
    "contrast": ("Contrast", 50.0, ""),
    "clipped_bright": ("Beyond white", 0.5, "%"),
    "clipped_dark": ("Beyond black", 0.5, "%"),
    "blocks": ("Blocks", 1.0, ""),
    "colourfulness": ("Colourfulness", 120.0, ""),
    "harmony": ("Harmony, by a formula", 1.0, "%"),
    "whitespace": ("Whitespace", 1.0, "%"),
    "symmetry": ("Symmetry", 1.0, "%"),
}
"""Measures that are shown: words, what fills the bar, and the unit."""


def bars(numbers: Float32, harmony: tuple[str, str, float] | None = None) -> tuple[tuple[str, str, float], ...]:
    """Measures of one picture as (words, value as text, share of the bar); a harmony that was learnt is shown, too."""
    values, found = named(numbers), []
    for name, (words, most, unit) in _BARS.items():
        value = values[name]
        text = f"{100 * value:.0f} %" if unit else (f"{value:.0f}" if most >= 50 else f"{value:.2f}")
        found.append((words, text, min(1.0, max(0.0, value / most))))
        if name == "harmony" and harmony is not None:
            found.append(harmony)
    return tuple(found)


def of_files(
    session: Session, paths: Sequence[bytes], tell: Callable[[bytes, str], None]
) -> Iterator[tuple[bytes, Float32]]:
    """The measures of files, in order, on several threads; what cannot be read is told and left out."""

    def one(path: bytes) -> Float32 | str:
        try:
            return measures.measure(_read(session, path))
        except ImageReadError as error:
            return error.reason

    with ThreadPoolExecutor(max(1, session.settings.cores)) as pool:
        for path, found in zip(paths, pool.map(one, paths), strict=True):
            if isinstance(found, str):
                tell(path, found)
            else:
                yield path, found


def of_pixels(pixels: Pixels) -> Float32:
    """The measures of a picture of any size, (H, W, 3) uint8, upright sRGB."""
    from leitmotiv.imaging import read as reading

    small = reading.shrink(pixels, measures.SIDE)
    return measures.measure(small if small is pixels else reading.shrink(pixels, measures.room(small)))


def _read(session: Session, path: bytes) -> Pixels:
    """A file at the size at which it is measured: larger where it has margins, which do not count."""
    from leitmotiv.imaging import read as reading

    megapixels = session.settings.max_megapixels
    pixels = reading.read_pixels(path, max_size=measures.SIDE, max_megapixels=megapixels)
    if max(pixels.shape) < measures.SIDE or (room := measures.room(pixels)) == measures.SIDE:
        return pixels
    return reading.read_pixels(path, max_size=room, max_megapixels=megapixels)


def shown(session: Session, image: Image) -> Pixels:
    """The pixels of a picture of the library that are measured, at most 512 a side without its margins.

    Raises
    ------
    ImageReadError
        Neither its files nor its thumbnail can be read.
    """
    from leitmotiv.imaging import read as reading

    for path in image.paths:
        with suppress(ImageReadError):
            return _read(session, path)
    try:
        return reading.decoded(session.library.images.thumbnail(image.id, 512))
    except (OSError, ImageNotFoundError) as error:
        raise ImageReadError(image.path or image.id, "its file is away, and its thumbnail is damaged") from error


def _measured(session: Session, ids: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Measure and store batch by batch: how many of each were measured, and how many could not be read."""
    batches = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]

    def one(image: Image) -> Float32 | None:
        try:
            return measures.measure(shown(session, image))
        except ImageReadError:
            return None

    with ThreadPoolExecutor(max(1, session.settings.cores)) as pool:

        def begin(batch: Sequence[str]) -> list[tuple[str, Future[Float32 | None]]]:
            return [(image.id, pool.submit(one, image)) for image in session.library.images.many(batch)]

        ahead = iter(batches)
        waiting = [begin(batch) for batch in islice(ahead, 2)]
        try:
            while waiting:
                found = [(name, future.result()) for name, future in waiting.pop(0)]
                waiting += [begin(batch) for batch in islice(ahead, 1)]
                kept = [(name, numbers) for name, numbers in found if numbers is not None]
                if kept:
                    rows = np.stack([numbers for _, numbers in kept])
                    session.library.measures.put([name for name, _ in kept], rows, VERSION)
                yield len(kept), len(found) - len(kept)
        finally:
            for batch in waiting:
                for _, future in batch:
                    future.cancel()
