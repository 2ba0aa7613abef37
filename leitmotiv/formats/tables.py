"""Rows about pictures as text: CSV for spreadsheets, JSON Lines for programs, bare paths for other commands."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from leitmotiv.errors import UsageError

Row = Mapping[str, object]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How texts begin that spreadsheets take for formulas."""


def csv_lines(rows: Iterable[Row], names: Sequence[str]) -> Iterator[bytes]:
    """CSV as RFC 4180 has it, in UTF-8, a header first; true and false are 1 and 0, what is not known is empty.

    A text that a spreadsheet would take for a formula (it begins with =, +, -, @, a tab or a carriage return) gets an
    apostrophe before it, as a file's name must not become a command (OWASP, "CSV Injection").
    """
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        yield _taken(held)
        writer.writerow([_cell(row.get(name)) for name in names])
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text.encode("utf-8", "replace")


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value):
        return f"'{value}"
    return int(value) if isinstance(value, bool) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """One JSON object a line, in UTF-8."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def path_lines(paths: Iterable[bytes], *, null: bool = False) -> Iterator[bytes]:
    """One path a line, byte for byte; with `null` each ends with a zero byte, so that any name is safe.

    Raises
    ------
    UsageError
        A path holds a line break, and `null` is false.
    """
    for path in paths:
        if not null and b"\n" in path:
            shown = path.decode("utf-8", "replace").replace("\n", "\\n")
            raise UsageError(f"The path {shown} holds a line break. Use -0, which ends each path with a zero byte.")
        yield path + (b"\0" if null else b"\n")
