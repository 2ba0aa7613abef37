"""Trends of a library too large for all pairs: from its neighbours, with no matrix over all pictures at any time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import bound, candidates, divergence, embedding, hubness, listing, sparse_tree
from leitmotiv.analysis.graph import Divergences, Keys, Lists, Pairs, keys_of, listed
from leitmotiv.analysis.prices import Priced, settled
from leitmotiv.analysis.sparse_exemplars import Compare, Served, augmented, with_shortlists
from leitmotiv.errors import NoIndexError
from leitmotiv.records import Clusters, Float
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import correcting
from leitmotiv.workflows.correcting import Remoteness
from leitmotiv.workflows.executors import Executor, Here
from leitmotiv.workflows.grain import Before
from leitmotiv.workflows.neighbours import (
    CANDIDATES,
    PAIRS_A_STEP,
    Comparer,
    Neighbours,
    extend,
    neighbour_graph,
    put_neighbours,
    recalled,
    recalled_groups,
    stored_neighbours,
)
from leitmotiv.workflows.pool import HELD
from leitmotiv.workflows.progress import Recorder
from leitmotiv.workflows.vectors import Vectors, bring_up_to_date, put_vectors, stored_vectors, with_vectors

EDGES = 50
"""Nearest pictures that each is joined to in the graph."""
SHORTLIST = 12
"""Exemplars nearest by their vectors that each picture is compared with."""
SHORTLIST_OF_FEW, FEW = 8, 500
"""The same where there are at most so many exemplars, of which vectors miss fewer: at 100,000 pictures and 111
exemplars the cost was 0.005 % higher for a quarter less to compare, at 3,000 exemplars it would be 0.05 %."""
QUERIES = 64
"""Most pictures over which the recall of candidates is measured."""
LEAST_QUERIES, LEAST_ROUGHLY = 8, 32
"""Fewest; the latter where points are few."""
QUERIED_PAIRS = 400_000
"""About so many pairs are compared for that at most."""
LIKELY = 200
"""Pictures nearest by few points of which all points tell which are the true nearest."""
ROUGH_POINTS = 64
"""Points of each picture in a library too large to be held with all of them, for what is told by many divergences at
once: its remoteness is a mean of 128 and moves by 1 % with a quarter of the points; the price that a sample suggests;
and the exemplars that the exact rounds begin with."""
MEASURED = 200_000
"""Pictures whose remoteness is stored together, so that an interruption loses no more."""
KEPT = 5
"""Times as many pairs as pictures that are compared for the trends before they are stored."""
TOP = 10
"""Nearest pictures that candidates should not miss."""

Rows = NDArray[np.int64]


def build(
    library: Library,
    settings: Settings,
    wanted: Sequence[str],
    before: Before | None,
    step: Recorder,
    *,
    skip: bool,
    executor: Executor | None = None,
) -> tuple[Clusters, Remoteness | None, int]:
    """Find trends among `wanted`; neighbours and vectors are stored.

    Parameters
    ----------
    skip : bool
        Only pictures that have neighbours already, and no new neighbours.
    executor : Executor, optional
        Who compares; this machine, if not given.

    Returns
    -------
    Clusters
    Remoteness or None
        Of the pictures in them, where the settings correct for hubs.
    int
        Pairs that had to be compared.

    Raises
    ------
    NoIndexError
        `skip`, and there are no neighbours yet.
    """
    vectors, neighbours, comparer = _prepared(library, settings, wanted, step, executor or Here(settings), skip=skip)
    size = len(vectors.ids)
    fresh = np.flatnonzero(recalled_groups(library, settings, vectors.ids)[0] < 0 if before is not None else [])
    numbers = _remoteness(library, settings, vectors.ids, comparer, step)
    comparer.correct(numbers)
    number = None if before is None else before.wanted
    compare = _keeping(library, settings, neighbours, comparer, step)
    step("Finding trends", 0, 0)

    def roughly(keys: Keys) -> Divergences:
        return comparer.roughly(keys, ROUGH_POINTS) if size > HELD else comparer.weighed(keys)

    def search(price: float, start: Rows | None) -> Priced[tuple[Served, Pairs]]:
        old = np.zeros(0, np.int64) if start is None else start
        found = _found(vectors, neighbours, comparer, (old, fresh), price, settings, step, compare)
        return Priced(price, found[0].rows, found)

    made = settled(
        size,
        search,
        lambda: sparse_tree.suggest(size, roughly, None if number is None else number.count),
        start=_old_rows(before, vectors.ids),
        previous=None if before is None else before.price,
        wanted=number,
    )
    pairs = made.found[1]
    clusters, served = _with_tree(vectors, made.found[0], pairs, comparer, made.price, settings, step)
    comparer.release()
    used = comparer.used()
    least = _least_cost(pairs.joined(comparer.weighed_pairs(used)), clusters, comparer, settings, step)
    kept = replace(neighbours, others=used.joined(neighbours.others.of(served.rows)))
    exemplars = served.rows[served.labels]
    put_neighbours(library, settings, kept, exemplars, _apart(comparer, exemplars))
    leaves = clusters.exemplars[clusters.labels]
    return replace(clusters, distances=_apart(comparer, leaves), bound=least), numbers, comparer.computed


def _keeping(
    library: Library, settings: Settings, neighbours: Neighbours, comparer: Comparer, step: Recorder
) -> Compare:
    """Compares, and stores with the neighbours what was compared, so that an interruption loses little of it."""
    groups = recalled_groups(library, settings, neighbours.ids)
    stored = comparer.computed

    def compare(keys: Keys) -> Divergences:
        nonlocal stored
        values = comparer(keys, lambda done, total: step("Comparing pictures with exemplars", done, total))
        if comparer.computed - stored >= max(PAIRS_A_STEP, KEPT * len(neighbours.ids)):
            stored = comparer.computed
            put_neighbours(
                library, settings, replace(neighbours, others=comparer.used().joined(neighbours.others)), *groups
            )
        return values

    return compare


def of_part(
    library: Library, settings: Settings, wanted: Sequence[str], numbers: Remoteness | None, step: Recorder
) -> Clusters:
    """Find trends among some pictures of a library that has neighbours; nothing is stored.

    Parameters
    ----------
    numbers : Remoteness or None
        Of the pictures in the whole library.

    Raises
    ------
    NoIndexError
        There are no neighbours yet.
    """
    vectors, stored, comparer = _prepared(library, settings, wanted, step, Here(settings), skip=True)
    # among few pictures of many the stored lists are too short: most of what they name is not here
    step("Finding neighbours", 0, 0)
    lists = candidates.nearest(vectors.coordinates, min(CANDIDATES, len(vectors.ids) - 1), threads=settings.cores)
    keys = keys_of(np.arange(len(lists))[:, None], lists, len(lists))
    there = lists >= 0
    values = np.full(lists.shape, np.nan, np.float32)
    lacking, place = np.unique(keys[there], return_inverse=True)
    values[there] = comparer.plain(lacking, lambda done, total: step("Comparing pictures", done, total))[place]
    neighbours = replace(stored, lists=lists, values=values)
    comparer.correct(numbers)

    def search(price: float, start: Rows | None) -> Priced[tuple[Served, Pairs]]:
        old = np.zeros(0, np.int64) if start is None else start
        found = _found(vectors, neighbours, comparer, (old, old[:0]), price, settings, step)
        return Priced(price, found[0].rows, found)

    made = settled(len(vectors.ids), search, lambda: sparse_tree.suggest(len(vectors.ids), comparer.weighed, None))
    clusters, _ = _with_tree(vectors, *made.found, comparer, made.price, settings, step)
    return replace(clusters, distances=_apart(comparer, clusters.exemplars[clusters.labels]))


def _least_cost(pairs: Pairs, clusters: Clusters, comparer: Comparer, settings: Settings, step: Recorder) -> float:
    """What any choice of trends costs at least that goes along the pairs that were compared."""
    step("Finding how good they are", 0, 0)
    found = bound.least_cost(
        pairs.graph(), clusters.cost, preference=clusters.preference, most=comparer.most, threads=settings.cores
    )
    return found.value


def _apart(comparer: Comparer, exemplars: Rows) -> Float:
    """Divergence of each picture to one, nats."""
    rows, apart = np.arange(len(exemplars)), np.zeros(len(exemplars))
    others = np.flatnonzero(rows != exemplars)
    apart[others] = comparer.plain(keys_of(others, exemplars[others], len(exemplars)))
    return apart


def _remoteness(
    library: Library, settings: Settings, ids: Sequence[str], comparer: Comparer, step: Recorder
) -> Remoteness | None:
    """How remote each picture is; witnesses stay while most of them do, so that only new pictures are measured."""
    if settings.correction == "none":
        return None
    old, row_of = correcting.stored(library, settings), {image: row for row, image in enumerate(ids)}
    witnesses = [] if old is None else [image for image in old.witnesses if image in row_of]
    known = {} if old is None else old.values
    if 2 * len(witnesses) < min(hubness.WITNESSES, len(ids)):
        witnesses, known = hubness.witnesses(ids), {}
    values = {image: known[image] for image in ids if image in known}
    # witnesses first, as what is stored on the way names them
    lacking = [image for image in dict.fromkeys([*witnesses, *ids]) if image not in known]
    columns = np.array([row_of[image] for image in witnesses], np.int64)
    points = ROUGH_POINTS if len(ids) > HELD else None
    for start in range(0, max(1, len(lacking)), MEASURED):
        part = lacking[start : start + MEASURED]

        def tell(done: int, _: int, so_far: int = start) -> None:
            step("Measuring how remote pictures are", so_far + done, len(lacking))

        rows = np.array([row_of[image] for image in part], np.int64)
        measured = hubness.remoteness(comparer.between(rows, columns, tell, points))
        values.update(zip(part, measured.tolist(), strict=True))
        numbers = Remoteness(values, tuple(witnesses), float(np.mean(list(values.values()))))
        if start + MEASURED < len(lacking):
            correcting.store(library, settings, numbers)
    return replace(numbers, values={image: values[image] for image in ids})


def _prepared(
    library: Library, settings: Settings, wanted: Sequence[str], step: Recorder, executor: Executor, *, skip: bool
) -> tuple[Vectors, Neighbours, Comparer]:
    """Vectors and neighbours, up to date or as they are stored."""
    if not skip:
        step("Preparing the mathematics", 0, 0)
        divergence.warm()
        candidates.warm()
        listing.warm()
        vectors = bring_up_to_date(library, settings, sorted(wanted), step)
        neighbours, comparer = extend(library, settings, vectors, step, executor)
        if np.isnan(vectors.recall):
            put_vectors(library, settings, _judged(library, settings, vectors, neighbours, comparer, step))
        return vectors, neighbours, comparer
    lists, model = stored_neighbours(library, settings), stored_vectors(library, settings)
    ids = sorted(set(wanted).intersection(lists.ids)) if lists is not None else []
    if not ids or model is None:
        raise NoIndexError("Nothing has been compared yet. Run `leitmotiv build-index` without --skip-distances.")
    neighbours, _ = recalled(library, settings, ids)
    vectors = with_vectors(library, settings, model, ids, step)
    known = listed(neighbours.lists, neighbours.values).joined(neighbours.others)
    return vectors, neighbours, Comparer(library, settings, ids, known, executor=executor)


def _old_rows(before: Before | None, ids: Sequence[str]) -> Rows:
    """Rows of the exemplars that were shown before."""
    if before is None:
        return np.zeros(0, np.int64)
    row_of = {image: row for row, image in enumerate(ids)}
    rows = (row_of.get(image) for image in before.exemplars)
    return np.array(sorted(row for row in rows if row is not None), np.int64)


def _found(
    vectors: Vectors,
    neighbours: Neighbours,
    comparer: Comparer,
    rows: tuple[Rows, Rows],
    price: float,
    settings: Settings,
    step: Recorder,
    compare: Compare | None = None,
) -> tuple[Served, Pairs]:
    """Groups at a price, and the pairs that they were found along; progress in hundredths.

    `rows` are those of the old exemplars, and those that came since; `compare` asks the comparer, if given.
    """
    start, fresh = rows

    def shortlist(rows: Rows) -> Lists:
        step("Finding trends", 60, 100)
        return _shortlist(vectors, rows, settings)

    step("Finding trends", 0, 100)
    return augmented(
        neighbour_graph(neighbours, EDGES, start, comparer),
        preference=price,
        most=comparer.most,
        shortlist=shortlist,
        compare=compare or comparer,
        central=lambda rows: _central(vectors, rows),
        rough=(lambda keys: comparer.roughly(keys, ROUGH_POINTS)) if len(vectors.ids) > HELD else None,
        start=start,
        fresh=fresh,
        progress=lambda done, total: step("Finding trends", 50 * done // total, 100),
    )


def _with_tree(
    vectors: Vectors,
    served: Served,
    pairs: Pairs,
    comparer: Comparer,
    price: float,
    settings: Settings,
    step: Recorder,
) -> tuple[Clusters, Served]:
    """The tree over the groups, which then stand around their medoids."""
    clusters, served = sparse_tree.build(
        tuple(vectors.ids),
        served,
        pairs,
        preference=price,
        most=comparer.most,
        compare=comparer,
        estimate=lambda rows: _estimated(vectors, rows, comparer),
        progress=lambda done, total: step("Finding trends", 70 + 29 * done // total, 100),
    )
    # The next index starts from these medoids, and should find the pairs with them known.
    with_shortlists(pairs, served.rows, lambda rows: _shortlist(vectors, rows, settings), comparer)
    return clusters, served


def _estimated(vectors: Vectors, rows: Rows, comparer: Comparer) -> Float:
    """What pairs of some pictures count for about, (C, C), as far as their vectors tell."""
    values = np.zeros((len(rows), len(rows)))
    for place, row in enumerate(rows):
        squares = embedding.squared_distances(vectors.coordinates[row], vectors.coordinates[rows])
        expected = embedding.expected_divergences(vectors.curve, squares).astype(np.float32)
        values[place] = comparer.weigh(keys_of(row, rows, len(vectors.ids)), expected)
    return (values + values.T) / 2


def _shortlist(vectors: Vectors, exemplars: Rows, settings: Settings) -> Lists:
    """The exemplars nearest to each picture by their vectors, never the picture itself."""
    count = min(SHORTLIST_OF_FEW if len(exemplars) <= FEW else SHORTLIST, len(exemplars))
    return candidates.nearest(vectors.coordinates, count, columns=exemplars, threads=settings.cores)


def _central(vectors: Vectors, rows: Rows) -> Rows:
    """Some pictures from the one nearest to the mean of their vectors to the farthest."""
    mean = vectors.coordinates[rows].mean(axis=0).round().astype(np.int16)
    return rows[np.argsort(embedding.squared_distances(mean, vectors.coordinates[rows]), kind="stable")]


def queried(size: int) -> int:
    """Over how many pictures of a library of `size` the recall of candidates is measured."""
    return min(size, QUERIES, max(LEAST_ROUGHLY if size > HELD else LEAST_QUERIES, QUERIED_PAIRS // size))


def _judged(
    library: Library,
    settings: Settings,
    vectors: Vectors,
    neighbours: Neighbours,
    comparer: Comparer,
    step: Recorder,
) -> Vectors:
    """The same vectors with what they are good for: the recall of candidates, and what distances tell."""
    size = len(vectors.ids)
    count = queried(size)
    rows = ((np.arange(count) + 0.5) * size / count).astype(np.int64)
    roughly = size > HELD
    hits, squares, values = [], [], []
    every = comparer.between(
        np.arange(size),
        rows,
        lambda done, total: step("Checking the candidates", done, total),
        ROUGH_POINTS if roughly else None,
    )
    for row, exact in zip(rows, every.T, strict=True):
        near = neighbours.lists[row][neighbours.lists[row] >= 0]
        others = np.concatenate([near, np.arange(0, size, max(1, size // 200))])
        if roughly:
            exact = _exactly(comparer, row, exact, others)
        exact[row] = np.inf
        top = np.lexsort((np.arange(size), exact))[:TOP]
        hits.append(np.isin(top, neighbours.lists[row]).mean())
        others = others[others != row]
        squares.append(embedding.squared_distances(vectors.coordinates[row], vectors.coordinates[others]))
        values.append(exact[others])
    curve = embedding.calibrate(np.concatenate(squares), np.concatenate(values))
    return replace(vectors, recall=float(np.mean(hits)), curve=curve)


def _exactly(comparer: Comparer, row: int, rough: Divergences, others: Rows) -> Divergences:
    """A picture's divergences to those that few points tell to be nearest, and to others; endless to all else, (N,)."""
    likely = np.argpartition(rough, LIKELY)[:LIKELY]
    wanted = np.union1d(likely, others)
    exact = np.full(len(rough), np.inf, np.float32)
    exact[wanted] = comparer.between(wanted, np.array([row]), lambda done, total: None)[:, 0]
    return exact
