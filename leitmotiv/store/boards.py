"""Mood boards: what is on them, what they learnt, and the pictures and concepts that only they need.

Boards, examples and snapshots are changed through the journal (see `changes`); pictures that were handed in and the
bytes of concepts lie beside it, by their hashes, and stay while anything, the journal too, still names them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from leitmotiv.records import Board, BoardExample, BoardPicture, Snapshot
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database, Row, chunks
from leitmotiv.store.orm import fn

_BOARD = (
    tables.Boards.id,
    tables.Boards.name,
    tables.Boards.words,
    tables.Boards.seed,
    tables.Boards.made,
    tables.Boards.changed,
    tables.Boards.current,
    tables.Boards.trashed,
)
_EXAMPLE = (
    tables.BoardExamples.board,
    tables.BoardExamples.image_id,
    tables.BoardExamples.side,
    tables.BoardExamples.weight,
    tables.BoardExamples.drawn,
)
_SNAPSHOT = (
    tables.BoardSnapshots.id,
    tables.BoardSnapshots.board,
    tables.BoardSnapshots.name,
    tables.BoardSnapshots.made,
    tables.BoardSnapshots.concept,
    tables.BoardSnapshots.layer,
    tables.BoardSnapshots.method,
    tables.BoardSnapshots.quality,
    tables.BoardSnapshots.examples,
    tables.BoardSnapshots.contradictions,
)


class Boards:
    """The boards; reached as `library.boards`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Board]:
        """All of them, those in the trash too, the last changed first."""
        return sorted(self._where(None), key=lambda board: (board.changed, board.id), reverse=True)

    def get(self, number: int) -> Board | None:
        """One by its number."""
        return next(iter(self._where(number)), None)

    def names(self) -> dict[int, str]:
        """What the boards in use are called, by number."""
        table = tables.Boards
        return dict(self._database.rows(table.select(table.id, table.name).where(table.trashed.is_null())))

    def next_id(self) -> int:
        """The number of the next new board: undoing takes rows away, and links to them may be out."""
        return self._database.next_number(tables.Boards)

    def next_snapshot_id(self) -> int:
        """The number of the next new snapshot."""
        return self._database.next_number(tables.BoardSnapshots)

    def _where(self, number: int | None) -> list[Board]:
        boards, examples, snapshots = tables.Boards, tables.BoardExamples, tables.BoardSnapshots
        queries: tuple[Any, ...] = (
            boards.select(*_BOARD),
            examples.select(*_EXAMPLE).order_by(examples.place, examples.image_id),
            snapshots.select(*_SNAPSHOT).order_by(snapshots.id.desc()),
        )
        if number is not None:
            columns = (boards.id, examples.board, snapshots.board)
            queries = tuple(query.where(column == number) for query, column in zip(queries, columns, strict=True))
        with self._database.snapshot():
            found, shown, learnt = (self._database.rows(query) for query in queries)
        on_board: dict[int, list[BoardExample]] = {row[0]: [] for row in found}
        of_board: dict[int, list[Snapshot]] = {row[0]: [] for row in found}
        for board, image_id, side, weight, drawn in shown:
            on_board[board].append(BoardExample(image_id, side, weight, bool(drawn)))
        for row in learnt:
            of_board[row[1]].append(_as_snapshot(row))
        return [_as_board(row, on_board[row[0]], of_board[row[0]]) for row in found]

    @staticmethod
    def edits(before: Board | None, after: Board) -> list[Edit]:
        """What `changes.apply` takes to make one board of another, or a new one."""
        key = {"board": after.id}
        edits = [Edit("boards", {"id": after.id}, _board_values(after))]
        old = {} if before is None else {one.id: (place, one) for place, one in enumerate(before.examples)}
        new = {one.id: (place, one) for place, one in enumerate(after.examples)}
        edits += [Edit("board_examples", {**key, "image_id": gone}, None) for gone in old if gone not in new]
        edits += [
            Edit("board_examples", {**key, "image_id": one.id}, _example_values(one, place))
            for place, one in new.values()
            if old.get(one.id) != (place, one)
        ]
        were = {} if before is None else {one.id: one for one in before.snapshots}
        are = {one.id: one for one in after.snapshots}
        edits += [Edit("board_snapshots", {"id": gone}, None) for gone in were if gone not in are]
        edits += [
            Edit("board_snapshots", {"id": one.id}, _snapshot_values(one))
            for one in reversed(after.snapshots)
            if were.get(one.id) != one
        ]
        return edits

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove boards for good; the caller strikes them from the journal, and then sweeps."""
        for part in chunks(numbers):
            self._database.run(tables.Boards.delete().where(tables.Boards.id.in_(part)))

    def using(self, ids: Sequence[str]) -> set[str]:
        """Which of these pictures are on a board, or were when one of its snapshots was made."""
        table, wanted = tables.BoardExamples, set(ids)
        query = table.select(table.image_id).distinct()
        found = {one for part in chunks(ids) for (one,) in self._database.rows(query.where(table.image_id.in_(part)))}
        told = self._database.rows(tables.BoardSnapshots.select(tables.BoardSnapshots.examples))
        return found | {one[0] for (examples,) in told for one in json.loads(examples) if one[0] in wanted}

    def keep_seen(self, ids: Sequence[str]) -> None:
        """Before pictures are forgotten: of those on boards keep what the backbone saw.

        To look at there is only what was handed in before.
        """
        on_board, table, pictures = self.using(ids), tables.Activations, tables.BoardPictures
        for part in chunks(on_board):
            rows = table.select(table.image_id, table.version, table.pooled).where(table.image_id.in_(part))
            handed = self.handed_in(part)
            for image_id, version, pooled in self._database.rows(rows):
                if image_id in handed:
                    seen = pictures.update(activation=pooled, measured=version)
                    self._database.run(seen.where(pictures.id == image_id))
                else:
                    values = np.frombuffer(pooled, "<f2").astype(np.float16)
                    self.put_picture(BoardPicture(image_id, "", 0, 0, b"", values, version))

    # ---- pictures that were handed in ----

    def put_picture(self, picture: BoardPicture) -> None:
        """Keep a picture, in the place of an older one with its id."""
        table = tables.BoardPictures
        values = {
            "name": picture.name,
            "width": picture.width,
            "height": picture.height,
            "data": picture.data,
            "activation": None if picture.activation is None else picture.activation.astype("<f2").tobytes(),
            "measured": picture.measured,
        }
        kept = [getattr(table, name) for name in values]
        self._database.run(table.insert(id=picture.id, **values).on_conflict(conflict_target=[table.id], preserve=kept))

    def picture(self, picture_id: str) -> BoardPicture | None:
        """One that was handed in."""
        return self.pictures([picture_id]).get(picture_id)

    def pictures(self, ids: Sequence[str]) -> Mapping[str, BoardPicture]:
        """Those of these ids that were handed in."""
        table = tables.BoardPictures
        columns = (table.id, table.name, table.width, table.height, table.data, table.activation, table.measured)
        rows = (
            row for part in chunks(ids) for row in self._database.rows(table.select(*columns).where(table.id.in_(part)))
        )
        return {row[0]: _as_picture(row) for row in rows}

    def handed_in(self, ids: Sequence[str]) -> dict[str, bool]:
        """Those of these ids that were handed in, and whether there is something to see of each."""
        table = tables.BoardPictures
        query = table.select(table.id, fn.LENGTH(table.data))
        rows = (row for part in chunks(ids) for row in self._database.rows(query.where(table.id.in_(part))))
        return {picture_id: bool(length) for picture_id, length in rows}

    # ---- concepts ----

    def put_concept(self, data: bytes) -> str:
        """Keep the bytes of a concept; returns the name to find them by."""
        table, name = tables.BoardConcepts, hashlib.sha256(data).hexdigest()
        self._database.run(table.insert(id=name, data=data).on_conflict_ignore())
        return name

    def concept(self, name: str) -> bytes | None:
        """The bytes of a concept."""
        table = tables.BoardConcepts
        row = self._database.row(table.select(table.data).where(table.id == name))
        return None if row is None else bytes(row[0])

    def sweep(self) -> int:
        """Remove pictures and concepts that neither boards nor the journal name any more; returns how many."""
        with self._database.transaction():
            told = [row[0] for row in self._database.rows(tables.Changes.select(tables.Changes.edits))]
            snapshots = tables.BoardSnapshots
            rows = self._database.rows(snapshots.select(snapshots.concept, snapshots.examples))
            told += [text for row in rows for text in row]
            told += [row[0] for row in self._database.rows(tables.BoardExamples.select(tables.BoardExamples.image_id))]
            named = "\n".join(told)
            count = 0
            for table in (tables.BoardConcepts, tables.BoardPictures):
                there = [row[0] for row in self._database.rows(table.select(table.id))]
                for part in chunks(one for one in there if one not in named):
                    count += self._database.run(table.delete().where(table.id.in_(part)))
        return count


def _as_board(row: Row, examples: Sequence[BoardExample], snapshots: Sequence[Snapshot]) -> Board:
    number, name, words, seed, made, changed, current, trashed = row
    return Board(
        id=number,
        name=name,
        words=words,
        seed=seed,
        made=datetime.fromisoformat(made),
        changed=datetime.fromisoformat(changed),
        examples=tuple(examples),
        snapshots=tuple(snapshots),
        current=current,
        trashed=None if trashed is None else datetime.fromisoformat(trashed),
    )


def _as_snapshot(row: Row) -> Snapshot:
    number, board, name, made, concept, layer, method, quality, examples, contradictions = row
    return Snapshot(
        id=number,
        board=board,
        name=name,
        made=datetime.fromisoformat(made),
        concept=concept,
        layer=layer,
        method=method,
        quality=quality,
        examples=tuple(BoardExample(*one) for one in json.loads(examples)),
        contradictions=tuple((image_id, strength) for image_id, strength in json.loads(contradictions)),
    )


def _as_picture(row: Row) -> BoardPicture:
    picture_id, name, width, height, data, activation, measured = row
    values = None if activation is None else np.frombuffer(activation, "<f2").astype(np.float16)
    return BoardPicture(picture_id, name, width, height, bytes(data), values, measured)


def _board_values(board: Board) -> dict[str, Any]:
    return {
        "name": board.name,
        "words": board.words,
        "seed": board.seed,
        "made": board.made.isoformat(),
        "changed": board.changed.isoformat(),
        "current": board.current,
        "trashed": None if board.trashed is None else board.trashed.isoformat(),
    }


def _example_values(one: BoardExample, place: int) -> dict[str, Any]:
    return {"side": one.side, "weight": one.weight, "drawn": int(one.drawn), "place": place}


def _snapshot_values(one: Snapshot) -> dict[str, Any]:
    return {
        "board": one.board,
        "name": one.name,
        "made": one.made.isoformat(),
        "concept": one.concept,
        "layer": one.layer,
        "method": one.method,
        "quality": one.quality,
        "examples": json.dumps([[each.id, each.side, each.weight, each.drawn] for each in one.examples]),
        "contradictions": json.dumps(one.contradictions),
    }
