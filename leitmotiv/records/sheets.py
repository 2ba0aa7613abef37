"""A contact sheet, laid out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Placed:
    """A picture on a contact sheet; places in pixels from the upper left corner."""

    id: str
    x: float
    y: float
    width: float
    height: float
    caption: str = ""


@dataclass(frozen=True)
class Heading:
    """A line of text on a contact sheet; `y` is that of its base line."""

    text: str
    note: str
    y: float


@dataclass(frozen=True)
class Sheet:
    """One page of a contact sheet, laid out.

    Attributes
    ----------
    dark : bool
        Whether pictures lie on a dark ground.
    """

    width: int
    height: int
    margin: int
    pictures: tuple[Placed, ...]
    headings: tuple[Heading, ...]
    dark: bool = True
