"""One SQLite file: connections (one a thread), transactions, and SQLite's failures in our words; no tables."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import and_
from pathlib import Path
from typing import Any, Literal

from peewee import PeeweeException, SqliteDatabase

from leitmotiv.errors import LeitmotivError
from leitmotiv.store.explain import BUSY_S, denied, from_sqlite

Mode = Literal["rwc", "rw", "ro", "immutable"]
Row = tuple[Any, ...]
LOG_BYTES = 32 * 2**20
CHECKPOINT_WAIT_MS = 200


def connect_uri(path: Path, mode: Mode) -> str:
    """SQLite's URI of a file, whatever bytes its name has."""
    return path.absolute().as_uri() + ("?mode=ro&immutable=1" if mode == "immutable" else f"?mode={mode}")


class _Threads(SqliteDatabase):
    """peewee's one connection a thread, but those of ended threads are closed, and all of them at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._guard = threading.Lock()
        self._opened: list[tuple[threading.Thread, sqlite3.Connection]] = []
        super().__init__(*args, **kwargs)

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
        with self._guard:
            for thread, idle in self._opened:
                if not thread.is_alive():
                    idle.close()
            self._opened = [(thread, other) for thread, other in self._opened if thread.is_alive()]
            self._opened.append((threading.current_thread(), connection))
        return connection

    def close_all(self) -> None:
        """Close the connections of all threads; none of them may be working."""
        with self._guard:
            for _, connection in self._opened:
                connection.close()
            self._opened.clear()


class _Place(int):
    """Which of several texts a parameter stands for."""


class Database:
    """A library's database.

    Every statement goes through here, with the models unbound: nothing global is changed, so that threads may work on
    several libraries at once.

    Parameters
    ----------
    path : Path
        Of the database file.
    mode : str
        "rw"; "ro" where the file cannot be written; "immutable" where SQLite cannot make the files either by which
        readers see a writer. Then what another process writes shows as soon as it is in the database file itself.
    refusal : callable
        The error that a writer gets in any mode but "rw", from the folder.
    """

    def __init__(self, path: Path, mode: Mode, refusal: Callable[[Path], LeitmotivError] = denied) -> None:
        self.path = path
        self.mode: Mode = mode
        self.refusal = refusal
        pragmas: dict[str, Any] = {"foreign_keys": 1, "temp_store": "memory"}
        if mode == "rw":
            # With a write-ahead log, NORMAL never corrupts; a loss of power may take back the last commits.
            # secure_delete: a forgotten picture leaves no readable thumbnail behind.
            pragmas |= {"synchronous": "normal", "secure_delete": 1, "journal_size_limit": LOG_BYTES}
        self._peewee = _Threads(
            connect_uri(path, mode), uri=True, check_same_thread=False, timeout=BUSY_S, pragmas=pragmas
        )
        self._seen = threading.local()
        self._closed = False
        self._questions: dict[tuple[Any, int], tuple[str, list[Any]]] = {}

    def rows(self, query: Any) -> list[Row]:
        """Everything a select gives, as plain tuples."""
        with self._failures(), contextlib.closing(self._execute(query)) as cursor:
            return cursor.fetchall()

    def rows_of(self, question: Callable[[Sequence[str]], Any], values: Iterable[str]) -> list[Row]:
        """Everything that selects give which ask for some texts, part by part.

        Parameters
        ----------
        question : callable
            From texts to a select; the same one each time, as what it makes is kept: to build a statement for a
            hundred pictures takes longer than to carry it out.
        """
        found: list[Row] = []
        for part in chunks(values):
            text, given = self._question(question, len(part))
            asked = [part[one] if isinstance(one, _Place) else one for one in given]
            with self._failures():
                self._connection()
                cursor: sqlite3.Cursor = self._peewee.execute_sql(text, asked)  # type: ignore[no-untyped-call]
                with contextlib.closing(cursor):
                    found += cursor.fetchall()
        return found

    def _question(self, question: Callable[[Sequence[str]], Any], count: int) -> tuple[str, list[Any]]:
        """The statement for so many texts, and its parameters, with places for the texts."""
        known = self._questions.get((question, count))
        if known is None:
            marks = {f"\0{number}": _Place(number) for number in range(count)}
            context: Any = self._peewee.get_sql_context()
            text, given = context.sql(question(list(marks))).query()
            known = self._questions[question, count] = text, [marks.get(one, one) for one in given]
        return known

    def row(self, query: Any) -> Row | None:
        """The first row of a select."""
        with self._failures(), contextlib.closing(self._execute(query)) as cursor:
            first: Row | None = cursor.fetchone()
            return first

    def run(self, query: Any) -> int:
        """Carry out an insert, update or delete; returns how many rows it touched."""
        with self._writing(), contextlib.closing(self._execute(query)) as cursor:
            return cursor.rowcount

    def insert(self, query: Any) -> int:
        """Carry out an insert of one row; returns its number."""
        with self._writing(), contextlib.closing(self._execute(query)) as cursor:
            return cursor.lastrowid or 0

    def insert_many(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns; the statement is built once for a table, not once a call.

        Raises
        ------
        sqlite3.IntegrityError
            A row breaks a rule of the table.
        """
        if rows:
            names = _in_order(table, rows[0])
            fields = [getattr(table, name) for name in names]
            values = [[field.db_value(row[name]) for name, field in zip(names, fields, strict=True)] for row in rows]
            with self._writing(), contextlib.closing(self._connection().cursor()) as cursor:
                cursor.executemany(_insertion(table, names), values)

    def update_many(self, table: Any, keys: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
        """Update rows by their keys, one statement for all; all keys have the same columns, and all rows."""
        if rows:
            names = _in_order(table, rows[0])
            fields = [getattr(table, name) for name in (*names, *keys[0])]
            text = table.update(dict.fromkeys(names, 0)).where(keyed(table, keys[0])).sql()[0]
            pairs = zip(rows, keys, strict=True)
            self._many(text, fields, [[*(row[name] for name in names), *key.values()] for row, key in pairs])

    def delete_many(self, table: Any, keys: Sequence[Mapping[str, Any]]) -> None:
        """Delete rows by their keys, which all have the same columns."""
        if keys:
            text = table.delete().where(keyed(table, keys[0])).sql()[0]
            self._many(text, [getattr(table, name) for name in keys[0]], [list(key.values()) for key in keys])

    def _many(self, text: str, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
        values = [[field.db_value(value) for field, value in zip(fields, row, strict=True)] for row in rows]
        with self._writing(), contextlib.closing(self._connection().cursor()) as cursor:
            cursor.executemany(text, values)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for this thread; one inside another is part of the outer.

        Raises
        ------
        DiskFullError, PermissionDeniedError, LibraryDamagedError, LibraryLockedError
            What SQLite met; what was written inside is taken back.
        """
        with self._writing(), self._within("BEGIN IMMEDIATE"):
            yield

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several selects see one state of the library, whatever is written meanwhile."""
        with self._failures(), self._within("BEGIN"):
            yield

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the file and empty it, unless somebody reads it just now."""
        with self._failures():
            connection = self._connection()
            connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_WAIT_MS}")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")

    def close(self) -> None:
        """Close all connections; other threads have ended their work with the library."""
        self._closed = True
        self._peewee.close_all()

    @contextlib.contextmanager
    def _within(self, begin: str) -> Iterator[None]:
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        connection.execute(begin)
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite takes some failures back by itself, such as a full disk
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            raise

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise RuntimeError(f"The library {self.path.parent} is closed.")
        connection: sqlite3.Connection = self._peewee.connection()  # type: ignore[no-untyped-call]
        if self.mode == "immutable" and self._changed() and not connection.in_transaction:
            self._peewee.close()
            connection = self._peewee.connection()  # type: ignore[no-untyped-call]
        return connection

    def _changed(self) -> bool:
        """Whether the file was replaced or written since this thread looked: SQLite would trust what it read before."""
        found = self.path.stat()
        mark = (found.st_ino, found.st_size, found.st_mtime_ns)
        before = getattr(self._seen, "mark", mark)
        self._seen.mark = mark
        return before != mark

    def _execute(self, query: Any) -> sqlite3.Cursor:
        self._connection()
        cursor: sqlite3.Cursor = self._peewee.execute(query)  # type: ignore[no-untyped-call]
        return cursor

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        if self.mode != "rw":
            raise self.refusal(self.path.parent)
        with self._failures():
            yield

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn what SQLite raises into our errors; anything else is a fault of ours and stays as it is."""
        try:
            yield
        except (sqlite3.Error, PeeweeException) as error:
            known = from_sqlite(error, self.path)
            if known is None:
                raise
            raise known from error


@cache
def _insertion(table: Any, names: tuple[str, ...]) -> str:
    text: str = table.insert(dict.fromkeys(names, 0)).sql()[0]
    return text


def _in_order(table: Any, names: Iterable[str]) -> tuple[str, ...]:
    """Columns as peewee writes them into a statement."""
    given = set(names)
    return tuple(name for name in table._meta.sorted_field_names if name in given)


def keyed(table: Any, key: Mapping[str, Any]) -> Any:
    """The condition that names a row."""
    return reduce(and_, (getattr(table, name) == value for name, value in key.items()))


def chunks(values: Iterable[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Parts of at most `size`, since a statement takes only so many parameters."""
    part: list[Any] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
