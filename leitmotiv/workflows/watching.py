"""Keeping a library current while folders change: what came, moved or went is added, and the index follows."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from leitmotiv.errors import LeitmotivError, UsageError
from leitmotiv.imaging.watch import changes
from leitmotiv.workflows import backgrounds, queue
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import AddReport, add_directories
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session


def watch(
    session: Session,
    folders: Sequence[Path],
    *,
    ended: threading.Event,
    tell: Callable[[str], None],
    report: Report | None = None,
    polling: bool = False,
) -> None:
    """Bring the library up to date with folders now, and again whenever something in them changed.

    Parameters
    ----------
    ended : threading.Event
        Set by the caller to end it.
    tell : callable
        Given one line for each time that something came or went, and for what went wrong; it goes on then.

    Raises
    ------
    UsageError
        A folder that is not there.
    """
    roots = _roots(session, folders)
    tell(_update(session, roots, report))
    for _ in changes(roots, ended=ended, polling=polling):
        try:
            if said := _update(session, roots, report):
                tell(said)
        except LeitmotivError as error:
            tell(f"{error} It is tried again with the next change.")


def _update(session: Session, roots: Sequence[Path], report: Report | None) -> str:
    """Add and index; what happened, or nothing where nothing did."""
    added = add_directories(session, roots, report=report)
    if not _moved(added) and session.library.clusters.digest() is not None:
        return ""
    if session.library.images.count():
        place_new(session, report=report)  # the index of a large library takes minutes
        build_index(session, report=report)
        backgrounds.follow(session, report)
    return str(added)


def _moved(added: AddReport) -> bool:
    return bool(added.new or added.changed or added.gone or added.moved or added.copies or added.replaced)


def _roots(session: Session, folders: Sequence[Path]) -> list[Path]:
    """The folders named, or those that the library knows."""
    roots = list(folders) or [Path(os.fsdecode(path)) for path, _, _ in session.library.folders.list()]
    if not roots:
        raise UsageError("Name a folder of pictures: leitmotiv watch FOLDER")
    for root in roots:
        if not root.is_dir():
            raise UsageError(f"There is no folder {root}. Check the spelling, or that its drive is connected.")
    return roots


class Watcher:
    """Puts work into the queue of a server whenever something in a library's folders changed; used with `with`."""

    def __init__(self, session: Session, *, polling: bool = False) -> None:
        self._session = session
        self._polling = polling
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(5.0)

    def _watch(self) -> None:
        roots = [Path(os.fsdecode(path)) for path, _, _ in self._session.library.folders.list()]
        there = [root for root in roots if root.is_dir()]
        if not there:
            return
        told = {"folders": [str(root) for root in there]}
        for _ in changes(there, ended=self._ended, polling=self._polling):
            try:
                queue.enqueue(self._session, "add", ", ".join(told["folders"]), told)
            except LeitmotivError:
                continue  # a full queue or a closed disk: the next change asks again
