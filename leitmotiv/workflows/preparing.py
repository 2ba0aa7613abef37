"""The words of classes are read, and a large library placed among them, beside a server that does not wait for it."""

import threading

from leitmotiv.errors import CompilingError, LeitmotivError
from leitmotiv.workflows import word_space
from leitmotiv.workflows.backgrounds import PREPARED_FROM
from leitmotiv.workflows.progress import Step
from leitmotiv.workflows.session import Session

QUICK = ("WordLlama",)
"""Encoders that read all words of classes in about a second."""
DOING = "preparing words"


class _Work:
    """A thread that prepares, and how far it is."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.said = "starting"
        self.fault: LeitmotivError | None = None
        self.thread = threading.Thread(target=self._work, name=DOING, daemon=True)

    def _work(self) -> None:
        try:
            word_space.class_words(self.session, self._told)
            word_space.placed(self.session, self._told)
        except LeitmotivError as error:
            self.fault = error

    def _told(self, now: Step) -> None:
        self.said = f"{now.phase}, {now.done:,} of {now.total:,}" if now.total else now.phase


def ready(session: Session) -> None:
    """Prepare what searches for words need, or, where nobody can wait, have it prepared, and say so.

    Raises
    ------
    CompilingError
        It is being prepared, and the session is not patient.
    LeitmotivError
        It cannot be.
    """
    if session.patient or _is_ready(session):
        return
    with session.guard:
        known = session.memory.setdefault(DOING, {})
        work = known.get("")
        if work is None:
            work = known[""] = _Work(session)
            work.thread.start()
    if work.fault is not None or not work.thread.is_alive():
        with session.guard:
            known.pop("", None)
        if work.fault is not None:
            raise work.fault
        return
    raise CompilingError(
        "leitmotiv is reading the words of a thousand classes, once for each user and encoder: about half a minute. "
        f"Looks, boards and everything else work meanwhile. So far: {work.said}."
    )


def _is_ready(session: Session) -> bool:
    with session.guard:
        if session.memory.get("word places"):
            return True
    if session.encoder().name not in QUICK and not word_space.is_read(session):
        return False
    count = session.library.activations.count()
    return count < PREPARED_FROM or word_space.is_placed(session)
