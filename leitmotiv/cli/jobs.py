"""`leitmotiv jobs`."""

from typing import TYPE_CHECKING

import click

from leitmotiv.cli.verbs import Verb, clean, common_options, session, show, version_option

if TYPE_CHECKING:
    from leitmotiv.records import Job


@click.group("jobs", params=[*common_options(), version_option()])
def command() -> None:
    """List long work, and let it rest, go on, end or be done again.

    What waits is done by the server: `leitmotiv serve` or `leitmotiv explore`.
    """


@command.command("list", cls=Verb)
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=20, help="How many; 20 if not given.")
def list_(limit: int) -> None:
    """List long work, newest first."""
    from leitmotiv.web import forms
    from leitmotiv.workflows import browse

    with session() as opened:
        jobs = browse.jobs(opened)[:limit]
        show({"jobs": [forms.job(job) for job in jobs]}, lambda: "\n".join(map(_line, jobs)) or "No work was done yet.")


@command.command("pause", cls=Verb)
@click.argument("number", type=click.IntRange(1))
def pause(number: int) -> None:
    """Let a job rest, after what is in hand."""
    _act("pause", number)


@command.command("resume", cls=Verb)
@click.argument("number", type=click.IntRange(1))
def resume(number: int) -> None:
    """Let a job that rests go on."""
    _act("resume", number)


@command.command("cancel", cls=Verb)
@click.argument("number", type=click.IntRange(1))
def cancel(number: int) -> None:
    """End a job; what is finished is kept."""
    _act("cancel", number)


@command.command("retry", cls=Verb)
@click.argument("number", type=click.IntRange(1))
def retry(number: int) -> None:
    """Do once more what a job did that has ended."""
    _act("retry", number)


def _act(verb: str, number: int) -> None:
    from leitmotiv.web import forms
    from leitmotiv.workflows import queue

    with session() as opened:
        job: Job = getattr(queue, verb)(opened, number)
        show(forms.job(job), lambda: _line(job))


def _line(job: "Job") -> str:
    """One job on one line."""
    count = f"{job.done:,} of {job.total:,}" if job.total else f"{job.done:,}"
    rest = " ".join(part for part in (job.title, job.message) if part)
    return clean(f"{job.id:>5}  {job.state:<8}{job.kind:<11}{count:<18}{rest}")
