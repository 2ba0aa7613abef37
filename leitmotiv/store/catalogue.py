"""The whole library in columns, for filtering and sorting: each read once and kept by the caller while it holds."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leitmotiv.store import tables
from leitmotiv.store.database import Database

FACTS = {"camera": "Camera", "lens": "Lens"}
"""Columns that come from the facts of a picture, with the labels that imaging gives them."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of text, each different value once.

    Attributes
    ----------
    values : tuple of str
        Different values, in no order.
    codes : (N,) int64
        Index into `values` of each row.
    """

    values: tuple[str, ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Number the different values of a column."""
        numbers: dict[str, int] = {}
        codes = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), np.int64)
        return cls(tuple(numbers), codes)


@dataclass(frozen=True, eq=False)
class Columns:
    """All pictures of a library, one row each, in the order of adding.

    Attributes
    ----------
    ids : (N,) str
    taken : (N,) int64
        Microseconds since the year 1 by the camera's clock.
    width, height, size : (N,) int64
        Pixels, pixels, bytes.
    format, state, camera, lens : Texts
    path_rows : (P,) int64
        Row of the picture that each path belongs to; a picture may have several.
    folders, names : Texts
        Of each path, length P.
    first_name : (N,) int64
        Index into `names.values` of the first path of each row; -1 without any.
    """

    ids: tuple[str, ...]
    taken: NDArray[np.int64]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    size: NDArray[np.int64]
    format: Texts
    state: Texts
    camera: Texts
    lens: Texts
    path_rows: NDArray[np.int64]
    folders: Texts
    names: Texts
    first_name: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {image_id: row for row, image_id in enumerate(self.ids)}


class Catalogue:
    """Columns of the library; reached as `library.catalogue`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def columns(self) -> Columns:
        """Read everything that can be filtered by, as one state of the library."""
        images, files = tables.Images, tables.Files
        wanted = (images.id, images.taken_key, images.width, images.height, images.size)
        query = images.select(*wanted, images.format, images.state, images.facts).order_by(images.serial)
        paths = files.select(files.image_id, files.path).where(files.image_id.is_null(False)).order_by(files.serial)
        with self._database.snapshot():
            rows, held = self._database.rows(query), self._database.rows(paths)
        facts = [json.loads(row[7]) if row[7] != "{}" else {} for row in rows]
        numbers = np.array([row[1:5] for row in rows], np.int64).reshape(-1, 4)
        return _columns(rows, numbers, facts, held)


def _columns(
    rows: Sequence[tuple[object, ...]],
    numbers: NDArray[np.int64],
    facts: Sequence[dict[str, str]],
    held: Sequence[tuple[str, bytes]],
) -> Columns:
    ids = tuple(str(row[0]) for row in rows)
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    texts = [
        (row_of[image_id], bytes(path).decode("utf-8", "replace")) for image_id, path in held if image_id in row_of
    ]
    path_rows = np.array([row for row, _ in texts], np.int64)
    names = Texts.of(path.rpartition("/")[2] for _, path in texts)
    first = np.full(len(ids), -1, np.int64)
    first[path_rows[::-1]] = names.codes[::-1]
    return Columns(
        ids=ids,
        taken=numbers[:, 0],
        width=numbers[:, 1],
        height=numbers[:, 2],
        size=numbers[:, 3],
        format=Texts.of(str(row[5]) for row in rows),
        state=Texts.of(str(row[6]) for row in rows),
        camera=Texts.of(fact.get(FACTS["camera"], "") for fact in facts),
        lens=Texts.of(fact.get(FACTS["lens"], "") for fact in facts),
        path_rows=path_rows,
        folders=Texts.of(path.rpartition("/")[0] for _, path in texts),
        names=names,
        first_name=first,
    )
