"""The library's database as one of a PostgreSQL server, for several machines; no tables.

One write transaction runs at a time, as in SQLite: each begins by taking a lock that ends with it. So what is read in a
transaction holds until its end, on every machine, and there is nothing to try again.
"""

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.pq import Format, TransactionStatus

from leitmotiv.errors import LeitmotivError, NotALibraryError, SettingsError
from leitmotiv.store import library_file, migrations, tables
from leitmotiv.store.database import Database, Lock, Mode, Threads
from leitmotiv.store.explain_postgres import BUSY_S, away, from_postgres, read_only
from leitmotiv.store.orm import PostgresqlDatabase, fn, take_psycopg
from leitmotiv.store.postgres_lock import CLASS, TRANSACTIONS, AdvisoryLock, said
from leitmotiv.store.postgres_schema import Translated, has_tables

OPEN_WAIT_S = 5.0
CONNECT_S = 10
STARTING_S = 15.0
"""How long a server that is only just starting is waited for."""
POLL_S = 0.2
_OPTIONS = (
    ("lock_timeout", f"{BUSY_S:.0f}s"),
    # A machine that is gone without a word must not hold a transaction, and all others, for hours: the server's part.
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    ("idle_in_transaction_session_timeout", "10min"),
    ("client_min_messages", "warning"),
    ("timezone", "UTC"),
)
_LISTENING = {
    # Ours: a server that is gone without a word is noticed within a minute, by who waits for it and by who sends to it.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that takes answers as bytes: pictures and mixtures would travel as text of twice their size."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = Format.BINARY


take_psycopg()


class _Threads(Threads, PostgresqlDatabase):
    """One connection a thread."""


class Postgres(Database):
    """One database of a server.

    Parameters
    ----------
    url : str
        libpq's, without a password: that comes from where libpq looks for it.
    folder : Path
        Of the library.

    Attributes
    ----------
    url : str
        For messages.
    """

    blob = "BYTEA"
    rows_at_once = 64
    _begin_writing = f"BEGIN; SELECT pg_advisory_xact_lock({CLASS}, {TRANSACTIONS})"
    _begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    _errors = psycopg.Error
    _rule_broken = psycopg.IntegrityError

    def __init__(self, url: str, folder: Path) -> None:
        pool = _Threads(url, prefer_psycopg3=True, cursor_factory=_Cursor, **_connecting())
        super().__init__(pool, folder, "rw", read_only)
        self.url = library_file.masked(url)
        self._pinned = threading.local()
        self.mode = self._mode()

    # ---- connections ----

    def _connection(self) -> psycopg.Connection[Any]:
        """The connection of this thread; one that was lost is replaced, unless a lock was lost with it."""
        connection: psycopg.Connection[Any] = self._opened()
        if self._inside(connection) or not _is_lost(connection):
            return connection
        if getattr(self._pinned, "count", 0):
            raise away(self.url, "the connection was lost, and with it the right to write")
        self._peewee.dispose()
        return self._opened()

    def _opened(self) -> psycopg.Connection[Any]:
        deadline = time.monotonic() + STARTING_S
        while True:
            try:
                connection: psycopg.Connection[Any] = super()._connection()
                return connection
            except Exception as error:
                # libpq tells no code of an error before there is a connection, so that its text must do
                starting = "starting up" in str(error) or "recovery" in str(error)
                if not starting or time.monotonic() > deadline:
                    raise
                time.sleep(POLL_S)

    @contextlib.contextmanager
    def pinned(self) -> Iterator[psycopg.Connection[Any]]:
        """The connection of this thread, not to be replaced while the block runs: a lock is lost with it."""
        with self._failures():
            connection = self._connection()
        self._pinned.count = getattr(self._pinned, "count", 0) + 1
        try:
            yield connection
        finally:
            self._pinned.count -= 1

    def _inside(self, connection: psycopg.Connection[Any]) -> bool:
        return connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def _begin(self, connection: psycopg.Connection[Any], begin: str) -> None:
        psycopg.Cursor(connection).execute(begin.encode())  # as text, two statements go in one message

    def _commit(self, connection: psycopg.Connection[Any]) -> None:
        if connection.info.transaction_status == TransactionStatus.INERROR:
            # PostgreSQL would answer COMMIT with a silent ROLLBACK.
            raise RuntimeError("A statement of a transaction failed outside of an attempt, and nobody said so.")
        connection.execute("COMMIT")

    def _known(self, error: BaseException) -> LeitmotivError | None:
        return from_postgres(error, self.url, self.folder)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        # A statement by itself is a transaction too: beside another's it could wait in a circle.
        with super()._writing(), self._within(self._begin_writing):
            yield

    # ---- statements ----

    def insert(self, query: Any) -> int:
        """Carry out an insert of one row; returns its number."""
        key = query.table._meta.primary_key
        with self._writing(), contextlib.closing(self._execute(query.returning(key))) as cursor:
            row = cursor.fetchone()
            return 0 if row is None else int(row[0])

    def next_number(self, table: Any) -> int:
        """One above the highest number that there ever was; it is given out once."""
        name = table._meta.table_name
        with self.transaction():
            (largest,) = self.row(table.select(fn.MAX(table.id))) or (0,)
            statement = (
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                f"GREATEST(%s, COALESCE(pg_sequence_last_value(pg_get_serial_sequence('{name}', 'id')), 0)) + 1)"
            )
            answer = self._connection().execute(statement, (int(largest or 0),)).fetchone()
        return int(answer[0]) if answer else 1

    def lock(self, purpose: Literal["write", "work"]) -> Lock:
        """An advisory lock of the server, which ends with the connection."""
        return AdvisoryLock(self, purpose)

    def living(self, processes: Iterable[str]) -> set[str]:
        """Which of these processes have a connection, on whatever machine."""
        query = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
        with self._failures(), contextlib.closing(self._connection().execute(query)) as cursor:
            names = [str(name) for (name,) in cursor.fetchall() if name]
        return {process for process in processes if process and any(name.startswith(process) for name in names)}

    def bytes(self) -> int:
        """What the database takes on the server."""
        with (
            self._failures(),
            contextlib.closing(self._connection().execute("SELECT pg_database_size(current_database())")) as cursor,
        ):
            row = cursor.fetchone()
            return 0 if row is None else int(row[0])

    # ---- opening ----

    def _mode(self) -> Mode:
        with self._failures():
            row = self._connection().execute("SHOW default_transaction_read_only").fetchone()
            standby = self._connection().execute("SELECT pg_is_in_recovery()").fetchone()
        return "ro" if (row and row[0] == "on") or (standby and standby[0]) else "rw"

    def prepare(self, *, create: bool) -> None:
        """Bring the schema up to date, each step whole or not at all; no copy is made: that is `pg_dump`'s work.

        Raises
        ------
        NotALibraryError
            There are no tables yet, and `create` is false.
        LibraryTooNewError, LibraryDamagedError
            Nothing was touched.
        LibraryLockedError
            Its schema has to change, and another process is writing.
        """
        with self._failures():
            self._check_encoding()
            new = not has_tables(self._connection())
            if new and not create:
                raise NotALibraryError(
                    f"There is no library in the database {self.url} yet. Make one with `leitmotiv add-directory "
                    "FOLDER`, or correct library.toml."
                )
            behind = bool(migrations.pending(Translated(self._connection()), self.folder))
        if not behind:
            return
        if self.mode != "rw":
            raise self.refusal(self.folder)
        with self.lock("write").hold("upgrading the library", OPEN_WAIT_S), self._failures():
            migrations.migrate(Translated(self._connection()), self.folder)

    def _check_encoding(self) -> None:
        row = self._connection().execute("SHOW server_encoding").fetchone()
        if row is None or row[0] != "UTF8":
            raise SettingsError(
                f"The database {self.url} keeps text as {row and row[0]}, and must keep it as UTF8. Make another: "
                "createdb --encoding UTF8 --template template0 NAME"
            )


def opened(url: str, folder: Path, *, create: bool) -> Postgres:
    """Open the database of a library whose folder names it, after bringing its schema up to date."""
    database = Postgres(url, folder)
    try:
        database.prepare(create=create)
        # One process may ask for a table's number before any migration of a newer one is there to see.
        database.row(tables.Migrations.select(tables.Migrations.name).limit(1))
    except BaseException:
        database.close()
        raise
    return database


def _connecting() -> dict[str, Any]:
    return {
        "application_name": said(os.getpid(), socket.gethostname(), ""),
        "connect_timeout": CONNECT_S,
        **_LISTENING,
        "options": " ".join(f"-c {name}={value}" for name, value in _OPTIONS),
    }


def _is_lost(connection: psycopg.Connection[Any]) -> bool:
    """Whether the other end is gone; it costs no round trip while it is there."""
    if connection.closed:
        return True
    with contextlib.suppress(OSError, ValueError, psycopg.Error):
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
        if not readable:
            return False
        connection.execute("SELECT 1")
        return False
    return True
