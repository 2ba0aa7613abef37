"""How pictures are compared, by the look, by the subject, or by both in some degree: its names and their reading."""

import math

from leitmotiv.errors import UsageError

LOOK, SUBJECT = 0.0, 1.0
STEPS = 20
"""A blend is a whole number of these parts: what was found for one is found again."""


def read(text: str) -> float:
    """What `by` says: "look", "subject", or a number from 0 to 1, to the nearest twentieth.

    Raises
    ------
    UsageError
        Something else.
    """
    named = {"": LOOK, "look": LOOK, "subject": SUBJECT}
    if text in named:
        return named[text]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise UsageError(
            f"by is {text[:40]!r}, but must be look, subject, or a number between: 0 is the look, 1 the subject."
        )
    return round(value * STEPS) / STEPS


def said(by: float) -> str:
    """The shortest text that `read` takes for it."""
    return {LOOK: "look", SUBJECT: "subject"}.get(by, f"{by:g}")


def told(by: float) -> str:
    """What counts, in words that follow a noun: "by subject", "by 0.6 look and 0.4 subject"."""
    return f"by {said(by)}" if by in (LOOK, SUBJECT) else f"by {1 - by:.2g} look and {by:.2g} subject"


def measure(by: float) -> str:
    """What a ranking calls itself."""
    return {LOOK: "look", SUBJECT: "subject"}.get(by, "blend")
