"""The journal of what a person changed: each change whole or not at all, undone and redone in order.

It holds for what is a person's own (ratings, selections, names and edits of trends, mood boards); what is derived from
pictures can be made again and has no journal.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from typing import Any

from peewee import IntegrityError

from leitmotiv.store import tables
from leitmotiv.store.database import Database

KEPT = 1000
"""How many changes can be undone; older ones are final."""
_TABLES: Mapping[str, Any] = {
    "ratings": tables.Ratings,
    "selections": tables.Selections,
    "trend_edits": tables.TrendEdits,
    "catalogue_columns": tables.CatalogueColumns,
    "copy_decisions": tables.CopyDecisions,
    "copy_denials": tables.CopyDenials,
    "boards": tables.Boards,
    "board_examples": tables.BoardExamples,
    "board_snapshots": tables.BoardSnapshots,
}
"""What may be changed through the journal; all columns must be such that JSON keeps them."""

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """One row as it shall be.

    Attributes
    ----------
    table : str
        A name of `_TABLES`.
    key : mapping
        The columns that name the row, and their values.
    values : mapping or None
        The other columns; those not given stay as they are, or get the table's default in a new row. None removes
        the row.
    """

    table: str
    key: Values
    values: Values | None


@dataclass(frozen=True)
class Change:
    """An entry of the journal."""

    serial: int
    title: str
    at: datetime
    undone: bool


class Changes:
    """The journal; reached as `library.changes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(self, title: str, edits: Iterable[Edit]) -> int | None:
        """Carry out a change in one transaction and write it down; what was undone before can no longer be redone.

        Parameters
        ----------
        title : str
            What a person is told that undoing takes back: "5 stars for 3 pictures".

        Returns
        -------
        int or None
            Its number in the journal; None where every row was already as it shall be.
        """
        journal = tables.Changes
        with self._database.transaction():
            steps = []
            for edit in edits:
                before = self._read(edit.table, edit.key)
                after = None if edit.values is None else {**(before or {}), **edit.values}
                if after == before:
                    continue
                self._write(edit.table, edit.key, after)
                steps.append(
                    {
                        "table": edit.table,
                        "key": dict(edit.key),
                        "before": before,
                        "after": self._read(edit.table, edit.key),
                    }
                )
            if not steps:
                return None
            self._database.run(journal.delete().where(journal.undone == 1))
            serial = self._database.insert(
                journal.insert(title=title, at=datetime.now(UTC).isoformat(), edits=json.dumps(steps), undone=0)
            )
            self._database.run(journal.delete().where(journal.serial <= serial - KEPT))
        return serial

    def undo(self) -> str | None:
        """Take the latest change back; returns its title, or None where there is none."""
        journal = tables.Changes
        return self._step(journal.undone == 0, journal.serial.desc(), "before", undone=1)

    def redo(self) -> str | None:
        """Carry out again what was undone last; returns its title, or None where there is none."""
        journal = tables.Changes
        return self._step(journal.undone == 1, journal.serial.asc(), "after", undone=0)

    def forget(self, gone: Callable[[str, Values], bool]) -> None:
        """Strike what the journal knows of rows that are gone for good; a change of which nothing is left goes too.

        Parameters
        ----------
        gone : callable
            Whether a row is gone, told by its table and what is known of its columns.
        """
        journal = tables.Changes
        with self._database.transaction():
            for serial, edits in self._database.rows(journal.select(journal.serial, journal.edits)):
                steps = json.loads(edits)
                kept = [step for step in steps if not gone(step["table"], _row_of(step))]
                if len(kept) < len(steps):
                    change = journal.update(edits=json.dumps(kept)) if kept else journal.delete()
                    self._database.run(change.where(journal.serial == serial))

    def recent(self, limit: int = 50) -> list[Change]:
        """The latest changes, newest first, those that were undone among them."""
        journal = tables.Changes
        columns = (journal.serial, journal.title, journal.at, journal.undone)
        rows = self._database.rows(journal.select(*columns).order_by(journal.serial.desc()).limit(limit))
        return [Change(serial, title, datetime.fromisoformat(at), bool(undone)) for serial, title, at, undone in rows]

    def stamp(self) -> tuple[int, int]:
        """Two numbers that are others after every change, undo and redo, cheap to ask for."""
        journal = tables.Changes
        latest = self._database.row(journal.select(journal.serial).order_by(journal.serial.desc()).limit(1))
        undone = self._database.row(
            journal.select(journal.serial).where(journal.undone == 1).order_by(journal.serial).limit(1)
        )
        return (0 if latest is None else int(latest[0])), (0 if undone is None else int(undone[0]))

    def _step(self, which: Any, order: Any, side: str, *, undone: int) -> str | None:
        journal = tables.Changes
        with self._database.transaction():
            row = self._database.row(
                journal.select(journal.serial, journal.title, journal.edits).where(which).order_by(order).limit(1)
            )
            if row is None:
                return None
            serial, title, edits = row
            steps: Sequence[dict[str, Any]] = json.loads(edits)
            for step in reversed(steps) if undone else steps:
                self._restore(step["table"], step["key"], step[side])
            self._database.run(journal.update(undone=undone).where(journal.serial == serial))
        return str(title)

    def _restore(self, table: str, key: Values, values: Values | None) -> None:
        try:
            self._write(table, key, values)
        except IntegrityError:
            return  # the picture it belonged to was forgotten meanwhile; the others come back

    def _read(self, table: str, key: Values) -> dict[str, Any] | None:
        model = _TABLES[table]
        names = [name for name in model._meta.sorted_field_names if name not in key]
        columns = [getattr(model, name) for name in names]
        row = self._database.row(model.select(*columns).where(_where(model, key)))
        return None if row is None else dict(zip(names, row, strict=True))

    def _write(self, table: str, key: Values, values: Values | None) -> None:
        model = _TABLES[table]
        where = _where(model, key)
        if values is None:
            self._database.run(model.delete().where(where))
        elif self._database.row(model.select(*[getattr(model, name) for name in key]).where(where)) is None:
            self._database.run(model.insert(**key, **values))
        elif values:
            self._database.run(model.update(**values).where(where))


def _row_of(step: Values) -> Values:
    return {**step["key"], **(step["before"] or {}), **(step["after"] or {})}


def _where(model: Any, key: Values) -> Any:
    return reduce(and_, (getattr(model, name) == value for name, value in key.items()))
