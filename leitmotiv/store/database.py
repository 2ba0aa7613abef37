"""One SQLite file: connections (one a thread), transactions, and SQLite's failures in our words; no tables."""

import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from peewee import PeeweeException, SqliteDatabase

from leitmotiv.errors import (
    DiskFullError,
    LeitmotivError,
    LibraryDamagedError,
    LibraryLockedError,
    PermissionDeniedError,
)

Mode = Literal["rwc", "rw", "ro", "immutable"]
Row = tuple[Any, ...]
BUSY_S = 10.0
ALMOST_FULL_BYTES = 256 * 1024


def connect_uri(path: Path, mode: Mode) -> str:
    """SQLite's URI of a file, whatever bytes its name has."""
    option = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    return f"file:{quote(os.fsencode(path.absolute()))}?{option}"


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


class Database:
    """A library's database.

    Every statement goes through here, with the models unbound: nothing global is changed, so that threads may work on
    several libraries at once.

    Parameters
    ----------
    path : Path
        Of the database file.
    mode : str
        "rw"; "ro" where the file cannot be written; "immutable" where its folder cannot either (then SQLite may not
        make the files by which readers see a writer, and nobody may write meanwhile).
    """

    def __init__(self, path: Path, mode: Mode) -> None:
        self.path = path
        self.mode: Mode = mode
        pragmas: dict[str, Any] = {"foreign_keys": 1, "temp_store": "memory"}
        if mode == "rw":
            # With a write-ahead log, NORMAL never corrupts; a loss of power may take back the last commits.
            # secure_delete: a forgotten picture leaves no readable thumbnail behind.
            pragmas |= {"synchronous": "normal", "secure_delete": 1}
        self._peewee = _Threads(
            connect_uri(path, mode), uri=True, check_same_thread=False, timeout=BUSY_S, pragmas=pragmas
        )
        self._closed = False

    def rows(self, query: Any) -> list[Row]:
        """Everything a select gives, as plain tuples."""
        with self._failures(), contextlib.closing(self._execute(query)) as cursor:
            return cursor.fetchall()

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

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for this thread; one inside another is part of the outer.

        Raises
        ------
        DiskFullError, PermissionDeniedError, LibraryDamagedError, LibraryLockedError
            What SQLite met; what was written inside is taken back.
        """
        with self._writing():
            connection = self._connection()
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN IMMEDIATE")
            with _rolled_back(connection):
                yield
                connection.execute("COMMIT")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several selects see one state of the library, whatever is written meanwhile."""
        with self._failures():
            connection = self._connection()
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN")
            with _rolled_back(connection):
                yield
                connection.execute("COMMIT")

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the file and empty it, if no reader holds it."""
        with self._failures():
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close all connections; other threads have ended their work with the library."""
        self._closed = True
        self._peewee.close_all()

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise RuntimeError(f"The library {self.path.parent} is closed.")
        connection: sqlite3.Connection = self._peewee.connection()  # type: ignore[no-untyped-call]
        return connection

    def _execute(self, query: Any) -> sqlite3.Cursor:
        self._connection()
        cursor: sqlite3.Cursor = self._peewee.execute(query)  # type: ignore[no-untyped-call]
        return cursor

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        if self.mode != "rw":
            raise denied(self.path)
        with self._failures():
            yield

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn what SQLite raises into our errors; anything else is a fault of ours and stays as it is."""
        try:
            yield
        except (sqlite3.Error, PeeweeException) as error:
            known = explain(error, self.path)
            if known is None:
                raise
            raise known from error


@contextlib.contextmanager
def _rolled_back(connection: sqlite3.Connection) -> Iterator[None]:
    """Take a transaction back on any failure, unless SQLite has already done so (it does on a full disk)."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def denied(path: Path) -> PermissionDeniedError:
    """What a writer gets where the library is only readable."""
    return PermissionDeniedError(
        f"The library {path.parent} cannot be written: the system allows only reading. Check the owner and the "
        "permissions of the folder, or name another with --library."
    )


def full(folder: Path) -> DiskFullError:
    """What is said where no space is left."""
    return DiskFullError(
        f"No space is left on the disk of the library {folder}. What was saved is safe; free some space, and run the "
        "command again: it goes on from there."
    )


def damaged(path: Path, why: object) -> LibraryDamagedError:
    """What is said of a file that is no database, or a broken one."""
    return LibraryDamagedError(
        f"The library's database {path} is damaged ({why}). Put a copy in its place (see the folder backups beside "
        "it), or move it away and add your folders again; your pictures are not touched."
    )


def explain(error: BaseException, path: Path) -> LeitmotivError | None:
    """Our error for one of SQLite's, told apart by its result code; None where the fault is in a statement of ours."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        return None
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return full(path.parent)
        case sqlite3.SQLITE_IOERR:
            return full(path.parent) if _almost_full(path.parent) else damaged(path, cause)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, cause)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return denied(path)
        case sqlite3.SQLITE_CANTOPEN:
            return _cannot_open(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LibraryLockedError(
                f"The library {path.parent} was busy for {BUSY_S:.0f} seconds: another process writes to it. "
                "Wait for it, or stop it."
            )
    return None


def _almost_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < ALMOST_FULL_BYTES
    except OSError:
        return False


def _cannot_open(path: Path) -> LeitmotivError:
    if os.path.lexists(path) and not path.is_dir():
        return PermissionDeniedError(
            f"The library's database {path} cannot be opened. Check the owner and the permissions of the folder "
            f"{path.parent}, or name another with --library."
        )
    return LibraryDamagedError(
        f"The library's database {path} is not there (any more). Connect its drive, or name another library with "
        "--library."
    )


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
