"""Building the index: all divergences that are new, then the clusters and their tree; every step can be interrupted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence, tree
from leitmotiv.errors import EmptyLibraryError, NoIndexError
from leitmotiv.records import Clusters
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import correcting
from leitmotiv.workflows.measuring import MATRIX, look, measure_digest
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.session import Session

PAIRS_A_STEP = 1_000_000
Matrix = NDArray[np.float32]
Placed = tuple[Clusters, correcting.Remoteness | None]
"""Clusters, and the remoteness of the pictures in them where the settings correct for hubs."""


@dataclass(frozen=True)
class IndexReport:
    """What an index run did: pictures, of which new, pairs computed, fine clusters, groups shown first."""

    images: int
    new: int
    pairs: int
    clusters: int
    shown: int

    def __str__(self) -> str:
        return f"{self.images:,} pictures ({self.new:,} new) in {self.shown:,} trends; {self.pairs:,} pairs computed"


def build_index(
    session: Session, *, skip_distances: bool = False, report: Report | None = None, wait: float = 5.0
) -> IndexReport:
    """Compute the divergences that are missing, cluster, and replace the old clusters atomically.

    Up to `settings.limit` pictures all pairs are kept. Above it, that many, drawn evenly from the library, are
    clustered so, and each other picture joins the nearest exemplar.

    Parameters
    ----------
    skip_distances : bool
        Cluster again what has been compared, and compute no new divergence.

    Raises
    ------
    EmptyLibraryError
        There is nothing to index.
    NoIndexError
        `skip_distances`, and nothing has been compared yet.
    LibraryLockedError
        Another process is writing.
    """
    library, settings = session.library, session.settings
    with library.writer("building the index", wait=wait), recorded(library, "index", "Trends", report) as step:
        everything = library.images.ids()
        if not everything:
            raise EmptyLibraryError("The library has no pictures yet. Add some: leitmotiv add-directory FOLDER")
        chosen = _spread(everything, settings.limit, _stored_ids(library))
        old = library.clusters.get()
        compared = set(_kept(library, chosen, measure_digest(settings))[1])
        lacking = settings.correction != "none" and correcting.stored(library, settings) is None
        same = library.clusters.digest() == digest(everything, settings)
        whole = same and not lacking and compared.issuperset(chosen)
        if old is not None and whole and not skip_distances:
            return IndexReport(len(old.ids), 0, 0, len(old), old.default_count)
        matrix, ids, pairs = _distances(library, settings, chosen, step, skip=skip_distances)
        clusters = _regroup(library, settings, matrix, ids, old, step)
        return IndexReport(len(clusters.ids), len(set(ids) - compared), pairs, len(clusters), clusters.default_count)


def regroup(session: Session, old: Clusters) -> None:
    """Cluster what is left after pictures were forgotten, near the old groups; the caller holds the writer's lock."""
    library, settings = session.library, session.settings
    matrix, ids = _kept(library, library.images.ids(), measure_digest(settings))
    if ids:
        with recorded(library, "index", "Trends", None) as step:
            _regroup(library, settings, matrix, ids, old, step)


def _regroup(
    library: Library, settings: Settings, matrix: Matrix, ids: Sequence[str], old: Clusters | None, step: Recorder
) -> Clusters:
    """Cluster the pictures that were compared, place the others, and replace the old clusters."""
    clusters = _cluster(matrix, ids, old, settings, step)
    numbers = correcting.from_matrix(matrix, ids, settings)
    compared = set(ids)
    others = [image for image in library.images.ids() if image not in compared]
    if others:
        clusters, numbers = _join(library, settings, (clusters, numbers), others, step)
    correcting.store(library, settings, numbers)
    chosen = _spread(library.images.ids(), settings.limit, ids)
    made_from = clusters.ids if compared.issuperset(chosen) else ids  # otherwise stale: some wait to be compared
    library.clusters.replace(clusters, digest=digest(made_from, settings))
    return clusters


def digest(ids: Sequence[str], settings: Settings) -> str:
    """What an index was made from: the pictures and the measure. Another digest means that the index is stale."""
    measure = f"{measure_digest(settings)} {settings.correction}"
    text = "\n".join([measure, str(min(settings.limit, len(ids))), *sorted(ids)])
    return hashlib.sha256(text.encode()).hexdigest()


def _stored_ids(library: Library) -> tuple[str, ...]:
    stored = library.arrays.get(MATRIX)
    return tuple(stored.ids) if stored is not None else ()


def _spread(ids: Sequence[str], limit: int, before: Sequence[str]) -> list[str]:
    """At most `limit` ids: those compared before first, so that little is computed again, then evenly over the rest."""
    if len(ids) <= limit:
        return list(ids)
    there = set(ids)
    kept = [image for image in before if image in there][:limit]
    rest = sorted(there.difference(kept), key=lambda image: hashlib.sha256(image.encode()).digest())
    chosen = {*kept, *rest[: limit - len(kept)]}
    return [image for image in ids if image in chosen]


def _distances(
    library: Library, settings: Settings, wanted: Sequence[str], step: Recorder, *, skip: bool
) -> tuple[Matrix, list[str], int]:
    """The (N, N) matrix over `wanted`, computed in steps that are each stored, and how many pairs were new."""
    measure = measure_digest(settings)
    matrix, ids = _kept(library, wanted, measure)
    if skip:
        if not ids:
            raise NoIndexError("Nothing has been compared yet. Run `leitmotiv build-index` without --skip-distances.")
        return matrix, ids, 0
    known = set(ids)
    new = [image for image in wanted if image not in known]
    if not new and len(ids) < len(_stored_ids(library)):
        library.arrays.put(MATRIX, {"values": matrix}, ids, measure)
    total = len(new) * len(ids) + len(new) * (len(new) - 1) // 2
    if new:
        step("Preparing the mathematics", 0, 0)
        divergence.warm()
    mixtures = library.mixtures.many([*ids, *new])
    done = 0
    while new:
        take = _rows_for(len(ids), PAIRS_A_STEP)
        part, new = new[:take], new[take:]
        before = len(ids)
        ids = [*ids, *part]

        def progress(pairs: int, _: int, so_far: int = done) -> None:
            step("Comparing pictures", so_far + pairs, total)

        matrix = divergence.js_update(
            matrix, mixtures[: len(ids)], look=look(settings), threads=settings.cores, progress=progress
        )
        done += len(part) * before + len(part) * (len(part) - 1) // 2
        step("Comparing pictures", done, total)
        library.arrays.put(MATRIX, {"values": matrix}, ids, measure)
    return matrix, ids, total


def _kept(library: Library, wanted: Sequence[str], measure: str) -> tuple[Matrix, list[str]]:
    """What is stored and still holds, in its stored order, without the pictures that are gone."""
    stored = library.arrays.get(MATRIX)
    if stored is None or stored.digest != measure:
        return np.zeros((0, 0), np.float32), []
    there = set(wanted)
    rows = [row for row, image in enumerate(stored.ids) if image in there]
    values: Matrix = np.asarray(stored["values"])
    if len(rows) < len(stored.ids):
        values = values[np.ix_(rows, rows)]
    return values, [stored.ids[row] for row in rows]


def _rows_for(before: int, pairs: int) -> int:
    """How many new rows make about `pairs` pairs beside `before` old ones."""
    return max(16, int(-before + (before * before + 2.0 * pairs) ** 0.5))


def _cluster(matrix: Matrix, ids: Sequence[str], old: Clusters | None, settings: Settings, step: Recorder) -> Clusters:
    """Cluster in the order of the ids: the order of adding depends on which worker was faster."""
    order = np.argsort(ids)
    names = [ids[row] for row in order]
    start = None
    if old is not None:
        row_of = {image: row for row, image in enumerate(names)}
        exemplars = (row_of.get(image) for image in tree.shown_exemplars(old))
        start = np.array(sorted({row for row in exemplars if row is not None}), np.int64)

    def progress(done: int, total: int) -> None:
        step("Finding trends", done, total)

    step("Finding trends", 0, 0)
    return tree.cluster(
        correcting.corrected(matrix[np.ix_(order, order)], settings.correction, names),
        ids=names,
        start=start if start is not None and len(start) else None,
        previous=None if old is None else old.preference,
        threads=settings.cores,
        progress=progress,
    )


def _join(library: Library, settings: Settings, made: Placed, others: Sequence[str], step: Recorder) -> Placed:
    """Append pictures to their nearest shown exemplars, and measure their remoteness."""
    clusters, numbers = made
    shown = list(tree.shown_exemplars(clusters))
    landmarks = [] if numbers is None else list(numbers.landmarks)
    row_of = {image: row for row, image in enumerate(clusters.ids)}
    packed = divergence.pack(library.mixtures.many([*shown, *landmarks]), look=look(settings))
    leaf = clusters.labels[[row_of[image] for image in shown]]
    labels: list[int] = []
    distances: list[float] = []
    remote: list[float] = []
    for start in range(0, len(others), 500):
        for mixture in library.mixtures.many(others[start : start + 500]):
            values = divergence.js_to(mixture, packed, look=look(settings), threads=1).astype(np.float64)
            scores = near = values[: len(shown)]
            if numbers is not None:
                remote.append(float(values[len(shown) :].mean()))
                scores = numbers.relative(near, remote[-1], shown)
            nearest = int(scores.argmin())
            labels.append(int(leaf[nearest]))
            distances.append(float(near[nearest]))
        step("Placing pictures", len(labels), len(others))
    clusters = replace(
        clusters,
        ids=(*clusters.ids, *others),
        labels=np.concatenate([clusters.labels, np.array(labels, np.int64)]),
        distances=np.concatenate([clusters.distances, np.array(distances)]),
    )
    return clusters, None if numbers is None else correcting.joined(numbers, others, np.array(remote))


def place_new(session: Session, *, report: Report | None = None) -> int:
    """Let pictures that came after the index join their nearest exemplar; the index stays marked as stale."""
    library, settings = session.library, session.settings
    if library.clusters.digest() is None:
        return 0
    with library.writer("placing new pictures"):
        clusters, made_from = library.clusters.get(), library.clusters.digest()
        stored = library.arrays.get(MATRIX)
        if clusters is None or made_from is None or stored is None or stored.digest != measure_digest(settings):
            return 0
        placed = set(clusters.ids)
        others = [image for image in library.images.ids() if image not in placed]
        if others:
            with recorded(library, "place", "New pictures", report) as step:
                made = clusters, correcting.stored(library, settings)
                clusters, numbers = _join(library, settings, made, others, step)
                correcting.store(library, settings, numbers)
                library.clusters.replace(clusters, digest=made_from)
    return len(others)
