"""Reading ratings from a table: single votes, ten counts, or a mean with or without a deviation, a row each."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from leitmotiv.errors import RatingsError, UsageError
from leitmotiv.formats import catalogues
from leitmotiv.formats.rated import BINS, Reading, Troubles, checked_counts, checked_vote
from leitmotiv.records import RatedItem

KEYS = ("image", "image_id", "id", "path", "file", "filename", "name", "picture", "key")
VOTES = ("rating", "stars", "score", "vote", "value")
RATERS = ("rater", "rater_id", "user", "user_id", "userid", "who", "person")
MEANS = ("mean", "mos", "mean_score", "average")
DEVIATIONS = ("deviation", "std", "sigma", "sd")


def read(path: Path, scale: int | None = None) -> Reading:
    """Read a table with a header, whatever its delimiter.

    One column says which picture (`KEYS`). Then either a vote a row (`VOTES`, and `RATERS` for who gave it), or ten
    columns called 1 to 10 (also ``c1``, ``votes_1``, …) with counts or shares, or a mean on 1 to 10 (`MEANS`), perhaps
    with a standard deviation (`DEVIATIONS`).

    Parameters
    ----------
    scale : int, optional
        What the best vote is; 5 where no vote of the table is larger, else 10.

    Raises
    ------
    RatingsError
        It cannot be read, lacks such columns, or no row can be used.
    """
    try:
        sheet = catalogues.read(path)
    except UsageError as error:
        raise RatingsError(str(error)) from error
    place = {name.casefold(): number for number, name in enumerate(sheet.names)}
    key = _one(place, KEYS)
    counts = _count_columns(place)
    vote, mean = _one(place, VOTES), _one(place, MEANS)
    if key is None or (counts is None and vote is None and mean is None):
        raise RatingsError(
            f"{path} needs a column that says which picture ({', '.join(KEYS[:5])}, …) and one of: {', '.join(VOTES)} "
            f"(a vote a row); ten columns 1 to 10; {', '.join(MEANS)}. It has: {', '.join(sheet.names)}."
        )
    if counts is not None:
        return _counted(sheet.rows, key, counts, path)
    if vote is not None:
        return _voted(sheet.rows, key, vote, _one(place, RATERS), scale, path)
    assert mean is not None
    return _averaged(sheet.rows, key, mean, _one(place, DEVIATIONS), path)


def _one(place: Mapping[str, int], names: Sequence[str]) -> int | None:
    return next((place[name] for name in names if name in place), None)


def _count_columns(place: Mapping[str, int]) -> list[int] | None:
    for form in ("{}", "c{}", "count_{}", "votes_{}", "p{}"):
        if all(form.format(number) in place for number in range(1, BINS + 1)):
            return [place[form.format(number)] for number in range(1, BINS + 1)]
    return None


def _counted(rows: Sequence[Sequence[str]], key: int, columns: Sequence[int], path: Path) -> Reading:
    troubles, items = Troubles(), []
    for number, row in enumerate(rows, 2):
        try:
            _named(row[key])
            counts = checked_counts([_number(row[column]) for column in columns])
        except ValueError as error:
            troubles.corrupt.append((row[key] or f"row {number}", str(error)))
            continue
        if troubles.first(row[key], f"row {number}"):
            items.append(RatedItem(row[key], counts))
    return troubles.reading(items, BINS, path)


def _voted(
    rows: Sequence[Sequence[str]], key: int, column: int, rater: int | None, scale: int | None, path: Path
) -> Reading:
    troubles = Troubles()
    best = scale or _scale(rows, column)
    votes: dict[str, list[tuple[str, float]]] = {}
    for number, row in enumerate(rows, 2):
        who = row[rater] if rater is not None else ""
        try:
            _named(row[key])
            value = checked_vote(row[column], best)
        except ValueError as error:
            troubles.corrupt.append((row[key] or f"row {number}", str(error)))
            continue
        cast = votes.setdefault(row[key], [])
        if who and any(other == who for other, _ in cast):
            troubles.repeated.append((row[key], f"row {number}: {who} rated it before; the first vote counts"))
        else:
            cast.append((who, value))
    return troubles.reading([RatedItem(name, votes=tuple(cast)) for name, cast in votes.items()], best, path)


def _scale(rows: Sequence[Sequence[str]], column: int) -> int:
    found = []
    for row in rows:
        try:
            found.append(_number(row[column]))
        except ValueError:
            continue
    return 5 if max(found, default=0.0) <= 5 else BINS


def _averaged(rows: Sequence[Sequence[str]], key: int, column: int, deviation: int | None, path: Path) -> Reading:
    troubles, items = Troubles(), []
    for number, row in enumerate(rows, 2):
        try:
            _named(row[key])
            mean = checked_vote(row[column], BINS)
            spread = None if deviation is None or not row[deviation] else _number(row[deviation])
            if spread is not None and spread < 0:
                raise ValueError(f"the deviation is {spread:g}")
        except ValueError as error:
            troubles.corrupt.append((row[key] or f"row {number}", str(error)))
            continue
        if troubles.first(row[key], f"row {number}"):
            items.append(RatedItem(row[key], mean=mean, deviation=spread))
    return troubles.reading(items, BINS, path)


def _named(key: str) -> None:
    if not key:
        raise ValueError("it names no picture")


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is no number")
    return value
