"""The grammar of a line of filters: text to terms and back; what the terms mean is for `filters`."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from leitmotiv.errors import UsageError

_TERM = re.compile(
    r"""\s*(?P<not>-|NOT\s+)?(?P<name>"[^"]+"|[^\W\d][\w-]*):(?P<value>(?:"[^"]*"|[^\s",]|,(?=\S))+)(?=\s|$)""",
    re.VERBOSE,
)
ALIASES = {"trend": "cluster", "filesize": "bytes", "stars": "rating"}
"""Other words for filters: those that the pages use for the same."""
_PART = re.compile(r"""((?:"[^"]*"|[^",])+)""")


@dataclass(frozen=True)
class Term:
    """One filter of a line.

    Attributes
    ----------
    values : tuple of str
        Any of them may hold.
    """

    name: str
    values: tuple[str, ...]
    negated: bool = False


def read(text: str, names: Collection[str] | None) -> tuple[Term, ...]:
    """Read a line of filters.

    Parameters
    ----------
    names : collection of str or None
        Filters that there are, in small letters; None takes any name.

    Raises
    ------
    UsageError
        Something in it is no filter; the text names the part and the filters that there are.
    """
    terms, at = [], 0
    text = text.strip()
    there = "" if names is None else f" Filters are: {', '.join(_quoted(name) + ':' for name in names)}."
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            raise UsageError(f"{text[at:].split()[0]!r} is no filter.{there}")
        name = found["name"].strip('"').casefold()
        name = ALIASES.get(name, name) if names is not None and name not in names else name
        if names is not None and name not in names:
            near = get_close_matches(name, names, 1)
            meant = f" Did you mean {_quoted(near[0])}:?" if near else ""
            raise UsageError(f"There is no filter {name}:.{meant}{there}")
        values = tuple(part.replace('"', "").strip() for part in _PART.findall(found["value"]))
        terms.append(Term(name, values, bool(found["not"])))
        at = found.end()
    return tuple(terms)


def write(terms: Iterable[Term]) -> str:
    """The line that `read` reads as these terms."""
    return " ".join(map(_written, terms))


def _written(term: Term) -> str:
    return f"{'-' * term.negated}{_quoted(term.name)}:{','.join(map(_quoted, term.values))}"


def _quoted(value: str) -> str:
    return f'"{value}"' if not value or re.search(r"[\s,]", value) else value
