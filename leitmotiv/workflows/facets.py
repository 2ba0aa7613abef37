"""What pictures could be narrowed down by: each filter's values with how many pictures have them, for the page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import NoIndexError
from leitmotiv.records import LABELS
from leitmotiv.store.texts import Texts
from leitmotiv.workflows import technical
from leitmotiv.workflows.asking import Asking, ask
from leitmotiv.workflows.filters import mask, parse
from leitmotiv.workflows.grammar import Term, write
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.orders import DAY
from leitmotiv.workflows.selecting import state_of
from leitmotiv.workflows.session import Session

Counts = list[tuple[str, int]]
_APART = "\0"
FEW, MANY = 30, 500
"""Most different numbers of a column that are listed one by one, and most texts."""


@dataclass(frozen=True)
class Value:
    """One value of a filter.

    Attributes
    ----------
    value : str
        As the filter is written.
    count : int
        Pictures that would be there with it, under all filters of other names.
    chosen : bool
        Whether the line asks for it.
    line : str
        The line with this value taken in, or taken out where it is chosen.
    """

    value: str
    count: int
    chosen: bool
    line: str


@dataclass(frozen=True)
class Facet:
    """The values of a filter, the most frequent first or in their own order; `more` are left out.

    `title` is the name of a catalogue's column as it was written; "" for the filters that every library has.
    """

    name: str
    values: tuple[Value, ...]
    more: int
    title: str = ""


def facets(session: Session, text: str = "", most: int = 12) -> tuple[Facet, ...]:
    """Each filter that would tell pictures apart, with its values.

    Raises
    ------
    UsageError
        The line cannot be read.
    """
    key = ("facets", state_of(session), text.strip(), most)
    return remember(session, key, lambda: _facets(ask(session), text, most))


def toggled(terms: Sequence[Term], name: str, value: str) -> str:
    """A line with a value of a filter taken in as one more, or taken out where it is there."""
    for place, term in enumerate(terms):
        if term.name == name and not term.negated:
            values = tuple(one for one in term.values if one != value)
            if len(values) == len(term.values):
                values = (*values, value)
            kept = (Term(name, values),) if values else ()
            return write((*terms[:place], *kept, *terms[place + 1 :]))
    return write((*terms, Term(name, (value,))))


def _facets(asking: Asking, text: str, most: int) -> tuple[Facet, ...]:
    return tuple(_found(asking, parse(text, asking.catalogue), most))


def _found(asking: Asking, terms: Sequence[Term], most: int) -> Iterator[Facet]:
    everything = mask(asking, terms)
    counts = _COUNTS | {name: partial(_catalogued, name=name) for name in asking.catalogue}
    for name, count in counts.items():
        others = [term for term in terms if term.name != name or term.negated]
        kept = everything if len(others) == len(terms) else mask(asking, others)
        chosen = {value for term in terms if term.name == name and not term.negated for value in term.values}
        found = count(asking, kept)
        if len(found) < 2 and not chosen:
            continue
        there = {value for value, _ in found}
        found = [(value, 0) for value in chosen - there] + found
        # what is chosen is always shown, however rare
        shown = [one for place, one in enumerate(found) if place < most or one[0] in chosen]
        values = (Value(value, n, value in chosen, toggled(terms, name, value)) for value, n in shown)
        title = asking.catalogue[name].name if name in asking.catalogue else ""
        yield Facet(name, tuple(values), len(found) - len(shown), title)


# ---- counting ----


def _frequent(codes: NDArray[np.integer[Any]], names: Callable[[int], str], size: int) -> Counts:
    counts = np.bincount(codes, minlength=size)
    order = np.argsort(-counts, kind="stable")
    return [(names(int(code)), int(counts[code])) for code in order if counts[code]]


def _of_text(column: Texts, kept: NDArray[np.bool_]) -> Counts:
    found = _frequent(column.codes[kept], column.values.__getitem__, len(column.values))
    there = _together(value for value, _ in found)
    return [(_exact(value, there), count) for value, count in found]


def _together(values: Iterable[str]) -> str:
    """Texts in one, small letters all, in which `_exact` looks: one by one would take the square of their number."""
    return _APART.join(value.casefold() for value in values)


def _exact(value: str, there: str) -> str:
    """How a filter asks for just this text: with = before it where another text has it as a part.

    A line cannot hold quotation marks within quotation marks: any sign will do in their place.
    """
    if not value:
        return "none"
    if '"' in value:
        return value.replace('"', "?")
    if set(value) & set("*?[=") or value.casefold() == "none":
        return f"={value}"
    folded = value.casefold()
    return f"={value}" if folded in there[there.find(folded) + len(folded) :] else value


def _years(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    days = asking.columns.taken[kept] // DAY
    years = (np.datetime64("0001-01-01") + days).astype("datetime64[Y]").astype(np.int64) + 1970
    different, counts = np.unique(years, return_counts=True)
    return [(f"{year:04}", count) for year, count in zip(different.tolist(), counts.tolist(), strict=True)][::-1]


def _folders(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    found = asking.columns
    column = found.first(found.folders)
    direct = dict(_frequent(column.codes[kept], column.values.__getitem__, len(column.values)))
    direct.pop("", None)
    totals = dict.fromkeys(direct, 0)
    for folder, count in direct.items():
        parent = folder
        while parent:
            if parent in totals:
                totals[parent] += count
            parent = parent.rpartition("/")[0]
    return sorted(totals.items(), key=lambda one: (-one[1], one[0]))


def _shapes(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    wide, high = asking.columns.width[kept], asking.columns.height[kept]
    counts = {"landscape": wide > high, "portrait": wide < high, "square": wide == high}
    return [(name, int(those.sum())) for name, those in counts.items() if those.any()]


def _stars(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    counts = np.bincount(asking.rated.stars[kept], minlength=6).tolist()
    return [(str(stars), counts[stars]) for stars in (5, 4, 3, 2, 1, 0) if counts[stars]]


def _yes(name: str) -> Callable[[Asking, NDArray[np.bool_]], Counts]:
    def count(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
        those = getattr(asking.rated, name)[kept]
        return [(word, n) for word, n in (("yes", int(those.sum())), ("no", int((~those).sum()))) if n]

    return count


def _labels(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    counts = np.bincount(asking.rated.label[kept], minlength=len(LABELS) + 1).tolist()
    found = [(label, counts[place + 1]) for place, label in enumerate(LABELS) if counts[place + 1]]
    return [*found, ("none", counts[0])] if counts[0] else found


def _flags(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    ids, flagged = technical.flags(asking.session)
    rows = asking.columns.rows_of(ids)
    there = (rows >= 0) & kept[rows]
    counts = zip(technical.FLAGS, flagged[there].sum(axis=0).tolist(), strict=True)
    found = sorted(((name, count) for name, count in counts if count), key=lambda one: -one[1])
    sound = int((~flagged[there].any(axis=1)).sum())
    unmeasured = int(kept.sum()) - int(there.sum())
    rest = [(name, count) for name, count in (("none", sound), ("unmeasured", unmeasured)) if count]
    return [*found, *rest] if len(ids) else []


def _keywords(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    found = asking.columns
    those = kept[found.keyword_rows]
    words = _frequent(found.keywords.codes[those], found.keywords.values.__getitem__, len(found.keywords.values))
    there = _together(word for word, _ in words)
    return [(_exact(word, there), count) for word, count in words]


def _trends(asking: Asking, kept: NDArray[np.bool_]) -> Counts:
    try:
        groups = asking.trends
    except NoIndexError:
        return []
    codes = asking.trend_places[0]
    counts = np.bincount(codes[kept & (codes >= 0)], minlength=len(groups))
    order = np.argsort(-counts, kind="stable")
    return [(str(groups[code].id), int(counts[code])) for code in order.tolist() if counts[code]]


def _catalogued(asking: Asking, kept: NDArray[np.bool_], *, name: str) -> Counts:
    """What a catalogue's column says most often; of numbers and dates only where they are few."""
    entries = {row: value for row, value in asking.entries(name).items() if kept[row]}
    kind = asking.catalogue[name].kind
    if kind == "date":
        return sorted(Counter(str(value)[:4] for value in entries.values()).items(), reverse=True)
    if kind == "number":
        numbers = Counter(f"{value:.10g}" for value in entries.values())
        return sorted(numbers.items(), key=lambda one: float(one[0])) if len(numbers) <= FEW else []
    listed = (value if isinstance(value, list) else [str(value)] for value in entries.values())
    words = Counter(word for words in listed for word in dict.fromkeys(words))
    found = words.most_common(MANY)
    absent = int(kept.sum()) - len(entries)
    there = _together(words)
    told = [(_exact(word, there), count) for word, count in found]
    return [*told, ("none", absent)] if absent else told


_COUNTS: dict[str, Callable[[Asking, NDArray[np.bool_]], Counts]] = {
    "year": _years,
    "rating": _stars,
    "favourite": _yes("favourite"),
    "label": _labels,
    "rejected": _yes("rejected"),
    "cluster": _trends,
    "flag": _flags,
    "keyword": _keywords,
    "folder": _folders,
    "camera": lambda asking, kept: _of_text(asking.columns.camera, kept),
    "lens": lambda asking, kept: _of_text(asking.columns.lens, kept),
    "orientation": _shapes,
    "format": lambda asking, kept: _of_text(asking.columns.format, kept),
}
"""Each filter that has few values, in the order of the panel."""
