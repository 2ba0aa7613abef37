"""The state of a page of pictures as its address has it: a line of filters, an order, sections; and its chips."""

from dataclasses import dataclass

from flask import request

from leitmotiv.errors import UsageError
from leitmotiv.web import words
from leitmotiv.workflows import grammar
from leitmotiv.workflows.orders import DEFAULT_SORT

SORTS = (
    *(("-taken", "Newest"), ("taken", "Oldest"), ("-added", "Added last"), ("cluster", "Trend")),
    *(("-rating", "Rating"), ("label", "Label"), ("name", "Name"), ("folder", "Folder"), ("-size", "Largest")),
    *(("size", "Smallest"), ("-bytes", "Heaviest file"), ("orientation", "Shape"), ("camera", "Camera")),
    *(("lens", "Lens"), ("format", "Format")),
)
"""Orders as the menu offers them."""


_MORE = {">=": " and more", ">": ", more than that", "<=": " or fewer", "<": ", fewer than that"}


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    text: str
    sort: str
    group: str

    def arguments(self, **changes: str) -> dict[str, str]:
        """What of it an address must say: whatever is not the default."""
        values = {"q": self.text, "sort": self.sort, "group": self.group} | changes
        usual = {"sort": DEFAULT_SORT}
        return {name: value for name, value in values.items() if value and value != usual.get(name)}

    @property
    def sort_name(self) -> str:
        """The order in words."""
        names = dict(SORTS)
        falling = self.sort.startswith("-")
        return names.get(self.sort) or self.sort.removeprefix("-").capitalize() + (" ↓" if falling else "")


@dataclass(frozen=True)
class Chip:
    """One filter of a line, in words.

    Attributes
    ----------
    rest : str
        The line without it.
    """

    text: str
    less: bool
    rest: str


def asked() -> Asked:
    """What the address of this request asks for."""
    text = " ".join(request.args.get("q", "").split())
    return Asked(text, request.args.get("sort") or DEFAULT_SORT, request.args.get("group", ""))


def chips(text: str) -> list[Chip]:
    """The filters of a line in words; none where it cannot be read."""
    try:
        terms = grammar.read(text, None)
    except UsageError:
        return []
    return [
        Chip(_said(term), term.negated, grammar.write((*terms[:place], *terms[place + 1 :])))
        for place, term in enumerate(terms)
    ]


def title(name: str) -> str:
    """What a filter is about, for people."""
    words = {"cluster": "Trend", "orientation": "Shape", "rating": "Stars", "flag": "Flaws"}
    return words.get(name, name.capitalize())


def said(name: str, value: str) -> str:
    """A value of a filter under a heading that names the filter."""
    if name == "folder":
        return value.rpartition("/")[2] or value
    if name in ("camera", "lens", "keyword"):
        return f"no {name} named" if value == "none" else value.removeprefix("=")
    if name == "label":
        return "no label" if value == "none" else value
    return _value(name, value)


def _said(term: grammar.Term) -> str:
    return " or ".join(_value(term.name, value) for value in term.values)


def _value(name: str, value: str) -> str:
    """A filter in words: "2024", "camera ricoh", "3 stars and more"."""
    if name in ("year", "month", "date"):
        first, _, last = value.partition("..")
        try:
            return f"{words.day(first)} to {words.day(last)}" if last else words.day(first)
        except (ValueError, IndexError):
            return value
    if name == "rating":
        bound = value.lstrip("<>=")
        if bound.isdigit():
            sign = value[: -len(bound)] if bound else value
            more = {">=": " and more", ">": ", more than that", "<=": " or fewer", "<": ", fewer than that"}.get(
                sign, ""
            )
            return words.stars(int(bound)) + more
        return f"{value} stars"
    if name in ("favourite", "rejected"):
        return name if value.lower() == "yes" else f"not {name}"
    if name == "flag":
        return {"none": "no flaw", "any": "some flaw", "unmeasured": "not measured"}.get(value, value)
    if name == "is":
        return value
    if name in ("orientation", "format"):
        return value.lower() if name == "orientation" else value.upper()
    if name == "id":
        return f"picture {value[:8]}"
    if name == "cluster":
        return f"trend {value}"
    return f"{name} {value.removeprefix('=')}"
