"""The queue of long work: what pages ask for, done one after another by the worker beside the server.

A job is a row of the library: it outlives the page that asked for it, the server and the worker. It is `queued`, then
`running`, and ends as `done`, `failed` or `stopped`; in between it can be `paused`. All work is done in steps that are
kept, so that pausing is stopping, and going on is starting again.

A new kind of work is an entry of `KINDS`:

    "index": Kind("Finding trends", "leitmotiv.workflows.tasks:index"),

Its function is imported by the worker, when the first such job runs. It is called as

    function(session, parameters, report) -> str

with the parameters that `enqueue` was given (plain JSON) and returns, in a few words, what came of it ("12 groups").
It calls `report(Step(phase, done, total))` often, or passes `report` on to a workflow that takes one: that writes the
row, and raises `Stopped` where a person asked to pause or to stop, or where the server ends. The function keeps what is
finished, lets `Stopped` through, and goes on from there when it is called again. `LeitmotivError` ends it as failed,
with its text.

`check`, if given, is called when a page asks: `check(session, parameters) -> (title, parameters)`. It refuses what
cannot be done (`UsageError`, `FolderNotAllowedError`), so that nothing senseless is queued.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from leitmotiv.errors import NotFoundError, UsageError
from leitmotiv.records import Job
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session

Parameters = Mapping[str, Any]
Work = Callable[[Session, Parameters, Report], str]
Check = Callable[[Session, Parameters], tuple[str, dict[str, Any]]]
Wish = Literal["pause", "cancel", ""]
Rest = Literal["queued", "paused", "stopped"]
LIVE = ("queued", "running", "paused")
WAITING = 200
"""Most jobs that wait at one time."""


@dataclass(frozen=True)
class Kind:
    """A kind of work.

    Attributes
    ----------
    name : str
        What it does, in plain words, as a heading: "Reading pictures".
    work : str
        Its function, as "module:function".
    check : str
        The function that looks at what a page asks for, as "module:function"; empty for none.
    from_page : bool
        Whether a page may start it by its name.
    writes : bool
        Whether it needs the library for itself, as adding and indexing do.
    """

    name: str
    work: str
    check: str = ""
    from_page: bool = True
    writes: bool = True


KINDS: dict[str, Kind] = {
    "add": Kind("Reading pictures", "leitmotiv.workflows.tasks:add", "leitmotiv.workflows.tasks:check_add"),
    "index": Kind("Finding trends", "leitmotiv.workflows.tasks:index", "leitmotiv.workflows.tasks:check_index"),
    "activations": Kind(
        "Seeing what pictures show", "leitmotiv.workflows.tasks:see", "leitmotiv.workflows.tasks:check_see"
    ),
    "measures": Kind("Measuring pictures", "leitmotiv.workflows.tasks:measure"),
    "trends": Kind(
        "Finding trends by subject",
        "leitmotiv.workflows.blended_trends:work",
        "leitmotiv.workflows.blended_trends:check",
    ),
    "selection": Kind(
        "Finding trends of a selection",
        "leitmotiv.workflows.large_parts:work",
        "leitmotiv.workflows.large_parts:check",
    ),
    "duplicates": Kind("Looking for duplicates", "leitmotiv.workflows.duplicates:find_all"),
    "evolve": Kind(
        "Evolving designs", "leitmotiv.workflows.evolving:work", "leitmotiv.workflows.evolving:check", from_page=False
    ),
    "eyes": Kind(
        "Training eyes", "leitmotiv.workflows.training:work", "leitmotiv.workflows.training:check", writes=False
    ),
    "captions": Kind("Reading captions", "leitmotiv.workflows.captions:work"),
    "space": Kind(
        "Learning words from captions",
        "leitmotiv.workflows.space_training:work",
        "leitmotiv.workflows.space_training:check",
    ),
    "export": Kind("Writing out", "leitmotiv.workflows.shelf:work", "leitmotiv.workflows.shelf:check", writes=False),
}


def enqueue(session: Session, kind: str, title: str, parameters: Parameters | None = None, *, priority: int = 0) -> Job:
    """Put work into the queue; the same work that waits already is not put there twice.

    Parameters
    ----------
    kind : str
        A name in `KINDS`.
    title : str
        To what it is done, as the page shows it.
    priority : int
        Higher comes first.

    Raises
    ------
    UsageError
        No such kind, or too much waits already.
    """
    if kind not in KINDS:
        raise UsageError(f"kind is {kind!r}, but must be {' or '.join(sorted(KINDS))}.")
    jobs = session.library.jobs
    with session.library.transaction():
        waiting = jobs.waiting()
        same = next(
            (job for job in waiting if job.kind == kind and dict(job.parameters) == dict(parameters or {})), None
        )
        if same is not None:
            return same
        if len(waiting) >= WAITING:
            raise UsageError(f"{WAITING} jobs wait already. Cancel some, or wait until they are done.")
        return get(session, jobs.enqueue(kind, title, dict(parameters or {}), priority))


def ask(session: Session, kind: str, parameters: Parameters) -> Job:
    """Put work into the queue that a page asks for, after a look at what it asks.

    Raises
    ------
    UsageError
        No kind that a page may start, or parameters that it does not know.
    FolderNotAllowedError
        A folder that was not allowed.
    """
    allowed = sorted(name for name, one in KINDS.items() if one.from_page)
    if kind not in allowed:
        raise UsageError(f"kind is {kind!r}, but must be {' or '.join(allowed)}.")
    title, chosen = "", dict(parameters)
    if KINDS[kind].check:
        check: Check = resolve(KINDS[kind].check)
        title, chosen = check(session, parameters)
    return enqueue(session, kind, title, chosen)


def resolve(name: str) -> Any:
    """The function that "module:function" names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def get(session: Session, number: int) -> Job:
    """A job by its number.

    Raises
    ------
    NotFoundError
        There is none.
    """
    job = session.library.jobs.get(number)
    if job is None:
        raise NotFoundError(f"There is no job {number}; the oldest are dropped.")
    return job


def pause(session: Session, number: int) -> Job:
    """Let a job rest: at once where it waits, after what is in hand where it runs.

    Raises
    ------
    NotFoundError, UsageError
        There is no such job, or it has ended.
    """
    return _control(session, number, "pause", {"queued": "paused", "paused": "paused"})


def resume(session: Session, number: int) -> Job:
    """Put a job that rests back into the queue, or take the wish to pause back.

    Raises
    ------
    NotFoundError, UsageError
    """
    return _control(session, number, "", {"paused": "queued", "queued": "queued"})


def cancel(session: Session, number: int) -> Job:
    """End a job; what is finished is kept.

    Raises
    ------
    NotFoundError, UsageError
    """
    return _control(session, number, "cancel", {"queued": "stopped", "paused": "stopped"})


def retry(session: Session, number: int) -> Job:
    """Put a job that has ended into the queue once more, as a new one; files that failed are read again.

    Raises
    ------
    NotFoundError
        There is no such job.
    UsageError
        It has not ended, or is of a kind that is started elsewhere.
    FolderNotAllowedError
        It was for a folder that pages may not use (any more).
    """
    job = get(session, number)
    if job.state in LIVE:
        raise UsageError(f"Job {number} is {job.state}: it has not ended yet.")
    if not job.repeatable or job.kind not in KINDS:
        raise UsageError(f"Job {number} cannot be started again from here. Run its command again.")
    title, parameters = job.title, dict(job.parameters) | ({"again": True} if job.kind == "add" else {})
    if KINDS[job.kind].check:
        check: Check = resolve(KINDS[job.kind].check)
        title, parameters = check(session, parameters)
    return enqueue(session, job.kind, title, parameters)


def _control(session: Session, number: int, wish: Wish, changes: Mapping[str, Rest]) -> Job:
    jobs = session.library.jobs
    with session.library.transaction():
        job = get(session, number)
        if job.state in changes:
            jobs.move(number, changes[job.state])
        elif job.state == "running":
            if wish == "pause" and not job.repeatable:
                raise UsageError(f"Job {number} cannot rest. It can be cancelled; its command goes on from there.")
            jobs.ask(number, wish)
        else:
            raise UsageError(f"Job {number} is {job.state}: it has ended.")
        return get(session, number)
