"""The map of a library: every indexed picture has a place by its look and one on a sorted grid, and it keeps them.

The arrays `map` hold the places, one row a picture, along a curve over the map, so that rows that follow each other lie
near each other. A picture that comes later takes a row at the end, or one that a forgotten picture left, and a place
among those that it is like: nothing else moves. Only laying out anew moves pictures, and only when it is asked for.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import arrangement, hubness, layout, sorted_grid
from leitmotiv.records import Float
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import correcting
from leitmotiv.workflows.measuring import MATRIX, measure_digest
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.progress import Recorder
from leitmotiv.workflows.vectors import stored_vectors

MAP = "map"
"""The name of the stored arrays."""
REVISION = 1
"""Grows whenever the same pictures would get another map."""
AXES = 16


@dataclass(frozen=True, eq=False)
class Places:
    """Where pictures lie.

    Attributes
    ----------
    ids : tuple of str
        "" where a picture was forgotten.
    look : (N, 2) float32
        By look, in units of a picture.
    grid : (N, 2) int32
        Column and row on the sorted grid.
    columns : int
        Of the grid.
    later : (N,) bool
        Which came after the map was laid out.
    stamp : str
        A name for exactly these places.
    """

    ids: tuple[str, ...]
    look: NDArray[np.float32]
    grid: NDArray[np.int32]
    columns: int
    later: NDArray[np.bool_]
    stamp: str


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of the indexed pictures: their nearest, nearest first, and coordinates near for what is alike."""

    ids: tuple[str, ...]
    rows: NDArray[np.int32]
    values: NDArray[np.float32]
    features: Float


def map_digest(settings: Settings) -> str:
    """What a map is made by."""
    return f"{measure_digest(settings)} {settings.correction} {settings.seed} map {REVISION}"


def stored_places(library: Library, settings: Settings) -> Places | None:
    """The map of a library; None where there is none, or another measure made it."""
    stored = library.arrays.get(MAP)
    if stored is None or stored.digest != map_digest(settings):
        return None
    stamp = hashlib.sha256(stored["look"].tobytes() + stored["grid"].tobytes() + "".join(stored.ids).encode())
    columns = int(stored["columns"][0])
    return Places(stored.ids, stored["look"], stored["grid"], columns, stored["later"], stamp.hexdigest()[:16])


def indexed(library: Library, settings: Settings) -> tuple[str, ...]:
    """Pictures that have been compared with others, and are still there."""
    there = set(library.images.ids())
    matrix = library.arrays.get(MATRIX)
    if matrix is not None and matrix.digest == measure_digest(settings):
        return tuple(image for image in matrix.ids if image in there)
    stored = stored_neighbours(library, settings)
    if stored is None or stored_vectors(library, settings) is None:
        return ()
    return tuple(image for image in stored.ids if image in there)


def arrange(library: Library, settings: Settings, step: Recorder, *, anew: bool = False) -> int:
    """Give every indexed picture its place; returns how many got one. The caller holds the writer's lock.

    Parameters
    ----------
    anew : bool
        Whether all pictures move to where they would lie in a map made now.
    """
    old = None if anew else stored_places(library, settings)
    wanted = set(indexed(library, settings))
    kept = () if old is None else tuple(image for image in old.ids if image in wanted)
    if old is None or len(kept) < layout.FEWEST:
        if old is not None and len(kept) == len(wanted):
            return 0
        return _anew(library, settings, step)
    if len(kept) == len(wanted):
        return 0
    return _placed(library, settings, old, step)


def _anew(library: Library, settings: Settings, step: Recorder) -> int:
    step("Laying out the map", 0, 0)
    known = _known(library, settings)
    if not known.ids:
        return 0

    def laying(done: int, total: int) -> None:
        step("Laying out the map", done, total)

    def progress(done: int, total: int) -> None:
        step("Making room on the map", done, total)

    def sorting(done: int, total: int) -> None:
        step("Sorting the grid", done, total)

    look = layout.lay_out(
        known.rows, known.values, known.features, seed=settings.seed, laying=laying, progress=progress
    )
    grid = sorted_grid.sort(sorted_grid.spread(look), known.features, seed=settings.seed, progress=sorting)
    order = arrangement.along_curve(look)
    ids = tuple(known.ids[row] for row in order)
    later = np.zeros(len(ids), bool)
    _put(library, settings, ids, look[order], grid[order], sorted_grid.columns_for(len(ids)), later)
    return len(ids)


def _placed(library: Library, settings: Settings, old: Places, step: Recorder) -> int:
    """Let new pictures find places among the old ones."""
    step("Placing pictures on the map", 0, 0)
    known = _known(library, settings)
    there = {image: row for row, image in enumerate(known.ids)}
    ids = [image if image in there else "" for image in old.ids]
    old_rows = np.array([row for row, image in enumerate(ids) if image], np.int64)
    place = np.full(len(known.ids), -1, np.int32)
    place[[there[ids[row]] for row in old_rows]] = np.arange(len(old_rows))
    new = np.flatnonzero(place < 0)
    rows, values = _among(library, settings, known, new, place)
    look = layout.place(rows, values, old.look[old_rows], seed=settings.seed)
    near = np.maximum(rows[:, :1], 0)
    wanted = old.grid[old_rows][near[:, 0]] if rows.shape[1] else np.zeros((len(new), 2), np.int32)
    grid = sorted_grid.fill(old.grid[old_rows], wanted, old.columns)
    free = [row for row, image in enumerate(ids) if not image]
    order = arrangement.along_curve(look)
    slots = np.array([*free, *range(len(ids), len(ids) + len(new))][: len(new)], np.int64)
    total = max(len(ids), int(slots.max(initial=-1)) + 1)
    ids += [""] * (total - len(ids))
    places, cells, later = (
        np.concatenate([part, np.zeros((total - len(part), *part.shape[1:]), part.dtype)])
        for part in (old.look, old.grid, old.later)
    )
    for slot, row in zip(slots.tolist(), order.tolist(), strict=True):
        ids[slot] = known.ids[new[row]]
    places[slots], cells[slots], later[slots] = look[order], grid[order], True
    _put(library, settings, tuple(ids), places, cells, old.columns, later)
    return len(new)


def _put(
    library: Library,
    settings: Settings,
    ids: tuple[str, ...],
    look: NDArray[np.float32],
    grid: NDArray[np.int32],
    columns: int,
    later: NDArray[np.bool_],
) -> None:
    arrays = {"look": look, "grid": grid, "columns": np.array([columns]), "later": later}
    library.arrays.put(MAP, arrays, ids, map_digest(settings))


def _known(library: Library, settings: Settings) -> _Known:
    wanted = indexed(library, settings)
    matrix = library.arrays.get(MATRIX)
    if matrix is not None and matrix.digest == measure_digest(settings):
        values = _matrix(library, settings, wanted)
        return _Known(wanted, *layout.nearest(values), layout.features(values, AXES))
    return _of_lists(library, settings, wanted)


def _matrix(library: Library, settings: Settings, wanted: Sequence[str]) -> NDArray[np.float32]:
    """What the trends were found in, over the `wanted` pictures."""
    stored = library.arrays.get(MATRIX)
    row_of = {} if stored is None else {image: row for row, image in enumerate(stored.ids)}
    rows = [row_of[image] for image in wanted]
    values = np.zeros((0, 0), np.float32) if stored is None else np.asarray(stored["values"])[np.ix_(rows, rows)]
    return correcting.corrected(values, settings.correction, list(wanted))


def _of_lists(library: Library, settings: Settings, wanted: Sequence[str]) -> _Known:
    """From the lists of neighbours of a library above the limit, and its vectors."""
    rows, values = _lists(library, settings, wanted)
    order = np.argsort(values, axis=1, kind="stable")[:, : layout.NEIGHBOURS]
    rows, values = np.take_along_axis(rows, order, axis=1), np.take_along_axis(values, order, axis=1)
    vectors = stored_vectors(library, settings)
    place = {} if vectors is None else {image: row for row, image in enumerate(vectors.ids)}
    coordinates = np.zeros((len(wanted), 2)) if vectors is None else vectors.coordinates
    there = np.array([place.get(image, 0) for image in wanted], np.int64)
    return _Known(tuple(wanted), rows, values, layout.principal(coordinates[there], AXES))


def _lists(
    library: Library, settings: Settings, wanted: Sequence[str]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """All listed neighbours (N, C) of the `wanted` pictures, as rows of these, and what they count for; -1 and NaN."""
    stored = stored_neighbours(library, settings)
    if stored is None:
        return np.zeros((len(wanted), 0), np.int32), np.zeros((len(wanted), 0), np.float32)
    row_of = {image: row for row, image in enumerate(wanted)}
    place = np.array([row_of.get(image, -1) for image in stored.ids], np.int32)
    own = np.full(len(wanted), -1, np.int64)
    own[place[place >= 0]] = np.flatnonzero(place >= 0)
    lists, plain = stored["lists"][own], stored["values"][own]
    rows = np.where((lists >= 0) & np.isfinite(plain), place[np.maximum(lists, 0)], -1).astype(np.int32)
    values = np.where(rows >= 0, plain, np.nan)
    numbers = correcting.stored(library, settings)
    if numbers is not None:
        remote = np.array([numbers.values.get(image, numbers.middle) for image in wanted])
        values = hubness.relative(values, remote[:, None], remote[np.maximum(rows, 0)], numbers.middle)
        values = np.where(rows >= 0, values, np.nan)
    return rows, values.astype(np.float32)


def _among(
    library: Library, settings: Settings, known: _Known, new: NDArray[np.int64], place: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Of each new picture, the nearest that have a place already: their places' rows, and divergences."""
    matrix = library.arrays.get(MATRIX)
    if matrix is not None and matrix.digest == measure_digest(settings):
        columns = np.flatnonzero(place >= 0)
        values = _matrix(library, settings, known.ids)[np.ix_(new, columns)]
        order = np.argsort(values, axis=1, kind="stable")[:, : layout.NEIGHBOURS]
        return place[columns[order]], np.take_along_axis(values, order, axis=1)
    lists, plain = _lists(library, settings, known.ids)
    rows, values = lists[new], plain[new]
    found = np.where(rows >= 0, place[np.maximum(rows, 0)], -1).astype(np.int32)
    values = np.where(found >= 0, values, np.nan)
    order = np.argsort(values, axis=1, kind="stable")[:, : layout.NEIGHBOURS]
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(values, order, axis=1).astype(np.float32)
