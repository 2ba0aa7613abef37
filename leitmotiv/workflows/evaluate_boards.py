"""How well boards of a few pictures find the rest of their kind, measured on folders of known truth; no library."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import classifier, concept
from leitmotiv.analysis.background import Background
from leitmotiv.analysis.retrieval import Bootstrap, Interval, average_precision
from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Float, Float32, Pixels
from leitmotiv.settings import Settings
from leitmotiv.workflows import evaluate_likely
from leitmotiv.workflows.evaluate_likely import Bin, Reliability
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

POSITIVES = (1, 2, 4, 8)
SEEDS = 5
READ = 512
"""Longest side at which a picture is read, pixels."""
AT_ONCE = 16
PHASE = "Seeing what pictures show"


@dataclass(frozen=True)
class BoardResult:
    """What boards of one size found.

    Attributes
    ----------
    positives : int
        Pictures of a board.
    kinds : int
        Categories that have more pictures than that.
    ours, cavlib : Interval
        Mean average precision of the rest of the kind among all that is not on the board; cavlib's classifier gets as
        many negatives, drawn from the other kinds.
    difference : Interval
        Of the two, over the same draws.
    worst : str
        The category that ours finds worst, and `worst_value` how well.
    """

    positives: int
    kinds: int
    ours: Interval
    cavlib: Interval
    difference: Interval
    worst: str
    worst_value: float


@dataclass(frozen=True)
class BoardsReport:
    """What `evaluate boards` found.

    Attributes
    ----------
    likely : tuple of Reliability
        How far "likely" can be believed in small collections drawn from the folder; `bins` of all of them together.
    failed : list of (str, str)
        Path as text, and reason.
    """

    pictures: int
    kinds: int
    seeds: int
    results: tuple[BoardResult, ...]
    likely: tuple[Reliability, ...]
    bins: tuple[Bin, ...]
    failed: list[tuple[str, str]]


def evaluate_boards(
    settings: Settings,
    folder: Path,
    *,
    positives: Sequence[int] = POSITIVES,
    seeds: int = SEEDS,
    report: Report | None = None,
) -> BoardsReport:
    """Make boards of pictures of one category, drawn by each seed, and see how well they find its others.

    All pictures of the folder are the collection. No negatives are given. Beside it, boards in small collections say
    how likely pictures are, and that is held against the truth.

    Parameters
    ----------
    folder : Path
        A folder a category.

    Raises
    ------
    UsageError
        No folder, or not two categories with more pictures than the smallest board has.
    MissingExtraError
        The weights are not installed, or damaged.
    """
    paths, kinds = categories(folder)
    with Session(settings, create=False) as session:
        kept, features, failed = seen(session, paths, report)
    names = sorted({kinds[row] for row in kept})
    truth = np.array([names.index(kinds[row]) for row in kept], np.int64)
    usable = [size for size in sorted(set(positives)) if np.count_nonzero(np.bincount(truth) > size) > 1]
    if not usable:
        raise UsageError(f"{folder} has not two categories with more than {min(positives)} pictures that can be read.")
    background = ground.learn(features.astype(np.float16))
    results = tuple(_judged(background, features, truth, names, size, seeds) for size in usable)
    said = list(evaluate_likely.asked(features, truth, np.flatnonzero(np.bincount(truth) > min(usable)).tolist()))
    believed = evaluate_likely.reliability(said), evaluate_likely.bins(said) if said else ()
    return BoardsReport(len(truth), len(names), seeds, results, *believed, failed)


def categories(folder: Path) -> tuple[list[bytes], list[str]]:
    """The files in the folders of a folder, and the name of the folder of each, sorted.

    Raises
    ------
    UsageError
        It is no folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.")
    paths, kinds = [], []
    for found in sorted(scan([folder], on_error=lambda path, reason: None), key=lambda one: one.path):
        inside = Path(os.path.relpath(os.fsdecode(found.path), folder)).parts
        if len(inside) > 1:
            paths.append(found.path)
            kinds.append(os.fsencode(inside[0]).decode("utf-8", "replace"))
    return paths, kinds


def seen(
    session: Session, paths: Sequence[bytes], report: Report | None
) -> tuple[list[int], Float32, list[tuple[str, str]]]:
    """Which files could be read, their features, and why the others could not."""
    backbone, pace = session.backbone(), Pace()
    kept: list[int] = []
    rows: list[Float32] = []
    failed: list[tuple[str, str]] = []
    for start, pictures in _read(session, paths):
        shown = []
        for at, one in enumerate(pictures, start):
            if isinstance(one, ImageReadError):
                failed.append((one.path, one.reason))
            else:
                kept.append(at)
                shown.append(one)
        if shown:
            rows.append(backbone.features(np.stack(shown)).pooled)
        if report is not None:
            report(pace.step(PHASE, start + len(pictures), len(paths)))
    return kept, np.concatenate(rows) if rows else np.zeros((0, 1280), np.float32), failed


def _read(session: Session, paths: Sequence[bytes]) -> Iterator[tuple[int, list[Pixels | ImageReadError]]]:
    def read(path: bytes) -> Pixels | ImageReadError:
        try:
            limit = session.settings.max_megapixels
            return network_input(reading.read_pixels(path, max_size=READ, max_megapixels=limit))
        except ImageReadError as error:
            return error

    with ThreadPoolExecutor(session.settings.cores, "reading") as pool:
        for start in range(0, len(paths), AT_ONCE):
            yield start, list(pool.map(read, paths[start : start + AT_ONCE]))


def _judged(
    background: Background, features: Float32, truth: NDArray[np.int64], names: list[str], size: int, seeds: int
) -> BoardResult:
    chosen = np.flatnonzero(np.bincount(truth) > size)
    values = np.array([_averages(background, features, truth == kind, size, seeds) for kind in chosen])
    bootstrap = Bootstrap(np.arange(len(chosen)), np.random.default_rng(0))
    ours, cavlib = bootstrap.intervals(values)
    (difference,) = bootstrap.difference(values[:, :1], values[:, 1:])
    worst = int(values[:, 0].argmin())
    return BoardResult(size, len(chosen), ours, cavlib, difference, names[chosen[worst]], float(values[worst, 0]))


def _averages(
    background: Background, features: Float32, wanted: NDArray[np.bool_], size: int, seeds: int
) -> tuple[float, float]:
    """Average precision of ours and of cavlib's for one category, the mean over the seeds."""
    found = []
    for seed in range(seeds):
        rng = np.random.default_rng((seed, size))
        board = rng.permutation(np.flatnonzero(wanted))[:size]
        against = rng.permutation(np.flatnonzero(~wanted))[:size]
        rest = np.ones(len(wanted), bool)
        rest[board] = False
        scores = ours(background, board), cavlib(features, board, against, seed)
        found.append([average_precision(one[rest], wanted[rest]) for one in scores])
    means = np.mean(found, axis=0)
    return float(means[0]), float(means[1])


def ours(background: Background, board: NDArray[np.int64]) -> Float:
    """What a board of rows of the background says of all of it, (N,) float64."""
    learnt = concept.learn(background, background.rows[board], np.ones(len(board)), members=board.tolist())
    return np.asarray(background.rows @ learnt.direction)


def cavlib(features: Float32, board: NDArray[np.int64], against: NDArray[np.int64], seed: int) -> Float:
    """The same by the classifier of cavlib, which needs counter-examples."""
    ones = np.ones(len(board))
    vector = classifier.direction(features[board], ones, features[against], np.ones(len(against)), seed)
    return np.asarray(ground.unit(features) @ vector)
