"""The one process that does what the queue holds, and its keeper in the server, which starts it and notices its end."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any, Self

from leitmotiv.errors import LeitmotivError, LibraryLockedError
from leitmotiv.records import Job
from leitmotiv.settings import Settings
from leitmotiv.workflows.progress import Row, Step, Stopped, reporting
from leitmotiv.workflows.queue import KINDS, Work, resolve
from leitmotiv.workflows.readers import apart_from_main
from leitmotiv.workflows.session import Session

IDLE_S = 20.0
"""How long a worker without work stays."""
LOOK_S = 0.3
AGAIN_S = 3.0
"""How long the keeper waits at first after a worker ended with work left over."""
LONGEST_S = 30.0
NICE = 5


class Keeper:
    """Starts a worker while there is work, and again where one died; used with `with` by whoever serves."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="keeper", daemon=True)
        self.process: Any = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(5.0)
        if self.process is not None and self.process.is_alive():
            self.process.terminate()
            self.process.join(10.0)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()

    def _watch(self) -> None:
        before, pause = -AGAIN_S, AGAIN_S
        while not self._ended.wait(LOOK_S):
            if self.process is not None and self.process.is_alive():
                continue
            with contextlib.suppress(LeitmotivError):
                since = time.monotonic() - before
                if since >= pause and self._session.library.jobs.unfinished():
                    # One that ended at once found another server's worker at it: that one is asked for ever less often.
                    pause = min(2 * pause, LONGEST_S) if since < pause + AGAIN_S else AGAIN_S
                    before = time.monotonic()
                    self._start()

    def _start(self) -> None:
        if self.process is not None:
            self.process.close()
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_work, args=(self._session.settings, os.getpid()), name="worker")
        with apart_from_main():
            self.process.start()


def _work(settings: Settings, parent: int) -> None:
    """Be the worker, until there was nothing to do for a while or the server ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to translate
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    asked = threading.Event()

    def interrupt(signum: int, frame: object) -> None:
        asked.set()  # an exception raised inside a C callback (LLVM compiling) is swallowed; this is not
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    ending = contextlib.suppress(KeyboardInterrupt, LibraryLockedError)
    with ending, Session(settings) as session, session.library.lone_worker():
        session.library.jobs.requeue()
        _Worker(session, lambda: asked.is_set() or os.getppid() != parent).run()


class _Worker:
    """Takes one job after another."""

    def __init__(self, session: Session, ending: Any) -> None:
        self._session = session
        self._jobs = session.library.jobs
        self._ending = ending

    def run(self) -> None:
        """Work until there was nothing to do for a while."""
        last = time.monotonic()
        while not self._ending() and time.monotonic() - last < IDLE_S:
            waiting = self._jobs.waiting(1)
            if not waiting:
                time.sleep(LOOK_S)
            elif self._take(waiting[0]):
                last = time.monotonic()
            else:
                time.sleep(LOOK_S)

    def _take(self, job: Job) -> bool:
        """Do a job; False where it has to wait."""
        kind = KINDS.get(job.kind)
        if kind is None:
            self._jobs.finish(job.id, "failed", f"This leitmotiv knows no work called {job.kind}.")
            return True
        try:
            with self._alone(job, kind.writes):
                if self._jobs.claim(job.id):
                    self._do(job, resolve(kind.work))
            return True
        except LibraryLockedError as error:
            self._jobs.explain(job.id, str(error))
            return False

    @contextlib.contextmanager
    def _alone(self, job: Job, writes: bool) -> Iterator[None]:
        if not writes:
            yield
            return
        with self._session.library.writer(KINDS[job.kind].name.lower(), wait=1.0):
            yield

    def _do(self, job: Job, work: Work) -> None:
        row = Row(self._session.library, job.id)

        def report(step: Step) -> None:
            if self._ending():
                raise Stopped
            row(step)

        try:
            with reporting(report):
                outcome = work(self._session, job.parameters, report)
        except (KeyboardInterrupt, Stopped):
            row.close()
            self._stopped(job.id)
        except LeitmotivError as error:
            self._jobs.finish(job.id, "failed", str(error))
        except Exception as error:
            self._jobs.finish(job.id, "failed", f"A fault of leitmotiv: {type(error).__name__}: {error}")
        else:
            row.close()
            self._jobs.finish(job.id, "done", outcome)

    def _stopped(self, number: int) -> None:
        wish = self._jobs.asked(number)
        if wish == "cancel":
            self._jobs.finish(number, "stopped", "Cancelled; what was finished is kept.")
        else:
            self._jobs.move(number, "paused" if wish == "pause" else "queued")
