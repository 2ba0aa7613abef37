"""Making the map: places, what the page shows, and sheets of small pictures; with the index, or as a job of its own.

A page never makes a map itself: it has a child process started (`start`), which writes its progress as every job does,
and imports and compiles there what no server should wait for.
"""

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from leitmotiv.errors import LeitmotivError, NoIndexError
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import blended_map
from leitmotiv.workflows.map import arrange, indexed, stored_places
from leitmotiv.workflows.map_page import keep_page
from leitmotiv.workflows.progress import Recorder, Report, Step, Stopped, recorded
from leitmotiv.workflows.readers import apart_from_main
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.sprites import keep_sprites

_running: dict[Path, Any] = {}
_guard = threading.Lock()


def make_map(library: Library, settings: Settings, step: Recorder, *, anew: bool = False) -> int:
    """Bring the map up to date: nothing that has a place moves, unless `anew`; returns how many pictures got one.

    The caller holds the writer's lock.
    """
    placed = arrange(library, settings, step, anew=anew)
    keep_page(library, settings)
    places = stored_places(library, settings)
    if places is not None:
        keep_sprites(library, places.ids, step)
    return placed


def lay_out(
    session: Session, *, anew: bool = False, by: float = 0.0, report: Report | None = None, wait: float = 5.0
) -> int:
    """The same as a job of its own; `by` look, 0, by subject, 1, or by what lies between, after the map by look.

    Raises
    ------
    NoIndexError
        Nothing has been compared yet.
    LibraryLockedError
        Another process is writing.
    """
    library, settings = session.library, session.settings
    if by:
        if stored_places(library, settings) is None:
            lay_out(session, report=report, wait=wait)
        return blended_map.lay_out(session, by, anew=anew, report=report, wait=wait)
    with library.writer("laying out the map", wait=wait):
        if not indexed(library, settings):
            raise NoIndexError("The map shows pictures that have been compared. Run `leitmotiv build-index` first.")
        with recorded(library, "map", "Map", report) as step:
            return make_map(library, settings, step, anew=anew)


def start(session: Session, *, anew: bool = False, by: float = 0.0) -> bool:
    """Have a child process lay out the map, by look or as `by` says; False where one does so already.

    Raises
    ------
    NoIndexError
        Nothing has been compared yet.
    """
    folder = session.settings.library
    if not indexed(session.library, session.settings):
        raise NoIndexError("The map shows pictures that have been compared. Run `leitmotiv build-index` first.")
    with _guard:
        before = _running.get(folder)
        if before is not None and before.is_alive():
            return False
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_lay_out, args=(session.settings, anew, by, os.getpid()), daemon=True)
        with apart_from_main():
            process.start()
        _running[folder] = process
    return True


def can_start(session: Session) -> bool:
    """Whether there is anything to lay out: pictures that have been compared."""
    return bool(indexed(session.library, session.settings))


def is_running(session: Session) -> bool:
    """Whether a child of this process lays out the map now."""
    with _guard:
        process = _running.get(session.settings.library)
        return process is not None and bool(process.is_alive())


def _lay_out(settings: Settings, anew: bool, by: float, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; the child ends with it

    def report(step: Step) -> None:
        if os.getppid() != parent:
            raise Stopped

    # what went wrong stands in the list of jobs
    with suppress(LeitmotivError, Stopped), Session(settings, create=False) as session:
        lay_out(session, anew=anew, by=by, report=report, wait=60.0)
