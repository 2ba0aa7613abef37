"""What tools made elsewhere, measured beside eyes of the library on the same pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leitmotiv.errors import UsageError
from leitmotiv.imaging import pairs
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Eyes, Faithfulness, Partial, Pixels
from leitmotiv.workflows import faithful, lookers
from leitmotiv.workflows.measuring import ready
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

THEIRS, COPY = "the results", "copy"
PHASE = "Looking"
LEAST = 16
"""Pixels a side that can be measured."""


@dataclass(frozen=True)
class Result:
    """How near somebody came.

    Attributes
    ----------
    who : str
        Of whom: `THEIRS`, `COPY` of what the tool was shown, or the id of eyes.
    shown : str
        What they were shown.
    figures : Faithfulness
        `to_known` is the distance of colours to those that are there: what a tool has learnt from, nobody tells.
    """

    who: str
    shown: str
    figures: Faithfulness


@dataclass(frozen=True)
class Compared:
    """Some pictures through a tool and through eyes.

    Attributes
    ----------
    pictures : int
    side : int
        Pixels a side at which all are measured: the smallest that any of them has.
    """

    pictures: int
    side: int
    results: tuple[Result, ...]


def compare(session: Session, folder: Path, through: Sequence[Eyes] = (), *, report: Report | None = None) -> Compared:
    """Measure the results of a tool, and what eyes make of the same pictures.

    Raises
    ------
    UsageError
        There is no result in the folder, or they are too small.
    ImageReadError
        A file cannot be read, or one of three is not there.
    EyesError, NotFoundError, MissingExtraError
    """
    found = list(pairs.results(folder))
    if not found:
        raise UsageError(
            f"{folder} has no results: files such as NAME_real_A.png, NAME_fake_B.png and NAME_real_B.png."
        )
    given = [picture for _, shown, made, there in found for picture in (shown, made, there)]
    side = min([min(one.shape[:2]) for one in given] + [one.side for one in through])
    if side < LEAST:
        raise UsageError(f"The results in {folder} have {side} pixels a side, and {LEAST} are needed to measure them.")

    def squares(of: Sequence[Pixels]) -> Pixels:
        return np.stack([middle_square(one, side) for one in of])

    shown, made, there = (squares(given[at::3]) for at in range(3))
    measure = faithful.Measure(there, shown, there, Partial())
    results = [Result(THEIRS, "as given", measure(made)), Result(COPY, "as given", measure(shown))]
    pace, total, done = Pace(), len(through) * len(found), 0
    if through:
        ready(session)
    for eyes in through:
        seen, glimpses = [], []
        for _, _, _, truth in found:
            one = lookers.see(session, eyes, truth)
            seen.append(one.seen)
            glimpses.append(one.shown)
            done += 1
            if report is not None:
                report(pace.step(PHASE, done, total))
        own = faithful.Measure(there, squares(glimpses), there, Partial())
        results.append(Result(eyes.id, eyes.partial.kind, own(squares(seen))))
    return Compared(len(found), side, tuple(results))
