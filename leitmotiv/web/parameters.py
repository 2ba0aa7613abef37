"""Reading a request's parameters; a bad one is named, with what is allowed, and nothing is guessed."""

import re
from collections.abc import Sequence
from typing import TypeVar

from flask import request
from werkzeug.routing import IntegerConverter, Map

from leitmotiv.errors import UsageError
from leitmotiv.workflows import blending

_Word = TypeVar("_Word", bound=str)

UNBOUNDED = 1_000_000
"""A bound from here on only keeps numbers in bounds, and is not worth telling."""


class WholeConverter(IntegerConverter):
    """A whole number in an address; one that no database holds leads nowhere."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**53)


def whole(name: str, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`, or `default` where the parameter is absent.

    Raises
    ------
    UsageError
        Not a whole number, or out of range.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if re.fullmatch(r"[+-]?[0-9]{1,12}", text, re.ASCII) is None or not low <= int(text) <= high:
        allowed = f"between {low} and {high}" if high < UNBOUNDED else f"of at least {low}"
        raise UsageError(f"{name} is {text!r}, but must be a whole number {allowed}.")
    return int(text)


def optional_whole(name: str, low: int, high: int) -> int | None:
    """As `whole`, but None where the parameter is absent."""
    return None if name not in request.args else whole(name, low, low, high)


def one_of(name: str, default: _Word, allowed: Sequence[_Word]) -> _Word:
    """One of a few words.

    Raises
    ------
    UsageError
        Another word.
    """
    text = request.args.get(name, default)
    for word in allowed:
        if text == word:
            return word
    raise UsageError(f"{name} is {text!r}, but must be {' or '.join(filter(None, allowed))}.")


def likeness() -> float:
    """What `?by=` says: from 0, the look, to 1, the subject.

    Raises
    ------
    UsageError
        Something else.
    """
    return blending.read(request.args.get("by", ""))


def month(name: str) -> str | None:
    """A year or a month, as "2019" or "2019-05"; None where the parameter is absent.

    Raises
    ------
    UsageError
        Anything else.
    """
    text = request.args.get(name)
    if text is not None and re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", text, re.ASCII) is None:
        raise UsageError(f"{name} is {text!r}, but must be a year or a month, such as 2019 or 2019-05.")
    return text
