"""How long work tells where it is: steps, their pace, and the row of the jobs page; it draws nothing."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from leitmotiv.errors import LeitmotivError
from leitmotiv.store.library import Library


@dataclass(frozen=True)
class Step:
    """Where a piece of work is.

    Attributes
    ----------
    phase : str
        What it is doing, in plain words.
    done, total : int
        Of that phase; total 0 means not known yet.
    current : str
        The file in hand, if any.
    failures : int
        Files that failed so far.
    rate : float
        Per second, over the last seconds; 0 while unknown.
    remaining : float or None
        Seconds left in this phase; None while estimating.
    """

    phase: str
    done: int
    total: int
    current: str = ""
    failures: int = 0
    rate: float = 0.0
    remaining: float | None = None


Report = Callable[[Step], None]


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """The person asked the work to stop; what is finished is kept."""


class Pace:
    """Turns counts into a rate and the time left, over a sliding window of a few seconds."""

    WINDOW_S = 8.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._phase = ""
        self._marks: deque[tuple[float, int]] = deque()

    def step(self, phase: str, done: int, total: int, *, current: str = "", failures: int = 0) -> Step:
        """Give a step its rate (per second) and the seconds left."""
        now = self._clock()
        if phase != self._phase:
            self._phase = phase
            self._marks.clear()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > self.WINDOW_S:
            self._marks.popleft()
        then, before = self._marks[0]
        rate = (done - before) / (now - then) if now - then > 0.5 else 0.0
        remaining = (total - done) / rate if rate > 0 and total else None
        return Step(phase, done, total, current, failures, rate, remaining)


class Recorder:
    """Writes a job's steps to the library a few times a second, and passes each on.

    Parameters
    ----------
    report : callable, optional
        Also told of each step (the bar in the terminal).
    """

    EVERY_S = 0.4

    def __init__(self, library: Library, job: int, report: Report | None) -> None:
        self._library = library
        self._job = job
        self._report = report
        self._pace = Pace()
        self._written = 0.0
        self._phase = ""
        self.failures = 0

    def __call__(self, phase: str, done: int, total: int, current: str = "") -> None:
        """Record that `phase` has `done` of `total`."""
        step = self._pace.step(phase, done, total, current=current, failures=self.failures)
        now = time.monotonic()
        if phase != self._phase or now - self._written > self.EVERY_S:
            self._library.jobs.update(
                self._job,
                phase=step.phase,
                done=step.done,
                total=step.total,
                rate=step.rate,
                remaining=step.remaining,
                failures=step.failures,
                message=step.current,
            )
            self._phase, self._written = phase, now
        if self._report is not None:
            self._report(step)


@contextmanager
def recorded(library: Library, kind: str, title: str, report: Report | None) -> Iterator[Recorder]:
    """Run work as a job: its row ends as done, stopped or failed, whatever happens inside."""
    # Whoever works holds the writer's lock: what still counts as running has died.
    library.jobs.reap(lambda _pid: False)
    job = library.jobs.start(kind, title)
    try:
        yield (recorder := Recorder(library, job, report))
    except (KeyboardInterrupt, Stopped):
        library.jobs.finish(job, "stopped", "Stopped; what was finished is kept, and the next run goes on from there.")
        raise
    except LeitmotivError as error:
        library.jobs.finish(job, "failed", str(error))
        raise
    except BaseException as error:
        library.jobs.finish(job, "failed", f"A fault of leitmotiv: {type(error).__name__}: {error}")
        raise
    else:
        library.jobs.update(job, failures=recorder.failures)
        library.jobs.finish(job, "done", "")
