"""The collection that concepts are learnt against: kept with the library, and made anew when its pictures change."""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis.background import Background
from leitmotiv.errors import EmptyLibraryError, LeitmotivError, NoActivationsError
from leitmotiv.records import ACTIVATIONS
from leitmotiv.store.arrays import Stored
from leitmotiv.workflows import activations, technical
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

BACKGROUND = "background"
"""The name of the stored arrays."""
REVISION = 2
"""Grows whenever the same activations would give another background."""
PREPARED_FROM = 5_000
"""Pictures from which the background is made with the index: a page would wait for it."""
PATCHED_FROM = 10_000
"""Pictures from which a few new ones are placed in the old background: learning it anew takes long."""
PATCHED = 0.05
"""Share of new pictures up to which that is done."""
MOST_PATCHED = 500
"""New pictures that a page places itself; of more the job "activations" learns the collection anew."""
WAITED = 1.0
"""Seconds that a search waits for another process that writes, where nothing was seen yet."""
NOT_LEARNT = (
    "What this collection is like has to be learnt first, which takes some seconds for each 10,000 pictures. "
    'Start the job "activations", or run `leitmotiv build-index`.'
)
PHASE = "Learning what the collection is like"
_LEARNT_AT = "revision"
"""Of the stored arrays: how often activations had been changed before they were read."""
_KEYS = ("centre", "axes", "plain", "rows", "directions", "variances", "near", "closeness")


@dataclass(frozen=True, eq=False)
class Ground:
    """The background of a library and whose rows they are.

    Attributes
    ----------
    ids : tuple of str
        In the order of the rows, ascending.
    """

    ids: tuple[str, ...]
    background: Background

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {image_id: row for row, image_id in enumerate(self.ids)}

    def row(self, image_id: str) -> int | None:
        """The row of a picture, for who asks for a few only; None for one that nobody saw."""
        at = bisect_left(self.ids, image_id)
        return at if at < len(self.ids) and self.ids[at] == image_id else None


def background(session: Session, report: Report | None = None) -> Ground:
    """The background of a library; made on first use, and when pictures came or went.

    Raises
    ------
    EmptyLibraryError
        There is no picture to learn from.
    NoActivationsError
        A page asks, and the backbone has seen none of the pictures, or the collection is large and not learnt yet.
    MissingExtraError
        The weights of the backbone are needed, and are missing or damaged.
    """
    _seen(session, report)
    ids = _ids(session)
    if not ids:
        if any(job.kind == "add" and job.state == "running" for job in session.library.jobs.list()):
            raise EmptyLibraryError(
                "The pictures are being read, and the first are not there yet. Ask again in a moment."
            )
        raise EmptyLibraryError("The library has no pictures yet. Add some: leitmotiv add-directory FOLDER")
    key = known_digest(session, ids)
    return remember(session, ("background", key), lambda: _made(session, ids, key, report), lane=True)


def follow(session: Session, report: Report | None = None, *, wait: float = 5.0) -> str:
    """After an index, have the backbone see what is new, learn what a large collection is like, and measure.

    Small ones are learnt in a moment when a board asks. Measures come last: words wait for what is seen.

    Returns
    -------
    str
        As of `activations.follow`.
    """
    said = activations.follow(session, report, wait=wait)
    if session.settings.activations == "index":
        prepare(session, report)
    technical.ensure(session, report, wait=wait)
    return said


def prepare(session: Session, report: Report | None = None) -> None:
    """Learn what a large collection is like, so that no page has to wait for it."""
    ids = session.library.activations.ids()
    if len(ids) < PREPARED_FROM:
        return
    stored = session.library.arrays.get(BACKGROUND)
    if stored is None or stored.digest != known_digest(session, ids) or stored.ids != ids:
        _learn(session, report)
    background(session, report)


def waiting(session: Session) -> str:
    """Why a page cannot ask concepts yet; empty where it can. The job "activations" does what is lacking.

    Whoever is patient waits while it is done at once.
    """
    if session.patient:
        return ""
    library = session.library
    if not library.activations.count():
        return activations.NOTHING_SEEN if library.images.count() else ""
    if library.activations.count() < PREPARED_FROM:
        return ""
    ids = library.activations.ids()
    key = known_digest(session, ids)
    stored = library.arrays.get(BACKGROUND)
    ready = stored is not None and (
        (stored.digest == key and stored.ids == ids) or _patchable(stored, ids, MOST_PATCHED)
    )
    return "" if ready else NOT_LEARNT


def _ids(session: Session) -> tuple[str, ...]:
    """The pictures that were seen, ascending; those of the stored background while no activation changed since."""
    stored = session.library.arrays.get(BACKGROUND)
    if stored is not None and _LEARNT_AT in stored and stored.digest.rpartition(" ")[0] == _way():
        unchanged = int(stored[_LEARNT_AT][0]) == session.library.revision("activations")[0]
        if unchanged and "" not in stored.ids:
            return stored.ids
    return session.library.activations.ids()


def digest(ids: Sequence[str]) -> str:
    """What a background is made by, in plain words, and from: a hash of the pictures."""
    pictures = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    return f"{_way()} {pictures}"


def known_digest(session: Session, ids: tuple[str, ...]) -> str:
    """The same, remembered, or as it was kept with them: of many pictures it takes longer than a search."""
    stored = session.library.arrays.get(BACKGROUND)
    if stored is not None and stored.ids is ids and stored.digest.rpartition(" ")[0] == _way():
        return stored.digest
    # the very tuple is kept beside it, so that no other one can be at its place in memory
    return remember(session, ("ids digest", id(ids), _way()), lambda: (ids, digest(ids)))[1]


def _way() -> str:
    """By what a background is made: rows of another way cannot stand beside those of this one."""
    return f"background {REVISION} {ACTIVATIONS}"


def _seen(session: Session, report: Report | None) -> None:
    """Have the backbone see what is new. What it saw is enough where it cannot look now, unless that is nothing.

    A page waits for a few pictures only: more of them are a job.
    """
    library = session.library
    if not session.patient:
        activations.catch_up(session)
        if not library.activations.count() and library.images.count():
            raise NoActivationsError(activations.NOTHING_SEEN)
        return
    try:
        # a search asks several times: who waited each time would be silent for half a minute
        activations.ensure(session, report, wait=0.0 if library.activations.count() else WAITED)
    except LeitmotivError:
        if not library.activations.count():
            raise


def _made(session: Session, ids: tuple[str, ...], key: str, report: Report | None) -> Ground:
    if why := waiting(session):
        raise NoActivationsError(why)
    stored = session.library.arrays.get(BACKGROUND)
    if stored is not None and stored.digest == key and stored.ids == ids:
        return _ground(ids, _unpacked(stored))
    ids, pooled = session.library.activations.matrix()
    if stored is not None and _patchable(stored, ids):
        return _ground(ids, _patched(stored, ids, pooled))
    return _learn(session, report)


def _learn(session: Session, report: Report | None) -> Ground:
    """Learn the collection as it is now, and keep it."""
    (revision,) = session.library.revision("activations")
    ids, pooled = session.library.activations.matrix()
    pace = Pace()

    def tell(done: int, total: int) -> None:
        if report is not None:
            report(pace.step(PHASE, done, total))

    learnt = ground.learn(pooled, tell)
    if session.library.writable:
        arrays: dict[str, NDArray[Any]] = {name: getattr(learnt, name) for name in _KEYS}
        session.library.arrays.put(BACKGROUND, arrays | {_LEARNT_AT: np.array([revision])}, ids, digest(ids))
    return _ground(ids, learnt)


def _ground(ids: tuple[str, ...], learnt: Background) -> Ground:
    return Ground(ids, learnt)


def _unpacked(stored: Stored, **other: NDArray[Any]) -> Background:
    return Background(**{name: other.get(name, stored[name]) for name in _KEYS})


def _patchable(stored: Stored, ids: tuple[str, ...], most: int | None = None) -> bool:
    """Whether so few came and went that the others keep their rows; no more than `most`."""
    same_way = (stored.digest or "").rpartition(" ")[0] == _way()
    if len(ids) < PATCHED_FROM or not same_way or set(_KEYS) - set(stored):
        return False
    old = set(stored.ids) - {""}
    strange = len(old.symmetric_difference(ids))
    return strange <= (PATCHED * len(ids) if most is None else min(most, PATCHED * len(ids)))


def _patched(stored: Stored, ids: tuple[str, ...], pooled: NDArray[np.float16]) -> Background:
    """The stored background with rows for these pictures: known ones keep theirs, new ones are placed among them."""
    old = _unpacked(stored)
    at = {image_id: row for row, image_id in enumerate(stored.ids) if image_id}
    where = np.array([at.get(image_id, -1) for image_id in ids], np.int64)
    new = np.flatnonzero(where < 0)
    rows, plain, near, closeness = (values[where] for values in (old.rows, old.plain, old.near, old.closeness))
    if len(new):
        found = ground.centred(pooled[new], old.centre) @ old.axes
        columns, weights = ground.beside(old, found)
        rows[new] = ground.averaged_with(old, found, columns, weights)
        plain[new] = found
        near[new], closeness[new] = columns[:, : near.shape[1]], weights[:, : near.shape[1]]
    now = np.full(len(old), -1, np.int32)
    now[where[where >= 0]] = np.flatnonzero(where >= 0)
    near = now[near]
    gone = near < 0
    near[gone], closeness[gone] = 0, 0
    return _unpacked(stored, rows=rows, plain=plain, near=near, closeness=closeness)
