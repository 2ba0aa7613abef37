"""Reading tables that others made about pictures: CSV, TSV, JSON and JSON Lines, whatever their encoding; text only."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from leitmotiv.errors import UsageError
from leitmotiv.formats.tables import FORMULA

BYTES = 500_000_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Sheet:
    """A table as it was read.

    Attributes
    ----------
    names : tuple of str
        Of the columns, each different.
    rows : tuple of tuple of str
        As many values as names; "" where there is none. What was a list in JSON has "; " between its values.
    encoding : str
        How the bytes were read: "utf-8", "utf-16" or "windows-1252".
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str


def read(path: Path) -> Sheet:
    """Read a table by what is in it, and by the end of its name where that leaves a doubt.

    Raises
    ------
    UsageError
        There is no such file, it is no table, or it has no rows.
    """
    try:
        if path.stat().st_size > BYTES:
            raise UsageError(f"{path} is larger than {BYTES // 1_000_000} MB. Split it, and import the parts.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    text, encoding = decoded(data)
    if "\0" in text:
        raise UsageError(f"{path} is no text. Save the table as CSV (in a spreadsheet: Save as, CSV UTF-8).")
    try:
        named = _objects(text) if text.lstrip()[:1] in ("{", "[") else None
        names, rows = _of_objects(named) if named is not None else _of_lines(text, path.suffix.lower())
    except (ValueError, RecursionError, csv.Error) as error:
        raise UsageError(f"{path} is no table: {error}.") from error
    if not rows:
        raise UsageError(f"{path} has no rows.")
    return Sheet(_different(names), tuple(rows), encoding)


def decoded(data: bytes) -> tuple[str, str]:
    """Bytes as text, and how they were read: every file is some text in the end."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # what spreadsheets write on Windows; the five bytes that it leaves out become a question mark
        return data.decode("cp1252", "replace"), "windows-1252"


def sound(text: str) -> str:
    """A text that any database takes: JSON may hold halves of characters and zeros, which no file of text does."""
    return text.replace("\0", " ").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _objects(text: str) -> list[dict[str, object]]:
    whole = json.loads(text) if text.lstrip().startswith("[") else None
    found = whole if whole is not None else [json.loads(line) for line in text.splitlines() if line.strip()]
    if not all(isinstance(one, dict) for one in found):
        raise ValueError("each line, or each entry of the list, must be an object in braces")
    return list(found)


def _of_objects(found: list[dict[str, object]]) -> tuple[list[str], list[tuple[str, ...]]]:
    names = list(dict.fromkeys(name for one in found for name in one))
    return list(map(sound, names)), [tuple(_said(one.get(name)) for name in names) for one in found]


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_said(one).replace(";", ",") for one in value)
    return sound(json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)).strip()


def _of_lines(text: str, suffix: str) -> tuple[list[str], list[tuple[str, ...]]]:
    head = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = "\t" if suffix in (".tsv", ".tab") else max(_DELIMITERS, key=head.count)
    lines = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter, strict=True)
    names = [name.strip() for name in next(lines, [])]
    rows = []
    for number, row in enumerate(lines, 2):
        if not any(map(str.strip, row)):
            continue
        if len(row) > len(names) and any(map(str.strip, row[len(names) :])):
            raise ValueError(f"row {number} has {len(row)} values, but there are {len(names)} columns")
        rows.append(tuple(_plain(value.strip()) for value in [*row, *[""] * len(names)][: len(names)]))
    return names, rows


def _plain(value: str) -> str:
    """A value without the apostrophe that keeps a spreadsheet from taking it for a formula; see `tables.csv_lines`."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value


def _different(names: list[str]) -> tuple[str, ...]:
    """Names for all columns, each different when capitals do not count."""
    seen: dict[str, int] = {}
    found = []
    for place, name in enumerate(names, 1):
        plain = " ".join(name.replace('"', "'").split())[:80] or f"column {place}"
        times = seen[plain.casefold()] = seen.get(plain.casefold(), 0) + 1
        found.append(plain if times == 1 else f"{plain} {times}")
    return tuple(found)
