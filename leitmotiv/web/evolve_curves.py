"""The curves of a run as numbers for SVG: the best design so far, the winners, and the median of each round."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leitmotiv.records import Round

WIDTH, HEIGHT = 320.0, 96.0


@dataclass(frozen=True)
class Curves:
    """Paths in a field of 320 x 96.

    Attributes
    ----------
    base : float
        Height of the line where the median of the first round lies: what chance gives.
    marks : tuple of (x, what)
        Rounds where a person chose ("chosen"), or steps grew ("wider"), or new designs came ("restart").
    """

    best: str
    median: str
    base: float
    best_end: tuple[float, float]
    median_end: tuple[float, float]
    best_score: float
    median_score: float
    base_score: float
    marks: tuple[tuple[float, str], ...]


def curves(rounds: Sequence[Round], planned: int) -> Curves | None:
    """The curves; None before there is a round."""
    if not rounds:
        return None
    best = np.maximum.accumulate([float(one.scores.max()) for one in rounds])
    median = np.array([float(np.median(one.scores)) for one in rounds])
    low, high = float(median.min()), float(best.max())
    spread = max(high - low, 1e-6)

    def y(value: float) -> float:
        return round(HEIGHT - 6 - (HEIGHT - 14) * (value - low) / spread, 1)

    xs = [round(4 + (WIDTH - 8) * place / max(1, planned - 1), 1) for place in range(len(rounds))]
    marks = [(x, "chosen" if one.picks else one.note) for x, one in zip(xs, rounds, strict=True)]
    return Curves(
        _path(xs, [y(value) for value in best]),
        _path(xs, [y(value) for value in median]),
        y(float(median[0])),
        (xs[-1], y(float(best[-1]))),
        (xs[-1], y(float(median[-1]))),
        float(best[-1]),
        float(median[-1]),
        float(median[0]),
        tuple(mark for mark in marks if mark[1]),
    )


def _path(xs: Sequence[float], ys: Sequence[float]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in zip(xs, ys, strict=True))
