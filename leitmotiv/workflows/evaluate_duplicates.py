"""How well copies are told from other pictures, measured on copies that we make ourselves; no library is touched."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import copies, divergence, miniature, mixture
from leitmotiv.analysis.recall import Families, Judged, best_threshold, judge
from leitmotiv.errors import UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.alter import COPIES, Alteration, altered
from leitmotiv.imaging.scan import scan
from leitmotiv.records import Copy, Mixture, Pixels
from leitmotiv.settings import Settings
from leitmotiv.workflows.cascade import Judge
from leitmotiv.workflows.fitting import fit_pixels
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.readers import Reading, Task, answered, readings

ALTERED = 100
"""Pictures that copies are made of."""
LARGER = 2
"""A picture that is altered is read this many times as large as it is looked at, so that a crop is a picture, too."""
SMALL = 256
TWIN = 6
"""Bits of the perceptual hash up to which two pictures of the folder are taken for copies that were there before."""
PRECISION = 0.99
LOOKED_AT = 20
"""Candidates of each picture by look."""
Tell = Callable[[str, int, int], None]
Kinds = Mapping[str, Alteration]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Portrait:
    """What is compared of one picture."""

    mixture: Mixture
    miniature: NDArray[np.uint8]
    hashes: NDArray[np.uint8]
    difference: NDArray[np.bool_]
    small: bytes


@dataclass(frozen=True, eq=False)
class Portrayed(Reading):
    """A reading with a portrait of the picture and of each copy, by what made it; "" is the picture itself."""

    portraits: tuple[tuple[str, Portrait], ...] = ()


@dataclass(frozen=True)
class Method:
    """How one way to tell copies did."""

    name: str
    judged: Judged


@dataclass(frozen=True)
class DuplicatesReport:
    """What `evaluate duplicates` found.

    Attributes
    ----------
    pictures, altered, made : int
        Pictures without copies or twins, how many of them were altered, and how many copies were made.
    twins : list of str
        Pictures of the folder that were left out: another is the same to 6 bits of the perceptual hash.
    pairs, closer : int
        Pairs that were measured, and whose keypoints were compared.
    seconds : float
        For finding the copies, once everything was read and fitted.
    mistakes : list of (path, what made it, path, what made it)
        Some pairs wrongly held to be copies, for a look at them.
    failed : list of (path as text, reason)
    """

    pictures: int
    altered: int
    made: int
    twins: list[str]
    methods: tuple[Method, ...]
    pairs: int
    closer: int
    seconds: float
    mistakes: list[tuple[str, str, str, str]]
    failed: list[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Portraits:
    """Pictures and their copies as a source of the cascade."""

    paths: Sequence[str]
    kinds: Sequence[str]
    portraits: Sequence[Portrait]
    traits: copies.Traits

    @property
    def ids(self) -> Sequence[str]:
        """Their rows, so written that their order is that of the rows."""
        return [f"{row:08}" for row in range(len(self.portraits))]

    def mixtures(self, rows: Sequence[int]) -> list[Mixture]:
        """Mixtures of some rows."""
        return [self.portraits[row].mixture for row in rows]

    def small(self, row: int) -> Pixels:
        """One picture at about 256 pixels."""
        return reading.decoded(self.portraits[row].small)


def evaluate_duplicates(
    settings: Settings,
    folder: Path,
    *,
    count: int = ALTERED,
    limit: int | None = None,
    report: Report | None = None,
) -> DuplicatesReport:
    """Make copies of some pictures of a folder and look for them among all, beside two perceptual hashes.

    The pictures that copies are made of are drawn among those whose SHA-256 is even: the model was fitted on odd ones
    of its own folder.

    Raises
    ------
    UsageError
        No folder, or too few pictures that can be read.
    """
    pace = Pace()

    def tell(phase: str, done: int, total: int) -> None:
        if report is not None:
            report(pace.step(phase, done, total))

    files = _files(folder, settings, limit)
    chosen = drawn(files, settings.seed, count, remainder=0)
    source, failed, twins = portray(files, chosen, settings, COPIES, tell)
    families = families_of(source)
    if families.altered.sum() < 2:
        raise UsageError(f"{folder} has too few pictures that can be read: copies are made of at least two.")
    pairs = candidates(source, settings, tell)
    start = time.perf_counter()
    judge_ = Judge(source, settings, tell)
    found = judge_.copies(pairs)
    seconds = time.perf_counter() - start
    methods = tuple(_methods(source, families, found, settings))
    made = sum(bool(kind) for kind in source.kinds)
    return DuplicatesReport(
        pictures=len(source.kinds) - made,
        altered=len(np.unique(families.family[families.altered])),
        made=made,
        twins=twins,
        methods=methods,
        pairs=judge_.measured,
        closer=judge_.looked_closer,
        seconds=seconds,
        mistakes=_mistakes(source, families, found),
        failed=failed,
    )


def _files(folder: Path, settings: Settings, limit: int | None) -> list[Task]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.")
    files = [Task(one.path, one.size, one.mtime_ns) for one in scan([folder], on_error=lambda path, reason: None)]
    return _spread(files, settings.seed, limit or settings.limit)


def _spread(values: list[T], seed: int, count: int) -> list[T]:
    """Draw at most `count` of some values, evenly, in their own order."""
    if len(values) <= count:
        return values
    rows = np.sort(np.random.default_rng(seed).choice(len(values), count, replace=False))
    return [values[row] for row in rows]


def drawn(files: Sequence[Task], seed: int, count: int, *, remainder: int) -> frozenset[bytes]:
    """Paths of at most `count` files whose SHA-256 leaves this remainder after division by 2."""
    fitting = []
    for task in files:
        try:
            with open(task.path, "rb") as file:  # noqa: PTH123 - a path of bytes
                digest = hashlib.file_digest(file, "sha256").digest()
        except OSError:
            continue  # it is told as a failure when it is read
        if digest[-1] % 2 == remainder:
            fitting.append(task.path)
    return frozenset(_spread(fitting, seed, count))


def portray(
    files: Sequence[Task], chosen: frozenset[bytes], settings: Settings, kinds: Kinds, tell: Tell
) -> tuple[Portraits, list[tuple[str, str]], list[str]]:
    """Read and describe all files, and the copies of the chosen ones; what failed, and what was left out as a twin."""
    tell("Preparing the mathematics", 0, 0)
    mixture.warm()
    found: list[Portrayed] = []
    failed: list[tuple[str, str]] = []
    worker = partial(portrayed, chosen=chosen, kinds=tuple(kinds))
    for done, one in enumerate(readings(files, settings, worker=worker), 1):
        if isinstance(one, Portrayed):
            found.append(one)
        else:
            failed.append((one.task.path.decode("utf-8", "replace"), one.failure))
        tell("Reading and altering pictures", done, len(files))
    found.sort(key=lambda one: one.task.path)
    found, twins = _without_twins(found)
    if not found:
        raise UsageError("None of the pictures can be read.")
    flat = [(one.task.path.decode("utf-8", "replace"), *portrait) for one in found for portrait in one.portraits]
    paths, names, portraits = zip(*flat, strict=True)
    traits = copies.Traits(np.stack([one.miniature for one in portraits]), np.stack([one.hashes for one in portraits]))
    return Portraits(paths, names, portraits, traits), failed, twins


def portrayed(task: Task, settings: Settings, *, chosen: frozenset[bytes], kinds: Sequence[str]) -> Reading:
    """Read a picture, alter it where it was chosen, and describe each; what a worker process runs."""

    def read() -> Reading:
        size = (LARGER if task.path in chosen else 1) * settings.working_size
        pixels = reading.read_pixels(task.path, max_size=size, max_megapixels=settings.max_megapixels)
        rng = np.random.default_rng([settings.seed, *os.path.basename(task.path)])  # noqa: PTH119 - a path of bytes
        made = {"": pixels}
        if task.path in chosen:
            made |= altered(pixels, rng, {name: COPIES[name] for name in kinds})
        return Portrayed(task, portraits=tuple((name, portrait(one, settings)) for name, one in made.items()))

    return answered(task, read)


def portrait(pixels: Pixels, settings: Settings) -> Portrait:
    """Describe a picture as a library would."""
    seen = reading.shrink(pixels, settings.working_size)
    small = reading.encode(reading.shrink(pixels, SMALL), "JPEG", reading.THUMBNAIL_QUALITY)
    return Portrait(
        fit_pixels(seen, settings),
        miniature.miniature(seen),
        miniature.perceptual_hashes(seen),
        miniature.difference_hash(seen),
        small,
    )


def _without_twins(found: list[Portrayed]) -> tuple[list[Portrayed], list[str]]:
    """Leave out pictures that were copies of an earlier one before anything was altered."""
    kept: list[Portrayed] = []
    twins: list[str] = []
    hashes = np.zeros((0, 8), np.uint8)
    for one in found:
        own = one.portraits[0][1].hashes
        if len(hashes) and min(miniature.bits_apart(hashes, side).min() for side in own) <= TWIN:
            twins.append(one.task.path.decode("utf-8", "replace"))
        else:
            kept.append(one)
            hashes = np.concatenate([hashes, own[:1]])
    return kept, twins


def families_of(source: Portraits) -> Families:
    """Which pictures belong together."""
    return Families(np.unique(source.paths, return_inverse=True)[1].astype(np.int64), tuple(source.kinds))


def candidates(source: Portraits, settings: Settings, tell: Tell) -> copies.Pairs:
    """Candidates as in a library with an index: the nearest by look and by miniature."""
    tell("Finding candidates", 0, 0)
    matrix = divergence.js_matrix(
        source.mixtures(range(len(source.portraits))),
        look=look(settings),
        threads=settings.cores,
        progress=lambda done, total: tell("Comparing looks", done, total),
    )
    np.fill_diagonal(matrix, np.inf)
    rows = np.arange(len(matrix))
    count = min(LOOKED_AT, len(matrix) - 1)
    near = np.argpartition(matrix, count - 1, axis=1)[:, :count]
    alike = np.stack([np.broadcast_to(rows[:, None], near.shape), near], axis=-1).reshape(-1, 2)
    views = copies.views(source.traits.miniatures)
    alike = alike[~views.blank[alike].any(axis=1)]
    by_miniature = copies.candidates(views, rows, threads=settings.cores)
    return copies.ordered(np.concatenate([alike, by_miniature]))


def _methods(source: Portraits, families: Families, found: Sequence[Copy], settings: Settings) -> list[Method]:
    def held(kept: Callable[[Copy], bool]) -> NDArray[np.int64]:
        return np.array([(int(one.left), int(one.right)) for one in found if kept(one)], np.int64).reshape(-1, 2)

    def judged(name: str, pairs: NDArray[np.int64]) -> Method:
        return Method(name, judge(families, pairs, np.random.default_rng(settings.seed)))

    methods = [
        judged("leitmotiv, suggested", held(lambda one: True)),
        judged("leitmotiv, by itself", held(lambda one: one.sure)),
    ]
    hashes = {
        "pHash": source.traits.hashes[:, 0],
        "dHash": np.packbits(np.stack([one.difference for one in source.portraits]), axis=1),
    }
    for name, bits in hashes.items():
        apart = np.stack([miniature.bits_apart(bits, own) for own in bits])
        threshold, pairs = best_threshold(families, apart, PRECISION, range(33))
        methods.append(judged(f"{name}, up to {threshold} bits" if threshold >= 0 else f"{name}, no threshold", pairs))
    return methods


def _mistakes(source: Portraits, families: Families, found: Sequence[Copy]) -> list[tuple[str, str, str, str]]:
    wrong = []
    for one in sorted(found, key=lambda one: -one.score):
        a, b = int(one.left), int(one.right)
        if families.family[a] != families.family[b] and families.altered[[a, b]].any():
            wrong.append((source.paths[a], source.kinds[a], source.paths[b], source.kinds[b]))
    return wrong
