"""Long work in a process of its own beside the server: started, watched, stopped; the work itself is elsewhere."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from leitmotiv.errors import DiskFullError, JobFailedError, LeitmotivError, LibraryLockedError, PermissionDeniedError
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows.progress import Report, Step, Stopped
from leitmotiv.workflows.readers import apart_from_main
from leitmotiv.workflows.session import Session

WAITED = 24 * 3600.0
"""Seconds that the index waits for another writer: mostly it is a job that the person asked for on a page."""


@dataclass
class Growing:
    """A child process that adds folders and builds the index.

    Attributes
    ----------
    outcome : list of str
        One line for each part that is finished.
    failed : list of (path as text, reason)
    error : LeitmotivError or None
        Why it ended early.
    stopped : bool
        Whether it ended because it was asked to.
    """

    process: Any
    channel: Connection
    outcome: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    error: LeitmotivError | None = None
    stopped: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    def stop(self, seconds: float = 10.0) -> None:
        """Ask the child to stop after what is in hand; after `seconds`, end it."""
        self.process.join(0.5)  # it may be about to end by itself
        if self.process.is_alive():
            self.stopped = True
            self.process.terminate()
            self.process.join(seconds)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()
        self.finished.wait(1.0)

    def follow(self, report: Report | None) -> None:
        """Listen to the child until it ends, in a thread of its own."""
        threading.Thread(target=self._listen, args=(report,), name="growing", daemon=True).start()

    def _listen(self, report: Report | None) -> None:
        try:
            while True:
                kind, value = self.channel.recv()
                if kind == "step" and report is not None:
                    report(value)
                elif kind == "line":
                    self.outcome.append(value)
                elif kind == "failed":
                    self.failed.extend(value)
                elif kind == "error":
                    self.error = value
        except (EOFError, OSError):
            pass
        finally:
            self.process.join()
            if self.process.exitcode not in (0, None) and self.error is None and not self.stopped:
                self.error = JobFailedError(
                    f"The process that reads the pictures ended with {self.process.exitcode}. "
                    "What was finished is kept; run the same command again to go on."
                )
            self.finished.set()


def grow(
    settings: Settings,
    folders: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    report: Report | None = None,
) -> Growing:
    """Add folders and build the index in a child process; the caller may serve meanwhile."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_grow, args=(settings, tuple(folders), tuple(include), tuple(exclude), theirs, os.getpid())
    )
    with apart_from_main():
        process.start()
    theirs.close()
    growing = Growing(process, ours)
    growing.follow(report)
    return growing


def _grow(
    settings: Settings,
    folders: Sequence[Path],
    include: Sequence[str],
    exclude: Sequence[str],
    channel: Connection,
    parent: int,
) -> None:
    from leitmotiv.workflows.ingest import add_directories
    from leitmotiv.workflows.measuring import ready

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to translate
    asked = threading.Event()

    def interrupt(signum: int, frame: object) -> None:
        asked.set()  # an exception raised inside a C callback (LLVM compiling) is swallowed; this is not
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)

    def report(step: Step) -> None:
        if asked.is_set() or os.getppid() != parent:
            raise Stopped
        channel.send(("step", step))

    try:
        with Session(settings) as session:
            added = add_directories(session, folders, include=include, exclude=exclude, report=report)
            channel.send(("line", str(added)))
            channel.send(("failed", added.failed))
            ready(session)
            if asked.is_set():
                raise Stopped
            if session.library.images.count():
                for said in _indexed(session, report):
                    channel.send(("line", said))
    except (KeyboardInterrupt, Stopped, BrokenPipeError):
        pass
    except LeitmotivError as error:
        channel.send(("error", error))
    finally:
        channel.close()


def _indexed(session: Session, report: Report) -> Iterator[str]:
    """Build the index and what follows it, after whatever a page has the worker beside the server do meanwhile."""
    from leitmotiv.workflows import backgrounds, index

    yield str(index.build_index(session, report=report, wait=WAITED))
    if said := backgrounds.follow(session, report, wait=WAITED):
        yield said


def reap(library: Library) -> None:
    """Mark jobs as stopped that died: whoever works holds the writer's lock, so a free lock means that none does."""
    try:
        with library.writer("looking for dead jobs", wait=0.0):
            library.jobs.reap(lambda _pid: False)
    except (LibraryLockedError, PermissionDeniedError, DiskFullError):
        return  # somebody works, or nobody can write here
