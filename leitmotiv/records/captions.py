"""Texts that others wrote of pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

CaptionKind = Literal["caption", "title", "keywords"]
CAPTION_KINDS: Sequence[CaptionKind] = ("caption", "title", "keywords")


@dataclass(frozen=True)
class Caption:
    """A text about a picture.

    Attributes
    ----------
    image_id : str
    text : str
        As it was found, on one line; keywords have "; " between them.
    kind : str
        One of `CAPTION_KINDS`.
    source : str
        Where it was found: "text", "json" or "xmp" for a file of its own beside the picture, "picture" for what the
        picture's file itself says, "name" for names of files and folders, else the name of a table.
    """

    image_id: str
    text: str
    kind: CaptionKind
    source: str


@dataclass(frozen=True)
class CaptionSource:
    """What is kept from one source: how many texts, and of how many pictures."""

    name: str
    texts: int
    pictures: int


@dataclass(frozen=True)
class Told:
    """What a file says of pictures, before anybody knew which.

    Attributes
    ----------
    texts : mapping of str to list of (kind, text)
        By what the file calls the picture.
    encoding : str
        How the bytes were read: "utf-8", "utf-16" or "windows-1252".
    """

    texts: Mapping[str, Sequence[tuple[CaptionKind, str]]]
    encoding: str
