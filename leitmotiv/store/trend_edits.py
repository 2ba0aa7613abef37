"""What people said about trends, in the order of saying; it is changed through the journal, see `changes`."""

import json
from datetime import datetime
from typing import Any

from leitmotiv.records import TrendEdit
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database
from leitmotiv.store.orm import fn

_COLUMNS = (
    tables.TrendEdits.id,
    tables.TrendEdits.kind,
    tables.TrendEdits.at,
    tables.TrendEdits.name,
    tables.TrendEdits.ids,
    tables.TrendEdits.parts,
)


class TrendEdits:
    """The statements; reached as `library.trend_edits`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> list[TrendEdit]:
        """All of them, the oldest first."""
        table = tables.TrendEdits
        return [_as_edit(row) for row in self._database.rows(table.select(*_COLUMNS).order_by(table.id))]

    def get(self, number: int) -> TrendEdit | None:
        """One by its number."""
        table = tables.TrendEdits
        row = self._database.row(table.select(*_COLUMNS).where(table.id == number))
        return None if row is None else _as_edit(row)

    def next_id(self) -> int:
        """The number of the next new one."""
        (largest,) = self._database.row(tables.TrendEdits.select(fn.MAX(tables.TrendEdits.id))) or (0,)
        return int(largest or 0) + 1

    def anchor(self, number: int, parts: tuple[tuple[str, ...], ...]) -> None:
        """Let a statement be about the pictures that its trend has now; that is derived, and has no journal."""
        table = tables.TrendEdits
        self._database.run(table.update(parts=json.dumps(parts)).where(table.id == number))

    @staticmethod
    def edit(one: TrendEdit) -> Edit:
        """What `changes.apply` takes to keep a statement as it is here."""
        values = {
            "kind": one.kind,
            "name": one.name,
            "ids": json.dumps(one.ids),
            "parts": json.dumps(one.parts),
            "at": one.at.isoformat(),
        }
        return Edit("trend_edits", {"id": one.id}, values)

    @staticmethod
    def removal(number: int) -> Edit:
        """What `changes.apply` takes to remove one."""
        return Edit("trend_edits", {"id": number}, None)


def _as_edit(row: tuple[Any, ...]) -> TrendEdit:
    number, kind, at, name, ids, parts = row
    return TrendEdit(
        id=number,
        kind=kind,
        at=datetime.fromisoformat(at),
        name=name,
        ids=tuple(json.loads(ids)),
        parts=tuple(tuple(part) for part in json.loads(parts)),
    )
