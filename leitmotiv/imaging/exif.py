"""Owns what a file tells of its own making: orientation, capture time and facts; broken tags are passed over."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from PIL import Image, ImageFile, IptcImagePlugin

from leitmotiv.records import Taken

Tags = Mapping[int, Any]

MAKE, MODEL, ORIENTATION, DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0132
EXPOSURE_TIME, F_NUMBER, ISO, SENSITIVITY = 0x829A, 0x829D, 0x8827, 0x8831
ORIGINAL, DIGITIZED = 0x9003, 0x9004
OFFSET, OFFSET_ORIGINAL, OFFSET_DIGITIZED = 0x9010, 0x9011, 0x9012
SUBSEC, SUBSEC_ORIGINAL, SUBSEC_DIGITIZED = 0x9290, 0x9291, 0x9292
SHUTTER_SPEED, APERTURE, FOCAL_LENGTH, FOCAL_LENGTH_35 = 0x9201, 0x9202, 0x920A, 0xA405
LENS_MAKE, LENS_MODEL = 0xA433, 0xA434
XP_KEYWORDS = 0x9C9E
KEYWORDS = -1
"""Our own tag, which no file can hold: what IPTC and XMP name as keywords."""
_EXIF_IFD = 0x8769
_IPTC_KEYWORDS = (2, 25)
_MOST_KEYWORDS = 64

_TIMES = (
    (ORIGINAL, SUBSEC_ORIGINAL, OFFSET_ORIGINAL),
    (DIGITIZED, SUBSEC_DIGITIZED, OFFSET_DIGITIZED),
    (DATE_TIME, SUBSEC, OFFSET),
)
_DATE = re.compile(r"(\d{4})[:/.-](\d\d?)[:/.-](\d\d?)[ T]+(\d\d?):(\d\d?)(?::(\d\d?))?")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")
_LONGEST = 120

# Pillow's name for what undoes each EXIF orientation.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def tags_of(image: Image.Image) -> dict[int, Any]:
    """The tags of a picture's first directory and of its EXIF directory, and `KEYWORDS`; none that cannot be read."""
    words = [*_guarded(_xmp_keywords, image), *_guarded(_iptc_keywords, image)]
    try:
        return {**merged(image.getexif()), KEYWORDS: words}
    except Exception:  # parsers of foreign bytes raise nearly anything, and a picture without tags is still a picture
        return {KEYWORDS: words}


def _guarded(read: Callable[[Image.Image], list[str]], image: Image.Image) -> list[str]:
    try:
        return read(image)
    except Exception:  # as in `tags_of`
        return []


def _xmp_keywords(image: Image.Image) -> list[str]:
    """What dc:subject names, in any of the forms in which XMP may say it."""
    packet = image.getxmp()
    about = packet.get("xmpmeta", packet).get("RDF", {}).get("Description", [])
    found: list[str] = []
    for one in about if isinstance(about, list) else [about]:
        for bag in one.get("subject", {}).values():
            words = bag.get("li", []) if isinstance(bag, dict) else bag
            found += [word.get("text", "") if isinstance(word, dict) else word for word in _listed(words)]
    return found


def _iptc_keywords(image: Image.Image) -> list[str]:
    told = IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile.ImageFile) else None
    words = (told or {}).get(_IPTC_KEYWORDS, [])
    return [_decoded(word) for word in _listed(words)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _decoded(word: bytes) -> str:
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("latin-1")


def _keywords(tags: Tags) -> str:
    """Keywords from everywhere, each once, with semicolons between them."""
    words = [_text(word) for word in tags.get(KEYWORDS, ()) if isinstance(word, (str, bytes))]
    raw = tags.get(XP_KEYWORDS)
    if isinstance(raw, (bytes, tuple)):
        words += _text(bytes(raw).decode("utf-16-le", "replace").replace("\0", "")).split(";")
    known: dict[str, str] = {}
    for word in (" ".join(word.replace(";", ",").split()) for word in words):
        known.setdefault(word.casefold(), word)
    return "; ".join([word for word in known.values() if word][:_MOST_KEYWORDS])


def merged(exif: Image.Exif) -> dict[int, Any]:
    """The first directory and the EXIF directory as one mapping."""
    tags = dict(exif)
    try:
        tags.update(exif.get_ifd(_EXIF_IFD))
    except Exception:  # as above: the first directory is still worth having
        return tags
    return tags


def orientation(tags: Tags) -> int:
    """The EXIF orientation, 1 to 8; 1 where it is missing or invalid."""
    value = _number(tags.get(ORIENTATION))
    return int(value) if value in _UPRIGHT else 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The picture upright."""
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def turned_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Width and height of the upright picture."""
    return (size[1], size[0]) if orientation >= 5 else size


def taken(tags: Tags, mtime_ns: int) -> Taken:
    """When the picture was taken: DateTimeOriginal, else DateTimeDigitized, else DateTime, else the file's own time.

    Sub-seconds and the time zone are those of the same tag; without a zone the time is naive, since the camera's
    clock is all that is known. The file's time is aware, in the zone of this machine.
    """
    for date, subsec, offset in _TIMES:
        at = _moment(_text(tags.get(date)), _text(tags.get(subsec)), _text(tags.get(offset)))
        if at is not None:
            return Taken(at, "exif")
    return Taken(_file_time(mtime_ns), "file")


def facts(tags: Tags) -> dict[str, str]:
    """Camera, lens, exposure, aperture, ISO, focal length, keywords: readable text, each only where it is known."""
    found = {
        "Camera": _camera(_text(tags.get(MAKE)), _text(tags.get(MODEL))),
        "Lens": _camera(_text(tags.get(LENS_MAKE)), _text(tags.get(LENS_MODEL))),
        "Exposure": _exposure(tags),
        "Aperture": _aperture(tags),
        "ISO": _iso(tags),
        "Focal length": _focal_length(tags),
        "Keywords": _keywords(tags),
    }
    return {label: text for label, text in found.items() if text}


def _moment(date: str, subsec: str, offset: str) -> datetime | None:
    match = _DATE.match(date)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    digits = re.match(r"\d*", subsec)
    fraction = int((digits.group() if digits else "").ljust(6, "0")[:6] or 0)
    try:
        # A camera may write a leap second, which datetime does not know.
        return datetime(year, month, day, hour, minute, min(second, 59), fraction, tzinfo=_zone(offset))
    except ValueError:
        return None


def _zone(offset: str) -> timezone | None:
    if offset == "Z":
        return timezone.utc  # noqa: UP017 - datetime.UTC prints the same, this reads like its sibling below
    match = _ZONE.match(offset)
    if not match:
        return None
    sign, hours, minutes = match.groups()
    span = timedelta(hours=int(hours), minutes=int(minutes))
    if span >= timedelta(hours=24):
        return None
    return timezone(-span if sign == "-" else span)


def _file_time(mtime_ns: int) -> datetime:
    try:
        seconds, rest = divmod(mtime_ns, 1_000_000_000)
        return datetime.fromtimestamp(seconds).astimezone().replace(microsecond=rest // 1000)
    except (OverflowError, OSError, ValueError):
        # A file system may hold any number; years beyond 9999 do not fit a datetime.
        return datetime.fromtimestamp(0).astimezone()


def _text(value: Any) -> str:
    """A tag as one line of clean text; nothing where it is not text."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    value = value.split("\0", 1)[0]
    shown = "".join(c if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") else " " for c in value)
    return " ".join(shown.split())[:_LONGEST]


def _number(value: Any) -> float | None:
    """A tag as a finite number: rationals, one-element tuples and digits as text included."""
    if isinstance(value, (tuple, list)):
        value = value[0] if value else None
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _positive(tags: Tags, keys: Iterable[int]) -> float | None:
    numbers = (_number(tags.get(key)) for key in keys)
    return next((number for number in numbers if number is not None and number > 0), None)


def _camera(make: str, model: str) -> str:
    """Maker and model without saying the maker twice ("Canon" + "Canon EOS 5D")."""
    first = make.split(" ")[0].lower()
    return model if model and model.lower().startswith(first) else f"{make} {model}".strip()


def _exposure(tags: Tags) -> str:
    seconds = _positive(tags, [EXPOSURE_TIME])
    if seconds is None:
        speed = _number(tags.get(SHUTTER_SPEED))
        seconds = 2.0**-speed if speed is not None and abs(speed) < 64 else None
    if not seconds:
        return ""
    return f"1/{1 / seconds:.0f} s" if seconds < 0.3 else f"{seconds:.1f}".removesuffix(".0") + " s"


def _aperture(tags: Tags) -> str:
    number = _positive(tags, [F_NUMBER])
    if number is None:
        value = _positive(tags, [APERTURE])
        number = 2 ** (value / 2) if value is not None and value < 64 else None
    return "f/" + f"{number:.1f}".removesuffix(".0") if number else ""


def _iso(tags: Tags) -> str:
    value = _positive(tags, [ISO])
    # 65535 is how EXIF says "more than fits here"; the sensitivity tag then has the number.
    if value is None or value == 65535:
        value = _positive(tags, [SENSITIVITY]) or value
    return f"{value:.0f}" if value else ""


def _focal_length(tags: Tags) -> str:
    length, same = _positive(tags, [FOCAL_LENGTH]), _positive(tags, [FOCAL_LENGTH_35])
    if not length:
        return ""
    text = f"{length:.1f}".removesuffix(".0") + " mm"
    return f"{text} (like {same:.0f} mm)" if same and round(same) != round(length) else text
