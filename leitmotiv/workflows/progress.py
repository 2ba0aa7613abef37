"""How long work tells where it is: steps, their pace, and the row of the jobs page; it draws nothing."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

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


UNSTEADY = frozenset({"Finding trends"})
"""Phases whose numbers are parts of the work that take unlike long: no time left follows from their pace."""


class Pace:
    """Turns counts into a rate and the time left, over a sliding window of a few seconds."""

    WINDOW_S = 8.0
    LEAST_S = 3.0
    """Seconds of a phase before its time left is told."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._phase = ""
        self._marks: deque[tuple[float, int]] = deque()
        self._since = 0.0

    def step(self, phase: str, done: int, total: int, *, current: str = "", failures: int = 0) -> Step:
        """Give a step its rate (per second) and the seconds left."""
        now = self._clock()
        if phase != self._phase:
            self._phase, self._since = phase, now
            self._marks.clear()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > self.WINDOW_S:
            self._marks.popleft()
        then, before = self._marks[0]
        rate = (done - before) / (now - then) if now - then > 0.5 and phase not in UNSTEADY else 0.0
        # of the first moments nothing can be told: what comes first is seldom like the rest
        known = now - self._since >= self.LEAST_S or done == total
        remaining = (total - done) / rate if rate > 0 and total and known else None
        return Step(phase, done, total, current, failures, rate, remaining)


class Row:
    """Writes steps to a job's row a few times a second, the last one always; raises `Stopped` where a person asks so.

    Parameters
    ----------
    job : int
        Its number.
    """

    EVERY_S = 0.4

    def __init__(self, library: Library, job: int) -> None:
        self._library = library
        self._job = job
        self._pace = Pace()
        self._written = -self.EVERY_S
        self._phase = ""
        self._left: Step | None = None
        self._failures = 0

    def __call__(self, step: Step) -> None:
        """Note a step; one without a rate gets the pace of those before it."""
        paced = self._pace.step(step.phase, step.done, step.total, current=step.current, failures=step.failures)
        self._left = step if step.rate else paced
        now = time.monotonic()
        if step.phase != self._phase or now - self._written > self.EVERY_S:
            self._phase, self._written = step.phase, now
            self.close()
            if self._library.jobs.asked(self._job):
                raise Stopped

    def close(self) -> None:
        """Write what was not written yet."""
        if (step := self._left) is None:
            return
        self._left = None
        self._failures = max(self._failures, step.failures)  # those of the phases before stay
        self._library.jobs.update(
            self._job,
            phase=step.phase,
            done=step.done,
            total=step.total,
            rate=step.rate,
            remaining=step.remaining,
            failures=self._failures,
            message=step.current,
        )


class Recorder:
    """Counts the steps of a piece of work, gives each its pace, and passes it on.

    Parameters
    ----------
    *reports : callable
        Told of each step, in turn: the row of the job, the bar in the terminal.
    """

    def __init__(self, *reports: Report) -> None:
        self._reports = reports
        self._pace = Pace()
        self.failures = 0

    def __call__(self, phase: str, done: int, total: int, current: str = "") -> None:
        """Tell that `phase` has `done` of `total`."""
        step = self._pace.step(phase, done, total, current=current, failures=self.failures)
        for report in self._reports:
            report(step)


_into: ContextVar[Report | None] = ContextVar("into", default=None)


@contextmanager
def reporting(report: Report) -> Iterator[None]:
    """Let all work inside tell its steps to the row of a job that is begun already, instead of to rows of its own."""
    token = _into.set(report)
    try:
        yield
    finally:
        _into.reset(token)


@contextmanager
def recorded(
    library: Library, kind: str, title: str, report: Report | None, parameters: Mapping[str, Any] | None = None
) -> Iterator[Recorder]:
    """Run work as a job: its row ends as done, paused, stopped or failed, whatever happens inside.

    Parameters
    ----------
    parameters : mapping, optional
        With which the queue could do the same, should a person let it rest.
    """
    if (into := _into.get()) is not None:
        yield Recorder(into)
        return
    # Whoever works holds the writer's lock: what still counts as running has died.
    library.jobs.reap(lambda _pid: False)
    job = library.jobs.start(kind, title, parameters)
    row = Row(library, job)
    try:
        yield Recorder(row, *([] if report is None else [report]))
    except (KeyboardInterrupt, Stopped):
        row.close()
        if library.jobs.asked(job) == "pause":
            library.jobs.move(job, "paused")
        else:
            text = "Stopped; what was finished is kept, and the next run goes on from there."
            library.jobs.finish(job, "stopped", text)
        raise
    except LeitmotivError as error:
        library.jobs.finish(job, "failed", str(error))
        raise
    except BaseException as error:
        library.jobs.finish(job, "failed", f"A fault of leitmotiv: {type(error).__name__}: {error}")
        raise
    else:
        row.close()
        library.jobs.finish(job, "done", "")
