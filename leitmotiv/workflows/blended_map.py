"""The map by subject, or by look and subject: the pictures of the map by look, in the same rows, elsewhere.

As on the map by look, what has a place keeps it: pictures that come later find theirs among the others.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import layout, sorted_grid
from leitmotiv.errors import NoMapError
from leitmotiv.records import ACTIVATIONS, Float
from leitmotiv.settings import Settings
from leitmotiv.workflows import blended_graph, blended_trends, blending
from leitmotiv.workflows.map import AXES, Places, map_digest, stored_places
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.session import Session

Rows = NDArray[np.int64]
REVISION = 1
"""Grows whenever the same pictures would get another map."""


def places(session: Session, by: float) -> Places:
    """Where pictures lie, in the rows of the map by look.

    Raises
    ------
    NoMapError
        There is no map by look yet, or some of its pictures have no place here.
    """
    library, settings = session.library, session.settings
    base, known = stored_places(library, settings), _stored(session, by)
    if base is None or known is None:
        raise NoMapError(f"The pictures have no places on the map {blending.told(by)} yet. Wait for the job.")
    row_of = {image: row for row, image in enumerate(known.ids) if image}
    try:
        rows = np.array([row_of[image] if image else -1 for image in base.ids], np.int64)
    except KeyError:
        raise NoMapError(f"Some pictures have no place on the map {blending.told(by)} yet. Wait for the job.") from None
    look, grid = np.where(rows[:, None] >= 0, known.look[rows], 0), np.where(rows[:, None] >= 0, known.grid[rows], 0)
    later = known.later[rows] & (rows >= 0)
    stamp = hashlib.sha256(look.tobytes() + grid.tobytes() + base.stamp.encode()).hexdigest()[:16]
    return Places(base.ids, look, grid, known.columns, later, stamp)


def lay_out(session: Session, by: float, *, anew: bool = False, report: Report | None = None, wait: float = 5.0) -> int:
    """Give every picture of the map by look its place here, and keep the trends that belong to it.

    Returns
    -------
    int
        How many pictures got a place.

    Raises
    ------
    NoMapError
        There is no map by look yet.
    NoIndexError
        By less than the subject alone: the pictures were not compared by look.
    MissingExtraError, LibraryLockedError
    """
    library, settings = session.library, session.settings
    if stored_places(library, settings) is None:
        raise NoMapError(
            "The pictures have no places on the map yet. Run `leitmotiv build-index`, or wait for the job."
        )
    blended_trends.bring_up_to_date(session, by, report, wait=wait)
    with (
        library.writer("laying out the map", wait=wait),
        recorded(library, "map", f"Map {blending.told(by)}", report) as step,
    ):
        base, old = stored_places(library, settings), None if anew else _stored(session, by)
        ids = () if base is None else tuple(image for image in base.ids if image)
        kept = {} if old is None else {image: row for row, image in enumerate(old.ids) if image}
        if kept.keys() >= set(ids):
            return 0
        step("Laying out the map", 0, 0)
        near = (_near_in_graph if blended_trends.is_large(session, len(ids)) else _near_in_matrix)(
            session, ids, by, step
        )
        there = np.array([image in kept for image in ids], bool)
        if old is None or there.sum() < layout.FEWEST:
            look, grid = _anew(near, settings, step)
            made = Places(ids, look, grid, sorted_grid.columns_for(len(ids)), np.zeros(len(ids), bool), "")
        else:
            made = _placed(near, ids, old, np.array([kept.get(image, -1) for image in ids], np.int64), settings)
        arrays = {"look": made.look, "grid": made.grid, "columns": np.array([made.columns]), "later": made.later}
        library.arrays.put(_name(by), arrays, ids, _digest(settings))
        return int(len(ids) - there.sum()) if old is not None else len(ids)


@dataclass(frozen=True, eq=False)
class _Near:
    """Of N pictures the nearest, (N, K), nearest first; where a map begins, (N, D); and the nearest among some rows."""

    rows: NDArray[np.int32]
    values: NDArray[np.float32]
    features: Float
    among: Callable[[Rows, Rows], tuple[NDArray[np.int32], NDArray[np.float32]]]


def _near_in_matrix(session: Session, ids: Sequence[str], by: float, _: Recorder) -> _Near:
    """From all pairs; pictures that nobody looked at, or compared, are as far as can be from all."""
    known = blending.subjects(session).row_of
    seen, values = blended_trends.matrix(session, [image for image in ids if image in known], by)
    place = {image: row for row, image in enumerate(ids)}
    rows = np.array([place[image] for image in seen], np.int64)
    matrix = np.ones((len(ids), len(ids)), np.float32)
    matrix[np.ix_(rows, rows)] = values
    np.fill_diagonal(matrix, 0)

    def among(new: Rows, placed: Rows) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        far = matrix[np.ix_(new, placed)]
        near = np.argsort(far, axis=1, kind="stable")[:, : layout.NEIGHBOURS].astype(np.int32)
        return near, np.take_along_axis(far, near, axis=1)

    return _Near(*layout.nearest(matrix), layout.features(matrix, AXES), among)


def _near_in_graph(session: Session, ids: Sequence[str], by: float, step: Recorder) -> _Near:
    """From lists of the nearest; pictures that nobody looked at, or compared, have none."""
    known = blending.subjects(session).row_of
    graph = blended_graph.build(session, sorted(image for image in ids if image in known), by, step)
    place = {image: row for row, image in enumerate(ids)}
    own = np.array([place[image] for image in graph.ids], np.int64)

    def spread(lists: NDArray[np.int32], values: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        rows = np.full((len(ids), lists.shape[1]), -1, np.int32)
        far = np.full(rows.shape, np.nan, np.float32)
        rows[own], far[own] = np.where(lists >= 0, own[lists], -1), values
        return rows, far

    features = np.zeros((len(ids), AXES))
    features[own] = graph.features(AXES)
    everything, distances = spread(graph.lists, graph.values)

    def among(new: Rows, placed: Rows) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        slot = np.full(len(ids), -1, np.int32)
        slot[placed] = np.arange(len(placed))
        rows = np.where(everything[new] >= 0, slot[everything[new]], -1)
        far = np.where(rows >= 0, distances[new], np.float32(np.nan))
        order = np.argsort(far, axis=1, kind="stable")[:, : layout.NEIGHBOURS]
        return np.take_along_axis(rows, order, axis=1), np.take_along_axis(far, order, axis=1)

    return _Near(*spread(*graph.near()), features, among)


def _anew(near: _Near, settings: Settings, step: Recorder) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    look = layout.lay_out(
        near.rows,
        near.values,
        near.features,
        seed=settings.seed,
        progress=lambda done, total: step("Making room on the map", done, total),
    )
    grid = sorted_grid.sort(
        sorted_grid.spread(look),
        near.features,
        seed=settings.seed,
        progress=lambda done, total: step("Sorting the grid", done, total),
    )
    return look, grid


def _placed(near: _Near, ids: tuple[str, ...], old: Places, rows: Rows, settings: Settings) -> Places:
    """Let new pictures, whose old row is -1, find places among the old ones."""
    new, placed = np.flatnonzero(rows < 0), np.flatnonzero(rows >= 0)
    look, grid = np.zeros((len(ids), 2), np.float32), np.zeros((len(ids), 2), np.int32)
    later = np.ones(len(ids), bool)
    look[placed], grid[placed], later[placed] = old.look[rows[placed]], old.grid[rows[placed]], old.later[rows[placed]]
    found, values = near.among(new, placed)
    look[new] = layout.place(found, values, look[placed], seed=settings.seed)
    grid[new] = sorted_grid.fill(grid[placed], grid[placed][np.maximum(found[:, 0], 0)], old.columns)
    return Places(ids, look, grid, old.columns, later, "")


def _name(by: float) -> str:
    return f"map-{round(by * blending.STEPS)}"


def _digest(settings: Settings) -> str:
    return f"{map_digest(settings)} {ACTIVATIONS} {REVISION}"


def _stored(session: Session, by: float) -> Places | None:
    stored = session.library.arrays.get(_name(by))
    if stored is None or stored.digest != _digest(session.settings):
        return None
    return Places(stored.ids, stored["look"], stored["grid"], int(stored["columns"][0]), stored["later"], "")
