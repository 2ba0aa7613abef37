"""The filters: what each name of the grammar means, and which pictures a line of them holds for."""

import calendar
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import UsageError
from leitmotiv.records import LABELS
from leitmotiv.store.catalogue import Columns, Texts
from leitmotiv.workflows import trends
from leitmotiv.workflows.asking import Asking

Mask = NDArray[np.bool_]
DEEPEST = 8
"""How far selections may name selections."""
_TERM = re.compile(
    r"""\s*(?P<not>-|NOT\s+)?(?P<name>"[^"]+"|[^\W\d][\w-]*):(?P<value>(?:"[^"]*"|[^\s",]|,(?=\S))+)(?=\s|$)""",
    re.VERBOSE,
)
_PART = re.compile(r"""((?:"[^"]*"|[^",])+)""")
_BOUND = re.compile(r"(>=|<=|>|<)?(-?[0-9]+(?:\.[0-9]+)?)(?:\.\.([0-9]+(?:\.[0-9]+)?))?")
_COMPARE: dict[str, Callable[[NDArray[np.float64], float], Mask]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}


@dataclass(frozen=True)
class Term:
    """One filter of a line.

    Attributes
    ----------
    values : tuple of str
        Any of them may hold.
    """

    name: str
    values: tuple[str, ...]
    negated: bool = False


def parse(text: str) -> tuple[Term, ...]:
    """Read a line of filters.

    Raises
    ------
    UsageError
        Something in it is no filter; the text names the part and the filters that there are.
    """
    terms, at = [], 0
    text = text.strip()
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            part = text[at:].split()[0]
            raise UsageError(f"{part!r} is no filter. Filters are: {', '.join(f'{name}:' for name in FILTERS)}.")
        name = found["name"].lower()
        if name not in FILTERS:
            raise UsageError(f"There is no filter {name}:. Filters are: {', '.join(f'{name}:' for name in FILTERS)}.")
        values = tuple(part.replace('"', "").strip() for part in _PART.findall(found["value"]))
        terms.append(Term(name, values, bool(found["not"])))
        at = found.end()
    return tuple(terms)


def write(terms: Iterable[Term]) -> str:
    """The line that `parse` reads as these terms."""
    return " ".join(
        f"{'-' * term.negated}{term.name}:{','.join(_quoted(value) for value in term.values)}" for term in terms
    )


def without(text: str, place: int) -> str:
    """A line without one of its terms."""
    terms = parse(text)
    return write((*terms[:place], *terms[place + 1 :]))


def _quoted(value: str) -> str:
    return f'"{value}"' if not value or re.search(r"[\s,]", value) else value


def mask(asking: Asking, terms: Sequence[Term]) -> Mask:
    """Which rows all of the terms hold for."""
    told_of_state = any(term.name == "is" for term in terms)
    state = asking.columns.state
    kept: Mask = np.ones(len(asking.columns), bool) if told_of_state else _holds(state, lambda one: one != "missing")
    for term in terms:
        any_of = np.zeros(len(kept), bool)
        for value in term.values:
            any_of |= FILTERS[term.name](asking, value)
        kept &= ~any_of if term.negated else any_of
    return kept


def _holds(column: Texts, test: Callable[[str], bool]) -> Mask:
    """Rows whose text passes a test, which is asked once for each different text."""
    passed = np.fromiter(map(test, column.values), bool, len(column.values))
    return passed[column.codes] if len(column.values) else np.zeros(len(column.codes), bool)


def _of_paths(found: Columns, column: Texts, test: Callable[[str], bool]) -> Mask:
    kept = np.zeros(len(found), bool)
    kept[found.path_rows[_holds(column, test)]] = True
    return kept


def _number(values: NDArray[np.float64], name: str, text: str) -> Mask:
    bound = _BOUND.fullmatch(text)
    if bound is None or (bound[1] and bound[3]):
        raise UsageError(f"{name}: takes a number, such as 3, >=3, <3 or 2..4, but not {text!r}.")
    low = float(bound[2])
    if bound[3]:
        return (values >= low) & (values <= float(bound[3]))
    return _COMPARE[bound[1] or ""](values, low)


def _contains(column: Callable[[Columns], Texts]) -> Callable[[Asking, str], Mask]:
    def holds(asking: Asking, value: str) -> Mask:
        return _holds(column(asking.columns), lambda text: _like(text, value))

    return holds


def _like(text: str, pattern: str) -> bool:
    """Whether a text has a part in it, or fits a pattern with * and ?; capitals do not count; "none" is no text.

    With "=" before it the whole text is meant, as it is written.
    """
    if pattern.startswith("="):
        return text == pattern[1:]
    text, pattern = text.casefold(), pattern.casefold()
    if pattern == "none":
        return not text
    if set(pattern) & set("*?["):
        return fnmatchcase(text, pattern)
    return pattern in text


def _folder(asking: Asking, value: str) -> Mask:
    wanted = "/" + value.casefold().strip("/") + "/"
    absolute = value.startswith("/")

    def test(folder: str) -> bool:
        whole = folder.casefold() + "/"
        return whole.startswith(wanted) if absolute else wanted in whole

    return _of_paths(asking.columns, asking.columns.folders, test)


def _name(asking: Asking, value: str) -> Mask:
    return _of_paths(asking.columns, asking.columns.names, lambda name: _like(name, value))


def _period(asking: Asking, value: str) -> Mask:
    first, _, last = value.partition("..")
    start, end = _days(first)[0], _days(last or first)[1]
    if end <= start:
        raise UsageError(f"The period {value!r} ends before it begins.")
    taken = asking.columns.taken
    return (taken >= _moment(start)) & (taken < _moment(end))


def _days(text: str) -> tuple[date, date]:
    """The first day of a year, month or day, and the day after its last."""
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        first = date(year, month, day)
        if found[3]:
            return first, first + timedelta(1)
        if found[2]:
            return first, first + timedelta(calendar.monthrange(year, month)[1])
        return first, date(year + 1, 1, 1)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text!r} is no time; write a year, a month or a day, as 2024, 2024-05 or 2024-05-09, or two of them with "
            ".. between."
        ) from error


def _moment(day: date) -> int:
    return (datetime(day.year, day.month, day.day) - datetime.min) // timedelta(microseconds=1)


def _orientation(asking: Asking, value: str) -> Mask:
    wide, high = asking.columns.width, asking.columns.height
    shapes: dict[str, Mask] = {"landscape": wide > high, "portrait": wide < high, "square": wide == high}
    return shapes[_one_of("orientation", value, tuple(shapes))]


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value.lower() not in allowed:
        raise UsageError(f"{name}: takes {' or '.join(allowed)}, but not {value!r}.")
    return value.lower()


def _among(asking: Asking, ids: Sequence[str]) -> Mask:
    row_of = asking.columns.row_of
    kept = np.zeros(len(asking.columns), bool)
    kept[[row_of[image_id] for image_id in ids if image_id in row_of]] = True
    return kept


def _id(asking: Asking, value: str) -> Mask:
    if re.fullmatch("[0-9a-f]{64}", value):
        return _among(asking, [value])
    return _among(asking, [asking.session.library.images.get(value).id])


def _cluster(asking: Asking, value: str) -> Mask:
    if not re.fullmatch("[0-9]{1,9}", value):
        raise UsageError(f"cluster: takes the number of a trend, but not {value!r}.")
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
    return mask(deeper, parse(kept.query or ""))


def _yes(name: str) -> Callable[[Asking, str], Mask]:
    def holds(asking: Asking, value: str) -> Mask:
        kept: Mask = getattr(asking.rated, name) == (_one_of(name, value, ("yes", "no")) == "yes")
        return kept

    return holds


def _label(asking: Asking, value: str) -> Mask:
    wanted = ("none", *LABELS).index(_one_of("label", value, (*LABELS, "none")))
    kept: Mask = asking.rated.label == wanted
    return kept


def _keyword(asking: Asking, value: str) -> Mask:
    found = asking.columns
    kept = np.zeros(len(found), bool)
    kept[found.keyword_rows] = True
    if value.casefold() == "none":
        return ~kept
    kept[:] = False
    kept[found.keyword_rows[_holds(found.keywords, lambda text: _like(text, value))]] = True
    return kept


def _state(asking: Asking, value: str) -> Mask:
    wanted = _one_of("is", value, ("present", "missing", "offline"))
    return _holds(asking.columns.state, lambda state: state == wanted)


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
    "size": lambda asking, value: _number(
        np.maximum(asking.columns.width, asking.columns.height).astype(float), "size", value
    ),
    "keyword": _keyword,
    "cluster": _cluster,
    "rating": lambda asking, value: _number(asking.rated.stars.astype(float), "rating", value),
    "favourite": _yes("favourite"),
    "rejected": _yes("rejected"),
    "label": _label,
    "selection": _selection,
    "id": _id,
    "is": _state,
}
"""Each filter's name and which rows a value of it keeps."""
