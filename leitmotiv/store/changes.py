"""The journal of what a person changed: each change whole or not at all, undone and redone in order.

It holds for what is a person's own (ratings, selections, names and edits of trends, mood boards, choices among
designs); what is derived from pictures can be made again and has no journal.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from leitmotiv.store import tables
from leitmotiv.store.database import Database, IntegrityError, chunks, keyed

KEPT = 1000
"""How many changes can be undone; older ones are final."""
_TABLES: Mapping[str, Any] = {
    "ratings": tables.Ratings,
    "selections": tables.Selections,
    "trend_edits": tables.TrendEdits,
    "catalogue_columns": tables.CatalogueColumns,
    "copy_decisions": tables.CopyDecisions,
    "copy_denials": tables.CopyDenials,
    "comparisons": tables.Comparisons,
    "boards": tables.Boards,
    "board_examples": tables.BoardExamples,
    "board_snapshots": tables.BoardSnapshots,
    "evolution_picks": tables.EvolutionPicks,
    "evolution_votes": tables.EvolutionVotesGiven,
}
"""What may be changed through the journal; all columns must be such that JSON keeps them."""

Values = Mapping[str, Any]
_Name = tuple[Any, ...]
"""A row: its table, then its key."""
_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)


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
            waves = _waves(edits, lambda edit: (edit.table, edit.key))
            steps = [step for wave in waves for step in self._carry_out(wave)]
            if not steps:
                return None
            self._database.run(journal.delete().where(journal.undone == 1))
            serial = self._database.insert(
                journal.insert(title=title, at=datetime.now(UTC).isoformat(), edits=json.dumps(steps), undone=0)
            )
            self._database.run(journal.delete().where(journal.serial <= serial - KEPT))
        return serial

    def _carry_out(self, wave: Sequence[Edit]) -> list[dict[str, Any]]:
        """Edits of different rows, as steps of the journal; those that change nothing are left out."""
        changed = []
        for edit, before in zip(wave, self._read([(edit.table, edit.key) for edit in wave]), strict=True):
            after = None if edit.values is None else {**(before or {}), **edit.values}
            if after != before:
                changed.append(_Row(edit.table, edit.key, before, after))
        self._write(changed)
        now = self._read([(row.table, row.key) for row in changed])  # with the defaults of new rows
        return [
            {"table": row.table, "key": dict(row.key), "before": row.before, "after": after}
            for row, after in zip(changed, now, strict=True)
        ]

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
            for wave in _waves(steps[::-1] if undone else steps, lambda step: (step["table"], step["key"])):
                self._restore([(step["table"], step["key"], step[side]) for step in wave])
            self._database.run(journal.update(undone=undone).where(journal.serial == serial))
        return str(title)

    def _restore(self, wanted: Sequence[tuple[str, Values, Values | None]]) -> None:
        try:
            with self._database.attempt():
                self._write(self._rows(wanted))
        except IntegrityError:
            for row in self._rows(wanted):  # a picture was forgotten meanwhile; the others come back
                with suppress(IntegrityError), self._database.attempt():
                    self._write([row])

    def _rows(self, wanted: Sequence[tuple[str, Values, Values | None]]) -> list["_Row"]:
        now = self._read([(table, key) for table, key, _ in wanted])
        return [_Row(table, key, before, after) for (table, key, after), before in zip(wanted, now, strict=True)]

    def _read(self, rows: Sequence[tuple[str, Values]]) -> list[dict[str, Any] | None]:
        """What rows hold beside their keys; None for one that is not there."""
        found: dict[_Name, dict[str, Any]] = {}
        for table, group in _grouped(rows, lambda row: row[0]):
            model, names = _TABLES[table], tuple(group[0][1])
            others = [name for name in model._meta.sorted_field_names if name not in names]
            fields = [getattr(model, name) for name in (*names, *others)]
            for some in chunks([key for _, key in group]):
                one = len(names) == 1
                where = (
                    fields[0].in_([key[names[0]] for key in some])
                    if one
                    else reduce(or_, (keyed(model, key) for key in some))
                )
                for row in self._database.rows(model.select(*fields).where(where)):
                    key = dict(zip(names, row, strict=False))
                    found[_name(table, key)] = dict(zip(others, row[len(names) :], strict=True))
        return [found.get(_name(table, key)) for table, key in rows]

    def _write(self, rows: Sequence["_Row"]) -> None:
        """Bring rows, all different, from what they hold to what they shall hold."""
        for (table, new, columns), group in _grouped(rows, _Row.shape):
            model, keys = _TABLES[table], [row.key for row in group]
            if columns is None:
                self._database.delete_many(model, keys)
            elif new:
                given = {**group[0].key, **dict.fromkeys(columns)}
                rest = {field.name: value for field, value in model._meta.defaults.items() if field.name not in given}
                self._database.insert_many(model, [{**row.key, **rest, **(row.after or {})} for row in group])
            elif columns:
                self._database.update_many(model, keys, [row.after or {} for row in group])


@dataclass(frozen=True)
class _Row:
    """A row as it is and as it shall be; None where it is not, or shall not be."""

    table: str
    key: Values
    before: Values | None
    after: Values | None

    def shape(self) -> tuple[str, bool, tuple[str, ...] | None]:
        """What rows have in common that one statement writes."""
        return self.table, self.before is None, None if self.after is None else tuple(self.after)


def _name(table: str, key: Values) -> _Name:
    return (table, *sorted(key.items()))


def _waves(items: Iterable[_T], row: Callable[[_T], tuple[str, Values]]) -> Iterator[list[_T]]:
    """Items in order, cut so that no part holds the same row twice."""
    wave: list[_T] = []
    held: set[_Name] = set()
    for item in items:
        name = _name(*row(item))
        if name in held:
            yield wave
            wave, held = [], set()
        wave.append(item)
        held.add(name)
    if wave:
        yield wave


def _grouped(items: Iterable[_T], key: Callable[[_T], _K]) -> Iterator[tuple[_K, list[_T]]]:
    groups: dict[_K, list[_T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    yield from groups.items()


def _row_of(step: Values) -> Values:
    return {**step["key"], **(step["before"] or {}), **(step["after"] or {})}
