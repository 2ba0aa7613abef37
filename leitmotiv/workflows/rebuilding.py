"""Fewer or more trends at a page's wish: found in a process of its own beside the server, one at a time."""

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass

from leitmotiv.errors import LeitmotivError
from leitmotiv.settings import Settings
from leitmotiv.workflows import trends
from leitmotiv.workflows.grain import Groups, asked
from leitmotiv.workflows.progress import Step, Stopped
from leitmotiv.workflows.readers import apart_from_main
from leitmotiv.workflows.session import Session


@dataclass(frozen=True)
class Standing:
    """What number of trends a library has.

    Attributes
    ----------
    groups : str
        "fewer" or "more" where a person asked for it, else "default".
    count : int
        Trends shown first, pictures that stand alone included.
    usual : int
        What it was before anybody asked.
    stamp : int
        Another one when the trends were found anew.
    running : bool
        Whether somebody is at work in the library.
    """

    groups: Groups
    count: int
    usual: int
    stamp: int
    running: bool


def standing(session: Session) -> Standing:
    """Tell whether the trends are the usual ones, fewer or more.

    Raises
    ------
    NoIndexError
        There are no trends yet.
    """
    clusters = trends.stored(session)
    count, stamp = clusters.default_count, session.library.clusters.stamp() or 0
    running = any(job.state == "running" for job in session.library.jobs.list())
    if clusters.grain is None:
        return Standing("default", count, count, stamp, running)
    usual = len(clusters.grain.exemplars)
    return Standing("fewer" if count < usual else "more", count, usual, stamp, running)


def start(session: Session, groups: Groups) -> Standing:
    """Begin to find fewer, more or the usual number of trends; it goes on when this returns, as a job.

    Returns
    -------
    Standing
        What stood before.

    Raises
    ------
    NoIndexError
        There are no trends yet.
    UsageError
        There can be no fewer, or no more.
    LibraryLockedError
        Another process is writing, so that these trends would not be those that the person sees.
    """
    before, clusters = standing(session), trends.stored(session)
    asked(clusters, groups, len(clusters.ids))
    with session.library.writer("finding trends anew", wait=0.0):
        pass
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_find, args=(session.settings, groups, os.getpid()), daemon=True)
    with apart_from_main():
        process.start()
    threading.Thread(target=process.join, name="rebuilding", daemon=True).start()
    return before


def _find(settings: Settings, groups: Groups, parent: int) -> None:
    from leitmotiv.workflows.index import build_index

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to translate
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signum, _frame: stopping.set())

    def report(step: Step) -> None:
        if stopping.is_set() or os.getppid() != parent:
            raise Stopped

    try:
        with Session(settings) as session:
            build_index(session, groups=groups, report=report)
    except (Stopped, LeitmotivError):
        pass  # the row of the job says it
