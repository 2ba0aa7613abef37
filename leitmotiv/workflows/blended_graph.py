"""Who is near whom by subject, or by look and subject, in a library too large for all pairs: lists, no matrix.

The candidates of a picture are the nearest by subject, found exactly, and by less than the subject alone those that the
index found by look, too; no matrix over all pictures is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import candidates, divergence, layout, sparse_tree, subject
from leitmotiv.analysis.graph import Divergences, Keys, Lists, Pairs, ends, keys_of, listed
from leitmotiv.analysis.prices import Priced, settled
from leitmotiv.analysis.sparse_exemplars import Compare, Served, augmented
from leitmotiv.errors import NoIndexError
from leitmotiv.records import Clusters, Float
from leitmotiv.workflows import blending, correcting
from leitmotiv.workflows.blending import SUBJECT, Subjects
from leitmotiv.workflows.neighbours import Comparer, recalled, stored_neighbours
from leitmotiv.workflows.progress import Recorder
from leitmotiv.workflows.session import Session

NEAREST = 50
"""Nearest pictures by subject that each is joined to."""
SHORTLIST = 20
"""Exemplars nearest by subject that each picture is compared with."""
STEPS = 2**12
"""Whole numbers to the length of an activation: what the search for the nearest takes, and as exact as float16."""
PAIRS_AT_ONCE = 20_000

Rows = NDArray[np.int64]
Coordinates = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Graph:
    """Candidates of N pictures.

    Attributes
    ----------
    ids : tuple of str
        Ascending.
    lists : (N, C) int32
        Rows; -1 where there are fewer, no row twice.
    values : (N, C) float32
        How far they are: 0 for the same, 0.5 for what is usual, at most 1; NaN where there is none.
    coordinates : (N, 1280) int16
        Activations of one length: near by subject is near in them.
    compare : callable
        The same for pairs by their keys.
    threads : int
    """

    ids: tuple[str, ...]
    lists: Lists
    values: Divergences
    coordinates: Coordinates
    compare: Compare
    threads: int

    def clusters(self, step: Recorder) -> Clusters:
        """The trends, found along the edges."""
        pairs = listed(self.lists, self.values)

        def shortlist(rows: Rows) -> Lists:
            count = min(SHORTLIST, len(rows))
            return candidates.nearest(self.coordinates, count, columns=rows, threads=self.threads)

        def search(price: float, start: Rows | None) -> Priced[tuple[Served, Pairs]]:
            step("Finding trends", 0, 100)
            found = augmented(
                pairs,
                preference=price,
                most=1.0,
                shortlist=shortlist,
                compare=self.compare,
                start=start,
                progress=lambda done, total: step("Finding trends", 60 * done // total, 100),
            )
            return Priced(price, found[0].rows, found)

        made = settled(len(self.ids), search, lambda: sparse_tree.suggest(len(self.ids), self.compare))
        found, _ = sparse_tree.build(
            self.ids,
            *made.found,
            preference=made.price,
            most=1.0,
            compare=self.compare,
            progress=lambda done, total: step("Finding trends", 60 + 39 * done // total, 100),
        )
        return found

    def near(self) -> tuple[Lists, Divergences]:
        """The nearest of each picture for a map, (N, K), nearest first."""
        order = np.argsort(self.values, axis=1, kind="stable")[:, : layout.NEIGHBOURS]
        return np.take_along_axis(self.lists, order, axis=1), np.take_along_axis(self.values, order, axis=1)

    def features(self, count: int) -> Float:
        """Principal coordinates by subject, (N, count) float64: where a map begins."""
        return layout.principal(self.coordinates, count)


def build(session: Session, ids: Sequence[str], by: float, step: Recorder) -> Graph:
    """Find candidates of pictures that were seen, and how far they are.

    Raises
    ------
    NoIndexError
        By less than the subject alone: the index has no candidates by look.
    """
    library, settings = session.library, session.settings
    step("Preparing the mathematics", 0, 0)
    candidates.warm()
    known = blending.subjects(session)
    looks: Comparer | None = None
    listed_by_look = np.zeros((len(ids), 0), np.int32)
    if by != SUBJECT:
        divergence.warm()
        stored = stored_neighbours(library, settings)
        if stored is None:
            raise NoIndexError(
                "These pictures were not compared yet. Run `leitmotiv build-index`, or wait for the job."
            )
        there = set(stored.ids)
        ids = [image_id for image_id in ids if image_id in there]
        neighbours, _ = recalled(library, settings, ids)
        looks = Comparer(library, settings, ids, listed(neighbours.lists, neighbours.values).joined(neighbours.others))
        looks.correct(correcting.stored(library, settings))
        listed_by_look = np.where(np.isfinite(neighbours.values), neighbours.lists, -1)
    coordinates = _coordinates(known, ids)
    lists = candidates.nearest(
        coordinates,
        min(NEAREST, len(ids) - 1),
        centres=candidates.divided(coordinates),
        threads=settings.cores,
        progress=lambda done, total: step("Finding neighbours by subject", done, total),
    )
    lists = _once(np.concatenate([lists, listed_by_look], axis=1))
    compare = _compare(known, ids, by, looks, nats=correcting.stored(library, settings) is None)
    there_ = np.nonzero(lists >= 0)
    keys, place = np.unique(keys_of(there_[0], lists[there_], len(ids)), return_inverse=True)
    values = np.full(lists.shape, np.nan, np.float32)
    found = np.empty(len(keys), np.float32)
    for start in range(0, len(keys), PAIRS_AT_ONCE):
        step("Comparing pictures", start, len(keys))
        found[start : start + PAIRS_AT_ONCE] = compare(keys[start : start + PAIRS_AT_ONCE])
    values[there_] = found[place]
    return Graph(tuple(ids), lists, values, coordinates, compare, settings.cores)


def _coordinates(known: Subjects, ids: Sequence[str]) -> Coordinates:
    rows = np.array([known.row_of[image_id] for image_id in ids], np.int64)
    out = np.empty((len(rows), known.pooled.shape[1]), np.int16)
    for start in range(0, len(rows), PAIRS_AT_ONCE):
        part = rows[start : start + PAIRS_AT_ONCE]
        unit = known.pooled[part].astype(np.float32) / known.lengths[part, None]
        out[start : start + PAIRS_AT_ONCE] = np.rint(unit * STEPS)
    return out


def _once(lists: Lists) -> Lists:
    """Lists without a row that stands in them twice, or their own: -1 there."""
    order = np.argsort(lists, axis=1, kind="stable")
    rising = np.take_along_axis(lists, order, axis=1)
    again = np.zeros(lists.shape, bool)
    again[:, 1:] = rising[:, 1:] == rising[:, :-1]
    again |= rising == np.arange(len(lists))[:, None]
    out = np.empty_like(lists)
    np.put_along_axis(out, order, np.where(again, -1, rising), axis=1)
    return out


def _compare(known: Subjects, ids: Sequence[str], by: float, looks: Comparer | None, *, nats: bool) -> Compare:
    rows = np.array([known.row_of[image_id] for image_id in ids], np.int64)

    def compare(keys: Keys) -> Divergences:
        one, other = rows[ends(keys.ravel(), len(rows)).T]
        apart = np.concatenate(
            [np.zeros(0)]
            + [
                known.pairs(one[start : start + PAIRS_AT_ONCE], other[start : start + PAIRS_AT_ONCE])
                for start in range(0, len(one), PAIRS_AT_ONCE)
            ]
        ).reshape(keys.shape)
        if looks is None:
            return apart.astype(np.float32)
        far = looks.weighed(keys) * (np.float32(blending.USUAL_LOOK) if nats else np.float32(1))
        return subject.blended(far, apart, by).astype(np.float32)

    return compare
