"""What a person says of pictures: ratings, selections, columns of a catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LABELS = ("red", "yellow", "green", "blue", "purple")


@dataclass(frozen=True)
class Rating:
    """What a person thinks of a picture.

    Attributes
    ----------
    stars : int
        0 (none) to 5.
    label : str
        "red", "yellow", "green", "blue", "purple", or "" for none.
    """

    stars: int = 0
    favourite: bool = False
    rejected: bool = False
    label: str = ""


CatalogueKind = Literal["number", "date", "text", "list"]
CatalogueValue = float | str | list[str]


@dataclass(frozen=True)
class CatalogueColumn:
    """A column of a table that somebody made about pictures.

    Attributes
    ----------
    kind : str
        "number", "date" (ISO, the day may be left out), "text" or "list" (of texts).
    source : str
        Name of the file that it came from last.
    entries : mapping of str to value
        By picture; pictures of which it says nothing are not there.
    """

    name: str
    kind: CatalogueKind
    source: str
    at: datetime
    entries: Mapping[str, CatalogueValue]


@dataclass(frozen=True)
class Selection:
    """A named set of pictures.

    Attributes
    ----------
    query : str or None
        A filter that is asked anew each time; None where the pictures are fixed.
    ids : tuple of str or None
        The fixed pictures; None where there is a filter.
    """

    id: int
    name: str
    query: str | None
    ids: tuple[str, ...] | None
    at: datetime
