"""What a library has to begin a search with."""

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import permutations
from math import log

import numpy as np

from leitmotiv.analysis import views
from leitmotiv.errors import LeitmotivError
from leitmotiv.records import Swatch
from leitmotiv.workflows import names, seeking, taught
from leitmotiv.workflows.memory import recalled, remember
from leitmotiv.workflows.session import Session

OFFERED = 60
"""Pictures that the offered colours are drawn from."""
MOST_COLOURS = 12
MOST_WORDS = 12
"""Words of the library that are offered."""
TRIED = 6
"""Words, or lines of a kind, that are tried as an example before another kind is."""
_COLOURS = ("red", "blue", "green", "yellow", "white", "black")
Examples = tuple[tuple[str, str], ...]


def colours(session: Session) -> tuple[Swatch, ...]:
    """Colours that a library has, to begin with: the palette of pictures spread evenly over it."""
    chosen = remember(session, ("offered", session.library.revision("images", "files")), lambda: _chosen(session))
    if not chosen:
        return ()
    return remember(
        session,
        ("palette", tuple(chosen), MOST_COLOURS),
        lambda: views.palette(session.library.mixtures.many(chosen), MOST_COLOURS),
        lane=True,
    )


def _chosen(session: Session) -> list[str]:
    """Pictures spread evenly over the library."""
    ids = session.library.images.ids()
    return [ids[round(at)] for at in np.linspace(0, len(ids) - 1, min(OFFERED, len(ids)))] if ids else []


def words(session: Session) -> tuple[str, ...]:
    """Words of the library: names of its folders, drawn by the seed, those with many pictures the likelier.

    Each name has its own draw, so that a folder more changes no other's. Without draws they would be alike wherever
    folders are of a size: what comes first in the alphabet.

    References
    ----------
    .. [1] P. S. Efraimidis and P. G. Spirakis, "Weighted random sampling with a reservoir" (2006).
    """
    sizes = names.sized(session)

    def drawn(name: str) -> float:
        digest = hashlib.sha256(f"{session.settings.seed} {name}".encode()).digest()
        return log((int.from_bytes(digest[:8], "big") + 1) / 2**64) / sizes[name]

    chosen = sorted(sizes, key=drawn, reverse=True)[:MOST_WORDS]
    return tuple(" ".join(name.replace("_", " ").split()) for name in chosen)


def examples(session: Session, said: Sequence[str]) -> Examples:
    """Queries to begin with, and what they are: of each kind the first for which something stands out here.

    Parameters
    ----------
    said : sequence of str
        Words of the library, such as the names of its folders.
    """
    return remember(session, _key(session, said), lambda: tuple(_examples(session, said)))


def examples_at_hand(session: Session, said: Sequence[str]) -> Examples | None:
    """The same where they were found before; None elsewhere, as to try them takes seconds in a process that is new."""
    found: Examples | None = recalled(session, _key(session, said))
    return found


def _key(session: Session, said: Sequence[str]) -> tuple[Hashable, ...]:
    return ("examples", _state(session), tuple(said))


def _state(session: Session) -> tuple[object, ...]:
    revision = session.library.revision("images", "files", "activations")
    return (*revision, session.library.clusters.stamp(), session.settings.words, taught.stamp(session))


def axes(session: Session, said: Sequence[str], ready: Sequence[str]) -> tuple[str, ...]:
    """Pairs of poles to begin with, for both of which something stands out: of those that are ready, and others."""
    own = [line for line, _ in examples(session, said) if line in said]
    key = ("poles", _state(session), tuple(ready), tuple(own))

    def find() -> tuple[str, ...]:
        poles = [tuple(one.split("..")) for one in ready]
        colours = list(_shown(session, [f"colour:{name}" for name in _COLOURS]))
        poles = [one for one in poles if len(list(_shown(session, one))) == len(one)]
        poles += [tuple(some[at : at + 2]) for some in (own, colours) for at in range(0, len(some) - 1, 2)]
        return tuple("..".join(one) for one in poles)

    return remember(session, key, find)


def _examples(session: Session, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    found = list(_shown(session, [*said[:TRIED], "beach", "sunrise"]))[:2]
    for word in found:
        yield word, "a word, or a few side by side"
    pairs = list(permutations(found, 2))
    kinds = [
        ([f"{one} + {other}" for one, other in pairs], "either of them"),
        ([f"{one} - {other}" for one, other in pairs], "the one without the other"),
        ([f"{word} & colour:{name}" for name in _COLOURS for word in found], "both at once"),
        ([f"colour:{name}@top" for name in ("blue", *_COLOURS)], "a colour, and where it lies"),
        (
            [f"colour:{one}@centre - colour:{other}" for one in ("yellow", *_COLOURS) for other in ("white", "black")],
            "a colour in the middle, without another",
        ),
    ]
    for lines, what in kinds:
        for line in list(_shown(session, lines, most=1)):
            yield line, what


def _shown(session: Session, lines: Iterable[str], most: int = TRIED) -> Iterator[str]:
    """Those lines for which something stands out; none where the search cannot answer yet."""
    for line in lines:
        try:
            found = seeking.search(session, line, n=1).cut
        except LeitmotivError:
            continue
        if found:
            yield line
            most -= 1
        if not most:
            return
