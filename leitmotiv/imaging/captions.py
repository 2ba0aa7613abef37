"""What a picture's file says of it in words: EXIF and IPTC texts, and the XMP packet for who reads that."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from leitmotiv.imaging.kinds import HEAD, RefusedError, sniff
from leitmotiv.imaging.opening import open_header
from leitmotiv.imaging.quiet import quiet
from leitmotiv.records import CaptionKind

_NO_LIMIT = 1e5
_IPTC: tuple[tuple[tuple[int, int], CaptionKind], ...] = (
    ((2, 5), "title"),
    ((2, 105), "title"),
    ((2, 120), "caption"),
    ((2, 25), "keywords"),
)
_DESCRIPTION = ExifTags.Base.ImageDescription
_XP: tuple[tuple[int, CaptionKind], ...] = (
    (0x9C9B, "title"),
    (0x9C9C, "caption"),
    (0x9C9F, "caption"),
    (0x9C9E, "keywords"),
)
"""What Windows writes: title, comment, subject, keywords."""
_MACHINES = (
    "olympus digital camera",
    "digital camera",
    "sony dsc",
    "kodak digital",
    "minolta",
    "default",
    "created with",
)
"""Descriptions that cameras write by themselves begin like this."""


@dataclass(frozen=True)
class Embedded:
    """What a file says.

    Attributes
    ----------
    texts : tuple of (kind, text)
    xmp : bytes
        The packet as it stands in the file; empty where there is none.
    """

    texts: tuple[tuple[CaptionKind, str], ...] = ()
    xmp: bytes = b""


def embedded(path: bytes) -> Embedded:
    """The texts inside a picture's file; nothing where it cannot be read, or is a RAW file."""
    try:
        with Path(os.fsdecode(path)).open("rb") as stream, quiet():
            kind = sniff(stream.read(max(HEAD, 4096)), path)
            if kind == "RAW":
                return Embedded()
            with open_header(stream, kind, _NO_LIMIT) as image:
                packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
                packet = packet.encode() if isinstance(packet, str) else bytes(packet)
                found = [*_exif(image), *_iptc(image)]
    except (RefusedError, OSError, SyntaxError, ValueError, KeyError, TypeError, EOFError, ImportError):
        return Embedded()
    return Embedded(tuple(dict.fromkeys(found)), packet)


def _exif(image: Image.Image) -> list[tuple[CaptionKind, str]]:
    tags = image.getexif()
    found: list[tuple[CaptionKind, str]] = []
    described = _line(_bytes(tags.get(_DESCRIPTION)))
    if described and not described.casefold().startswith(_MACHINES):
        found.append(("caption", described))
    for tag, kind in _XP:
        value = tags.get(tag)
        if isinstance(value, (bytes, tuple)):
            text = _line(bytes(value).decode("utf-16-le", "replace"))
            found += [(kind, _listed(text.split(";")) if kind == "keywords" else text)] if text else []
    return found


def _iptc(image: Image.Image) -> list[tuple[CaptionKind, str]]:
    told: dict[Any, Any] = (
        IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile.ImageFile) else None
    ) or {}
    found: list[tuple[CaptionKind, str]] = []
    for tag, kind in _IPTC:
        values = told.get(tag, [])
        texts = [text for value in (values if isinstance(values, list) else [values]) if (text := _line(value))]
        if texts:
            found += [(kind, _listed(texts))] if kind == "keywords" else [(kind, text) for text in texts]
    return found


def _listed(words: list[str]) -> str:
    return "; ".join(dict.fromkeys(word.strip().replace(";", ",") for word in words if word.strip()))


def _line(value: Any) -> str:
    """A tag as one line of text; nothing where it is none."""
    if isinstance(value, bytes):
        value = _decoded(value)
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value.split("\0", 1)[0]).split())


def _bytes(value: Any) -> Any:
    """A text of EXIF as it stands in the file, whatever a program wrote there: Pillow makes each byte a character."""
    with suppress(UnicodeEncodeError):
        return value.encode("latin-1") if isinstance(value, str) else value
    return value


def _decoded(value: bytes) -> str:
    """Bytes of which nothing tells the encoding: UTF-8 if they are that, else what Windows writes."""
    if value[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return value.decode("utf-16", "replace")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")
