"""The whole library in columns, for filtering and sorting: each read once and kept by the caller while it holds."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.store import tables
from leitmotiv.store.database import Database

FACTS = {"camera": "Camera", "lens": "Lens"}
"""Columns that come from the facts of a picture, with the labels that imaging gives them."""
KEYWORDS = "Keywords"
"""The fact that holds a picture's keywords, semicolons between them."""


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
        column = list(texts)
        numbers = {text: number for number, text in enumerate(dict.fromkeys(column))}
        return cls(tuple(numbers), np.fromiter(map(numbers.__getitem__, column), np.int64, len(column)))


@dataclass(frozen=True, eq=False)
class Columns:
    """All pictures of a library, one row each, in the order of adding.

    Attributes
    ----------
    ids : (N,) str
    taken : (N,) int64
        Microseconds since the year 1 by the camera's clock.
    added : (N,) int64
        Days since the year 1, of the day on which the library got it.
    width, height, size : (N,) int64
        Pixels, pixels, bytes.
    colour : (N, 3) uint8
        Mean colour, sRGB.
    format, state, camera, lens : Texts
    path_rows : (P,) int64
        Row of the picture that each path belongs to; a picture may have several.
    folders, names : Texts
        Of each path, length P.
    first_path : (N,) int64
        Index into the paths of the first one of each row; -1 without any.
    keyword_rows : (M,) int64
        Row of the picture that each keyword belongs to; a picture may have several.
    keywords : Texts
        Length M.
    """

    ids: tuple[str, ...]
    taken: NDArray[np.int64]
    added: NDArray[np.int64]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    size: NDArray[np.int64]
    colour: NDArray[np.uint8]
    format: Texts
    state: Texts
    camera: Texts
    lens: Texts
    path_rows: NDArray[np.int64]
    folders: Texts
    names: Texts
    first_path: NDArray[np.int64]
    keyword_rows: NDArray[np.int64]
    keywords: Texts

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {image_id: row for row, image_id in enumerate(self.ids)}

    @cached_property
    def id_ranks(self) -> NDArray[np.int64]:
        """The place of each row's id among all, (N,)."""
        ranks = np.empty(len(self.ids), np.int64)
        ranks[sorted(range(len(self.ids)), key=self.ids.__getitem__)] = np.arange(len(self.ids))
        return ranks

    def first(self, column: Texts) -> Texts:
        """A column of paths as one of pictures: what the first path of each says, "" without any."""
        codes = np.append(column.codes, len(column.values))[self.first_path]
        return Texts((*column.values, ""), codes)


class Catalogue:
    """Columns of the library; reached as `library.catalogue`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def columns(self) -> Columns:
        """Read everything that can be filtered by, as one state of the library."""
        images, files = tables.Images, tables.Files
        numbers = (images.taken_key, images.width, images.height, images.size)
        texts = (images.id, images.colour, images.added, images.format, images.state, images.facts)
        query = images.select(*numbers, *texts).order_by(images.serial)
        paths = files.select(files.image_id, files.path).where(files.image_id.is_null(False)).order_by(files.serial)
        with self._database.snapshot():
            rows, held = self._database.rows(query), self._database.rows(paths)
        return _columns(rows, held)


def _columns(rows: Sequence[tuple[Any, ...]], held: Sequence[tuple[str, bytes]]) -> Columns:
    numbers = np.array([row[:4] for row in rows], np.int64).reshape(-1, 4)
    ids, colours, added, formats, states, told = zip(*(row[4:] for row in rows), strict=True) if rows else ((),) * 6
    # one text is read five times as fast as a hundred thousand
    facts: list[dict[str, str]] = json.loads(f"[{','.join(told)}]")
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    paths = [
        (row_of[image_id], bytes(path).decode("utf-8", "replace")) for image_id, path in held if image_id in row_of
    ]
    path_rows = np.array([row for row, _ in paths], np.int64)
    first = np.full(len(ids), -1, np.int64)
    first[path_rows[::-1]] = np.arange(len(paths))[::-1]
    keywords = [(row, word) for row, fact in enumerate(facts) for word in split_keywords(fact.get(KEYWORDS, ""))]
    days = {text: date.fromisoformat(text).toordinal() for text in {at[:10] for at in added}}
    return Columns(
        ids=tuple(ids),
        taken=numbers[:, 0],
        added=np.fromiter((days[at[:10]] for at in added), np.int64, len(ids)),
        width=numbers[:, 1],
        height=numbers[:, 2],
        size=numbers[:, 3],
        colour=np.frombuffer(bytes.fromhex("".join(colour[1:] for colour in colours)), np.uint8).reshape(-1, 3),
        format=Texts.of(formats),
        state=Texts.of(states),
        camera=Texts.of(fact.get(FACTS["camera"], "") for fact in facts),
        lens=Texts.of(fact.get(FACTS["lens"], "") for fact in facts),
        path_rows=path_rows,
        folders=Texts.of(path.rpartition("/")[0] for _, path in paths),
        names=Texts.of(path.rpartition("/")[2] for _, path in paths),
        first_path=first,
        keyword_rows=np.array([row for row, _ in keywords], np.int64),
        keywords=Texts.of(word for _, word in keywords),
    )


def split_keywords(text: str) -> list[str]:
    """The keywords of a picture, as imaging writes them into its facts."""
    return [word for part in text.split(";") if (word := part.strip())]
