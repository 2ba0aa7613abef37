"""Trends of a selection that is too large to be clustered while somebody waits: found by a job, and kept."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from leitmotiv.analysis import tree
from leitmotiv.errors import NoIndexError, UnfoundError, UsageError
from leitmotiv.records import Clusters
from leitmotiv.store.arrays import Stored
from leitmotiv.workflows import correcting, nearness, selecting, sparse_index
from leitmotiv.workflows.blended_trends import as_arrays, as_clusters
from leitmotiv.workflows.estimates import bounded_distances
from leitmotiv.workflows.measuring import compared, measure_digest
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.session import Session

REVISION = 1
"""Grows whenever the same pictures would get other trends."""
KEPT = 8
"""Selections whose trends are kept at most: the latest."""
PHASE = "Finding trends"


def find(session: Session, ids: list[str], query: str) -> tuple[Clusters, tree.Distance]:
    """The trends among these pictures, as the job found them, and a distance of a row to others, nats.

    Raises
    ------
    UnfoundError
        It did not look for them yet.
    NoIndexError
        The library was not compared yet.
    """
    _comparable(session)
    stored = _stored(session, ids)
    if stored is None:
        raise UnfoundError(
            f"Trends among the {len(ids):,} pictures of {query!r} have not been found yet. Run `leitmotiv clusters "
            f'--of {query!r}`, or start the job "selection".'
        )
    clusters = remember(session, ("part of many", stored.digest), lambda: as_clusters(stored))
    return clusters, bounded_distances(session, clusters)


def bring_up_to_date(session: Session, query: str, report: Report | None = None) -> int:
    """Find the trends of a selection and keep them; returns how many are shown first.

    Raises
    ------
    UsageError
        The selection cannot be read.
    NoIndexError
        The library was not compared yet.
    LibraryLockedError
    """
    library = session.library
    ids = sorted(selecting.select(session, query))
    stored = _stored(session, ids)
    if stored is not None:
        return as_clusters(stored).default_count
    _comparable(session)
    title, parameters = _title(query), {"q": query}
    with (
        library.writer("finding trends", wait=5.0),
        recorded(library, "selection", title, report, parameters) as step,
    ):
        step(PHASE, 0, 0)
        found = _found(session, ids, step)
        digest = _digest(session, ids)
        at = {"at": np.array([time.time()])}
        library.arrays.put(_place(session, digest), as_arrays(found) | at, found.ids, digest)
    return found.default_count


def ensure(session: Session, query: str, report: Report | None = None) -> None:
    """The same where a selection is too large to be clustered while somebody waits; others need nothing."""
    if len(selecting.select(session, query)) > nearness.MOST:
        bring_up_to_date(session, query, report)


def check(session: Session, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Look at {"q": "year:2024"}, as a page asks the queue."""
    query = parameters.get("q", "")
    if set(parameters) - {"q"} or not isinstance(query, str) or not query.strip():
        raise UsageError(f"q is {query!r}, but must be a line of filters, such as year:2024.")
    selecting.select(session, query)
    return _title(query), {"q": query}


def work(session: Session, parameters: Mapping[str, Any], report: Report) -> str:
    """Find trends as the queue does it."""
    return f"{bring_up_to_date(session, str(parameters['q']), report):,} trends"


def _title(query: str) -> str:
    return f"Trends of {query}"


def _comparable(session: Session) -> None:
    if compared(session) is None and nearness.usable_vectors(session) is None:
        raise NoIndexError(nearness.NO_INDEX)


def _found(session: Session, ids: list[str], step: Recorder) -> Clusters:
    """By all pairs where the library has them, else from neighbours among these pictures."""
    library, settings = session.library, session.settings
    numbers = correcting.stored(library, settings)
    matrix = compared(session)
    if matrix is None:
        return sparse_index.of_part(library, settings, ids, numbers, step)
    known, values = nearness.of_matrix(matrix, ids)
    values = correcting.related(values, known, numbers)
    return tree.cluster(
        values, ids=known, threads=settings.cores, progress=lambda done, total: step(PHASE, done, total)
    )


def _digest(session: Session, ids: list[str]) -> str:
    """What trends are found from."""
    settings = session.settings
    compared_now = (session.library.clusters.digest(), measure_digest(settings), settings.correction)
    text = "\n".join([*map(str, compared_now), *ids])
    return f"{hashlib.sha256(text.encode()).hexdigest()} part {REVISION}"


def _places(session: Session) -> dict[str, Stored | None]:
    """What is kept, by the names of the places for it."""
    return {name: session.library.arrays.get(name) for name in (f"part-{number}" for number in range(KEPT))}


def _place(session: Session, digest: str) -> str:
    """Where a selection's trends are kept: in their old place, in a free one, or in place of the oldest."""
    places = _places(session)
    same = [name for name, stored in places.items() if stored is not None and stored.digest == digest]
    return same[0] if same else min(places, key=lambda name: _made_at(places[name]))


def _made_at(stored: Stored | None) -> float:
    return 0.0 if stored is None else float(stored["at"][0])


def _stored(session: Session, ids: list[str]) -> Stored | None:
    digest = _digest(session, ids)
    return next((one for one in _places(session).values() if one is not None and one.digest == digest), None)
