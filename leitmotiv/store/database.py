"""What every part of the store asks of a database, whichever it is: statements, transactions, failures in our words.

`sqlite` and `postgres` are the two there are; what differs between them stands there, and nowhere else.
"""

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any, Literal, Protocol

from leitmotiv.errors import LeitmotivError
from leitmotiv.store.orm import IntegrityError, PeeweeException

__all__ = ["Connection", "Database", "IntegrityError", "Lock", "Mode", "Row", "chunks", "keyed"]

Mode = Literal["rwc", "rw", "ro", "immutable"]
Row = tuple[Any, ...]


class Connection(Protocol):
    """What a migration may do: statements in SQLite's words, which `postgres` translates."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Any:
        """Carry out a statement; the answer has `fetchone` and `fetchall`, and is iterable."""


class Lock(Protocol):
    """That of which at most one process holds one; see `lock.WriterLock` and `postgres_lock.AdvisoryLock`."""

    def hold(self, purpose: str, wait: float) -> AbstractContextManager[None]:
        """Hold it, waiting at most `wait` seconds."""


class Threads:
    """peewee's one connection a thread, but those of ended threads are closed, and all of them at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._guard = threading.Lock()
        self._opened: list[tuple[threading.Thread, Any]] = []
        super().__init__(*args, **kwargs)

    def _connect(self) -> Any:
        connection = super()._connect()  # type: ignore[misc]  # of the class that is mixed with this one
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


class Database(ABC):
    """A library's database.

    Every statement goes through here, with the models unbound: nothing global is changed, so that threads may work on
    several libraries at once.

    Attributes
    ----------
    folder : Path
        Of the library.
    mode : str
        What may be done; see the two databases.
    refusal : callable
        The error that a writer gets in any mode but "rw", from the folder.
    blob : str
        What the type of bytes is called in a cast.
    rows_at_once : int
        How many rows go into one statement; triggers that count changes by statements work as rarely.
    """

    blob = "BLOB"
    rows_at_once = 1
    _begin_writing = "BEGIN"
    _begin_reading = "BEGIN"
    _errors: type[Exception]
    _rule_broken: type[Exception]

    def __init__(self, pool: Any, folder: Path, mode: Mode, refusal: Callable[[Path], LeitmotivError]) -> None:
        self.folder = folder
        self.mode: Mode = mode
        self.refusal = refusal
        self._peewee = pool
        self._closed = False
        self._questions: dict[tuple[Any, int], tuple[str, list[Any]]] = {}
        self._texts: dict[tuple[Any, ...], str] = {}

    # ---- what differs ----

    @abstractmethod
    def _known(self, error: BaseException) -> LeitmotivError | None:
        """Our error for one of the database's or peewee's; None where a statement of ours is wrong."""

    @abstractmethod
    def _inside(self, connection: Any) -> bool:
        """Whether a transaction is open."""

    def is_inside(self) -> bool:
        """Whether this thread has a transaction or a snapshot open: what it reads then may be taken back."""
        with self._failures():
            return self._inside(self._connection())

    @abstractmethod
    def insert(self, query: Any) -> int:
        """Carry out an insert of one row; returns its number."""

    @abstractmethod
    def next_number(self, table: Any) -> int:
        """The number of a new row: one above the highest that there ever was, rows that are gone among them."""

    @abstractmethod
    def lock(self, purpose: Literal["write", "work"]) -> Lock:
        """That which the one writer of the library holds, or the one process that works through the queue."""

    def living(self, processes: Iterable[str]) -> set[str] | None:
        """Which of these processes (see `processes`) have the library open; None where this machine must know."""
        return None

    def bytes(self) -> int:
        """What it takes beside the files in the library folder."""
        return 0

    def checkpoint(self) -> None:  # noqa: B027 - a server tidies up by itself
        """Tidy up after much was written."""

    # ---- what does not ----

    def rows(self, query: Any) -> list[Row]:
        """Everything a select gives, as plain tuples."""
        with self._failures(), contextlib.closing(self._execute(query)) as cursor:
            found: list[Row] = cursor.fetchall()
            return found

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
                with contextlib.closing(self._peewee.execute_sql(text, asked)) as cursor:
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
            return int(cursor.rowcount)

    def insert_many(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns; the statement is built once for a table, not once a call.

        Raises
        ------
        IntegrityError
            A row breaks a rule of the table.
        """
        if rows:
            names = _in_order(table, rows[0])
            key = (table, names)
            if key not in self._texts:
                self._texts[key] = self._text(table.insert(dict.fromkeys(names, 0)))
            fields = [getattr(table, name) for name in names]
            values = [[row[name] for name in names] for row in rows]
            if self.rows_at_once == 1:
                self._many(self._texts[key], fields, values)
                return
            for part in chunks(values, self.rows_at_once):
                joined = [value for row in part for value in row]
                self._many(_several(self._texts[key], len(part)), fields * len(part), [joined])

    def update_many(self, table: Any, keys: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
        """Update rows by their keys, one statement for all; all keys have the same columns, and all rows."""
        if rows:
            names = _in_order(table, rows[0])
            fields = [getattr(table, name) for name in (*names, *keys[0])]
            text = self._text(table.update(dict.fromkeys(names, 0)).where(keyed(table, keys[0])))
            pairs = zip(rows, keys, strict=True)
            self._many(text, fields, [[*(row[name] for name in names), *key.values()] for row, key in pairs])

    def delete_many(self, table: Any, keys: Sequence[Mapping[str, Any]]) -> None:
        """Delete rows by their keys, which all have the same columns."""
        if keys:
            text = self._text(table.delete().where(keyed(table, keys[0])))
            self._many(text, [getattr(table, name) for name in keys[0]], [list(key.values()) for key in keys])

    def _text(self, query: Any) -> str:
        text: str = self._peewee.get_sql_context().sql(query).query()[0]
        return text

    def _many(self, text: str, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
        values = [[field.db_value(value) for field, value in zip(fields, row, strict=True)] for row in rows]
        with self._writing(), contextlib.closing(self._connection().cursor()) as cursor:
            if len(values) == 1:
                cursor.execute(text, values[0])
            else:
                cursor.executemany(text, values)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for this thread; one inside another is part of the outer.

        Nobody else writes meanwhile, so that what was read inside holds until its end.

        Raises
        ------
        DiskFullError, PermissionDeniedError, LibraryDamagedError, LibraryLockedError, DatabaseAwayError
            What the database met; what was written inside is taken back.
        """
        with self._writing(), self._within(self._begin_writing):
            yield

    @contextlib.contextmanager
    def attempt(self) -> Iterator[None]:
        """Inside a transaction a part that may fail by itself: what it wrote is then taken back, and the rest stays."""
        with self._writing():
            connection = self._connection()
            connection.execute("SAVEPOINT attempt")
            try:
                yield
            except BaseException:
                with contextlib.suppress(self._errors):
                    connection.execute("ROLLBACK TO SAVEPOINT attempt")
                    connection.execute("RELEASE SAVEPOINT attempt")
                raise
            connection.execute("RELEASE SAVEPOINT attempt")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several selects see one state of the library, whatever is written meanwhile."""
        with self._failures(), self._within(self._begin_reading):
            yield

    def close(self) -> None:
        """Close all connections; other threads have ended their work with the library."""
        self._closed = True
        self._peewee.close_all()

    @contextlib.contextmanager
    def _within(self, begin: str) -> Iterator[None]:
        connection = self._connection()
        if self._inside(connection):
            yield
            return
        try:
            self._begin(connection, begin)
            yield
            self._commit(connection)
        except BaseException:
            if self._inside(connection):  # some failures take everything back by themselves, such as a full disk
                with contextlib.suppress(self._errors):
                    connection.execute("ROLLBACK")
            raise

    def _begin(self, connection: Any, begin: str) -> None:
        connection.execute(begin)

    def _commit(self, connection: Any) -> None:
        connection.execute("COMMIT")

    def _connection(self) -> Any:
        if self._closed:
            raise RuntimeError(f"The library {self.folder} is closed.")
        return self._peewee.connection()

    def _execute(self, query: Any) -> Any:
        self._connection()
        return self._peewee.execute(query)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        if self.mode != "rw":
            raise self.refusal(self.folder)
        with self._failures():
            yield

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn what the database raises into our errors; anything else is a fault of ours and stays as it is."""
        try:
            yield
        except (self._errors, PeeweeException) as error:
            known = self._known(error)
            if known is not None:
                raise known from error
            if isinstance(error, self._rule_broken):
                raise IntegrityError(error, *error.args) from error
            raise


def _several(text: str, count: int) -> str:
    """The statement that inserts several rows, of the one that inserts one."""
    before, word, row = text.rpartition(" VALUES ")
    return f"{before}{word}{', '.join([row] * count)}"


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
