"""What "alike" means, measured: how well the look finds what belongs together, beside other measures; no library."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import descriptors, divergence, hubness, mixture, subject
from leitmotiv.analysis.look import Look
from leitmotiv.analysis.retrieval import NAMES, Bootstrap, Interval, chance, scores
from leitmotiv.errors import MissingExtraError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.alter import altered
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Float, Mixture, Pixels
from leitmotiv.settings import Settings
from leitmotiv.workflows.correcting import corrected
from leitmotiv.workflows.fitting import fit_pixels
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.readers import Reading, Task, answered, readings
from leitmotiv.workflows.session import Session

VARIANTS_LIMIT = 100
"""Pictures that are altered where nothing else is asked for: each becomes eight."""
LARGER = 2
"""A picture that is altered is read this many times as large as it is looked at, so that a crop is a picture, too."""
SEEN_AT_ONCE = 16
_SCALED_BY = 10
Tell = Callable[[str, int, int], None]
Matrix = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Description:
    """What is compared of one picture; `shown` is what the backbone sees of it."""

    mixture: Mixture
    thumbnail: Float
    histogram: Float
    hash: NDArray[np.bool_]
    shown: Pixels


@dataclass(frozen=True, eq=False)
class Described(Reading):
    """A reading with the descriptions of a picture: one, or one for each alteration."""

    descriptions: tuple[Description, ...] = ()


@dataclass(frozen=True)
class Measured:
    """How well one measure did.

    Attributes
    ----------
    name : str
        "both, h 0.3, relative", "Lab histogram", …
    results : dict
        "recall@7", "P@10" and "mAP", each with its 95 % interval.
    difference : Interval
        Of the mean average precision to that of the measure in use, over the same draws of groups.
    in_use : bool
    """

    name: str
    results: dict[str, Interval]
    difference: Interval
    in_use: bool


@dataclass(frozen=True)
class LookReport:
    """What `evaluate look` found.

    Attributes
    ----------
    truth : str
        "category" or "variants".
    pictures, groups : int
        How many were compared, in how many categories, or of how many sources.
    chance : float
        Precision of a random order.
    failed : list of (path as text, reason)
    """

    truth: str
    pictures: int
    groups: int
    chance: float
    measures: tuple[Measured, ...]
    failed: list[tuple[str, str]]


def evaluate_look(
    settings: Settings, folder: Path, *, variants: bool = False, limit: int | None = None, report: Report | None = None
) -> LookReport:
    """Compare measures of likeness on pictures whose truth is known.

    Parameters
    ----------
    folder : Path
        A folder a category; or, with `variants`, any pictures, each altered by us and its own truth.
    limit : int, optional
        Most files, drawn evenly by `settings.seed`; `VARIANTS_LIMIT` with `variants`, else all up to `settings.limit`.

    Raises
    ------
    UsageError
        No folder, no categories, or too few pictures that can be read.
    """
    pace = Pace()

    def tell(phase: str, done: int, total: int) -> None:
        if report is not None:
            report(pace.step(phase, done, total))

    files = _chosen(folder, settings, limit or (VARIANTS_LIMIT if variants else settings.limit), variants)
    found, failed = _describe(files, settings, variants, tell)
    truth, descriptions = _truth(folder, found, variants)
    if np.count_nonzero(np.bincount(truth) > 1) < 2:
        raise UsageError(f"{folder} has too few pictures that can be read: a measure needs two groups of two.")
    shuffled = np.random.default_rng(settings.seed).permutation(len(truth))
    truth, descriptions = truth[shuffled], [descriptions[row] for row in shuffled]
    with Session(settings, create=False) as session:
        measures = _judge(_matrices(descriptions, session, tell), truth, settings.seed)
    kind = "variants" if variants else "category"
    return LookReport(kind, len(truth), int(truth.max()) + 1, chance(truth), measures, failed)


def _chosen(folder: Path, settings: Settings, limit: int, variants: bool) -> list[Task]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.")
    files = [Task(one.path, one.size, one.mtime_ns) for one in scan([folder], on_error=lambda path, reason: None)]
    if not variants:
        files = [task for task in files if len(_inside(folder, task).parts) > 1]
        if len({_inside(folder, task).parts[0] for task in files}) < 2:
            raise UsageError(f"{folder} has not two folders of pictures, a folder a category. See --variants.")
    if len(files) > limit:
        drawn = np.random.default_rng(settings.seed).choice(len(files), limit, replace=False)
        files = [files[row] for row in np.sort(drawn)]
    return files


def _inside(folder: Path, task: Task) -> Path:
    return Path(os.path.relpath(os.fsdecode(task.path), folder))


def _describe(
    files: Sequence[Task], settings: Settings, variants: bool, tell: Tell
) -> tuple[list[Described], list[tuple[str, str]]]:
    tell("Preparing the mathematics", 0, 0)
    mixture.warm()
    found: list[Described] = []
    failed: list[tuple[str, str]] = []
    tell("Reading pictures", 0, len(files))
    for done, one in enumerate(readings(files, settings, worker=describe_variants if variants else describe), 1):
        if isinstance(one, Described):
            found.append(one)
        else:
            failed.append((one.task.path.decode("utf-8", "replace"), one.failure))
        tell("Reading pictures", done, len(files))
    return sorted(found, key=lambda one: one.task.path), failed


def describe(task: Task, settings: Settings) -> Reading:
    """Read a picture and describe it; what a worker process runs."""

    def read() -> Reading:
        pixels = _pixels(task, settings, 1)
        return Described(task, descriptions=(_description(pixels, settings),))

    return answered(task, read)


def describe_variants(task: Task, settings: Settings) -> Reading:
    """Read a picture, alter it in every way, and describe each; what a worker process runs."""

    def read() -> Reading:
        pixels = _pixels(task, settings, LARGER)
        rng = np.random.default_rng([settings.seed, *os.path.basename(task.path)])  # noqa: PTH119 - a path of bytes
        kinds = altered(pixels, rng).values()
        return Described(task, descriptions=tuple(_description(one, settings) for one in kinds))

    return answered(task, read)


def _pixels(task: Task, settings: Settings, times: int) -> Pixels:
    size = times * settings.working_size
    return reading.read_pixels(task.path, max_size=size, max_megapixels=settings.max_megapixels)


def _description(pixels: Pixels, settings: Settings) -> Description:
    small = reading.shrink(pixels, settings.working_size)
    return Description(
        fit_pixels(small, settings),
        descriptors.thumbnail(small),
        descriptors.histogram(small),
        descriptors.perceptual_hash(small),
        network_input(pixels),
    )


def _truth(folder: Path, found: Sequence[Described], variants: bool) -> tuple[NDArray[np.int64], list[Description]]:
    """Group of each description, from 0, and the descriptions in the same order."""
    names = [str(row) if variants else _inside(folder, one.task).parts[0] for row, one in enumerate(found)]
    repeated = [name for name, one in zip(names, found, strict=True) for _ in one.descriptions]
    truth = np.unique(repeated, return_inverse=True)[1].astype(np.int64)
    return truth, [description for one in found for description in one.descriptions]


def _matrices(found: Sequence[Description], session: Session, tell: Tell) -> Iterator[tuple[str, Matrix, bool]]:
    """Name, distances (N, N), and whether it is the measure in use: that one first."""
    settings = session.settings
    mixtures = [one.mixture for one in found]
    chosen = look(settings)

    def parts(pictures: Sequence[Mixture], at: Look, name: str) -> NDArray[np.float32]:
        def progress(done: int, total: int) -> None:
            tell(f"Comparing pictures, {name}, h {at.smoothing:g}", done, total)

        return divergence.js_parts(pictures, look=at, threads=settings.cores, progress=progress)

    smooth = parts(mixtures, chosen, "shared spaces")
    used = chosen.combine(smooth)
    name = f"{settings.spaces}, h {settings.smoothing:g}"
    yield f"{name}, {settings.correction}", corrected(used, settings.correction), True
    yield from _by_subject(found, session, corrected(used, "relative"), tell)
    for correction in ("none", "relative"):
        if correction != settings.correction:
            yield f"{name}, {correction}", corrected(used, correction), False
    yield f"{name}, local scaling", hubness.local_scaling(used, min(_SCALED_BY, len(used) - 1)), False
    yield f"{name}, mutual proximity", hubness.mutual_proximity(used), False
    for smoothing in dict.fromkeys((settings.smoothing, 0.3, 0.0)):
        at = replace(chosen, smoothing=smoothing)
        shared = smooth if smoothing == settings.smoothing else parts(mixtures, at, "shared spaces")
        alone = parts([_in_its_own_space(one, at) for one in mixtures], at, "own space")[..., 1]
        kinds = {
            **{kind: replace(at, spaces=kind).combine(shared) for kind in ("both", "centred", "common")},
            "mean of both": shared.mean(axis=2),
            "own": alone,
        }
        for kind, matrix in kinds.items():
            remark = " (the original)" if (kind, smoothing) == ("own", 0.0) else ""
            for correction in ("none", "relative"):
                if (kind, smoothing) != (settings.spaces, settings.smoothing):
                    yield f"{kind}, h {smoothing:g}, {correction}{remark}", corrected(matrix, correction), False
                remark = ""
    yield "Lab thumbnail, 8 x 8", descriptors.squared_distances(np.stack([one.thumbnail for one in found])), False
    yield "Lab histogram, 8 x 8 x 8", descriptors.squared_distances(np.stack([one.histogram for one in found])), False
    yield "perceptual hash, 64 bits", descriptors.squared_distances(np.stack([one.hash for one in found])), False


def _by_subject(
    found: Sequence[Description], session: Session, looks: Matrix, tell: Tell
) -> Iterator[tuple[str, Matrix, bool]]:
    """What the pictures show, where the backbone is there to see it, alone and with their looks."""
    try:
        backbone = session.backbone()
    except MissingExtraError:
        return
    seen = []
    for start in range(0, len(found), SEEN_AT_ONCE):
        tell("Seeing what pictures show", start, len(found))
        seen.append(backbone.features(np.stack([one.shown for one in found[start : start + SEEN_AT_ONCE]])).pooled)
    apart = subject.apart_matrix(np.concatenate(seen))
    yield "subject, cosine", apart, False
    relative = corrected(apart, "relative", usual=subject.USUAL)
    yield "subject, relative (--by subject)", relative, False
    for by in (0.75, 0.5, 0.25):
        yield f"look and subject, relative (--by {by:g})", subject.blended(looks, relative, by), False


def _in_its_own_space(one: Mixture, at: Look) -> Mixture:
    """The mixture as if its own scaled space were the common one: what the original compares."""
    space = at.space(one.colour_space)
    return replace(one, shift=np.array(space.shift), scale=np.array(space.scale))


def _judge(matrices: Iterator[tuple[str, Matrix, bool]], truth: NDArray[np.int64], seed: int) -> tuple[Measured, ...]:
    bootstrap = Bootstrap(truth, np.random.default_rng(seed))
    base: Float | None = None
    judged = []
    for name, matrix, in_use in matrices:
        values = scores(matrix, truth)
        base = values if base is None else base
        results = dict(zip(NAMES, bootstrap.intervals(values), strict=True))
        judged.append(Measured(name, results, bootstrap.difference(values, base)[-1], in_use))
    return tuple(judged)
