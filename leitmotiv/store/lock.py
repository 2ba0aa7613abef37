"""The writer lock: one process writes to a library at a time; the system's lock, which dies with its process."""

import contextlib
import errno
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from leitmotiv.errors import LibraryLockedError
from leitmotiv.store.explain import from_system

POLL_S = 0.05
NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})

if sys.platform == "win32":
    import msvcrt

    # Far behind the text, since Windows forbids others to read locked bytes.
    _PLACE = 1 << 30

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class WriterLock:
    """The lock of one library folder; a thread that holds it may take it again.

    Parameters
    ----------
    folder : Path
        The library folder.
    name : str
        The file in it that is locked, and stays.
    said : str
        What others are told before the name of who holds it; of the library, if not given.
    """

    def __init__(self, folder: Path, name: str = "leitmotiv.lock", said: str = "") -> None:
        self._folder = folder
        self._path = folder / name
        self._said = said or f"The library {folder} is being written by"
        self._threads = threading.RLock()
        self._depth = 0

    @contextlib.contextmanager
    def hold(self, purpose: str, wait: float) -> Iterator[None]:
        """Hold the lock, waiting at most `wait` seconds for it.

        Raises
        ------
        LibraryLockedError
            Somebody else holds it; the text names the process, its machine, what it does, and since when.
        PermissionDeniedError
            The library is only readable.
        """
        deadline = time.monotonic() + wait
        if not self._threads.acquire(timeout=max(0.0, wait)):
            raise self._locked()
        try:
            if self._depth:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                return
            descriptor = self._take(deadline)
            self._depth = 1
            try:
                _sign(descriptor, purpose)
                yield
            finally:
                self._depth = 0
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, 0)
                _unlock(descriptor)
                os.close(descriptor)
        finally:
            self._threads.release()

    def _take(self, deadline: float) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise from_system(error, self._path) or error from error
        try:
            while True:
                try:
                    _try_lock(descriptor)
                    return descriptor
                except (BlockingIOError, PermissionError) as error:
                    if time.monotonic() >= deadline:
                        raise self._locked() from error
                except OSError as error:
                    if error.errno in NO_LOCKS:
                        raise LibraryLockedError(
                            f"The disk of the library {self._folder} knows no locks, so that two processes could write "
                            "at once. Name a folder on another disk with --library."
                        ) from error
                    raise
                time.sleep(POLL_S)
        except BaseException:
            os.close(descriptor)
            raise

    def _locked(self) -> LibraryLockedError:
        return LibraryLockedError(f"{self._said} {_holder(self._path)}. Wait for it, or stop it.")


def _sign(descriptor: int, purpose: str) -> None:
    """Write who holds the lock; on a full disk nobody is named, and the lock holds all the same."""
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "purpose": purpose, "since": since})
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text.encode())


def _holder(path: Path) -> str:
    """Who holds the lock, in words: "process 123 (adding pictures since 12:03)"."""
    try:
        said = json.loads(path.read_bytes())
        since = datetime.fromisoformat(said["since"]).astimezone()
        today = since.date() == datetime.now().astimezone().date()
        when = since.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
        host = said.get("host", socket.gethostname())  # earlier versions name none
        where = "" if host == socket.gethostname() else f" on the machine {host}"
        return f"process {said['pid']}{where} ({said['purpose']} since {when})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
