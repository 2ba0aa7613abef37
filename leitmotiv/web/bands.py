"""The geometry of a stream of trends over time: bands, their labels, ticks; numbers for SVG, no markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from leitmotiv.workflows.timeline import Moving, Timeline

HEIGHT, FOOT = 500, 34
NARROWEST = 1392
STEPS = {"year": 54, "month": 26}
"""Least width of a period."""
DRAWN = 14
"""Bands with a trend of their own: the largest; all others are one band."""
LETTER = 8.0
"""Width of a letter of a name, about."""
LETTERS = 26
"""Most letters of a name in the stream."""
FACE = 66
"""Width of the picture beside a name, with what is around it."""
GREY = "#8a8a8a"
Measure = Literal["share", "count"]


@dataclass(frozen=True)
class Label:
    """A name in its band."""

    x: float
    y: float

    pale: bool
    large: bool


@dataclass(frozen=True)
class Strand:
    """A band of the stream; `trend` is None for the one of all others."""

    trend: Moving | None
    colour: str
    path: str
    label: Label | None


@dataclass(frozen=True)
class Stream:
    """Everything that is drawn.

    Attributes
    ----------
    ticks : tuple of (float, str)
        Places of periods that are named below.
    gaps : tuple of (float, float)
        Left edge and width of runs of periods without a picture.
    """

    width: int
    height: int
    strands: tuple[Strand, ...]
    ticks: tuple[tuple[float, str], ...]
    gaps: tuple[tuple[float, float], ...]


def stream(timeline: Timeline, measure: Measure) -> Stream:
    """Lay out the largest trends as bands over the periods."""
    periods = len(timeline.periods)
    width = max(NARROWEST, periods * STEPS[timeline.by])
    step = width / periods
    drawn = timeline.trends[:DRAWN]
    small = [one.counts for one in timeline.trends[DRAWN:]]
    rest = [sum(values) for values in zip(timeline.others, *small, strict=True)]
    rows = [list(one.counts) for one in drawn] + ([rest] if any(rest) else [])
    edges = _edges(rows, timeline.totals, measure)
    runs = _runs(timeline.totals)
    strands = []
    for place in range(len(rows)):
        upper, lower = edges[place], edges[place + 1]
        trend = drawn[place] if place < len(drawn) else None
        colour = GREY if trend is None else trend.colour
        path = "".join(_path(upper, lower, run, step) for run in runs)
        strands.append(Strand(trend, colour, path, _label(upper, lower, runs, step, trend) if trend else None))
    every = max(1, -(-periods // int(width / 84)))
    ticks = [(round((at + 0.5) * step, 1), name) for at, name in enumerate(timeline.periods) if at % every == 0]
    return Stream(width, HEIGHT + FOOT, tuple(strands), tuple(ticks), _gaps(timeline.totals, step))


def _edges(rows: Sequence[Sequence[int]], totals: Sequence[int], measure: Measure) -> list[list[float]]:
    """Heights of the lines between bands in each period; by count the whole lies about the middle."""
    most = max(totals)
    edges = []
    for at in range(len(rows) + 1):
        line = []
        for period, total in enumerate(totals):
            whole = total if measure == "share" else most
            above = sum(row[period] for row in rows[:at])
            start = 0.0 if measure == "share" else HEIGHT * (1 - total / most) / 2
            line.append(start + (HEIGHT * above / whole if whole else 0.0))
        edges.append(line)
    return edges


def _runs(totals: Sequence[int]) -> list[range]:
    """Periods with pictures that follow each other."""
    runs = []
    for there, group in groupby(range(len(totals)), key=lambda at: totals[at] > 0):
        places = list(group)
        if there:
            runs.append(range(places[0], places[-1] + 1))
    return runs


def _gaps(totals: Sequence[int], step: float) -> tuple[tuple[float, float], ...]:
    found = []
    for there, group in groupby(range(len(totals)), key=lambda at: totals[at] > 0):
        places = list(group)
        if not there:
            found.append((round(places[0] * step, 1), round(len(places) * step, 1)))
    return tuple(found)


def _path(upper: Sequence[float], lower: Sequence[float], run: range, step: float) -> str:
    """A closed path over a run of periods: level within half a period of its ends, smooth and never beyond between."""
    left, right = run.start * step, run.stop * step
    there = f"M{left:.1f} {upper[run.start]:.1f}" + _curve([(at + 0.5) * step for at in run], [upper[at] for at in run])
    back = [(at + 0.5) * step for at in reversed(run)]
    end, begin = run.stop - 1, run.start
    return (
        f"{there}L{right:.1f} {upper[end]:.1f}L{right:.1f} {lower[end]:.1f}"
        + _curve(back, [lower[at] for at in reversed(run)])
        + f"L{left:.1f} {lower[begin]:.1f}Z"
    )


def _curve(xs: Sequence[float], ys: Sequence[float]) -> str:
    parts = [f"L{xs[0]:.1f} {ys[0]:.1f}"]
    for x, y, to_x, to_y in zip(xs, ys, xs[1:], ys[1:], strict=False):
        middle = (x + to_x) / 2
        parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
    return "".join(parts)


def _label(
    upper: Sequence[float], lower: Sequence[float], runs: Sequence[range], step: float, trend: Moving
) -> Label | None:
    """Where the band is thick enough for a picture and a name, if it is anywhere."""
    best, place = 0.0, None
    span = FACE + LETTER * min(LETTERS, len(trend.name))
    for run in runs:
        left, right = run.start * step, run.stop * step
        if span > right - left:
            continue
        for at in run:
            x = min(max(left, at * step), right - span)
            first, last = int(x / step), min(run.stop - 1, int((x + span - 1) / step))
            top = max(upper[first : last + 1])
            thick = min(lower[first : last + 1]) - top
            if thick > best:
                best, place = thick, (x + 8, top + thick / 2)
    if place is None or best < 24:
        return None
    red, green, blue = (int(trend.colour[at : at + 2], 16) for at in (1, 3, 5))
    pale = 0.299 * red + 0.587 * green + 0.114 * blue < 140
    return Label(round(place[0], 1), round(place[1], 1), pale, best >= 44)
