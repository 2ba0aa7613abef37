"""The filters: what each name of the grammar means, and which pictures a line of them holds for."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from leitmotiv.errors import UsageError
from leitmotiv.records import LABELS, CatalogueKind, CatalogueValue
from leitmotiv.store.catalogue import Columns
from leitmotiv.store.texts import Texts
from leitmotiv.workflows import grammar, technical
from leitmotiv.workflows.asking import SIDECAR_KEYWORDS, Asking
from leitmotiv.workflows.grammar import Term
from leitmotiv.workflows.values import Mask, days, like, numbers, one_of

DEEPEST = 8
"""How far selections may name selections."""


def parse(text: str, catalogue: Iterable[str] = ()) -> tuple[Term, ...]:
    """Read a line of filters.

    Parameters
    ----------
    catalogue : iterable of str
        Columns of imported catalogues, in small letters: each is a filter, too.

    Raises
    ------
    UsageError
        Something in it is no filter; the text names the part and the filters that there are.
    """
    return grammar.read(text, [*FILTERS, *catalogue])


def mask(asking: Asking, terms: Sequence[Term]) -> Mask:
    """Which rows all of the terms hold for."""
    told_of_state = any(term.name == "is" for term in terms)
    state = asking.columns.state
    kept: Mask = np.ones(len(asking.columns), bool) if told_of_state else _holds(state, lambda one: one != "missing")
    for term in terms:
        any_of = np.zeros(len(kept), bool)
        for value in term.values:
            any_of |= _holding(asking, term.name, value)
        kept &= ~any_of if term.negated else any_of
    return kept


def _holding(asking: Asking, name: str, value: str) -> Mask:
    if name in FILTERS:
        return FILTERS[name](asking, value)
    kept = np.zeros(len(asking.columns), bool)
    entries = asking.entries(name)
    rows = np.fromiter(entries, np.int64, len(entries))
    if value.casefold() == "none":
        kept[rows] = True
        return ~kept
    kept[rows[_told(asking.catalogue[name].kind, name, list(entries.values()), value)]] = True
    return kept


def _told(kind: CatalogueKind, name: str, entries: Sequence[CatalogueValue], value: str) -> Mask:
    """Which values of a catalogue's column a filter holds for."""
    if kind == "number":
        return numbers(np.array(entries, np.float64), name, value)
    if kind == "date":
        return _dated([str(one) for one in entries], value)
    listed = [one if isinstance(one, list) else [str(one)] for one in entries]
    return np.array([any(like(part, value) for part in parts) for parts in listed], bool)


def _dated(entries: Sequence[str], value: str) -> Mask:
    """Dates in a period, or before or after one."""
    found = re.match(">=|<=|>|<", value)
    sign = found[0] if found else ""
    first, _, last = value[len(sign) :].partition("..")
    start, end = days(first)[0].isoformat(), days(last or first)[1].isoformat()
    tests: dict[str, Callable[[str], bool]] = {
        "": lambda one: start <= one < end,
        ">=": lambda one: one >= start,
        ">": lambda one: one >= end,
        "<": lambda one: one < start,
        "<=": lambda one: one < end,
    }
    # a month without its day lies at the month's beginning
    return np.array([tests[sign](one if len(one) == 10 else f"{one}-01") for one in entries], bool)


def _holds(column: Texts, test: Callable[[str], bool]) -> Mask:
    """Rows whose text passes a test, which is asked once for each different text."""
    passed = np.fromiter(map(test, column.values), bool, len(column.values))
    return passed[column.codes] if len(column.values) else np.zeros(len(column.codes), bool)


def _of_paths(found: Columns, column: Texts, test: Callable[[str], bool]) -> Mask:
    kept = np.zeros(len(found), bool)
    kept[found.path_rows[_holds(column, test)]] = True
    return kept


def _contains(column: Callable[[Columns], Texts]) -> Callable[[Asking, str], Mask]:
    def holds(asking: Asking, value: str) -> Mask:
        return _holds(column(asking.columns), lambda text: like(text, value))

    return holds


def _folder(asking: Asking, value: str) -> Mask:
    wanted = "/" + value.casefold().strip("/") + "/"
    absolute = value.startswith("/")

    def test(folder: str) -> bool:
        whole = folder.casefold() + "/"
        return whole.startswith(wanted) if absolute else wanted in whole

    return _of_paths(asking.columns, asking.columns.folders, test)


def _name(asking: Asking, value: str) -> Mask:
    return _of_paths(asking.columns, asking.columns.names, lambda name: like(name, value))


def _period(asking: Asking, value: str) -> Mask:
    first, _, last = value.partition("..")
    start, end = days(first)[0], days(last or first)[1]
    if end <= start:
        raise UsageError(f"The period {value!r} ends before it begins.")
    taken = asking.columns.taken
    return (taken >= _moment(start)) & (taken < _moment(end))


def _moment(day: date) -> int:
    return (datetime(day.year, day.month, day.day) - datetime.min) // timedelta(microseconds=1)


def _orientation(asking: Asking, value: str) -> Mask:
    wide, high = asking.columns.width, asking.columns.height
    shapes: dict[str, Mask] = {"landscape": wide > high, "portrait": wide < high, "square": wide == high}
    return shapes[one_of("orientation", value, tuple(shapes))]


def _among(asking: Asking, ids: Sequence[str]) -> Mask:
    kept = np.zeros(len(asking.columns), bool)
    rows = asking.columns.rows_of(ids)
    kept[rows[rows >= 0]] = True
    return kept


def _id(asking: Asking, value: str) -> Mask:
    if re.fullmatch("[0-9a-f]{64}", value):
        return _among(asking, [value])
    return _among(asking, [asking.session.library.images.get(value).id])


def _cluster(asking: Asking, value: str) -> Mask:
    if not re.fullmatch("[0-9]{1,9}", value):
        raise UsageError(f"cluster: takes the number of a trend, but not {value!r}.")
    from leitmotiv.workflows import trends  # what cuts trees has kernels: no other filter waits for their import

    return _among(asking, trends.group(asking.session, int(value)).members)


def _selection(asking: Asking, value: str) -> Mask:
    kept = asking.session.library.selections.get(value)
    if kept is None:
        names = [one.name for one in asking.session.library.selections.list()]
        there = f" There are: {', '.join(names[:8])}." if names else " None is kept yet."
        raise UsageError(f"There is no selection {value!r}.{there}")
    if kept.ids is not None:
        return _among(asking, kept.ids)
    if asking.depth >= DEEPEST:
        raise UsageError(f"The selection {value!r} names itself, or too many others one in another.")
    deeper = replace(asking, depth=asking.depth + 1)
    return mask(deeper, parse(kept.query or "", asking.catalogue))


def _yes(name: str) -> Callable[[Asking, str], Mask]:
    def holds(asking: Asking, value: str) -> Mask:
        kept: Mask = getattr(asking.rated, name) == (one_of(name, value, ("yes", "no")) == "yes")
        return kept

    return holds


def _label(asking: Asking, value: str) -> Mask:
    wanted = ("none", *LABELS).index(one_of("label", value, (*LABELS, "none")))
    kept: Mask = asking.rated.label == wanted
    return kept


def _keyword(asking: Asking, value: str) -> Mask:
    found = asking.columns
    kept = np.zeros(len(found), bool)
    kept[found.keyword_rows] = True
    beside = asking.entries(SIDECAR_KEYWORDS) if SIDECAR_KEYWORDS in asking.catalogue else {}
    kept[list(beside)] = True
    if value.casefold() == "none":
        return ~kept
    kept[:] = False
    kept[found.keyword_rows[_holds(found.keywords, lambda text: like(text, value))]] = True
    said = {row: words for row, words in beside.items() if isinstance(words, list)}
    kept[[row for row, words in said.items() if any(like(word, value) for word in words)]] = True
    return kept


def _caption(asking: Asking, value: str) -> Mask:
    """Any text about a picture but its names: one that holds the words; "none" for pictures without."""
    found = asking.captions
    kept = np.zeros(len(asking.columns), bool)
    rows = sorted(row for row in asking.columns.rows_of(list(found)).tolist() if row >= 0)
    if value.casefold() == "none":
        kept[rows] = True
        return ~kept
    ids = asking.columns.some(np.array(rows, np.int64))
    told = zip(rows, ids, strict=True)
    kept[[row for row, one in told if any(like(text, value) for text in found[one])]] = True
    return kept


def _state(asking: Asking, value: str) -> Mask:
    wanted = one_of("is", value, ("present", "missing", "offline"))
    return _holds(asking.columns.state, lambda state: state == wanted)


def _flag(asking: Asking, value: str) -> Mask:
    wanted = one_of("flag", value, technical.WORDS)
    ids, flagged = technical.flags(asking.session)
    if wanted == "unmeasured":
        return ~_among(asking, ids)
    some = np.asarray(flagged.any(axis=1))
    named: Mask = some if wanted in ("any", "none") else flagged[:, technical.FLAGS.index(wanted)]
    return _among(asking, [one for one, held in zip(ids, named, strict=True) if bool(held) != (wanted == "none")])


FILTERS: dict[str, Callable[[Asking, str], Mask]] = {
    "year": _period,
    "month": _period,
    "date": _period,
    "folder": _folder,
    "name": _name,
    "camera": _contains(lambda found: found.camera),
    "lens": _contains(lambda found: found.lens),
    "format": _contains(lambda found: found.format),
    "orientation": _orientation,
    "size": lambda asking, value: numbers(
        np.maximum(asking.columns.width, asking.columns.height).astype(float),
        "size",
        value,
        of="pixels of the longest side",
    ),
    "bytes": lambda asking, value: numbers(asking.columns.size.astype(float), "bytes", value),
    "keyword": _keyword,
    "caption": _caption,
    "cluster": _cluster,
    "rating": lambda asking, value: numbers(asking.rated.stars.astype(float), "rating", value),
    "favourite": _yes("favourite"),
    "rejected": _yes("rejected"),
    "label": _label,
    "flag": _flag,
    "selection": _selection,
    "id": _id,
    "is": _state,
}
"""Each filter's name and which rows a value of it keeps."""
