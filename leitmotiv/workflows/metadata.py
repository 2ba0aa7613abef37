"""Tables that others made about pictures: matched with the library, kept as columns of a kind, and written out."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from leitmotiv.errors import UsageError
from leitmotiv.formats import catalogues
from leitmotiv.formats.catalogues import Sheet
from leitmotiv.formats.tables import csv_lines
from leitmotiv.records import CatalogueColumn, CatalogueKind, CatalogueValue
from leitmotiv.store.catalogue import Columns
from leitmotiv.workflows import asking
from leitmotiv.workflows.filters import FILTERS
from leitmotiv.workflows.orders import SORTS
from leitmotiv.workflows.places import outside_photos, write_file
from leitmotiv.workflows.session import Session

KEYS = ("id", "sha256", "path", "file", "filename", "file name", "file_name", "image", "picture", "name", "object id")
"""Names of columns that are tried first as the one that says which picture a row is about."""
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?")
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:[T ].*)?")
_DOTTED = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})")


@dataclass(frozen=True)
class Import:
    """What a table would bring, or brought.

    Attributes
    ----------
    key : str
        The column that says which picture a row is about.
    columns : tuple of CatalogueColumn
    matched : int
        Rows that found their picture.
    missing, ambiguous, repeated : tuple of str
        Keys that no picture has, that several have, and that came before; none of these rows counts.
    renamed : mapping
        Columns that got another name, since a filter has theirs.
    encoding : str
    """

    key: str
    columns: tuple[CatalogueColumn, ...]
    rows: int
    matched: int
    missing: tuple[str, ...]
    ambiguous: tuple[str, ...]
    repeated: tuple[str, ...]
    renamed: Mapping[str, str]
    encoding: str

    def __str__(self) -> str:
        """As people read it."""
        lines = [f"{self.matched:,} of {self.rows:,} rows found their picture by {self.key!r}"]
        for one in self.columns:
            lines.append(f"  {one.name}: {one.kind}, {len(one.entries):,} values")
        lines += [f"  {old!r} is the name of a filter: here it is {new!r}" for old, new in self.renamed.items()]
        troubles = {
            "no picture": self.missing,
            "more than one picture": self.ambiguous,
            "a row before it had": self.repeated,
        }
        for what, keys in troubles.items():
            if keys:
                some = ", ".join(keys[:5]) + (", …" if len(keys) > 5 else "")
                lines.append(f"  {len(keys):,} rows left out, since {what} has the key: {some}")
        if self.encoding == "windows-1252":
            lines.append("  The file is not UTF-8; it was read as windows-1252.")
        return "\n".join(lines)


def columns(session: Session) -> list[CatalogueColumn]:
    """The columns of imported catalogues."""
    return session.library.metadata.all()


def preview(session: Session, path: Path, *, key: str | None = None, replacing: bool = False) -> Import:
    """What importing a table would bring; nothing is changed.

    Parameters
    ----------
    key : str, optional
        The column that says which picture a row is about, by path, file name (with or without its ending) or id; the
        one that finds most pictures without it.
    replacing : bool
        Whether columns of the same names lose the values that they have for other pictures.

    Raises
    ------
    UsageError
        The file is no table, has no such column, or no row finds a picture.
    """
    sheet = catalogues.read(path)
    finder = Finder(asking.columns(session))
    column = _key_of(sheet, finder, key)
    found: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    ambiguous: list[str] = []
    repeated: list[str] = []
    for row in sheet.rows:
        said = row[column]
        ids = finder.find(said)
        if len(ids) != 1:
            (ambiguous if ids else missing).append(said)
        elif ids[0] in found:
            repeated.append(said)
        else:
            found[ids[0]] = row
    if not found:
        some = ", ".join(repr(one) for one in missing[:3] or ambiguous[:3])
        raise UsageError(
            f"No row of {path} finds a picture by the column {sheet.names[column]!r} ({some}). Name the column with "
            f"--key: {', '.join(sheet.names)}."
        )
    keys = {column} | _other_keys(sheet, finder, found)
    made, renamed = _columns(session, sheet, keys, found, path.name, replacing)
    troubles = (tuple(missing), tuple(ambiguous), tuple(repeated))
    return Import(sheet.names[column], made, len(sheet.rows), len(found), *troubles, renamed, sheet.encoding)


def keep(session: Session, path: Path, *, key: str | None = None, replacing: bool = False) -> Import:
    """Import a table: as `preview`, and its columns are kept. One undo takes all of it back."""
    brought = preview(session, path, key=key, replacing=replacing)
    places = {one.name: place for place, one in enumerate(columns(session))}
    for one in brought.columns:
        places.setdefault(one.name, len(places))
    edits = session.library.metadata.edits([(places[one.name], one) for one in brought.columns])
    count = len(brought.columns)
    session.library.changes.apply(f"{count} column{'' if count == 1 else 's'} of {path.name} imported", edits)
    return brought


def forget(session: Session, names: Sequence[str]) -> list[str]:
    """Remove columns; returns their names.

    Raises
    ------
    UsageError
        There is no such column; none is removed.
    """
    there = {one.name.casefold(): one.name for one in columns(session)}
    for name in names:
        if name.casefold() not in there:
            known = f" There are: {', '.join(there.values())}." if there else " None was imported yet."
            raise UsageError(f"There is no column {name!r}.{known}")
    gone = [there[name.casefold()] for name in names]
    removals = [session.library.metadata.removal(name) for name in gone]
    session.library.changes.apply(f"column {', '.join(gone)} removed", removals)
    return gone


def told(session: Session, image_id: str) -> list[tuple[str, str]]:
    """What the catalogues say of one picture, column by column."""
    found = asking.ask(session).catalogue.values()
    return [(one.name, said(one.entries[image_id])) for one in found if image_id in one.entries]


def said(value: CatalogueValue) -> str:
    """A value as people read it."""
    if isinstance(value, list):
        return "; ".join(value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def export(session: Session, path: Path | None, stream: BinaryIO) -> int:
    """Write all columns as CSV to a file, or else to a stream; returns how many pictures have a row.

    Raises
    ------
    UsageError
        The file cannot be written; what was there stays.
    """
    every = columns(session)
    rows = list(_rows(session, every))
    data = b"".join(csv_lines(rows, ["id", "path", *(one.name for one in every)]))
    if path is None:
        stream.write(data)
        return len(rows)
    write_file(outside_photos(session, path), [data])
    return len(rows)


def _rows(session: Session, every: Sequence[CatalogueColumn]) -> Iterator[dict[str, object]]:
    ids = dict.fromkeys(image_id for one in every for image_id in one.entries)
    for image in session.library.images.many(list(ids)):
        values = {one.name: said(one.entries[image.id]) if image.id in one.entries else "" for one in every}
        yield {"id": image.id, "path": image.path, **values}


# ---- which picture a row is about ----


class Finder:
    """Pictures by what a table may call them."""

    def __init__(self, found: Columns) -> None:
        self._ids = found.ids
        self._by_name: dict[str, dict[str, str]] = {}
        for row, folder, name in zip(
            found.path_rows.tolist(), found.folders.codes.tolist(), found.names.codes.tolist(), strict=True
        ):
            path = f"{found.folders.values[folder]}/{found.names.values[name]}".casefold()
            file = found.names.values[name].casefold()
            for called in {file, file.rpartition(".")[0] or file}:
                self._by_name.setdefault(called, {})[path] = found.ids[row]
        self._by_prefix: dict[str, list[str]] = {}
        for image_id in found.ids:
            self._by_prefix.setdefault(image_id[:8], []).append(image_id)

    def find(self, text: str) -> list[str]:
        """Ids of the pictures that a text may mean; a path means as much of it as there is."""
        plain = text.strip().replace("\\", "/").casefold()
        if re.fullmatch("[0-9a-f]{8,64}", plain):
            known = [one for one in self._by_prefix.get(plain[:8], ()) if one.startswith(plain)]
            if known:
                return known
        rest, _, name = plain.rpartition("/")
        paths = self._by_name.get(name, {}) if name else {}
        wanted = f"/{plain.lstrip('./')}"
        return list(
            dict.fromkeys(
                image_id
                for path, image_id in paths.items()
                if not rest or path.endswith(wanted) or path.rpartition(".")[0].endswith(wanted)
            )
        )


def _key_of(sheet: Sheet, finder: Finder, key: str | None) -> int:
    folded = [name.casefold() for name in sheet.names]
    if key is not None:
        if key.casefold() not in folded:
            raise UsageError(f"There is no column {key!r}. The columns are: {', '.join(sheet.names)}.")
        return folded.index(key.casefold())
    sample = sheet.rows[:: max(1, len(sheet.rows) // 200)]
    hits = [sum(len(finder.find(row[place])) == 1 for row in sample) for place in range(len(sheet.names))]
    # of columns that find as many, one that is called like a key, then the first
    return max(range(len(hits)), key=lambda place: (hits[place], folded[place] in KEYS, -place))


def _other_keys(sheet: Sheet, finder: Finder, found: Mapping[str, tuple[str, ...]]) -> set[int]:
    """Columns that say nothing but which picture it is once more."""
    return {
        place
        for place in range(len(sheet.names))
        if all(image_id in finder.find(row[place]) for image_id, row in found.items())
    }


# ---- kinds ----


def _columns(
    session: Session, sheet: Sheet, keys: set[int], found: Mapping[str, tuple[str, ...]], source: str, replacing: bool
) -> tuple[tuple[CatalogueColumn, ...], dict[str, str]]:
    before = {one.name.casefold(): one for one in columns(session)}
    made, renamed = [], {}
    for place, title in enumerate(sheet.names):
        if place in keys:
            continue
        name = title
        if name.casefold() in FILTERS or name.casefold() in SORTS or ":" in name:
            name = renamed[title] = f"catalogue {title.replace(':', ' ')}"
        texts = {image_id: row[place] for image_id, row in found.items() if row[place]}
        old = before.get(name.casefold())
        if old is not None and not replacing:
            kept = {image_id: said(value) for image_id, value in old.entries.items() if image_id not in found}
            texts = kept | texts
        if not texts:
            continue
        kind = _kind(texts.values())
        entries = {image_id: _value(kind, text) for image_id, text in texts.items()}
        made.append(
            CatalogueColumn(old.name if old else name, kind, source, datetime.now(UTC).replace(microsecond=0), entries)
        )
    return tuple(made), renamed


def _kind(texts: Collection[str]) -> CatalogueKind:
    if all(_number(text) is not None for text in texts):
        return "number"
    if all(_date(text) is not None for text in texts):
        return "date"
    parted = sum(";" in text or "|" in text for text in texts)
    words = Counter(part for text in texts for part in _parts(text))
    # separators alone may be prose; a list says some of its words again
    return "list" if parted and max(words.values()) > 1 and max(map(len, words)) <= 80 else "text"


def _value(kind: CatalogueKind, text: str) -> CatalogueValue:
    if kind == "number":
        return _number(text) or 0.0
    if kind == "date":
        return _date(text) or ""
    return _parts(text) if kind == "list" else text


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


def _date(text: str) -> str | None:
    """A date as 2024-05-09, or 2024-05 where the day is not known."""
    iso, dotted = _ISO.fullmatch(text), _DOTTED.fullmatch(text)
    try:
        if iso:
            year, month, day = int(iso[1]), int(iso[2]), int(iso[3] or 1)
            date(year, month, day)
            return f"{year:04}-{month:02}" + (f"-{day:02}" if iso[3] else "")
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1])).isoformat()
    except ValueError:
        return None
    return None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|]", text) if part.strip()]
