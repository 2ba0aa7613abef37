"""What the terms of a search may be, and what reads each of them; how they are joined is for `query`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from leitmotiv.analysis.named_colours import BROAD, NAMES
from leitmotiv.analysis.places import NAMED, Box, Oval, Place
from leitmotiv.analysis.sketch import Sketch as Sketch
from leitmotiv.errors import UsageError
from leitmotiv.workflows import sketches, vocabulary

_SHARE = re.compile(r"([<>]?)([0-9]+(?:\.[0-9]+)?)%")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ROUNDING = 0.011
"""How far off the frame a box may lie: two numbers that were each rounded to whole percents."""
_ID = re.compile(r"[0-9a-f]{4,64}")
_How = Literal["about", "least", "most"]
_HOW: dict[str, _How] = {"": "about", ">": "least", "<": "most"}
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
    name : str
        The name that stands for more than this one colour; "" where just this one is meant.
    """

    colour: str
    share: float | None = None
    how: _How = "about"
    place: Place | None = None
    place_text: str = ""
    name: str = ""


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


@dataclass(frozen=True)
class Words:
    """What a picture shows, in words: one word, or a phrase."""

    phrase: str


@dataclass(frozen=True)
class OfBoard:
    """What a mood board learnt, by its name or number."""

    board: str


@dataclass(frozen=True)
class OfConcept:
    """What a .cav file holds; on the command line only."""

    path: Path


@dataclass(frozen=True)
class Numbered:
    """A picture by its place in a ranking, from 0."""

    place: int


Wanted = Colour | Picture | Region | Upload | File | Sketch | Words | OfBoard | OfConcept | Numbered
LOOKS = (Colour, Picture, Region, Upload, File, Sketch, Numbered)
"""What can be told from the look alone."""
TRAITS = (Colour, Region, Sketch)
"""What a picture has; where such a thing is added to others, a result has both."""


def label(text: str, wanted: Wanted) -> str:
    """What a term is called under results."""
    match wanted:
        case Words():
            return wanted.phrase
        case Colour():
            return text.partition(":")[2] or text
        case Sketch():
            return "sketch"
        case File() | OfConcept():
            return wanted.path.name
        case OfBoard():
            return f"board {wanted.board}"
        case Numbered():
            return f"picture {wanted.place}"
        case Region():
            return f"region {wanted.id[:6]}"
        case _:
            return f"picture {wanted.id[:6]}"


def canonical(text: str, wanted: Wanted) -> str:
    """A term in one way of writing it."""
    if isinstance(wanted, Words):
        return wanted.phrase if vocabulary.is_plain(wanted.phrase) else f'"{wanted.phrase}"'
    if isinstance(wanted, OfBoard):
        return f'board:"{wanted.board}"'
    if isinstance(wanted, OfConcept):
        return f'concept:"{wanted.path}"'
    if isinstance(wanted, File):
        return f'file:"{wanted.path}"'
    if isinstance(wanted, Numbered):
        return f"[IMG_{wanted.place}]"
    return text


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
    name, share = head, None
    how: _How = "about"
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
    return Colour(hexadecimal(name), share, how, place, place_text, broad(name))


def broad(name: str) -> str:
    """A name of a colour that stands for more than one, in small letters; "" for any other."""
    return name.lower() if name.lower() in BROAD else ""


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
    """A box ``x,y,width,height`` in percent of the frame; what numbers that were rounded have too much is cut off.

    Raises
    ------
    UsageError
        Not four numbers, nothing of the picture in it, or a part of the box lies off the frame.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise UsageError(f"{text!r} is no box; write left, top, width and height in percent, as 10,20,30,40.")
    left, top, width, height = (max(-1e4, min(1e4, float(part))) / 100 for part in parts)
    right, bottom = left + width, top + height
    if min(left, top) < -_ROUNDING or max(right, bottom) > 1 + _ROUNDING:
        raise UsageError(
            f"The box {text!r} lies off the frame, which goes from 0 to 100: left and width together, and top and "
            "height together, are 100 at most."
        )
    right, bottom = min(1.0, right), min(1.0, bottom)
    left, top = max(0.0, left), max(0.0, top)
    if right - left < 0.005 or bottom - top < 0.005:
        raise UsageError(f"The box {text!r} has nothing of the picture in it.")
    return Box(left, top, right - left, bottom - top)


def _picture(text: str) -> Picture | Region:
    name, found, rest = text.partition("@")
    if not found and ":" in name:
        raise UsageError(f"{text!r} has no box; a part is [img:3f2a@10,20,30,40] or [img:3f2a@10,20,30,40:here].")
    if not _ID.fullmatch(name):
        raise UsageError(f"{name!r} is no picture; write the first characters of its id, at least 4.")
    if not found:
        return Picture(name)
    box, _, how = rest.partition(":")
    if how not in ("", "anywhere", "here"):
        raise UsageError(f"{how!r} says not where a region may lie; write :anywhere or :here.")
    return Region(name, read_box(box), how != "here")


def _numbered(text: str) -> Numbered:
    if not re.fullmatch("[0-9]{1,6}", text):
        raise UsageError(f"{text!r} is no place in a ranking; write [IMG_0] for the first picture of it.")
    return Numbered(int(text))


def _board(text: str) -> OfBoard:
    return OfBoard(text.replace('"', "").strip())


def _file(text: str) -> File:
    return File(Path(text.replace('"', "").strip()))


def _concept(text: str) -> OfConcept:
    return OfConcept(Path(text.replace('"', "").strip()))


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
    "board": _board,
    "concept": _concept,
    "file": _file,
}
"""What a term may begin with, and what reads the rest of it."""


def read(text: str) -> Wanted | None:
    """What a term with a colon or in brackets looks for; None for what may be a filter.

    Raises
    ------
    UsageError
        It begins as a term does, and cannot be one.
    """
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if inner != text and inner.upper().startswith("IMG_"):
        return _numbered(inner[4:])
    kind, found, value = inner.partition(":")
    reader = KINDS.get(kind.lower())
    if not found or reader is None:
        return None
    if not value.strip():
        raise UsageError(f"{text!r} says not which.")
    return reader(value.strip())


def is_share(text: str) -> bool:
    """Whether it is a number from 0 to 1."""
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
