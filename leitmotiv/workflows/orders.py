"""The orders in which pictures are shown, and the sections that each of them falls into."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.records import LABELS
from leitmotiv.store.texts import Texts
from leitmotiv.workflows.asking import Asking
from leitmotiv.workflows.named import Ids

Integers = NDArray[np.int64]
DEFAULT_SORT = "-taken"
GROUPS = ("", "none", "day", "month", "year")
DIGITS = {"day": 10, "month": 7, "year": 4}
"""How much of an ISO date a section by time has in common."""
DAY = 86_400_000_000


@dataclass(frozen=True)
class Section:
    """A stretch of pictures under one heading.

    Attributes
    ----------
    key : str
        What they share: "2025-06-14", a folder, a number of stars.
    start, count : int
        Place of the first picture, and how many there are.
    """

    key: str
    start: int
    count: int


@dataclass(frozen=True, eq=False)
class Order:
    """Pictures in an order: rows of columns that many orders share.

    Attributes
    ----------
    rows : (M,) int32
        The row of each picture in the columns that follow.
    hashes : (N, 32) uint8
        Ids as bytes.
    ratio : (N,) float32
        Width by height.
    colour : (N, 3) uint8
        Mean colour, sRGB.
    kind : str
        What the keys of the sections are: "day", "month", "year", "cluster", "rating", …; "" without sections.
    sections : tuple of Section
        Every picture is in one; a single one without a key where there are no headings.
    """

    rows: NDArray[np.int32]
    hashes: NDArray[np.uint8]
    ratio: NDArray[np.float32]
    colour: NDArray[np.uint8]
    kind: str
    sections: tuple[Section, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All of them; a page of a large library asks for a `part`."""
        return self.part(0, len(self))

    @property
    def named(self) -> Ids:
        """All of them, written out only as they are asked for."""
        return Ids(self.hashes, self.rows)

    def part(self, start: int, end: int) -> tuple[str, ...]:
        """The ids from one place to another."""
        return tuple(self.named[max(0, start) : max(0, end)])

    def place_of(self, image_id: str) -> int:
        """The place of a picture; -1 where it is not among them."""
        return self.named.place_of(image_id)


@dataclass(frozen=True, eq=False)
class Key:
    """What pictures are put in order by.

    Attributes
    ----------
    values : (N,) int64
        Ascending; equal ones are newest first.
    kind : str
        Of the sections; "" where the values make none.
    codes : (N,) int64
        The section of each row; they rise with the values.
    name : callable
        The key of a section from its code.
    absent : (N,) bool or None
        Pictures of which the value is not known: they come last, whichever way the order runs.
    """

    values: Integers
    kind: str = ""
    codes: Integers | None = None
    name: Callable[[int], str] = str
    absent: NDArray[np.bool_] | None = None


def arrange(asking: Asking, rows: Integers, sort: str, group: str) -> Order:
    """Put rows in an order, and find its sections.

    Raises
    ------
    UsageError
        There is no such order, or no such sections.
    NoIndexError
        By trends, and there is no index.
    """
    if sort == DEFAULT_SORT and group == "none":
        chosen = _newest(asking, rows)
        return _order(asking, chosen, "", _sections(None, len(chosen), str))
    name = sort.removeprefix("-")
    make = SORTS.get(name) or (_catalogued(name.casefold()) if name.casefold() in asking.catalogue else None)
    if make is None:
        there = " or ".join([*SORTS, *(one.name for one in asking.catalogue.values())])
        raise UsageError(f"sort is {sort!r}, but must be {there}, or one of them with - before it.")
    if group not in GROUPS:
        raise UsageError(f"group is {group!r}, but must be {' or '.join(GROUPS[1:])}, or left out.")
    key = make(asking, group)
    if sort == DEFAULT_SORT:
        chosen = _newest(asking, rows)
    else:
        found, falling = asking.columns, sort.startswith("-")
        values = -key.values if falling else key.values
        # a time decides its ties by id in its own direction; everything else shows the newest first
        ties = (found.id_ranks,) if name in ("taken", "added") and not falling else (-found.id_ranks, -found.taken)
        keys = (*ties, values) if key.absent is None else (*ties, values, key.absent)
        chosen = rows[np.lexsort([one[rows] for one in keys])]
    codes = None if key.codes is None or group == "none" else key.codes[chosen]
    return _order(asking, chosen, key.kind if codes is not None else "", _sections(codes, len(chosen), key.name))


def _newest(asking: Asking, rows: Integers) -> Integers:
    """Rows in the usual order, which is known."""
    wanted = np.zeros(len(asking.columns), bool)
    wanted[rows] = True
    newest = asking.columns.newest
    return newest[wanted[newest]]


def _order(asking: Asking, chosen: Integers, kind: str, sections: tuple[Section, ...]) -> Order:
    found = asking.columns
    return Order(chosen.astype(np.int32), found.hashes, found.ratio, found.colour, kind, sections)


def _sections(codes: Integers | None, count: int, name: Callable[[int], str]) -> tuple[Section, ...]:
    if not count:
        return ()
    if codes is None:
        return (Section("", 0, count),)
    starts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), count]
    return tuple(Section(name(int(codes[a])), a, b - a) for a, b in pairwise(starts))


# ---- the keys ----


def _taken(asking: Asking, group: str) -> Key:
    return _time(asking.columns.taken, asking.columns.taken // DAY + 1, group)


def _added(asking: Asking, group: str) -> Key:
    return _time(np.arange(len(asking.columns)), asking.columns.added, group)


def _time(values: Integers, days: Integers, group: str) -> Key:
    """By time; days are ordinals, as `date.fromordinal` takes them."""
    kind = group if group in ("month", "year") else "day"
    if kind == "day":
        return Key(values, kind, days, lambda day: date.fromordinal(day).isoformat())
    different, codes = np.unique(days, return_inverse=True)
    texts = [date.fromordinal(day).isoformat()[: DIGITS[kind]] for day in different.tolist()]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    names = list(places)
    return Key(values, kind, np.array([places[text] for text in texts], np.int64)[codes], names.__getitem__)


def _text(column: Texts, kind: str) -> Key:
    order = sorted(range(len(column.values)), key=lambda code: _sorting(column.values[code]))
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    ranks = places[column.codes]
    return Key(ranks, kind, ranks, lambda rank: column.values[order[rank]])


def _sorting(text: str) -> tuple[bool, str, str]:
    """Capitals aside; without a text last."""
    return not text, text.casefold(), text


def _name(asking: Asking, _: str) -> Key:
    key = _text(asking.columns.first(asking.columns.names), "")
    letters: list[str] = [_letter(key.name(rank)) for rank in range(int(key.values.max(initial=-1)) + 1)]
    codes = np.cumsum([0, *(one != other for one, other in pairwise(letters))]) if letters else np.zeros(0, np.int64)
    firsts = {int(code): letter for code, letter in zip(codes[::-1], reversed(letters), strict=True)}
    return Key(key.values, "letter", codes[key.values] if len(codes) else key.values, firsts.__getitem__)


def _letter(name: str) -> str:
    first = name[:1].upper()
    return first if first.isalpha() else "0–9" if first.isdigit() else "…"


def _folder(asking: Asking, _: str) -> Key:
    return _text(asking.columns.first(asking.columns.folders), "folder")


def _rating(asking: Asking, _: str) -> Key:
    return Key(asking.rated.stars, "rating", asking.rated.stars)


def _label(asking: Asking, _: str) -> Key:
    """Labels in their order; without one last."""
    last = len(LABELS)
    values = (asking.rated.label - 1) % (last + 1)
    return Key(values, "label", values, lambda code: "" if code == last else LABELS[code])


def _shape(asking: Asking, _: str) -> Key:
    found = asking.columns
    values = np.sign(found.height - found.width).astype(np.int64) + 1
    return Key(values, "orientation", values, ("landscape", "square", "portrait").__getitem__)


def _cluster(asking: Asking, _: str) -> Key:
    """The largest trend first; in each the pictures most like its exemplar first; those in none last."""
    groups = asking.trends
    if not groups:
        raise NoIndexError("No index yet. Run `leitmotiv build-index`.")
    n = len(asking.columns)
    codes, places = asking.trend_places
    codes = np.where(codes < 0, len(groups), codes)
    return Key(codes * n + places, "cluster", codes, lambda code: str(groups[code].id) if code < len(groups) else "")


def _catalogued(name: str) -> Callable[[Asking, str], Key]:
    """By a column of an imported catalogue; lists go by their first word, dates fall into years."""

    def key(asking: Asking, _: str) -> Key:
        n, kind, entries = len(asking.columns), asking.catalogue[name].kind, asking.entries(name)
        absent = np.ones(n, bool)
        absent[list(entries)] = False
        if kind == "number":
            different, codes = np.unique(np.array(list(entries.values()), np.float64), return_inverse=True)
            values = np.full(n, len(different), np.int64)
            values[list(entries)] = codes
            return Key(values, absent=absent)
        firsts = {row: value[:1] if isinstance(value, list) else [str(value)] for row, value in entries.items()}
        texts = {row: "".join(first) for row, first in firsts.items()}
        ranks = _text(Texts.of(texts.get(row, "") for row in range(n)), "catalogue")
        if kind in ("text", "list"):
            return replace(ranks, absent=absent)
        years = _text(Texts.of(texts.get(row, "")[:4] for row in range(n)), "year")
        return Key(ranks.values, "catalogue", years.codes, years.name, absent)

    return key


def _plain(value: Callable[[Asking], Integers]) -> Callable[[Asking, str], Key]:
    return lambda asking, group: Key(value(asking))


def _texts(column: Callable[[Asking], Texts], kind: str) -> Callable[[Asking, str], Key]:
    return lambda asking, group: _text(column(asking), kind)


SORTS: dict[str, Callable[[Asking, str], Key]] = {
    "taken": _taken,
    "added": _added,
    "name": _name,
    "folder": _folder,
    "size": _plain(lambda asking: asking.columns.width * asking.columns.height),
    "bytes": _plain(lambda asking: asking.columns.size),
    "orientation": _shape,
    "camera": _texts(lambda asking: asking.columns.camera, "camera"),
    "lens": _texts(lambda asking: asking.columns.lens, "lens"),
    "format": _texts(lambda asking: asking.columns.format, "format"),
    "rating": _rating,
    "label": _label,
    "cluster": _cluster,
}
"""Each order's name and what it goes by."""
