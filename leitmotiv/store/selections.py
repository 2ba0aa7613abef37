"""Named sets of pictures; they are changed through the journal, see `changes`."""

import json
from datetime import UTC, datetime
from typing import Any

from leitmotiv.records import Selection
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database
from leitmotiv.store.orm import fn

_COLUMNS = (
    tables.Selections.id,
    tables.Selections.name,
    tables.Selections.query,
    tables.Selections.ids,
    tables.Selections.at,
)


class Selections:
    """The selections; reached as `library.selections`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> list[Selection]:
        """All of them, by name."""
        rows = self._database.rows(tables.Selections.select(*_COLUMNS))
        return sorted((_as_selection(row) for row in rows), key=lambda one: (one.name.casefold(), one.id))

    def get(self, id_or_name: int | str) -> Selection | None:
        """One by its number or its name, in which capitals do not count; None where there is none."""
        table = tables.Selections
        is_number = isinstance(id_or_name, int)
        if is_number:
            row = self._database.row(table.select(*_COLUMNS).where(table.id == id_or_name))
            return None if row is None else _as_selection(row)
        wanted = str(id_or_name).casefold()
        return next((one for one in self.list() if one.name.casefold() == wanted), None)

    def next_id(self) -> int:
        """The number of the next new selection; numbers are not used twice while the journal remembers them."""
        (largest,) = self._database.row(tables.Selections.select(fn.MAX(tables.Selections.id))) or (0,)
        return int(largest or 0) + 1

    @staticmethod
    def edit(selection: Selection) -> Edit:
        """What `changes.apply` takes to keep a selection as it is here."""
        values = {
            "name": selection.name,
            "query": selection.query,
            "ids": None if selection.ids is None else json.dumps(selection.ids),
            "at": selection.at.isoformat(),
        }
        return Edit("selections", {"id": selection.id}, values)

    @staticmethod
    def removal(id: int) -> Edit:
        """What `changes.apply` takes to remove a selection."""
        return Edit("selections", {"id": id}, None)


def now() -> datetime:
    """The moment that a selection is kept."""
    return datetime.now(UTC)


def _as_selection(row: tuple[Any, ...]) -> Selection:
    number, name, query, ids, at = row
    fixed = None if ids is None else tuple(json.loads(ids))
    return Selection(number, name, query, fixed, datetime.fromisoformat(at))
