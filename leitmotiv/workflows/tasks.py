"""Adding and indexing as the queue does them: by plain parameters, with all that a page leaves unsaid filled in."""

import os
from pathlib import Path
from typing import Any

from leitmotiv.errors import EmptyLibraryError, UsageError
from leitmotiv.workflows import activations, backgrounds, boards, learning, technical
from leitmotiv.workflows import folders as allowance
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.queue import Parameters
from leitmotiv.workflows.session import Session

GROUPS = ("fewer", "more", "default", "anew")


def check_add(session: Session, parameters: Parameters) -> tuple[str, dict[str, Any]]:
    """Look at {"folders": […], "again": true}: absent folders mean those that the library knows."""
    _only(parameters, "folders", "again")
    wanted, again = parameters.get("folders"), parameters.get("again", False)
    if wanted is not None and (not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted)):
        raise UsageError("folders must be a list of paths.")
    if not isinstance(again, bool):
        raise UsageError(f"again is {again!r}, but must be true or false.")
    chosen = known(session) if wanted is None else [str(allowance.allowed(session, one)) for one in wanted]
    if not chosen:
        raise UsageError("The library knows no folder yet. Name one: folders.")
    for folder in chosen:
        if wanted is not None and not Path(folder).is_dir():
            raise UsageError(f"There is no folder {folder}. Check the spelling, or that its drive is connected.")
    return ", ".join(chosen), {"folders": chosen} | ({"again": True} if again else {})


def add(session: Session, parameters: Parameters, report: Report) -> str:
    """Bring the library up to date with folders, then the index; files that failed are read again if asked."""
    from leitmotiv.workflows.index import build_index
    from leitmotiv.workflows.ingest import add_directories
    from leitmotiv.workflows.placing import place_new

    chosen = list(parameters.get("folders") or known(session))
    if parameters.get("again"):
        failures = session.library.failures
        failures.clear(list(failures.known([os.fsencode(folder) for folder in chosen])))
    added = add_directories(session, [Path(folder) for folder in chosen], report=report)
    if session.library.images.count() and (added.new or added.changed or session.library.clusters.digest() is None):
        place_new(session, report=report)  # the index of a large library takes minutes
        build_index(session, report=report)
        backgrounds.follow(session, report)
    return str(added)


def check_index(session: Session, parameters: Parameters) -> tuple[str, dict[str, Any]]:
    """Look at {"groups": "fewer" | "more" | "default" | "anew"}; without it the index is brought up to date."""
    _only(parameters, "groups")
    groups = parameters.get("groups")
    if groups is not None and groups not in GROUPS:
        raise UsageError(f"groups is {groups!r}, but must be {', '.join(GROUPS[:-1])} or {GROUPS[-1]}.")
    if not session.library.images.count():
        raise EmptyLibraryError("The library has no pictures yet. Add some first.")
    return ("Trends" if groups is None else f"Trends, {groups}"), ({} if groups is None else {"groups": groups})


def index(session: Session, parameters: Parameters, report: Report) -> str:
    """Bring the index up to date, with fewer or more trends if asked."""
    from leitmotiv.workflows.index import build_index

    built = build_index(session, groups=parameters.get("groups"), report=report)
    if parameters.get("groups") is None:  # who asks for other groups waits for nothing else
        backgrounds.follow(session, report)
    return str(built)


def check_see(session: Session, parameters: Parameters) -> tuple[str, dict[str, Any]]:
    """Look at {"train": 3}: the board that is trained when all is seen."""
    _only(parameters, "train")
    if "train" not in parameters:
        return "", {}
    number = parameters["train"]
    if type(number) is not int:
        raise UsageError(f"train is {number!r}, but must be the number of a board.")
    return f"Then {boards.get(session, number).name} is trained", {"train": number}


def see(session: Session, parameters: Parameters, report: Report) -> str:
    """Have the backbone see what pictures show, learn what a large collection is like, and train a board if asked."""
    seen = activations.ensure(session, report)
    backgrounds.prepare(session, report)
    if "train" not in parameters:
        return f"{seen:,} pictures"
    return f"{seen:,} pictures; {learning.train(session, parameters['train']).board.name} is trained"


def measure(session: Session, parameters: Parameters, report: Report) -> str:
    """Take technical measures of pictures."""
    return f"{technical.ensure(session, report):,} pictures"


def known(session: Session) -> list[str]:
    """The folders that the library was made from."""
    return [os.fsdecode(path) for path, _, _ in session.library.folders.list()]


def _only(parameters: Parameters, *names: str) -> None:
    for name in parameters:
        if name not in names:
            raise UsageError(f"{name!r} is not known here; the names are {', '.join(names)}.")
