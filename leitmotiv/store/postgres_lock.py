"""The writer lock where machines share a database: an advisory lock of the server, which dies with the connection."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import psycopg

from leitmotiv.errors import LibraryLockedError
from leitmotiv.store.explain_postgres import from_postgres
from leitmotiv.store.processes import this_process

POLL_S = 0.1
CLASS = 0x6C656974
"""The first number of our locks, so that they meet no other program's."""
TRANSACTIONS = 0
_NUMBERS = {"write": 1, "work": 2}
HOST = 12
LONGEST = 63
"""Bytes that PostgreSQL keeps of a connection's name."""


def said(pid: int, host: str, purpose: str) -> str:
    """The name of a connection: the process, and what it holds a lock for since when; others read it."""
    name = f"{this_process()} {int(time.time()):x} {pid}@{_short(host)} {purpose}".strip()
    return name.encode()[:LONGEST].decode("utf-8", "ignore")


def _short(host: str) -> str:
    """The name of a machine in at most `HOST` characters: those of one place differ at the end as a rule."""
    name = host.partition(".")[0]
    return name if len(name) <= HOST else f"{name[: HOST - 7]}~{name[-6:]}"


class Holder(Protocol):
    """What a lock needs of the database whose it is."""

    folder: Path
    url: str

    def pinned(self) -> AbstractContextManager[psycopg.Connection[Any]]:
        """The connection of this thread, not to be replaced while the block runs."""


class AdvisoryLock:
    """One lock of one database; a thread that holds it may take it again."""

    def __init__(self, database: Holder, purpose: Literal["write", "work"]) -> None:
        self._database = database
        self._number = _NUMBERS[purpose]
        self._threads = threading.RLock()
        self._depth = 0
        self._name = ""

    @contextlib.contextmanager
    def hold(self, purpose: str, wait: float) -> Iterator[None]:
        """Hold the lock, waiting at most `wait` seconds for it.

        While it is held, this thread's connection is not replaced: if it is lost, the lock is, and what the thread
        still meant to write is refused.

        Raises
        ------
        LibraryLockedError
            Somebody else holds it; the text names the process, its machine, what it does, and since when.
        DatabaseAwayError
        """
        deadline = time.monotonic() + wait
        if not self._threads.acquire(timeout=max(0.0, wait)):
            raise self._locked(_told(self._name))
        try:
            if self._depth:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                return
            with self._database.pinned() as connection:
                try:
                    self._take(connection, deadline)
                    self._name = _name(connection, purpose)
                except psycopg.Error as error:
                    raise from_postgres(error, self._database.url, self._database.folder) or error from error
                self._depth = 1
                try:
                    yield
                finally:
                    self._depth = 0
                    with contextlib.suppress(psycopg.Error):
                        connection.execute(f"SELECT pg_advisory_unlock({CLASS}, {self._number})")
                        _name(connection, "")
        finally:
            self._threads.release()

    def _take(self, connection: psycopg.Connection[Any], deadline: float) -> None:
        while True:
            row = connection.execute(f"SELECT pg_try_advisory_lock({CLASS}, {self._number})").fetchone()
            if row == (True,):
                return
            if time.monotonic() >= deadline:
                raise self._locked(self._holder(connection))
            time.sleep(POLL_S)

    def _locked(self, holder: str) -> LibraryLockedError:
        return LibraryLockedError(
            f"The library {self._database.folder} is being written by {holder}. Wait for it, or stop it."
        )

    def _holder(self, connection: psycopg.Connection[Any]) -> str:
        """Who holds the lock, in words: "process 123 on the machine atlas (adding pictures since 12:03)"."""
        query = (
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND "
            "granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND "
            f"classid = {CLASS} AND objid = {self._number}"
        )
        found = connection.execute(query).fetchone()
        return _told(str(found[0]) if isinstance(found, tuple) and found[0] else "")


def _told(name: str) -> str:
    try:
        _, since, place, purpose = name.split(" ", 3)
        pid, host = place.split("@", 1)
        at = datetime.fromtimestamp(int(since, 16)).astimezone()
    except ValueError:
        return "another process"
    today = at.date() == datetime.now().astimezone().date()
    where = "" if host == _short(socket.gethostname()) else f" on the machine {host}"
    return f"process {pid}{where} ({purpose} since {at:{'%H:%M' if today else '%Y-%m-%d %H:%M'}})"


def _name(connection: psycopg.Connection[Any], purpose: str) -> str:
    name = said(os.getpid(), socket.gethostname(), purpose)
    connection.execute("SELECT set_config('application_name', %s, false)", (name,))
    return name
