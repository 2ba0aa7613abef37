"""Moments: pictures that a camera took one after the other and that look alike; whom to keep is for `bursts`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.embedding import STEPS, expected_divergences
from leitmotiv.records import read_only
from leitmotiv.store.arrays import Stored
from leitmotiv.store.catalogue import Columns
from leitmotiv.workflows import selecting
from leitmotiv.workflows.asking import ask
from leitmotiv.workflows.likeness import EXACT
from leitmotiv.workflows.measuring import compared, to_many
from leitmotiv.workflows.nearness import usable_vectors
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import Vectors

MOST = 60
"""Pictures of one moment at most: a longer run is parted."""
AT_ONCE = 20_000
"""Pairs that are looked up together."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Moments:
    """M pictures in B moments, the earliest first.

    Attributes
    ----------
    hashes : (M, 32) uint8
        Ids as bytes, moment by moment.
    starts : (B + 1,) int64
        The first picture of each moment, and M.
    """

    hashes: NDArray[np.uint8]
    starts: Rows

    def __post_init__(self) -> None:
        read_only(self.hashes)
        read_only(self.starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def ids(self, moment: int) -> list[str]:
        """The pictures of one moment, the earliest first."""
        whole = self.hashes[self.starts[moment] : self.starts[moment + 1]].tobytes().hex()
        return [whole[at : at + 64] for at in range(0, len(whole), 64)]


def moments(session: Session, text: str, seconds: float, near: float) -> Moments:
    """The moments among the pictures of a line of filters; see `bursts.bursts`.

    Only the divergence between each picture and the one taken before it is looked at, so that the work grows with the
    number of pictures.

    Raises
    ------
    UsageError
        The line cannot be read.
    CompilingError
        Pictures came after the index, and the mathematics is not compiled yet.
    """
    asking = ask(session)
    found = asking.columns
    rows = selecting.within(asking, text, selecting.DEFAULT_SORT, "none").rows[::-1].astype(np.int64)
    rows, run = _runs(found, rows[found.timed[rows]], seconds)
    rows, run, apart = _compared(session, found, rows, run)
    if not len(rows):
        return Moments(np.zeros((0, 32), np.uint8), np.zeros(1, np.int64))
    parted = np.concatenate([[True], (run[1:] != run[:-1]) | (apart > near), [True]])
    starts = np.flatnonzero(parted)
    sizes = np.diff(starts)
    kept = sizes > 1
    members = np.repeat(kept, sizes)
    return Moments(found.hashes[rows[members]], np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64))


def _runs(found: Columns, rows: Rows, seconds: float) -> tuple[Rows, Rows]:
    """Those of some rows, in the order of time, that another follows or precedes closely; and the run of each."""
    if len(rows) < 2:
        return rows[:0], rows[:0]
    begins = np.concatenate([[True], np.diff(found.taken[rows]) > seconds * 1e6])
    starts = np.flatnonzero(begins)
    place = np.arange(len(rows)) - np.repeat(starts, np.diff([*starts, len(rows)]))
    begins |= place % MOST == 0
    alone = begins & np.concatenate([begins[1:], [True]])
    return rows[~alone], np.cumsum(begins)[~alone]


def _compared(session: Session, found: Columns, rows: Rows, run: Rows) -> tuple[Rows, Rows, NDArray[np.float32]]:
    """Rows of which something is known, their runs, and the divergence of each to the one before it, nats.

    A few that came after the index are compared now; of further ones nothing is known.
    """
    index = _index(session, found)
    if index is None or not len(rows):
        return rows[:0], run[:0], np.zeros(0, np.float32)
    place = index.place[rows]
    new = np.flatnonzero(place < 0)
    kept = np.ones(len(rows), bool)
    kept[new[EXACT // 2 :]] = False
    rows, run, place = rows[kept], run[kept], place[kept]
    apart = np.full(len(rows) - 1, np.inf, np.float32)
    together = run[1:] == run[:-1]
    known = np.flatnonzero(together & (place[1:] >= 0) & (place[:-1] >= 0))
    for start in range(0, len(known), AT_ONCE):
        part = known[start : start + AT_ONCE]
        apart[part] = index.divergences(place[part], place[part + 1])
    for pair in np.flatnonzero(together & ((place[1:] < 0) | (place[:-1] < 0))).tolist():
        one, other = found.some(rows[pair : pair + 2])
        apart[pair] = to_many(session, session.library.mixtures.get(one), [other])[0]
    return rows, run, apart


@dataclass(frozen=True, eq=False)
class _Index:
    """What was compared.

    Attributes
    ----------
    place : (N,) int64
        The row of each picture of the library there; -1 of one that is not.
    divergences : callable
        Of two rows of that many of its rows, nats.
    """

    place: Rows
    divergences: Callable[[Rows, Rows], NDArray[np.float32]]


def _index(session: Session, found: Columns) -> _Index | None:
    stored = compared(session)
    if stored is not None:
        values = stored["values"]
        return _Index(found.places_in(stored.ids), lambda left, right: np.asarray(values[left, right]))
    vectors = usable_vectors(session)
    if vectors is None:
        return None
    lists = stored_neighbours(session.library, session.settings)
    listed = None if lists is None or lists.ids != vectors.ids else lists
    return _Index(found.places_in(vectors.ids), lambda left, right: _told(vectors, listed, left, right))


def _told(vectors: Vectors, listed: Stored | None, left: Rows, right: Rows) -> NDArray[np.float32]:
    """Divergences of pairs: the stored ones of neighbours, else what their vectors lead to expect."""
    apart = vectors.coordinates[left].astype(np.float32) - vectors.coordinates[right]
    squares = np.square(apart).sum(axis=1, dtype=np.float64) / STEPS**2
    told = expected_divergences(vectors.curve, squares).astype(np.float32)
    if listed is None:
        return told
    for one, other in ((left, right), (right, left)):
        pair, place = np.nonzero(listed["lists"][one] == other[:, None])
        values = listed["values"][one[pair], place]
        computed = np.isfinite(values)
        told[pair[computed]] = values[computed]
    return told
