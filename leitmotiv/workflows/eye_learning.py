"""How eyes learnt, as a page shows it, from what training wrote: the curve beside its baselines, and the samples."""

import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from leitmotiv.errors import NotFoundError, UsageError
from leitmotiv.records import Eyes
from leitmotiv.workflows.session import Session

CURVE = "curve.json"
SAMPLE = re.compile(r"sample-([0-9]{1,9})\.png")
WIDTH, HEIGHT, FOOT = 300, 150, 130
"""Of the chart, in its own units."""
JUDGED_FOOT, LINE = 70, 11
"""Of the chart of the judge; from one name to the next."""


@dataclass(frozen=True)
class Learning:
    """The course of a training.

    Attributes
    ----------
    step, steps : int
        Where it is; 0 of what it goes to where that is not known.
    path, taught_path : str
        The curves of the held-out pictures and of those that are learnt from, as SVG.
    bases : tuple of (name, value, height)
        Baselines, in the chart's units.
    labels : mapping of str to float
        Where the name of each baseline stands, none over another.
    judged : tuple of (name, path)
        What a judgement costs "eyes" and "judge", as SVG of half the height; empty without a judge.
    last : float or None
        The last held-out value.
    samples : tuple of (step, part)
    watched, told : int
        Pictures that the curve and its baselines are of, and those that the card is of; 0 where the baselines are of
        other pictures than the curve, as an earlier leitmotiv had them.
    """

    step: int
    steps: int
    path: str
    taught_path: str
    bases: tuple[tuple[str, float, float], ...]
    last: float | None
    samples: tuple[tuple[int, str], ...]
    labels: Mapping[str, float] = field(default_factory=dict)
    judged: tuple[tuple[str, str], ...] = ()
    watched: int = 0
    told: int = 0


def begun(session: Session, id: str) -> bool:
    """Whether a training of eyes that have no card yet has begun."""
    with suppress(UsageError):
        return bool(session.library.eyes.parts(id))
    return False


def learning(session: Session, eyes: Eyes) -> Learning | None:
    """How a pair of eyes learnt; None where it never did.

    What cannot be read of a curve is left out: training may be writing it.
    """
    parts = session.library.eyes.parts(eyes.id)
    samples = sorted((int(found[1]), name) for name in parts if (found := SAMPLE.fullmatch(name)))
    if CURVE not in parts:
        return None if not samples else Learning(samples[-1][0], 0, "", "", (), None, tuple(samples))
    form: Any = {}
    with suppress(ValueError, NotFoundError, RecursionError):
        form = json.loads(session.library.eyes.part(eyes.id, CURVE))
    form = form if isinstance(form, dict) else {"points": form}
    points = [one for one in form.get("points") or [] if isinstance(one, dict)]
    held, taught = _series(points, "held"), _series(points, "l1")
    bases = {str(name): _number(value) for name, value in _mapping(form.get("baselines")).items()}
    known = [value for value in bases.values() if value is not None]
    tops = [value for _, value in (*held, *taught)] + known
    last_step = int(max([step for step, _ in (*held, *taught)], default=0))
    steps = int(_number(form.get("steps")) or 0)
    across, up = max(1, steps, last_step), max(tops, default=1.0) * 1.05 or 1.0
    return Learning(
        step=last_step,
        steps=steps,
        path=_path(held, across, up),
        taught_path=_path(taught, across, up),
        bases=tuple((name, value, _height(value, up)) for name, value in bases.items() if value is not None),
        last=held[-1][1] if held else None,
        samples=tuple(samples),
        labels=_labels({name: _height(value, up) for name, value in bases.items() if value is not None}),
        judged=_judged(points, across),
        watched=int(_number(form.get("watched")) or 0),
        told=int(_number(form.get("told")) or 0),
    )


def _labels(heights: Mapping[str, float]) -> dict[str, float]:
    """Where names stand above their lines: from below to above, each clear of the one before."""
    found: dict[str, float] = {}
    free = float(FOOT)
    for name, height in sorted(heights.items(), key=lambda one: -one[1]):
        found[name] = min(height - 4, free)
        free = found[name] - LINE
    return found


def _judged(points: list[dict[str, Any]], across: int) -> tuple[tuple[str, str], ...]:
    series = {"eyes": _series(points, "generator"), "judge": _series(points, "discriminator")}
    top = max((value for one in series.values() for _, value in one), default=0.0)
    if not top:
        return ()
    return tuple((name, _path(one, across, top * 1.05, JUDGED_FOOT)) for name, one in series.items())


def _series(points: list[dict[str, Any]], name: str) -> list[tuple[float, float]]:
    found = [(_number(one.get("step")), _number(one.get(name))) for one in points]
    return [(step, value) for step, value in found if step is not None and value is not None]


def _path(series: list[tuple[float, float]], across: int, up: float, foot: int = FOOT) -> str:
    return "".join(
        f"{'L' if at else 'M'}{WIDTH * step / across:.1f} {_height(value, up, foot):.1f}"
        for at, (step, value) in enumerate(series)
    )


def _height(value: float, up: float, foot: int = FOOT) -> float:
    return foot * (1 - value / up)


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) and value >= 0 else None
