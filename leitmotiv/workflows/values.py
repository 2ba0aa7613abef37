"""How the value of a filter is read and compared: numbers, texts, times, one of a few words."""

import calendar
import operator
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import UsageError

Mask = NDArray[np.bool_]
_BOUND = re.compile(r"(>=|<=|>|<)?(-?[0-9]+(?:\.[0-9]+)?)(?:\.\.([0-9]+(?:\.[0-9]+)?))?")
_COMPARE: dict[str, Callable[[NDArray[np.float64], float], Mask]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}


def numbers(values: NDArray[np.float64], name: str, text: str, of: str = "") -> Mask:
    """Which numbers a value such as 3, >=3, <3 or 2..4 holds for; `of` names what is counted."""
    bound = _BOUND.fullmatch(text)
    if bound is None or (bound[1] and bound[3]):
        raise UsageError(
            f"{name}: takes a number{f' of {of}' if of else ''}, such as 3, >=3, <3 or 2..4, but not {text!r}."
        )
    low = float(bound[2])
    if bound[3]:
        return (values >= low) & (values <= float(bound[3]))
    return _COMPARE[bound[1] or ""](values, low)


def like(text: str, pattern: str) -> bool:
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


def days(text: str) -> tuple[date, date]:
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


def one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    """One of a few words, in small letters."""
    if value.lower() not in allowed:
        raise UsageError(f"{name}: takes {' or '.join(allowed)}, but not {value!r}.")
    return value.lower()
