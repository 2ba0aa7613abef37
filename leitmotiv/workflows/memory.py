"""What a session remembers between requests: derived values, made once, the longest unused forgotten first."""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from leitmotiv.workflows.session import Session

KEPT = {
    "order": 16,
    "ids": 1,
    "vector rows": 1,
    "vector places": 1,
    "unlisted": 1,
    "shown exemplars": 1,
    "shown rows": 1,
    "subjects": 1,
    "blended trends": 24,
    "cut": 24,
    "changed": 24,
    "trend edits": 1,
    "clusters": 1,
    "packed": 2,
    "remoteness": 1,
    "digest": 1,
    "shown": 8,
    "places": 1,
    "map-page": 4,
    "map gone": 2,
    "map rows": 2,
    "anchors": 1,
    "nodes": 1,
    "present": 1,
    "activation rows": 1,
    "twins": 16,
    "full": 2,
    "why": 32,
    "columns": 1,
    "catalogue": 1,
    "captions": 1,
    "caption texts": 1,
    "count": 6,
    "days": 1,
    "facets": 32,
    "ratings": 1,
    "trend places": 1,
    "over time": 3,
    "selection": 16,
    "between": 2,
    "background": 1,
    "heat": 64,
    "crops": 256,
    "part": 2,
    "term": 48,
    "names": 1,
    "part of many": 2,
    "trend names": 16,
    "palette": 8192,
    "folder names": 1,
    "folder words": 1,
    "written": 1,
    "rows": 1,
    "row of": 1,
    "upload": 24,
    "concept": 24,
    "scores": 8,
    "score rows": 2,
    "chosen rows": 8,
    "critique": 4,
    "harmony": 1,
    "flags": 1,
    "bursts": 4,
    "taste": 2,
    "axes": 2,
    "class words": 2,
    "encoder": 1,
    "learnt space": 2,
    "classes": 1,
    "classic": 1,
    "word places": 2,
    "taught": 1,
    "word scores": 48,
    "word vectors": 1,
    "vocabulary": 1,
    "meant": 48,
    "copy groups": 1,
    "duplicates": 1,
    "outliers": 1,
    "aligned": 2,
    "ids digest": 2,
    "word map": 1,
    "offered": 1,
    "copy rows": 1,
    "looker": 4,
    "film": 8,
    "sight": 48,
    "partial": 64,
}
"""How many values of a kind are kept, where they are large."""
KEPT_ELSE = 512
"""For all other kinds: pictures drawn for a page, about 20 kB each, and palettes."""

T = TypeVar("T")


def remember(
    session: Session,
    key: tuple[Hashable, ...],
    make: Callable[[], T],
    *,
    lane: bool = False,
    turn: AbstractContextManager[Any] | None = None,
) -> T:
    """The value of `key`, which begins with its kind; made on first use, with `lane` in the lane of the session.

    Parameters
    ----------
    turn : context manager, optional
        Another lane than that.
    """
    kind = str(key[0])
    try:
        known: T = _recall(session, kind, key)
        return known
    except KeyError:
        pass
    if lane or turn is not None:
        with turn or session.lane:
            try:
                known = _recall(session, kind, key)  # made while this one waited
                return known
            except KeyError:
                value = make()
    else:
        value = make()
    with session.guard:
        values = session.memory.setdefault(kind, {})
        values[key] = value
        while len(values) > KEPT.get(kind, KEPT_ELSE):
            del values[next(iter(values))]
    return value


def recalled(session: Session, key: tuple[Hashable, ...]) -> Any:
    """The value of `key` where it was made before; None elsewhere."""
    try:
        return _recall(session, str(key[0]), key)
    except KeyError:
        return None


def is_remembered(session: Session, key: tuple[Hashable, ...]) -> bool:
    """Whether there is a value of `key` now."""
    with session.guard:
        return key in session.memory.get(str(key[0]), {})


def _recall(session: Session, kind: str, key: Hashable) -> Any:
    with session.guard:
        values = session.memory[kind]
        values[key] = value = values.pop(key)
        return value
