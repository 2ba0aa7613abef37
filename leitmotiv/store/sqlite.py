"""The library's database as one file beside the rest: SQLite with a write-ahead log; no tables."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from leitmotiv.errors import DiskFullError, LeitmotivError, PermissionDeniedError
from leitmotiv.store import migrations
from leitmotiv.store.database import Database, Lock, Mode, Threads
from leitmotiv.store.explain import BUSY_S, denied, from_sqlite, from_system, full
from leitmotiv.store.lock import WriterLock
from leitmotiv.store.orm import SqliteDatabase, Table, fn

OPEN_WAIT_S = 5.0
LOG_BYTES = 32 * 2**20
CHECKPOINT_WAIT_MS = 200
_SEQUENCE = Table("sqlite_sequence")
"""Where SQLite counts the rows of tables with AUTOINCREMENT."""


def connect_uri(path: Path, mode: Mode) -> str:
    """SQLite's URI of a file, whatever bytes its name has."""
    return path.absolute().as_uri() + ("?mode=ro&immutable=1" if mode == "immutable" else f"?mode={mode}")


class _Threads(Threads, SqliteDatabase):
    """One connection a thread."""


class SqliteFile(Database):
    """One file.

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

    _begin_writing = "BEGIN IMMEDIATE"
    _errors = sqlite3.Error
    _rule_broken = sqlite3.IntegrityError

    def __init__(self, path: Path, mode: Mode, refusal: Callable[[Path], LeitmotivError] = denied) -> None:
        pragmas: dict[str, Any] = {"foreign_keys": 1, "temp_store": "memory"}
        if mode == "rw":
            # With a write-ahead log, NORMAL never corrupts; a loss of power may take back the last commits.
            # secure_delete: a forgotten picture leaves no readable thumbnail behind.
            pragmas |= {"synchronous": "normal", "secure_delete": 1, "journal_size_limit": LOG_BYTES}
        pool = _Threads(connect_uri(path, mode), uri=True, check_same_thread=False, timeout=BUSY_S, pragmas=pragmas)
        super().__init__(pool, path.parent, mode, refusal)
        self.path = path
        self._seen = threading.local()

    def insert(self, query: Any) -> int:
        """Carry out an insert of one row; returns its number."""
        with self._writing(), contextlib.closing(self._execute(query)) as cursor:
            return int(cursor.lastrowid or 0)

    def next_number(self, table: Any) -> int:
        """One above the highest number that there ever was."""
        (largest,) = self.row(table.select(fn.MAX(table.id))) or (0,)
        counted = _SEQUENCE.select(_SEQUENCE.c.seq).where(_SEQUENCE.c.name == table._meta.table_name)
        (highest,) = self.row(counted) or (0,)
        return max(int(largest or 0), int(highest or 0)) + 1

    def lock(self, purpose: Literal["write", "work"]) -> Lock:
        """The system's lock of a file in the library folder."""
        return WriterLock(self.folder) if purpose == "write" else WriterLock(self.folder, "leitmotiv.lock-worker")

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the file and empty it, unless somebody reads it just now."""
        with self._failures():
            connection = self._connection()
            connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_WAIT_MS}")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")

    def _inside(self, connection: sqlite3.Connection) -> bool:
        return connection.in_transaction

    def _known(self, error: BaseException) -> LeitmotivError | None:
        return from_sqlite(error, self.path)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._connection()
        if self.mode == "immutable" and self._changed() and not connection.in_transaction:
            self._peewee.close()
            connection = super()._connection()
        return connection

    def _changed(self) -> bool:
        """Whether the file was replaced or written since this thread looked: SQLite would trust what it read before."""
        found = self.path.stat()
        mark = (found.st_ino, found.st_size, found.st_mtime_ns)
        before = getattr(self._seen, "mark", mark)
        self._seen.mark = mark
        return before != mark


def opened(path: Path) -> SqliteFile:
    """Check the schema, migrate under the lock where something is pending, and open the file as far as it allows.

    Raises
    ------
    LibraryTooNewError, LibraryDamagedError
        Nothing was touched.
    LibraryLockedError
        Its schema has to change, and another process is writing.
    PermissionDeniedError, DiskFullError
    """
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises in a folder that is closed to us
        _migrate(path)
        return SqliteFile(path, "rw")
    try:
        mode = _mode(path)
        behind = _pending(path, mode)
    except DiskFullError:
        # Reading goes on: without room for SQLite's own files nobody can be writing either.
        log = path.with_name(f"{path.name}-wal")
        if (log.exists() and log.stat().st_size) or _pending(path, "immutable"):
            raise
        return SqliteFile(path, "immutable", full)
    if behind:
        if mode != "rw":
            raise denied(path.parent)
        _migrate(path)
    return SqliteFile(path, mode)


def _mode(path: Path) -> Mode:
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "rw"
    try:
        _pending(path, "ro")
    except PermissionDeniedError:
        return "immutable"
    return "ro"


def _pending(path: Path, mode: Mode) -> bool:
    with _connected(path, mode) as database:
        return bool(migrations.pending(database, path.parent))


def _migrate(path: Path) -> None:
    with WriterLock(path.parent).hold("upgrading the library", OPEN_WAIT_S), _connected(path, "rwc") as database:
        database.execute("PRAGMA journal_mode = wal")
        migrations.migrate(database, path.parent)


@contextlib.contextmanager
def _connected(path: Path, mode: Mode) -> Iterator[sqlite3.Connection]:
    """Connect for a moment, outside of peewee."""
    try:
        with contextlib.closing(
            sqlite3.connect(connect_uri(path, mode), uri=True, isolation_level=None, timeout=OPEN_WAIT_S)
        ) as database:
            yield database
    except sqlite3.Error as error:
        raise from_sqlite(error, path) or error from error
    except OSError as error:
        raise from_system(error, path) or error from error
