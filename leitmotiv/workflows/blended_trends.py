"""Trends by subject, or by look and subject at once: found among chosen pictures, or among all of them and then kept.

What a person changed by hand belongs to the trends by look; names hold here, too, wherever most pictures of a group are
those that were named.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import hubness, subject, tree
from leitmotiv.errors import EmptyLibraryError, NoIndexError, UsageError
from leitmotiv.records import ACTIVATIONS, Clusters, Float, Merge
from leitmotiv.store.arrays import Stored
from leitmotiv.workflows import activations, blended_graph, blending, correcting
from leitmotiv.workflows.blending import SUBJECT
from leitmotiv.workflows.estimates import bounded_distances
from leitmotiv.workflows.measuring import compared, measure_digest
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.nearness import MOST, between
from leitmotiv.workflows.progress import Report, recorded
from leitmotiv.workflows.session import Session

Rows = NDArray[np.int64]
Distance = Callable[[int, Rows], Float]
REVISION = 1
"""Grows whenever the same pictures would get other trends."""
PHASE = "Finding trends"


@dataclass(frozen=True, eq=False)
class Found:
    """Trends among pictures.

    Attributes
    ----------
    clusters : Clusters
    distance : callable
        Of a row to other rows, (M,) float64, in the unit that was clustered: 0 for the same, 0.5 for what is usual.
    left_out : int
        Pictures that nobody has looked at, or compared, yet.
    """

    clusters: Clusters
    distance: Distance
    left_out: int


def find(session: Session, ids: Sequence[str], by: float, *, whole: bool) -> Found:
    """Trends among pictures: kept ones where they are all of the library, else found now.

    Parameters
    ----------
    by : float
        Above 0, the look, up to 1, the subject.
    whole : bool
        Whether `ids` are all pictures of the library.

    Raises
    ------
    NoActivationsError, MissingExtraError
        Nobody has looked at what pictures show.
    NoIndexError
        There are more than can be clustered while somebody waits, and these trends were not found yet.
    UsageError
        There are more, and they are a selection.
    """
    known = blending.subjects(session)
    there = sorted(image_id for image_id in ids if image_id in known.row_of)
    stored = _stored(session, there, by) if whole else None
    if stored is not None:
        return _found(session, stored, by, len(ids))
    if len(there) > MOST:
        if not whole:
            between(session, there, doing="way of finding trends")  # says what can be done instead
        raise NoIndexError(
            f"Trends {blending.told(by)} have not been found among these {len(there):,} pictures yet. Run `leitmotiv "
            f'clusters --by {blending.said(by)}`, or start the job "trends".'
        )
    state = (session.library.clusters.stamp(), session.settings.correction, hash(tuple(there)))
    clusters = remember(session, ("blended trends", by, state), lambda: _of(session, there, by), lane=True)
    return _found(session, clusters, by, len(ids))


def bring_up_to_date(session: Session, by: float, report: Report | None = None, *, wait: float = 5.0) -> int:
    """Find the trends of the whole library and keep them; returns how many are shown first.

    Raises
    ------
    EmptyLibraryError
        There is nothing to find trends in.
    NoIndexError
        By less than the subject alone: the pictures were not compared by look.
    MissingExtraError, LibraryLockedError
    """
    library = session.library
    if not library.images.count():
        raise EmptyLibraryError("The library has no pictures yet. Add some: leitmotiv add-directory FOLDER")
    activations.ensure(session, report, wait=wait)
    known = blending.subjects(session)
    ids = sorted(image_id for image_id in library.images.ids() if image_id in known.row_of)
    stored = _stored(session, ids, by)
    if stored is None:
        with (
            library.writer("finding trends", wait=wait),
            recorded(library, "trends", f"Trends {blending.told(by)}", report, {"by": blending.said(by)}) as step,
        ):
            step(PHASE, 0, 0)
            if is_large(session, len(ids)):
                stored = blended_graph.build(session, ids, by, step).clusters(step)
            else:
                stored = _of(session, ids, by, lambda done, total: step(PHASE, done, total))
            library.arrays.put(_name(by), as_arrays(stored), stored.ids, _digest(session, ids, by))
    return stored.default_count


def check(session: Session, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Look at {"by": "0.4"}, as a page asks the queue."""
    by = parameters.get("by", "subject")
    if set(parameters) - {"by"} or not isinstance(by, str) or blending.read(by) == 0:
        raise UsageError(f"by is {by!r}, but must be subject, or a number between 0, the look, and 1, as a text.")
    if not session.library.images.count():
        raise EmptyLibraryError("The library has no pictures yet. Add some first.")
    return f"Trends {blending.told(blending.read(by))}", {"by": blending.said(blending.read(by))}


def work(session: Session, parameters: Mapping[str, Any], report: Report) -> str:
    """Find trends as the queue does it."""
    return f"{bring_up_to_date(session, blending.read(str(parameters['by'])), report):,} trends"


def is_large(session: Session, count: int) -> bool:
    """Whether so many pictures are too many for all pairs."""
    return count > max(MOST, session.settings.limit)


def _of(session: Session, ids: Sequence[str], by: float, progress: tree.Progress | None = None) -> Clusters:
    ids, apart = matrix(session, ids, by)
    threads = session.settings.cores if progress is not None else 1
    return tree.cluster(apart, ids=ids, threads=threads, progress=progress)


def matrix(session: Session, ids: Sequence[str], by: float) -> tuple[Sequence[str], NDArray[np.float32]]:
    """How far all pairs of pictures that were seen are apart; by less than the subject alone, of those compared.

    Raises
    ------
    NoIndexError
        None of them was compared by look.
    """
    if by == SUBJECT:
        return ids, blending.subjects(session).matrix(ids)
    ids, looks, nats = _looks(session, ids)
    return ids, blending.matrix(session, ids, looks, by, nats=nats)


def _looks(session: Session, ids: Sequence[str]) -> tuple[Sequence[str], NDArray[np.float32], bool]:
    """How far the looks of pictures are apart, those that were compared; and whether that is in nats."""
    if len(ids) <= MOST:
        near = between(session, ids)
        ids, values = near.ids, near.matrix
    else:
        stored = compared(session)
        if stored is None:
            raise NoIndexError(
                "These pictures were not compared yet. Run `leitmotiv build-index`, or wait for the job."
            )
        place = {image_id: row for row, image_id in enumerate(stored.ids)}
        ids = [image_id for image_id in ids if image_id in place]
        rows = [place[image_id] for image_id in ids]
        values = np.asarray(stored["values"])[np.ix_(rows, rows)]
    numbers = correcting.stored(session.library, session.settings)
    if numbers is None:
        return ids, values, True
    remote = np.array([numbers.values.get(image_id, numbers.middle) for image_id in ids])
    return ids, hubness.relative_matrix(values, remote, numbers.middle), False


def _found(session: Session, clusters: Clusters, by: float, asked: int) -> Found:
    return Found(clusters, _distance(session, clusters, by), asked - len(clusters.ids))


def _distance(session: Session, clusters: Clusters, by: float) -> Distance:
    """How far rows are apart, a few at a time: no matrix is kept for it."""
    known = blending.subjects(session)
    place = np.array([known.row_of.get(image_id, 0) for image_id in clusters.ids], np.int64)
    nats = bounded_distances(session, clusters)
    numbers = correcting.stored(session.library, session.settings)

    def distance(one: int, rows: Rows) -> Float:
        apart = known.between(int(place[one]), place[rows])
        if by == SUBJECT or not len(rows):
            return apart
        looks = nats(one, rows)
        if numbers is None:
            return subject.blended(looks * blending.USUAL_LOOK, apart, by)
        own = numbers.values.get(clusters.ids[one], numbers.middle)
        return subject.blended(numbers.relative(looks, own, [clusters.ids[row] for row in rows]), apart, by)

    return distance


def _name(by: float) -> str:
    return f"trends-{round(by * blending.STEPS)}"


def _digest(session: Session, ids: Sequence[str], by: float) -> str:
    """What trends are found from."""
    settings = session.settings
    looks = "" if by == SUBJECT else f"{measure_digest(settings)} {session.library.clusters.digest()}"
    text = "\n".join([ACTIVATIONS, settings.correction, looks, *ids])
    return f"{hashlib.sha256(text.encode()).hexdigest()} trends {REVISION}"


def _stored(session: Session, ids: Sequence[str], by: float) -> Clusters | None:
    stored = session.library.arrays.get(_name(by))
    if stored is None or stored.digest != _digest(session, ids, by):
        return None
    return remember(session, ("blended trends", by, stored.digest), lambda: as_clusters(stored))


def as_arrays(clusters: Clusters) -> dict[str, NDArray[Any]]:
    """Clusters as arrays that can be stored, but for their ids."""
    merges = [(one.left, one.right, one.exemplar) for one in clusters.merges]
    return {
        "labels": clusters.labels,
        "exemplars": clusters.exemplars,
        "distances": clusters.distances,
        "merges": np.array(merges, np.int64).reshape(-1, 3),
        "heights": np.array([one.height for one in clusters.merges], np.float64),
        "numbers": np.array([clusters.default_count, clusters.preference, clusters.cost], np.float64),
    }


def as_clusters(stored: Stored) -> Clusters:
    """The clusters that `as_arrays` made stored arrays of."""
    count, preference, cost = stored["numbers"].tolist()
    merges = zip(stored["merges"].tolist(), stored["heights"].tolist(), strict=True)
    return Clusters(
        stored.ids,
        stored["labels"],
        stored["exemplars"],
        stored["distances"],
        tuple(Merge(left, right, height, exemplar) for (left, right, exemplar), height in merges),
        round(count),
        preference,
        cost,
    )
