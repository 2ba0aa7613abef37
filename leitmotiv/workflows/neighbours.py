"""The nearest pictures of each in a library too large for all pairs: found, compared exactly, kept, and extended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import candidates, cells, hubness
from leitmotiv.analysis.graph import Divergences, Keys, Lists, Pairs, by_rarer_end, ends, keys_of, listed
from leitmotiv.analysis.listing import Listed
from leitmotiv.settings import Settings
from leitmotiv.store.arrays import Stored
from leitmotiv.store.library import Library
from leitmotiv.workflows.correcting import Remoteness
from leitmotiv.workflows.executors import Executor
from leitmotiv.workflows.measuring import look, measure_digest
from leitmotiv.workflows.pool import HELD, Pool
from leitmotiv.workflows.progress import Recorder
from leitmotiv.workflows.vectors import Vectors, model_digest

NEIGHBOURS = "neighbours"
"""The name of the stored arrays: candidates of each picture, their divergences, and other pairs worth keeping."""
CANDIDATES = 100
"""Nearest pictures by their vectors that are compared exactly with each picture."""
LARGEST = float(np.log(2))
"""The largest divergence there is, nats."""
RECENT = 50_000
"""Pairs just computed that are kept apart from all others."""
GONE = -2
"""In a list, the place of a picture that is not in the library any more: the list is not whole."""
PAIRS_AT_ONCE = 4_000_000
"""Pairs that are compared at once."""
PAIRS_A_STEP = 1_000_000
"""Pairs after which what was computed is stored, so that an interruption loses no more; of large libraries the
`STORED`th part of all pairs, as each time all lists are written."""
STORED = 20
BLOCK = 8192
"""Pictures whose candidates are compared at once."""


Rows = NDArray[np.int64]
Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Candidates of N pictures and what is known of pairs, all divergences plain, nats.

    Attributes
    ----------
    ids : tuple of str
        Ascending.
    lists : (N, C) int32
        Rows, from the nearest by vectors; -1 where there are no more, `GONE` where one was forgotten since.
    values : (N, C) float32
        Divergences; NaN where not computed yet.
    others : Pairs
        Pairs beside those in lists: within groups, and with exemplars.
    model : bytes
        Digest of the embedding by which lists were found; empty where there are none yet.
    """

    ids: tuple[str, ...]
    lists: Lists
    values: Divergences
    others: Pairs
    model: bytes


class Comparer:
    """Divergences of pairs by their keys: looked up where they are known, else computed.

    Parameters
    ----------
    known : Pairs
        Plain divergences.
    near : Listed, optional
        More of them: those of candidates, which may still be filled.
    executor : Executor, optional
        Who compares where there is much to do; this machine, if not given.

    Attributes
    ----------
    computed : int
        Pairs computed so far.
    """

    def __init__(
        self,
        library: Library,
        settings: Settings,
        ids: Sequence[str],
        known: Pairs,
        near: Listed | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._library, self._ids, self._near, self._executor = library, ids, near, executor
        self._look, self._threads = look(settings), settings.cores
        self._pool = Pool(library, ids, self._look, self._threads)
        # Joining takes as long as there are pairs, so what is new waits until it is much.
        self._known, self._recent = known, no_pairs(len(ids))
        self._used: list[Pairs] = []
        self._numbers: Remoteness | None = None
        self._remote = np.zeros(0)
        self.computed = 0

    def __call__(self, keys: Keys, progress: Callable[[int, int], None] | None = None) -> Divergences:
        """What the graph and the tree hold for pairs; remembered as `used`."""
        values = self.plain(keys, progress)
        order = np.argsort(keys)
        self._used.append(Pairs(len(self._ids), keys[order], values[order]))
        return self.weigh(keys, values)

    def weighed(self, keys: Keys) -> Divergences:
        """The same, not remembered as used."""
        return self.weigh(keys, self.plain(keys))

    def roughly(self, keys: Keys, points: int) -> Divergences:
        """The same from fewer points of each picture than settings say, neither looked up nor remembered."""
        order = by_rarer_end(keys, len(self._ids))
        values = np.empty(len(keys), np.float32)
        values[order] = self._with_points(points).divergences(ends(keys[order], len(self._ids)))
        return self.weigh(keys, values)

    def correct(self, numbers: Remoteness | None) -> None:
        """Let pairs count for their relative divergence from now on, or with None for their divergence."""
        self._numbers = numbers
        if numbers is not None:
            self._remote = np.array([numbers.values.get(image, numbers.middle) for image in self._ids])

    def weigh(self, keys: Keys, values: Divergences) -> Divergences:
        """What pairs count for in the graph and in the tree: the one place where divergences are corrected."""
        if self._numbers is None:
            return values
        one, other = self._remote[ends(keys, len(self._ids)).T]
        return hubness.relative(values, one, other, self._numbers.middle).astype(np.float32)

    def weighed_pairs(self, pairs: Pairs) -> Pairs:
        """Pairs with what they count for in the place of their plain divergences."""
        return Pairs(pairs.size, pairs.keys, self.weigh(pairs.keys, pairs.values))

    @property
    def most(self) -> float:
        """No pair counts for more."""
        if self._numbers is None:
            return LARGEST
        least = float(self._remote.min())
        return float(hubness.relative(np.array(LARGEST), least, least, self._numbers.middle))

    def plain(self, keys: Keys, progress: Callable[[int, int], None] | None = None) -> Divergences:
        """Divergences, nats."""
        values = self._known.look_up(keys)
        if len(self._recent):
            values = np.where(np.isnan(values), self._recent.look_up(keys), values)
        lacking = np.flatnonzero(np.isnan(values))
        if len(lacking) and self._near is not None:
            values[lacking] = found = self._near.look_up(keys[lacking])
            lacking = lacking[np.isnan(found)]
        if len(lacking):
            lacking = lacking[np.argsort(keys[lacking])]
            values[lacking] = self._computed(keys[lacking], progress)
            self._remember(Pairs(len(self._ids), keys[lacking], values[lacking]))
        return values

    def _computed(self, keys: Keys, progress: Callable[[int, int], None] | None) -> Divergences:
        """Divergences of pairs, computed in the order of whichever end is asked for less often.

        Then few pictures are made ready more than once, where all are compared with a few that stand for them.
        """
        values = np.empty(len(keys), np.float32)
        order = by_rarer_end(keys, len(self._ids))
        for start in range(0, len(keys), PAIRS_AT_ONCE):
            part = order[start : start + PAIRS_AT_ONCE]

            def tell(done: int, _: int, so_far: int = start) -> None:
                if progress is not None:
                    progress(so_far + done, len(keys))

            values[part] = self.compute(ends(keys[part], len(self._ids)), tell)
        return values

    def _remember(self, pairs: Pairs) -> None:
        self._recent = self._recent.joined(pairs)
        if len(self._recent) > max(RECENT, len(self._known) // 8):
            self._known, self._recent = self._known.joined(self._recent), no_pairs(len(self._ids))

    def between(self, rows: Rows, columns: Rows, tell: Progress, points: int | None = None) -> Divergences:
        """Divergences of some pictures to some, (R, C), nats; neither looked up nor remembered.

        Parameters
        ----------
        points : int, optional
            Fewer points of each picture than settings say: quicker, and only for what is averaged.
        """
        pool = self._pool if points is None else self._with_points(points)
        out = np.empty((len(rows), len(columns)), np.float32)
        block = max(1, PAIRS_A_STEP // max(1, len(columns)))
        for start in range(0, len(rows), block):
            part = rows[start : start + block]
            pairs = np.stack(np.broadcast_arrays(part[:, None], columns), axis=-1).reshape(-1, 2)
            out[start : start + block] = pool.divergences(pairs).reshape(len(part), -1)
            tell(start + len(part), len(rows))
        return out

    def _with_points(self, points: int) -> Pool:
        return Pool(self._library, self._ids, self._look, self._threads, points=points, beside=self._pool)

    def release(self) -> None:
        """Let go of the pictures that are held ready; what is compared after this reads them again."""
        self._pool = Pool(self._library, self._ids, self._look, self._threads)

    def used(self) -> Pairs:
        """All pairs that were asked for, with their plain divergences."""
        empty = no_pairs(len(self._ids))
        keys = np.concatenate([empty.keys, *(pairs.keys for pairs in self._used)])
        values = np.concatenate([empty.values, *(pairs.values for pairs in self._used)])
        unique, first = np.unique(keys, return_index=True)
        return Pairs(len(self._ids), unique, values[first])

    @property
    def packed(self) -> int:
        """Pictures made ready to be compared so far."""
        return self._pool.packed

    def compute(self, pairs: Rows, progress: Callable[[int, int], None] | None = None) -> Divergences:
        """Plain divergences of pairs (P, 2), neither looked up nor remembered; they are counted."""
        self.computed += len(pairs)
        if self._executor is not None and self._executor.spreads(len(pairs)):
            return self._executor.compare(self._library, self._ids, pairs, self._look, progress)
        return self._pool.divergences(pairs, progress)


def no_pairs(size: int) -> Pairs:
    """Nothing known of so many pictures."""
    return Pairs(size, np.zeros(0, np.int64), np.zeros(0, np.float32))


def stored_neighbours(library: Library, settings: Settings) -> Stored | None:
    """What is stored; None where there is nothing, or another measure made it."""
    stored = library.arrays.get(NEIGHBOURS)
    return stored if stored is not None and stored.digest == measure_digest(settings) else None


def kept_candidates(library: Library, settings: Settings, image_id: str, place: int = -1) -> dict[str, float]:
    """Divergences of a picture to its candidates, nats, as the index found them; empty where it kept none.

    Parameters
    ----------
    place : int
        The row that it probably has, so that it need not be looked for.
    """
    stored = stored_neighbours(library, settings)
    if stored is None:
        return {}
    here = 0 <= place < len(stored.ids) and stored.ids[place] == image_id
    if not here and image_id not in stored.ids:
        return {}
    row = place if here else stored.ids.index(image_id)
    lists, values = stored["lists"][row], stored["values"][row]
    both = zip(lists.tolist(), values.tolist(), strict=True)
    return {stored.ids[other]: value for other, value in both if other >= 0 and value == value and stored.ids[other]}


def finished(stored: Stored) -> set[str]:
    """Pictures all of whose candidates are compared."""
    whole = ~(np.isnan(stored["values"]) & (stored["lists"] >= 0)).any(axis=1)
    return {image for image, done in zip(stored.ids, whole.tolist(), strict=True) if done and image}


def recalled(library: Library, settings: Settings, wanted: Sequence[str]) -> tuple[Neighbours, NDArray[np.bool_]]:
    """What is stored about the `wanted` pictures, in this order; and whose list is whole, (N,) bool."""
    size = len(wanted)
    lists, values = np.full((size, CANDIDATES), -1, np.int32), np.full((size, CANDIDATES), np.nan, np.float32)
    whole, others, model = np.zeros(size, np.bool_), no_pairs(size), b""
    stored = stored_neighbours(library, settings)
    if stored is not None and stored["lists"].shape[1] == CANDIDATES:
        row_of = {image: row for row, image in enumerate(wanted)}
        place = np.array([row_of.get(image, GONE) for image in stored.ids], np.int32)
        kept = place >= 0
        rows, columns = place[kept], stored["lists"][kept]
        lists[rows] = np.where(columns >= 0, place[columns], columns)
        values[rows] = np.where(lists[rows] >= 0, stored["values"][kept], np.nan)
        whole[rows] = (lists[rows] != GONE).all(axis=1)
        pairs = place[stored["pairs"]]
        there = (pairs >= 0).all(axis=1)
        keys = keys_of(pairs[there, 0], pairs[there, 1], size)
        order = np.argsort(keys)
        others = Pairs(size, keys[order], stored["pair_values"][there][order])
        model = stored["model"].tobytes() if "model" in stored else b""
    return Neighbours(tuple(wanted), lists, values, others, model), whole


def recalled_groups(library: Library, settings: Settings, wanted: Sequence[str]) -> tuple[Rows, Divergences]:
    """What is stored of the groups of the `wanted` pictures: each one's exemplar (-1 for none) and divergence to it."""
    served, near = np.full(len(wanted), -1), np.full(len(wanted), np.nan, np.float32)
    stored = stored_neighbours(library, settings)
    if stored is not None:
        row_of = {image: row for row, image in enumerate(wanted)}
        place = np.array([row_of.get(image, -1) for image in stored.ids], np.int64)
        known = (place >= 0) & (stored["served"] >= 0)
        exemplars = place[stored["served"][known]]
        served[place[known]] = exemplars
        near[place[known]] = np.where(exemplars >= 0, stored["near"][known], np.nan)
    return served, near


def put_neighbours(
    library: Library,
    settings: Settings,
    neighbours: Neighbours,
    served: NDArray[np.integer],
    near: NDArray[np.floating],
) -> None:
    """Store neighbours in the place of the old ones, with each picture's exemplar (row, -1 for none yet)."""
    arrays: dict[str, NDArray[Any]] = {
        "lists": neighbours.lists,
        "values": neighbours.values,
        "pairs": ends(neighbours.others.keys, len(neighbours.ids)).astype(np.int32),
        "pair_values": neighbours.others.values,
        "model": np.frombuffer(neighbours.model, np.uint8),
        "served": served.astype(np.int32),
        "near": near.astype(np.float32),
    }
    library.arrays.put(NEIGHBOURS, arrays, neighbours.ids, measure_digest(settings))


def extend(
    library: Library, settings: Settings, vectors: Vectors, step: Recorder, executor: Executor
) -> tuple[Neighbours, Comparer]:
    """Lists of all pictures that have vectors, every candidate compared; stored step by step, with the old groups.

    Lists that are there take in new pictures; the others, and all that another embedding found, are found anew. What
    pairs are known is not computed again.
    """
    before, whole = recalled(library, settings, vectors.ids)
    model = model_digest(vectors)
    lists = _find(vectors, before.lists, whole & (before.model == model), settings, step)
    near = Listed(lists, np.full(lists.shape, np.nan, np.float32))
    if before.model:
        near.take_over(Listed(before.lists, before.values), before.others)
    comparer = Comparer(library, settings, vectors.ids, before.others, near, executor)
    found = Neighbours(vectors.ids, lists, near.values, before.others, model)
    groups = recalled_groups(library, settings, vectors.ids)
    total, since, seen = near.lacking(), 0, 0
    if total > PAIRS_A_STEP:
        put_neighbours(library, settings, found, *groups)
    for block in _blocks(vectors, executor.width()):
        rows, places = near.gather(block)

        def tell(done: int, pairs: int, first: int = seen, count: int = len(block)) -> None:
            step("Comparing pictures", first + count * done // pairs, len(lists))

        near.fill(rows, places, comparer.compute(np.stack([rows, lists[rows, places]], axis=1), tell))
        since, seen = since + len(rows), seen + len(block)
        if since >= max(PAIRS_A_STEP, total // STORED):
            put_neighbours(library, settings, found, *groups)
            since = 0
    if since:
        put_neighbours(library, settings, found, *groups)
    return found, comparer


def _blocks(vectors: Vectors, width: int) -> list[Rows]:
    """Rows in runs that lie near each other, so that pictures that are compared are ready at the same time."""
    size = len(vectors.ids)
    held = vectors.cells is None or size <= HELD
    order = np.arange(size) if held else cells.order(vectors.coordinates, vectors.centres)
    return np.array_split(order, -(-size // (BLOCK * width)))


def _find(vectors: Vectors, lists: Lists, whole: NDArray[np.bool_], settings: Settings, step: Recorder) -> Lists:
    """Candidates of every picture: `whole` lists take in the others, which are new; the rest begin anew."""

    def progress(done: int, total: int) -> None:
        step("Finding neighbours", done, total)

    step("Finding neighbours", 0, 0)
    old, new = np.flatnonzero(whole), np.flatnonzero(~whole)
    if not len(new):
        return lists
    found, cores = np.empty_like(lists), settings.cores
    found[new] = candidates.nearest(
        vectors.coordinates, CANDIDATES, rows=new, centres=vectors.cells, threads=cores, progress=progress
    )
    if len(old):
        # A list that was not whole belongs to a picture that others may have listed already.
        listed_new = ~whole[lists[old]] & (lists[old] >= 0)
        kept = np.where(listed_new, np.int32(-1), lists[old])
        found[old] = candidates.nearest(
            vectors.coordinates,
            CANDIDATES,
            rows=old,
            columns=new,
            listed=kept,
            centres=vectors.cells,
            threads=cores,
        )
    return found


def neighbour_graph(neighbours: Neighbours, count: int, exemplars: NDArray[np.int64], comparer: Comparer) -> Pairs:
    """The edges of the graph: each picture with its `count` nearest, and what is known of `exemplars`, weighed."""
    pairs = listed(neighbours.lists, neighbours.values, count).joined(neighbours.others.of(exemplars))
    return comparer.weighed_pairs(pairs)
