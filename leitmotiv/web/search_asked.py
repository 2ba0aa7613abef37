"""What the address or the body of a search asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from leitmotiv.errors import QueryError, UsageError
from leitmotiv.records import Ranking
from leitmotiv.workflows import ordering, rankings, seeking, spaces, trees
from leitmotiv.workflows import query as asking
from leitmotiv.workflows.query import Query
from leitmotiv.workflows.session import Session

SCORES = spaces.MODES[0]
APART = ("sketch", "region", "upload")
"""Terms that have a parameter of their own beside `q`."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for.

    Attributes
    ----------
    apart : mapping of str to str
        The values of `sketch`, `region` and `upload`.
    ranking : str
        What names the ranking that [IMG_0] and so on count: another search, or the address of a ranking.
    mode : str
        How terms go together, where that is not by their scores.
    diverse : float
        How much variety there is among the best, 0 to 1.
    copies : bool
        Whether copies are shown one by one.
    """

    q: str
    apart: Mapping[str, str]
    ranking: str = ""
    mode: str = ""
    diverse: float = 0.0
    copies: bool = False

    @property
    def text(self) -> str:
        """The whole query, as it was written."""
        return " ".join(filter(None, [self.q, *(term(name, value) for name, value in self.apart.items())]))

    @property
    def kept(self) -> dict[str, str]:
        """What stays with a search when its terms change."""
        found = {"mode": self.mode, "diverse": f"{self.diverse:g}" if self.diverse else ""}
        return {name: value for name, value in (found | {"copies": "1" if self.copies else ""}).items() if value}

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """What an address says of it, with changes; empty values are left out."""
        values = {"q": self.q, **self.apart, "from": self.ranking}
        values |= {**self.kept, **changes}
        return {name: value for name, value in values.items() if value not in ("", None)}


def term(name: str, value: str) -> str:
    """A parameter as a term of the line; a region without a box is none yet."""
    if name == "region":
        return f"[img:{value}]" if value.partition("@")[2] else ""
    return f"{name}:{value}"


def found(session: Session, asked: Asked, query: Query, **chosen: Any) -> Ranking:
    """The ranking of a query, as it is asked for."""
    mode = asked.mode or SCORES
    return seeking.search(session, query.text, mode=mode, diverse=asked.diverse, copies=asked.copies, **chosen)


def read(session: Session, asked: Asked) -> tuple[Asked, Query, Query]:
    """What is asked for with pictures in place of places in a ranking: the line by itself, and the whole."""
    numbered = rankings.named(session, asked.ranking) if asked.ranking else ()
    own = whole = seeking.read(session, asked.q, numbered=numbered, mode=asked.mode or SCORES)
    for name, value in asked.apart.items():
        if said := term(name, value):
            whole = whole.plus(_apart(said))
    return (replace(asked, q=own.text, ranking="") if numbered else asked), own, whole


def with_term(session: Session, asked: Asked, added: str) -> str:
    """The line with a term more: behind a plus it would do as well, behind a minus it is taken away, else all have it.

    Raises
    ------
    UsageError
        The line or the term cannot be read.
    """
    asked, own, _ = read(session, asked)
    mode = asked.mode or SCORES
    other = _unplaced(lambda: seeking.read(session, added.lstrip("+ "), mode=mode)).tree
    if other is None:
        return f"{asked.q} {added}" if asked.q else added.lstrip("+ ")
    if not added.startswith("+") and mode == SCORES:
        whole = trees.holding(own.tree, other)
        if whole is not None:
            return replace(own, tree=whole).text
    said = trees.written(other)
    sign = " + " if added.startswith("+") and not said.startswith("-") else " "
    return f"{asked.q}{sign}{said}" if asked.q else said


def _apart(said: str) -> Query:
    """A term that has a parameter of its own."""
    return _unplaced(lambda: asking.parse(said))


def _unplaced(reading: Callable[[], Query]) -> Query:
    """What reads a text that is not the line; a place in that says nothing of the line.

    Raises
    ------
    UsageError
    """
    try:
        return reading()
    except QueryError as error:
        raise UsageError(error.said) from error


def of(values: Mapping[str, Any]) -> Asked:
    """What an address or a body asks for.

    Raises
    ------
    UsageError
        A value that cannot be one.
    """
    texts = {name: values.get(name, "") for name in ("q", *APART, "from", "mode")}
    if any(not isinstance(text, str) for text in texts.values()):
        raise UsageError("q, sketch, region, upload, from and mode must be text.")
    if any(len(texts[name]) > asking.MOST_CHARACTERS for name in (*APART, "from", "mode")):
        raise UsageError(f"The search is longer than {asking.MOST_CHARACTERS:,} characters.")
    for name in APART:
        if len(texts[name].split()) > 1:
            raise UsageError(f"{name} is {texts[name]!r}, but must be one word, without spaces.")
    return Asked(
        texts["q"].strip(),
        {name: texts[name].strip() for name in APART if texts[name].strip()},
        texts["from"].strip(),
        texts["mode"].strip(),
        ordering.read_diverse(str(values.get("diverse", ""))),
        str(values.get("copies", "0")) in ("1", "True"),
    )
