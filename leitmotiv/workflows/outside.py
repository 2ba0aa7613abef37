"""Pictures outside the library by a concept: files of any folder, and frames that are looked at once and forgotten."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from leitmotiv.analysis.concept import at_standing
from leitmotiv.errors import BoardError, EmptyLibraryError, ImageReadError, NoActivationsError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Concept, Crop, Pixels
from leitmotiv.workflows import inspecting, placed
from leitmotiv.workflows.concepts import require
from leitmotiv.workflows.finding import scored
from leitmotiv.workflows.layers import MAP, POOLED
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

AT_ONCE = 16
READ = 768
"""Longest side at which a file is read, pixels."""
FRAME_MEGAPIXELS = 16.0
FRAME = 640
"""Longest side of a frame that is looked at, pixels."""


@dataclass(frozen=True)
class Fit:
    """A file and how well it fits: 0 is the middle of the collection that taught the concept, 1 its board.

    Attributes
    ----------
    sure : bool
        Whether it rather belongs than not: it lies above the half between both.
    """

    path: bytes
    score: float
    sure: bool


@dataclass(frozen=True)
class Glimpse:
    """What a concept says of one frame.

    Attributes
    ----------
    percentile, probability : float or None
        As of pictures of the library that score the same; None where the library was not seen.
    crop : Crop or None
        The part that scores best.
    """

    score: float
    percentile: float | None
    probability: float | None
    crop: Crop | None


def rank(
    session: Session, concept: Concept, folders: Sequence[Path], report: Report | None = None
) -> tuple[list[Fit], list[tuple[str, str]]]:
    """The files of folders by a concept, the best first, and those that cannot be read, with reasons.

    The library is not asked, and need not be there: each picture is looked at by itself, without the neighbours that
    pictures of a collection lend each other.

    Raises
    ------
    LayerError
        The concept is of another network.
    MissingExtraError
        The weights are not installed, or damaged.
    UsageError
        A folder is not there.
    """
    require(concept, POOLED, MAP)
    for folder in folders:
        if not folder.exists():
            raise UsageError(f"There is no folder {folder}.")
    failed: list[tuple[str, str]] = []

    def tell(path: bytes, reason: str) -> None:
        failed.append((path.decode("utf-8", "replace"), reason))

    paths = [found.path for found in scan([folder.absolute() for folder in folders], on_error=tell)]
    backbone, pace = session.backbone(), Pace()
    names: list[bytes] = []
    scores: list[float] = []
    for part, pictures in read_ahead(session, paths, tell):
        if pictures:
            names += part
            scores += placed.lone(concept, backbone.features(np.stack(pictures))).tolist()
        if report is not None:
            report(pace.step("Seeing what pictures show", len(names) + len(failed), len(paths)))
    standing = inspecting.as_standing(concept, np.array(scores, np.float64))
    order = sorted(range(len(names)), key=lambda row: (-standing[row], names[row]))
    return [Fit(names[row], float(standing[row]), bool(standing[row] > 0.5)) for row in order], failed


def read_ahead(
    session: Session, paths: Sequence[bytes], tell: Callable[[bytes, str], None]
) -> Iterator[tuple[list[bytes], list[Pixels]]]:
    """Batches of what the network is shown; threads read the next while one is looked at."""

    def read(path: bytes) -> Pixels | ImageReadError:
        try:
            megapixels = session.settings.max_megapixels
            return network_input(reading.read_pixels(path, max_size=READ, max_megapixels=megapixels))
        except ImageReadError as error:
            return error

    batches = [paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE)]
    with ThreadPoolExecutor(session.settings.cores, "reading") as pool:
        begun = ((batch, [pool.submit(read, path) for path in batch]) for batch in batches)
        waiting = list(islice(begun, 2))
        try:
            while waiting:
                batch, futures = waiting.pop(0)
                found = [(path, future.result()) for path, future in zip(batch, futures, strict=True)]
                waiting += islice(begun, 1)
                for path, one in found:
                    if isinstance(one, ImageReadError):
                        tell(path, one.reason)
                good = [(path, one) for path, one in found if not isinstance(one, ImageReadError)]
                yield [path for path, _ in good], [one for _, one in good]
        finally:
            pool.shutdown(cancel_futures=True)


def glimpse(session: Session, concept: Concept, data: bytes, *, crop: bool = True) -> Glimpse:
    """What a concept says of a frame, which is kept nowhere.

    Raises
    ------
    ImageReadError
        It is no readable picture, or has too many pixels.
    LayerError, MissingExtraError
    """
    require(concept, POOLED, MAP)
    pixels = _frame(data)
    features = session.backbone().features(network_input(pixels)[None])
    score = float(inspecting.as_standing(concept, placed.lone(concept, features))[0])
    percentile, probability = _standing(session, concept, score)
    # a concept that knows places asks for the whole frame: crops would move everything
    best = inspecting.best_crop(session, concept, pixels) if crop and concept.layer == POOLED else None
    return Glimpse(score, percentile, probability, best)


def _standing(session: Session, concept: Concept, score: float) -> tuple[float | None, float | None]:
    """Percentile and probability of pictures of the library that score the same."""
    try:
        scores = scored(session, concept)
    except (EmptyLibraryError, NoActivationsError, BoardError):
        return None, None
    chance = float(at_standing(np.array([score]), scores.score, scores.probability)[0])
    percentile = 100 * float(np.mean(scores.score < score))
    return percentile, None if np.isnan(chance) else chance


def _frame(data: bytes) -> Pixels:
    with tempfile.TemporaryDirectory(prefix="leitmotiv-") as folder:
        path = Path(folder) / "frame"
        path.write_bytes(data)
        try:
            return reading.read_pixels(bytes(path), max_size=FRAME, max_megapixels=FRAME_MEGAPIXELS)
        except ImageReadError as error:
            raise ImageReadError("The frame cannot be looked at", error.reason) from error
