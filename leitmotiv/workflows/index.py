"""Building the index: all divergences that are new, then the clusters and their tree; every step can be interrupted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import bound, divergence, pruning, tree
from leitmotiv.errors import EmptyLibraryError, NoIndexError
from leitmotiv.records import Clusters
from leitmotiv.settings import Settings
from leitmotiv.store.catalogue import KEPT_FROM
from leitmotiv.store.library import Library
from leitmotiv.workflows import correcting, placing, shown, sparse_index
from leitmotiv.workflows.carrying import carry
from leitmotiv.workflows.executors import Executor
from leitmotiv.workflows.grain import Before, Groups, asked, going_on
from leitmotiv.workflows.map_making import make_map
from leitmotiv.workflows.measuring import MATRIX, look, measure_digest
from leitmotiv.workflows.neighbours import NEIGHBOURS, finished, stored_neighbours
from leitmotiv.workflows.placing import Placed
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import VECTORS, stored_vectors

PAIRS_A_STEP = 1_000_000
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class IndexReport:
    """What an index run did: pictures, of which new, pairs computed, fine clusters, groups shown first.

    `before` groups were shown first, where another number of them was asked for; otherwise None. No choice of groups
    costs less than these by more than the share `gap`, of the pairs that were compared; None where it is not known.
    """

    images: int
    new: int
    pairs: int
    clusters: int
    shown: int
    before: int | None = None
    gap: float | None = None

    def __str__(self) -> str:
        trends = f"{self.shown:,} trends" if self.before is None else f"{self.shown:,} trends (before: {self.before:,})"
        best = "" if self.gap is None else f", at most {self.gap:.2%} from the best along the pairs compared"
        return f"{self.images:,} pictures ({self.new:,} new) in {trends}{best}; {self.pairs:,} pairs computed"


def build_index(
    session: Session,
    *,
    skip_distances: bool = False,
    groups: Groups | None = None,
    report: Report | None = None,
    wait: float = 5.0,
) -> IndexReport:
    """Compute the divergences that are missing, cluster, and replace the old clusters atomically.

    Up to `settings.limit` pictures all pairs are compared and kept. Above it, each picture is compared with those
    that its vector lies nearest to, and the trends are found along these pairs.

    Parameters
    ----------
    skip_distances : bool
        Cluster again what has been compared, and compute no new divergence.
    groups : str, optional
        "fewer" or "more" trends than there are then, or "default", the usual number. It holds for later indexes too.
        "anew" finds the trends without the old ones, near which they would stay otherwise.

    Raises
    ------
    EmptyLibraryError
        There is nothing to index.
    NoIndexError
        `skip_distances`, and nothing has been compared yet.
    LibraryLockedError
        Another process is writing.
    UsageError
        There can be no fewer trends, or no more; all else is done.
    """
    library = session.library
    told = None if skip_distances else {} if groups is None else {"groups": groups}
    with library.writer("building the index", wait=wait), recorded(library, "index", "Trends", report, told) as step:
        built = _brought_up_to_date(session, step, skip=skip_distances, anew=groups == "anew")
        try:
            return built if groups in (None, "anew") else _regrained(session, groups, built, step)
        finally:
            make_map(library, session.settings, step)
            if library.images.count() >= KEPT_FROM:
                library.catalogue.columns()  # kept on disk, so that no page has to read them first
                shown.keep(session)


def _brought_up_to_date(session: Session, step: Recorder, *, skip: bool, anew: bool) -> IndexReport:
    library, settings = session.library, session.settings
    everything = library.images.ids()
    if not everything:
        raise EmptyLibraryError("The library has no pictures yet. Add some: leitmotiv add-directory FOLDER")
    old, made_from = library.clusters.get(), library.clusters.digest()
    before = None if old is None else going_on(old, _price(old, made_from, settings), len(everything))
    if old is not None and anew:
        before = asked(old, "anew", len(everything))
    library.arrays.mend()
    compared = _compared_ids(library, settings, everything)
    lacking = settings.correction != "none" and correcting.stored(library, settings) is None
    lacking |= is_sparse(len(everything), settings) and stored_vectors(library, settings) is None  # it may be damaged
    same = made_from == digest(everything, settings)
    whole = same and not lacking and compared.issuperset(everything) and _are_grouped(library, everything)
    if old is not None and whole and not skip and not anew:
        if library.placed.last():
            library.placed.clear()  # the files of these are gone, as pictures that are there are all grouped
        return IndexReport(len(old.ids), 0, 0, len(old), old.default_count, gap=old.gap)
    sparse = is_sparse(len(everything), settings)
    if skip:
        sparse = _stored_way(library, settings, everything, sparse)
    if sparse:
        clusters, numbers, pairs = sparse_index.build(
            library, settings, everything, before, step, skip=skip, executor=session.executor
        )
        unused: tuple[str, ...] = (MATRIX,)
    else:
        matrix, ids, pairs = _distances(library, settings, everything, step, session.executor, skip=skip)
        clusters, numbers = _cluster(matrix, ids, before, settings, step)
        unused = (VECTORS, NEIGHBOURS)
    new = len(set(clusters.ids) - compared)
    clusters = _replace(library, settings, (clusters, numbers), before, step, sparse=sparse)
    for name in () if skip else unused:
        library.arrays.remove(name)
    return IndexReport(len(clusters.ids), new, pairs, len(clusters), clusters.default_count, gap=clusters.gap)


def _are_grouped(library: Library, wanted: Sequence[str]) -> bool:
    """Whether pictures are all in clusters that an index found, and none only joined them."""
    indexed = library.clusters.indexed()
    return indexed is not None and set(indexed.ids).issuperset(wanted)


def _regrained(session: Session, groups: Groups, built: IndexReport, step: Recorder) -> IndexReport:
    """Find fewer or more trends among what was compared."""
    library = session.library
    old, made_from = library.clusters.get(), library.clusters.digest()
    if old is None or made_from is None:
        return built
    before = asked(old, groups, len(old.ids))
    found = _regrouped(session, before, step)
    return replace(built, clusters=len(found), shown=found.default_count, before=old.default_count, gap=found.gap)


def is_sparse(count: int, settings: Settings) -> bool:
    """Whether so many pictures are too many for comparing all pairs."""
    return count > settings.limit


def regroup(session: Session, old: Clusters, made_from: str) -> None:
    """Cluster what is left after pictures were forgotten, near the old groups; the caller holds the writer's lock.

    It goes by what is stored, however many pictures there are now. Where nothing is, as after a change of the measure,
    the old tree stays without those that are gone.
    """
    library, settings = session.library, session.settings
    before = going_on(old, _price(old, made_from, settings), len(library.images.ids()))
    with recorded(library, "index", "Trends", None) as step:
        try:
            _regrouped(session, before, step)
        except NoIndexError:
            _prune(library, settings, old, made_from)


def _regrouped(session: Session, before: Before, step: Recorder) -> Clusters:
    """Cluster by what is stored."""
    library, settings = session.library, session.settings
    everything = library.images.ids()
    sparse = _stored_way(library, settings, everything, is_sparse(len(everything), settings))
    if sparse:
        made: Placed = sparse_index.build(library, settings, everything, before, step, skip=True)[:2]
    else:
        made = _cluster(*_kept(library, everything, measure_digest(settings)), before, settings, step)
    return _replace(library, settings, made, before, step, sparse=sparse)


def _prune(library: Library, settings: Settings, old: Clusters, made_from: str) -> None:
    """Put the old clusters without pictures that are gone in their own place."""

    def distance(row: int, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        packed = divergence.pack(library.mixtures.many([old.ids[other] for other in rows]), look=look(settings))
        query = library.mixtures.get(old.ids[row])
        return divergence.js_to(query, packed, look=look(settings), threads=1).astype(np.float64)

    rest = pruning.pruned(old, set(old.ids).difference(library.images.ids()), distance)
    if rest is not None:
        library.clusters.replace(rest, digest=made_from)


def _stored_way(library: Library, settings: Settings, wanted: Sequence[str], preferred: bool) -> bool:
    """Whether to cluster by neighbours (True) or by all pairs, by what is stored; `preferred` where both are.

    Raises
    ------
    NoIndexError
        Neither is.
    """
    neighbours = stored_neighbours(library, settings)
    sparse = (
        neighbours is not None
        and stored_vectors(library, settings) is not None
        and bool(finished(neighbours).intersection(wanted))
    )
    dense = bool(_kept_ids(library, wanted, measure_digest(settings)))
    if not (sparse or dense):
        raise NoIndexError("Nothing has been compared yet. Run `leitmotiv build-index` without --skip-distances.")
    return preferred if sparse and dense else sparse


def _replace(
    library: Library, settings: Settings, made: Placed, before: Before | None, step: Recorder, *, sparse: bool
) -> Clusters:
    """Place the pictures that were not compared, and replace the old clusters; the index is then stale."""
    compared = made[0].ids
    known = set(compared)
    others = [image for image in library.images.ids() if image not in known]
    if others:
        made = placing.joined(library, settings, made, others, step)
    clusters, numbers = made
    if before is not None:
        clusters = before.on(clusters)
    correcting.store(library, settings, numbers)
    library.clusters.replace(clusters, digest=digest(compared, settings, sparse=sparse))
    carry(library, clusters)
    return clusters


def _compared_ids(library: Library, settings: Settings, wanted: Sequence[str]) -> set[str]:
    """Pictures that the way in which so many are compared has compared already."""
    if not is_sparse(len(wanted), settings):
        return set(_kept_ids(library, wanted, measure_digest(settings)))
    stored = stored_neighbours(library, settings)
    return set() if stored is None else finished(stored).intersection(wanted)


def digest(ids: Sequence[str], settings: Settings, *, sparse: bool | None = None) -> str:
    """What an index was made from: the unit of its trends, its pictures, and the way, by default that for so many.

    Another digest means that the index is stale.
    """
    way = "sparse" if (is_sparse(len(ids), settings) if sparse is None else sparse) else "dense"
    text = "\n".join([way, *sorted(ids)])
    return f"{measure_digest(settings)} {settings.correction} {hashlib.sha256(text.encode()).hexdigest()}"


def _price(old: Clusters, made_from: str | None, settings: Settings) -> float | None:
    """What a trend cost before; None where it was in another unit, by another measure or correction."""
    unit = f"{measure_digest(settings)} {settings.correction} "
    return old.preference if made_from is not None and made_from.startswith(unit) else None


def _distances(
    library: Library, settings: Settings, wanted: Sequence[str], step: Recorder, executor: Executor, *, skip: bool
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
    stored = library.arrays.get(MATRIX)
    if not new and stored is not None and len(ids) < len(stored.ids):
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

        if executor.spreads(len(part) * (before + len(part) // 2)):
            pairs = _new_pairs(before, len(ids))
            values = executor.compare(library, ids, pairs, look(settings), progress)
            matrix = np.pad(matrix, ((0, len(part)), (0, len(part))))
            matrix[pairs[:, 0], pairs[:, 1]] = matrix[pairs[:, 1], pairs[:, 0]] = values
        else:
            matrix = divergence.js_update(
                matrix, mixtures[: len(ids)], look=look(settings), threads=settings.cores, progress=progress
            )
        done += len(part) * before + len(part) * (len(part) - 1) // 2
        step("Comparing pictures", done, total)
        library.arrays.put(MATRIX, {"values": matrix}, ids, measure)
    return matrix, ids, total


def _new_pairs(before: int, after: int) -> NDArray[np.int64]:
    """Rows of all pairs of a new picture with an older one or another new one, (P, 2)."""
    columns = np.arange(before, after)
    rows = np.concatenate([np.arange(column) for column in columns])
    return np.column_stack([rows, np.repeat(columns, columns)])


def _kept(library: Library, wanted: Sequence[str], measure: str) -> tuple[Matrix, list[str]]:
    """What is stored and still holds, in its stored order, without the pictures that are gone."""
    stored = library.arrays.get(MATRIX)
    if stored is None or not _kept_ids(library, wanted, measure):
        return np.zeros((0, 0), np.float32), []
    there = set(wanted)
    rows = [row for row, image in enumerate(stored.ids) if image in there]
    values: Matrix = np.asarray(stored["values"])
    if len(rows) < len(stored.ids):
        values = values[np.ix_(rows, rows)]
    return values, [stored.ids[row] for row in rows]


def _kept_ids(library: Library, wanted: Sequence[str], measure: str) -> list[str]:
    """Pictures that the stored matrix holds and that are still there."""
    stored = library.arrays.get(MATRIX)
    there = set(wanted)
    return [] if stored is None or stored.digest != measure else [image for image in stored.ids if image in there]


def _rows_for(before: int, pairs: int) -> int:
    """How many new rows make about `pairs` pairs beside `before` old ones."""
    return max(16, int(-before + (before * before + 2.0 * pairs) ** 0.5))


def _cluster(matrix: Matrix, ids: Sequence[str], before: Before | None, settings: Settings, step: Recorder) -> Placed:
    """Cluster in the order of the ids: the order of adding depends on which worker was faster."""
    order = np.argsort(ids)
    names = [ids[row] for row in order]
    start = None
    if before is not None:
        row_of = {image: row for row, image in enumerate(names)}
        exemplars = (row_of.get(image) for image in before.exemplars)
        start = np.array(sorted({row for row in exemplars if row is not None}), np.int64)

    def progress(done: int, total: int) -> None:
        step("Finding trends", done, total)

    step("Finding trends", 0, 0)
    matrix = matrix[np.ix_(order, order)]
    numbers = correcting.from_matrix(matrix, names, settings)
    matrix = matrix if numbers is None else numbers.weighed(matrix, names)
    clusters = tree.cluster(
        matrix,
        ids=names,
        start=start if start is not None and len(start) else None,
        previous=None if before is None else before.price,
        wanted=None if before is None else before.wanted,
        threads=settings.cores,
        progress=progress,
    )
    step("Finding how good they are", 0, 0)
    price, cost = clusters.preference, clusters.cost
    least = bound.least_cost_of_matrix(matrix, cost, preference=price, threads=settings.cores)
    return replace(clusters, bound=least.value), numbers
