"""Pictures that came after the index, a row each, behind the arrays and the clusters that the index left.

What the index made of a library is large and is never changed in part; a new picture is one row here, written in one
transaction, which every process and every machine reads behind the rest. The next index takes all of them in. Arrays
tell by the number of the last row up to which of them they hold: whoever dies between writing arrays and clearing these
rows leaves no picture twice.
"""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from leitmotiv.records import PlacedPicture
from leitmotiv.store import revisions, tables
from leitmotiv.store.database import Database
from leitmotiv.store.orm import fn

_VECTOR = np.dtype("<i2")
_DIGEST = 32
"""Bytes before a vector that name what made it."""
_NAME = "placed"


class PlacedPictures:
    """The rows of new pictures; reached as `library.placed`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._read: tuple[int, tuple[PlacedPicture, ...]] = 0, ()

    def add(self, pictures: Sequence[PlacedPicture]) -> None:
        """Put pictures behind those that are there, all or none; their serials are given here.

        Raises
        ------
        IntegrityError
            One is there already, or the library has no such picture.
        ValueError
            A vector without the digest of what made it.
        """
        with self._database.transaction():
            self._database.insert_many(tables.Placed, [_as_row(one) for one in pictures])

    def all(self, hold: bool | None = None) -> tuple[PlacedPicture, ...]:
        """Those that are there, in the order of placing; only what came since the last time is read.

        Parameters
        ----------
        hold : bool, optional
            Whether what is read will not be taken back; if not given, it will not outside a transaction.
        """
        if not (not self._database.is_inside() if hold is None else hold):
            return self._after(0)
        with self._guard:
            before, known = self._read
            with self._database.snapshot():
                now = self.stamp()
                if now != before:
                    new = self._after(known[-1].serial) if known else ()
                    only_added = known and now - before == len(new)
                    self._read = now, ((*known, *new) if only_added else self._after(0))
            return self._read[1]

    def stamp(self) -> int:
        """A number that changes whenever rows do."""
        return revisions.numbers(self._database, (_NAME,))[_NAME]

    def count(self) -> int:
        """How many there are."""
        row = self._database.row(tables.Placed.select(fn.COUNT(tables.Placed.serial)))
        return int((row or (0,))[0])

    def last(self) -> int:
        """The serial of the last row; 0 where there is none."""
        row = self._database.row(tables.Placed.select(fn.MAX(tables.Placed.serial)))
        return int((row or (0,))[0] or 0)

    def clear(self) -> None:
        """Remove all: clusters and arrays hold them now."""
        self._database.run(tables.Placed.delete())

    def _after(self, serial: int) -> tuple[PlacedPicture, ...]:
        rows = tables.Placed
        query = rows.select(rows.serial, rows.image_id, rows.label, rows.distance, rows.remoteness, rows.vector)
        found = self._database.rows(query.where(rows.serial > serial).order_by(rows.serial))
        return tuple(_as_picture(*row) for row in found)


def _as_row(one: PlacedPicture) -> dict[str, Any]:
    return {
        "image_id": one.image_id,
        "label": one.label,
        "distance": one.distance,
        "remoteness": one.remoteness,
        "vector": None if one.vector is None else _named(one.model) + one.vector.astype(_VECTOR).tobytes(),
    }


def _named(model: bytes) -> bytes:
    if len(model) != _DIGEST:
        raise ValueError(f"A vector needs the {_DIGEST} bytes that name its embedding, and has {len(model)}.")
    return model


def _as_picture(
    serial: int, image_id: str, label: int, distance: float, remoteness: float | None, vector: bytes | None
) -> PlacedPicture:
    data = b"" if vector is None else bytes(vector)
    coordinates = None if vector is None else np.frombuffer(data, _VECTOR, offset=_DIGEST).astype(np.int16)
    return PlacedPicture(image_id, int(label), float(distance), remoteness, coordinates, data[:_DIGEST], int(serial))
