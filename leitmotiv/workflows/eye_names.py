"""What eyes are called, and what their card says in words."""

import re
from contextlib import suppress
from typing import Any

from leitmotiv.errors import LeitmotivError
from leitmotiv.records import Eyes
from leitmotiv.workflows import browse
from leitmotiv.workflows.session import Session

LONGEST = 80
_TREND = re.compile(r"\s*cluster:([0-9]{1,9})\s*")


def called(session: Session, name: str, query: str) -> str:
    """The name that is given; else that of the trend that is asked for, or the selection."""
    given = " ".join(name.split())[:LONGEST]
    if not given and (trend := _TREND.fullmatch(query)):
        with suppress(LeitmotivError):
            given = " ".join(browse.cluster_name(session, int(trend[1])).split())[:LONGEST]
    return given or query[:LONGEST] or "Eyes"


def free(session: Session, name: str) -> str:
    """The name, with a number where eyes have it already."""
    taken = {one.name.casefold() for one in session.library.eyes.list()}
    ends = ("", *(f" {number}" for number in range(2, len(taken) + 3)))
    return next(one for end in ends if (one := f"{name[: LONGEST - len(end)]}{end}").casefold() not in taken)


def facts(eyes: Eyes) -> dict[str, Any]:
    """The numbers and words of a card by what they are called; what goes without saying is left out."""
    card = {key: value for key, value in eyes.card.items() if isinstance(value, str | int | float) and value != ""}
    found: dict[str, Any] = {}
    for key, value in card.items():
        if isinstance(value, bool):
            if key == "ended" and not value:
                found["ended"] = "not yet"
        elif key == "step":
            if value != card.get("steps"):
                found["kept from step"] = value
        elif key == "held_out" and "told" in card:
            found["held out"] = f"{value:,} ({card.get('watched', 0):,} watched, {card['told']:,} told)"
        elif key not in ("watched", "told") and (value or key == "seed"):
            found[key.replace("_", " ")] = value
    return found
