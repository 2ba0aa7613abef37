"""What the backbone made of pictures: one row of 1,280 float16 each, 2,560 bytes, for as long as its version counts."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import LibraryDamagedError
from leitmotiv.records import ACTIVATIONS, Half, read_only
from leitmotiv.store import revisions, tables
from leitmotiv.store.database import Database, chunks
from leitmotiv.store.orm import fn

WIDTH = 1280
_STORED = np.dtype("<f2")
_READ_AT_ONCE = 20_000
"""New rows beyond which the table is read in one pass instead of row by row."""


class Activations:
    """The pooled activations of all pictures; reached as `library.activations`.

    Rows of another version count as not there, and are replaced when their picture is seen again.
    """

    def __init__(self, database: Database, version: str = ACTIVATIONS) -> None:
        self._database = database
        self._version = version
        self._guard = threading.Lock()
        self._held = revisions.Held(database, "activations")
        self._revision = -1
        self._lacking: tuple[tuple[int, int], list[str]] | None = None
        self._serials: NDArray[np.int64] = np.zeros(0, np.int64)
        self._ids: tuple[str, ...] = ()
        self._listed: tuple[int, tuple[str, ...]] | None = None
        self._matrix: Half = np.zeros((0, WIDTH), np.float16)

    def put(self, ids: Sequence[str], pooled: NDArray[Any]) -> None:
        """Store activations, in the place of older ones; pictures that were forgotten meanwhile are passed over.

        Parameters
        ----------
        ids : sequence of str
            N different ones.
        pooled : (N, 1280) float16
            Or wider floats, which are rounded.

        Raises
        ------
        ValueError
            Another shape, or a value that is not finite in float16.
        """
        values = np.asarray(pooled).astype(_STORED)
        if values.shape != (len(ids), WIDTH) or not np.isfinite(values).all():
            raise ValueError(f"pooled must be ({len(ids)}, {WIDTH}) finite values, and is {values.shape}.")
        rows, images = tables.Activations, tables.Images
        with self._database.transaction():
            for part in chunks(list(enumerate(ids))):
                names = [image_id for _, image_id in part]
                self._database.run(rows.delete().where(rows.image_id.in_(names)))
                there = {name for (name,) in self._database.rows(images.select(images.id).where(images.id.in_(names)))}
                self._database.insert_many(
                    rows,
                    [
                        {"image_id": name, "version": self._version, "pooled": values[row].tobytes()}
                        for row, name in part
                        if name in there
                    ],
                )

    def missing(self) -> list[str]:
        """Pictures that have none yet, in the order of adding; those whose files are gone for good are left out."""
        with self._database.snapshot():
            counts = revisions.numbers(self._database, ("activations", "images"))
            state = counts.get("activations", -1), counts.get("images", -1)
            if self._lacking is None or self._lacking[0] != state:
                self._lacking = state, self._look_for_missing()
            return list(self._lacking[1])

    def _look_for_missing(self) -> list[str]:
        images, rows = tables.Images, tables.Activations
        (there,) = self._database.row(images.select(fn.COUNT(images.serial))) or (0,)
        if self.count() == there:
            return []  # to count both takes a fraction of looking for each picture
        seen = rows.select(rows.image_id).where(rows.version == self._version)
        query = images.select(images.id).where(images.state != "missing", images.id.not_in(seen))
        return [image_id for (image_id,) in self._database.rows(query.order_by(images.serial))]

    def count(self) -> int:
        """How many pictures have some."""
        rows = tables.Activations
        query = rows.select(fn.COUNT(rows.serial)).where(rows.version == self._version)
        return int((self._held.get("count", lambda: self._database.row(query)) or (0,))[0])

    def ids(self) -> tuple[str, ...]:
        """The pictures that have some, ascending: those of `matrix`, without reading it."""
        with self._guard, self._database.snapshot():
            revision = self._count_changes()
            if revision == self._revision:
                return self._ids
            if self._listed is None or self._listed[0] != revision:
                rows = tables.Activations
                query = rows.select(rows.image_id).where(rows.version == self._version).order_by(rows.image_id)
                self._listed = revision, tuple(image_id for (image_id,) in self._database.rows(query))
            return self._listed[1]

    def matrix(self) -> tuple[tuple[str, ...], Half]:
        """The activations of all pictures that have some, in the order of their ids.

        It is kept in memory, shared between callers, and only what is new is read again.

        Returns
        -------
        ids : tuple of str
            N of them, ascending: the order does not depend on which picture was seen first.
        pooled : (N, 1280) float16
            Read-only.

        Raises
        ------
        LibraryDamagedError
            A row is not as long as it must be.
        """
        with self._guard, self._database.snapshot():
            revision = self._count_changes()
            if revision != self._revision:
                self._bring_up_to_date()
                self._revision = revision
            return self._ids, self._matrix

    def _count_changes(self) -> int:
        return revisions.numbers(self._database, ("activations",)).get("activations", -1)

    def _bring_up_to_date(self) -> None:
        rows = tables.Activations
        query = rows.select(rows.image_id, rows.serial).where(rows.version == self._version).order_by(rows.image_id)
        found = self._database.rows(query)
        serials = np.array([serial for _, serial in found], np.int64)
        matrix = np.empty((len(found), WIDTH), np.float16)
        order = np.argsort(self._serials)
        at = np.searchsorted(self._serials, serials, sorter=order)
        at = order[np.minimum(at, len(order) - 1)] if len(order) else np.zeros(len(serials), np.int64)
        known = self._serials[at] == serials if len(order) else np.zeros(len(serials), bool)
        matrix[known] = self._matrix[at[known]]
        row_of = {int(serials[row]): int(row) for row in np.flatnonzero(~known)}
        for serial, image_id, blob in self._read(list(row_of)):
            if serial in row_of:
                matrix[row_of[serial]] = _decoded(image_id, blob)
        read_only(matrix)
        self._serials, self._ids, self._matrix = serials, tuple(image_id for image_id, _ in found), matrix

    def _read(self, serials: Sequence[int]) -> Any:
        rows = tables.Activations
        query = rows.select(rows.serial, rows.image_id, rows.pooled)
        if len(serials) <= _READ_AT_ONCE:
            for part in chunks(serials):
                yield from self._database.rows(query.where(rows.serial.in_(part)))
            return
        first, last = min(serials), max(serials)
        for start in range(first, last + 1, _READ_AT_ONCE):
            yield from self._database.rows(query.where(rows.serial.between(start, start + _READ_AT_ONCE - 1)))


def _decoded(image_id: str, blob: bytes) -> Half:
    if len(blob) != WIDTH * _STORED.itemsize:
        raise LibraryDamagedError(
            f"The activation of image {image_id} is damaged. Run `leitmotiv forget {image_id[:12]}` and add it again."
        )
    return np.frombuffer(blob, _STORED).astype(np.float16, copy=False)
