"""Progress on stderr: a bar with count, rate and time left on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.verbs import common

if TYPE_CHECKING:
    from leitmotiv.workflows.progress import Report, Step


@contextmanager
def bars() -> Iterator["Report | None"]:
    """What a workflow reports its steps to; None with --quiet."""
    if common("quiet"):
        yield None
    elif sys.stderr.isatty():
        with _rich() as report:
            yield report
    else:
        yield _Lines()


class _Lines:
    """For logs and pipes: the start of each phase, a line every few seconds, and its end."""

    EVERY_S = 5.0

    def __init__(self) -> None:
        self._phase = ""
        self._told = 0.0

    def __call__(self, step: "Step") -> None:
        now = time.monotonic()
        finished = 0 < step.total <= step.done
        if step.phase == self._phase and not finished and now - self._told < self.EVERY_S:
            return
        self._phase, self._told = step.phase, now
        click.echo(line(step), err=True)


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


@contextmanager
def _rich() -> Iterator["Report"]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TextColumn("[dim]{task.fields[pace]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        tasks: dict[str, int] = {}

        def report(step: "Step") -> None:
            if step.phase not in tasks:
                tasks[step.phase] = progress.add_task(step.phase, total=None, count="", pace="")
            count = f"{step.done:,}/{step.total:,}" if step.total else (f"{step.done:,}" if step.done else "")
            pace = f"{step.rate:,.0f}/s" if step.rate else ""
            if step.remaining is not None and step.done < step.total:
                pace += f"  {duration(step.remaining)} left"
            progress.update(
                tasks[step.phase],  # type: ignore[arg-type]
                completed=step.done,
                total=step.total or None,
                count=count,
                pace=pace,
            )

        yield report
