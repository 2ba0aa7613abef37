"""Technical measures of pictures: one row of float32 each, some 350 bytes, for as long as its version counts."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import LibraryDamagedError
from leitmotiv.records import Float32, read_only
from leitmotiv.store import tables
from leitmotiv.store.database import Database, chunks
from leitmotiv.store.orm import fn
from leitmotiv.store.revisions import Held

_STORED = np.dtype("<f4")


class Measures:
    """The measures of all pictures; reached as `library.measures`.

    Rows of another version count as not there, and are replaced when their picture is measured again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._held = Held(database, "images", "measures")
        self._read: tuple[int, str, tuple[str, ...], Float32] | None = None

    def put(self, ids: Sequence[str], numbers: NDArray[Any], version: str) -> None:
        """Store measures (N, D), in the place of older ones; pictures that were forgotten meanwhile are passed over.

        Raises
        ------
        ValueError
            Not a row for each picture, or a value that is not finite.
        """
        values = np.asarray(numbers).astype(_STORED)
        if values.ndim != 2 or len(values) != len(ids) or not np.isfinite(values).all():
            raise ValueError(f"numbers must be {len(ids)} rows of finite values, and are {values.shape}.")
        rows, images = tables.Measures, tables.Images
        with self._database.transaction():
            for part in chunks(list(enumerate(ids))):
                names = [image_id for _, image_id in part]
                self._database.run(rows.delete().where(rows.image_id.in_(names)))
                there = {name for (name,) in self._database.rows(images.select(images.id).where(images.id.in_(names)))}
                self._database.insert_many(
                    rows,
                    [
                        {"image_id": name, "version": version, "numbers": values[row].tobytes()}
                        for row, name in part
                        if name in there
                    ],
                )

    def missing(self, version: str) -> list[str]:
        """Pictures that have none yet, in the order of adding; those whose files are gone for good are left out."""
        return list(self._held.get(version, lambda: self._look_for_missing(version)))

    def _look_for_missing(self, version: str) -> list[str]:
        images, rows = tables.Images, tables.Measures
        taken = rows.select(rows.image_id).where(rows.version == version)
        query = images.select(images.id).where(images.state != "missing", images.id.not_in(taken))
        return [image_id for (image_id,) in self._database.rows(query.order_by(images.serial))]

    def count(self, version: str) -> int:
        """How many pictures have some."""
        rows = tables.Measures
        row = self._database.row(rows.select(fn.COUNT(rows.image_id)).where(rows.version == version))
        return 0 if row is None else int(row[0])

    def some(self, ids: Sequence[str], version: str, width: int) -> dict[str, Float32]:
        """The measures of those of some pictures that have any, (width,) each.

        Raises
        ------
        LibraryDamagedError
            A row is not as long as it must be.
        """
        rows, found = tables.Measures, {}
        for part in chunks(list(ids)):
            query = rows.select(rows.image_id, rows.numbers).where(rows.version == version, rows.image_id.in_(part))
            for image_id, blob in self._database.rows(query):
                _check(image_id, blob, width)
                found[image_id] = np.frombuffer(blob, _STORED).astype(np.float32)
        return found

    def matrix(self, version: str, width: int) -> tuple[tuple[str, ...], Float32]:
        """The measures of all pictures that have some, in the order of their ids; kept until they change.

        Returns
        -------
        ids : tuple of str
            N of them, ascending.
        numbers : (N, width) float32
            Read-only.

        Raises
        ------
        LibraryDamagedError
            A row is not as long as it must be.
        """
        rows, revisions = tables.Measures, tables.Revisions
        with self._guard, self._database.snapshot():
            row = self._database.row(revisions.select(revisions.number).where(revisions.name == "measures"))
            revision = -1 if row is None else int(row[0])
            if self._read is None or self._read[:2] != (revision, version):
                query = rows.select(rows.image_id, rows.numbers).where(rows.version == version)
                found = self._database.rows(query.order_by(rows.image_id))
                for image_id, blob in found:
                    _check(image_id, blob, width)
                numbers = np.frombuffer(b"".join(blob for _, blob in found), _STORED).reshape(-1, width)
                values = numbers.astype(np.float32)
                read_only(values)
                self._read = revision, version, tuple(image_id for image_id, _ in found), values
            return self._read[2], self._read[3]


def _check(image_id: str, blob: bytes, width: int) -> None:
    if len(blob) != width * _STORED.itemsize:
        raise LibraryDamagedError(
            f"The measures of image {image_id} are damaged. Run `leitmotiv forget {image_id[:12]}` and add it again."
        )
