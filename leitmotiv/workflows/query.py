"""The grammar of searches: a line of signed, weighted terms and filters; it reads text and asks no library.

``colour:#0a5f73:30%@top + 2*[img:3f2a] - colour:red year:2024``: a term may have a sign and a weight; what is
none of the kinds of `KINDS` must be a filter (see `selecting`) and is handed on as it was written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from leitmotiv.analysis.named_colours import NAMES
from leitmotiv.analysis.places import NAMED, Box, Oval, Place
from leitmotiv.analysis.sketch import Sketch as Sketch
from leitmotiv.errors import UsageError
from leitmotiv.workflows import sketches

MOST_TERMS = 24
MOST_WEIGHT = 100.0
_TOKEN = re.compile(r'(?:\[[^\]]*\]|"[^"]*"|[^\s"\[])+|[\["]')
_SIGNED = re.compile(r"([+\-−]?)(?:([0-9]+(?:\.[0-9]+)?)\*)?(.*)", re.DOTALL)
_FILTER = re.compile(r"[A-Za-z]+:.+", re.DOTALL)
_SHARE = re.compile(r"([<>]?)([0-9]+(?:\.[0-9]+)?)%")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ID = re.compile(r"[0-9a-f]{4,64}")
_HOW = {"": "about", ">": "least", "<": "most"}
_SYNONYMS = {
    "center": "centre",
    "middle": "centre",
    **{f"{x}-{y}": f"{y}-{x}" for x in ("left", "right") for y in ("top", "bottom")},
}


@dataclass(frozen=True)
class Colour:
    """A colour, how much of it, and where.

    Attributes
    ----------
    share : float or None
        Share of the place (of the frame without one) that should have it, 0 to 1.
    how : str
        "about", "least" or "most": which shares are as good.
    place_text : str
        The place as it was written; "" for the whole frame.
    """

    colour: str
    share: float | None = None
    how: Literal["about", "least", "most"] = "about"
    place: Place | None = None
    place_text: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture of the library, by the beginning of its id."""

    id: str


@dataclass(frozen=True)
class Region:
    """A box of a picture of the library; `anywhere`, or in the same place of the frame."""

    id: str
    box: Box
    anywhere: bool = True


@dataclass(frozen=True)
class Upload:
    """A picture that was handed in, by the SHA-256 of its bytes."""

    id: str


@dataclass(frozen=True)
class File:
    """A file that need not be in the library; on the command line only."""

    path: Path


Wanted = Colour | Picture | Region | Upload | File | Sketch


@dataclass(frozen=True)
class Term:
    """One thing that is looked for.

    Attributes
    ----------
    text : str
        As it was written, without sign and weight.
    weight : float
        Negative where it counts against.
    at : int
        Which of the query's tokens it is.
    """

    text: str
    wanted: Wanted
    weight: float = 1.0
    at: int = -1

    @property
    def label(self) -> str:
        """What it is called under results."""
        if isinstance(self.wanted, Colour):
            return self.text.split(":", 1)[1]
        if isinstance(self.wanted, Sketch):
            return "sketch"
        if isinstance(self.wanted, File):
            return self.wanted.path.name
        kind = {Picture: "picture", Region: "region", Upload: "picture"}[type(self.wanted)]
        return f"{kind} {self.wanted.id[:6]}"


@dataclass(frozen=True)
class Query:
    """What a line asks for.

    Attributes
    ----------
    filters : str
        Its filters, for `selecting.select`.
    tokens : tuple of str
        The line in its parts, each with its sign and weight.
    """

    terms: tuple[Term, ...] = ()
    filters: str = ""
    tokens: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The line, in one way of writing it."""
        return " ".join(self.tokens)

    def without(self, at: int) -> str:
        """The line without one of its tokens."""
        return " ".join(token for place, token in enumerate(self.tokens) if place != at)


def parse(text: str, files: Sequence[Path] = ()) -> Query:
    """Read a line.

    Parameters
    ----------
    files : sequence of Path
        Pictures outside the line that are looked for too.

    Raises
    ------
    UsageError
        A part that is neither a term nor a filter; the text names it and says what would be one.
    """
    terms: list[Term] = []
    filters: list[str] = []
    tokens: list[str] = []
    sign, negated = "", False
    for token in _TOKEN.findall(text):
        if token in ("+", "-", "−"):
            sign = "-" if (token != "+") != (sign == "-") else "+"
            continue
        if token == "NOT":
            negated = True
            continue
        found = _SIGNED.fullmatch(token)
        assert found is not None  # the pattern takes any text
        own, factor, rest = found.groups()
        against = ((own in ("-", "−")) != (sign == "-")) != negated
        wanted = _wanted(rest)
        if wanted is not None:
            weight = _weight(factor)
            terms.append(Term(rest, wanted, -weight if against else weight, len(tokens)))
            tokens.append(("-" if against else "") + (f"{weight:g}*" if weight != 1 else "") + rest)
        else:
            if factor or not _FILTER.fullmatch(rest):
                raise UsageError(_no_term(rest or token))
            filters.append(("-" if against else "") + rest)
            tokens.append(filters[-1])
        sign, negated = "", False
    if sign or negated:
        raise UsageError("The search ends with a sign and nothing after it.")
    terms += [Term(str(path), File(path)) for path in files]
    if len(terms) > MOST_TERMS:
        raise UsageError(f"The search has {len(terms)} terms, but may have {MOST_TERMS}.")
    return Query(tuple(terms), " ".join(filters), tuple(tokens))


def _weight(text: str | None) -> float:
    weight = float(text) if text else 1.0
    if not 0 < weight <= MOST_WEIGHT:
        raise UsageError(f"A weight is {text}, but must lie above 0 and not above {MOST_WEIGHT:g}.")
    return weight


def _no_term(text: str) -> str:
    if text.lower() in NAMES:
        return f"{text!r} is no term. For the colour, write colour:{text.lower()}."
    return (
        f"{text!r} is no term. Look for a colour (colour:#0a5f73, colour:teal:30%@top), a picture ([img:3f2a…]) or a "
        "sketch, and filter with year:2024, name:dsc*, folder:trip and so on."
    )


def _wanted(text: str) -> Wanted | None:
    """What a term looks for; None for what may be a filter."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    kind, found, value = inner.partition(":")
    reader = KINDS.get(kind.lower())
    if not found or reader is None:
        return None
    return reader(value.strip())


def hexadecimal(text: str) -> str:
    """A colour as "#rrggbb", from a CSS name or three or six hexadecimal digits with or without #.

    Raises
    ------
    UsageError
        It is none.
    """
    if (named := NAMES.get(text.lower())) is not None:
        return named
    digits = text.removeprefix("#").lower()
    if not re.fullmatch("[0-9a-f]{3}|[0-9a-f]{6}", digits):
        raise UsageError(f"{text!r} is no colour; write #0a5f73 or a name that CSS knows, such as teal.")
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def _colour(text: str) -> Colour:
    head, _, place_text = text.partition("@")
    name, share, how = head, None, "about"
    if ":" in place_text and (tail := _SHARE.fullmatch(place_text.rpartition(":")[2])):
        place_text = place_text.rpartition(":")[0]
        share, how = float(tail[2]) / 100, _HOW[tail[1]]
    if ":" in head:
        name, _, said = head.partition(":")
        found = _SHARE.fullmatch(said if said.endswith("%") else f"{said}%")
        if found is None:
            raise UsageError(f"{said!r} is no share of a colour; write 30%, >30% or <30%.")
        share, how = float(found[2]) / 100, _HOW[found[1]]
    if share is not None and not 0 < share <= 1:
        raise UsageError(f"A colour's share is {share * 100:g} %, but must lie above 0 and not above 100.")
    place = read_place(place_text) if "@" in text else None
    return Colour(hexadecimal(name), share, how, place, place_text)  # type: ignore[arg-type]


def read_place(text: str) -> Place:
    """A place by its name, as a box ``x,y,width,height`` or as ``oval:x,y,rx,ry`` or ``oval:…,angle``, in percent.

    Raises
    ------
    UsageError
        It is none of these.
    """
    name = text.lower()
    name = _SYNONYMS.get(name, name)
    if name in NAMED:
        return NAMED[name]
    kind, found, rest = name.rpartition(":")
    parts = [part.strip() for part in rest.split(",")]
    if all(_NUMBER.fullmatch(part) for part in parts):
        numbers = [float(part) for part in parts]
        if not found and len(numbers) == 4:
            return read_box(text)
        if kind == "oval" and len(numbers) in (4, 5) and all(0 < radius <= 200 for radius in numbers[2:4]):
            x, y, rx, ry = (max(-100.0, min(200.0, number)) / 100 for number in numbers[:4])
            return Oval.drawn(x, y, rx, ry, *numbers[4:])
    raise UsageError(
        f"{text!r} is no place; write {', '.join(NAMED)}, a box as 10,20,30,40 (left, top, width, height, percent) or "
        "oval:50,50,20,10."
    )


def read_box(text: str) -> Box:
    """A box ``x,y,width,height`` in percent of the frame, cut to the frame.

    Raises
    ------
    UsageError
        Not four numbers, or nothing of the box lies in the frame.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise UsageError(f"{text!r} is no box; write left, top, width and height in percent, as 10,20,30,40.")
    left, top, width, height = (max(-1e4, min(1e4, float(part))) / 100 for part in parts)
    right, bottom = min(1.0, left + width), min(1.0, top + height)
    left, top = max(0.0, left), max(0.0, top)
    if right - left < 0.005 or bottom - top < 0.005:
        raise UsageError(f"The box {text!r} has nothing of the picture in it.")
    return Box(left, top, right - left, bottom - top)


def _picture(text: str) -> Picture | Region:
    name, found, rest = text.partition("@")
    if not _ID.fullmatch(name):
        raise UsageError(f"{name!r} is no picture; write the first characters of its id, at least 4.")
    if not found:
        return Picture(name)
    box, _, how = rest.partition(":")
    if how not in ("", "anywhere", "here"):
        raise UsageError(f"{how!r} says not where a region may lie; write :anywhere or :here.")
    return Region(name, read_box(box), how != "here")


def _upload(text: str) -> Upload:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise UsageError(f"{text!r} is no picture that was handed in; its name has 64 hexadecimal digits.")
    return Upload(text)


KINDS = {
    "colour": _colour,
    "color": _colour,
    "img": _picture,
    "upload": _upload,
    "sketch": sketches.read,
}
"""What a term may begin with, and what reads the rest of it."""
