"""Progress on stderr: a bar with count, rate and time left on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from leitmotiv.cli.verbs import common

if TYPE_CHECKING:
    from rich.progress import TaskID

    from leitmotiv.workflows.progress import Step


class Bars(Protocol):
    """What a workflow reports its steps to."""

    def __call__(self, step: "Step") -> None:
        """Show a step."""

    def close(self) -> None:
        """Leave the screen as it is, for other lines to follow; more than once is no harm."""


@contextmanager
def bars() -> Iterator[Bars | None]:
    """Progress for as long as the context lasts; None with --quiet."""
    if common("quiet"):
        yield None
        return
    shown: Bars = _Rich() if sys.stderr.isatty() else _Lines()
    try:
        yield shown
    finally:
        shown.close()


class _Lines:
    """For logs and pipes: the start of each phase, a line every few seconds, and its end."""

    EVERY_S = 5.0

    def __init__(self) -> None:
        self._phase = ""
        self._told = 0.0
        self._last: tuple[str, int, int] | None = None

    def __call__(self, step: "Step") -> None:
        now = time.monotonic()
        finished = 0 < step.total <= step.done
        if step.phase == self._phase and not finished and now - self._told < self.EVERY_S:
            return
        if (step.phase, step.done, step.total) == self._last:
            return
        self._phase, self._told, self._last = step.phase, now, (step.phase, step.done, step.total)
        click.echo(line(step), err=True)

    def close(self) -> None:
        pass


def line(step: "Step") -> str:
    """A step as one line of text."""
    text = step.phase
    if step.total:
        text += f": {step.done:,} of {step.total:,}"
    elif step.done:
        text += f": {step.done:,}"
    if step.rate:
        text += f", {step.rate:,.0f} a second" if step.rate >= 10 else f", {step.rate:.1f} a second"
    if step.remaining is not None and step.done < step.total:
        text += f", about {duration(step.remaining)} left"
    return text


def duration(seconds: float) -> str:
    """Seconds as a person says them: "40 s", "3 min", "2 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class _Rich:
    """For a terminal: a bar for each phase."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TextColumn("[dim]{task.fields[pace]}"),
        )
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._tasks: dict[str, TaskID] = {}
        self._progress.start()

    def __call__(self, step: "Step") -> None:
        if step.phase not in self._tasks:
            self._end_phases()
            self._tasks[step.phase] = self._progress.add_task(step.phase, total=None, count="", pace="")
        count = f"{step.done:,}/{step.total:,}" if step.total else (f"{step.done:,}" if step.done else "")
        pace = f"{step.rate:,.0f}/s" if step.rate else ""
        if step.remaining is not None and step.done < step.total:
            pace += f"  {duration(step.remaining)} left"
        total = step.total or None
        self._progress.update(self._tasks[step.phase], completed=step.done, total=total, count=count, pace=pace)

    def close(self) -> None:
        self._end_phases()
        self._progress.stop()

    def _end_phases(self) -> None:
        """Mark what came before as over, also where its end was never counted."""
        for task in self._progress.tasks:
            if task.total is None:
                done = max(1, int(task.completed))
                self._progress.update(task.id, total=done, completed=done)
