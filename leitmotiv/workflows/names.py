"""Names that a library has for what its pictures show, from its folders: the language of searches keeps them whole."""

import re
from collections.abc import Mapping

import numpy as np

from leitmotiv.workflows import knowing, selecting
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vocabulary import Known

_BETWEEN = re.compile(r"[\s_-]+")
_NAME = re.compile(r"[^\W\d_]+(?:[\s_-]+[^\W\d_]+)*")
LONGEST = 40


def known(session: Session) -> Known:
    """Whether a word with hyphens, or words put together with hyphens, is a name of a folder or a known word."""

    def folded() -> frozenset[str]:
        return frozenset(_BETWEEN.sub("-", name).casefold() for name in folders(session))

    # asked of a few phrases only, and a large library takes seconds to say what its folders are called
    def own() -> frozenset[str]:
        return remember(session, ("names", session.library.revision("images", "files")), folded)

    return lambda name: knowing.known(name) or name in own()


def plain(name: str) -> str:
    """A name or a phrase in small letters, with a space between its words."""
    return _BETWEEN.sub(" ", name).strip().casefold()


def folders(session: Session) -> tuple[str, ...]:
    """Names of folders that are words, the one with the most pictures first."""
    return tuple(sized(session))


def sized(session: Session) -> Mapping[str, int]:
    """Names of folders that are words, each with the number of its pictures, the most frequent first."""

    def count() -> dict[str, int]:
        found = selecting.columns(session)
        column = found.first(found.folders)
        sizes: dict[str, int] = {}
        for folder, count in zip(column.values, np.bincount(column.codes, minlength=len(column.values)), strict=True):
            name = folder.rstrip("/").rpartition("/")[2]
            sizes[name] = sizes.get(name, 0) + int(count)
        named = [name for name in sizes if sizes[name] and _NAME.fullmatch(name) and len(name) <= LONGEST]
        return {name: sizes[name] for name in sorted(named, key=lambda name: (-sizes[name], name))}

    return remember(session, ("folder names", session.library.revision("images", "files")), count)
