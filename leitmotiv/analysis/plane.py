"""A plane through a space of unit vectors, for looking at: its principal axes, used evenly."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float, Float32, read_only

EVEN = 0.5
"""How much the rank on an axis counts in a place, where the distance counts the rest: crowds are drawn apart."""
_STEPS = 513


@dataclass(frozen=True, eq=False)
class Plane:
    """Two axes, and what turns a distance along them into a place from 0 to 1.

    Attributes
    ----------
    centre : (D,) float32
    axes : (D, 2) float32
    marks : (S, 2) float64
        Distances, ascending, the same number of rows apart.
    places : (S,) float64
        Shares of the rows that lie before them.
    held : float
        How much of the variance of the vectors the two axes have, 0 to 1.
    """

    centre: Float32
    axes: Float32
    marks: Float
    places: Float
    held: float = 1.0

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name != "held":
                read_only(getattr(self, one.name))

    def place(self, vectors: Float32) -> Float:
        """Where vectors (N, D) lie, (N, 2) float64 from 0 to 1; what lies beyond the outermost lies at the rim."""
        along = np.asarray((vectors - self.centre) @ self.axes, np.float64)
        found = np.empty(along.shape)
        for axis in range(along.shape[1]):
            marks = self.marks[:, axis]
            rank = np.interp(along[:, axis], marks, self.places)
            low, high = np.interp([0.01, 0.99], self.places, marks)
            distance = np.clip((along[:, axis] - low) / max(high - low, 1e-12), 0, 1)
            found[:, axis] = EVEN * rank + (1 - EVEN) * distance
        return found


def plane(vectors: Float32) -> Plane:
    """The plane of the two directions in which vectors (N, D) vary most; the same for the same vectors."""
    centre = vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov((vectors - centre).T.astype(np.float64), bias=True))
    axes = directions[:, [-1, -2]]
    along = (vectors - centre) @ axes
    # a direction and its opposite are the same: the right and the lower end are those with the longer tail
    axes = axes * np.where((along**3).sum(axis=0) < 0, -1.0, 1.0)
    along = np.sort((vectors - centre) @ axes, axis=0)
    places = np.linspace(0, 1, min(_STEPS, max(len(along), 2)))
    marks = np.stack([np.quantile(along[:, axis], places) for axis in range(2)], axis=1)
    held = float(variances[-2:].sum() / max(float(variances.sum()), 1e-12))
    return Plane(centre.astype(np.float32), axes.astype(np.float32), marks.astype(np.float64), places, held)


def thinned(
    places: Float,
    box: tuple[float, float, float, float],
    columns: int,
    rows: int,
    first: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """Of those in a box one for each cell of a grid: the one nearest to the middle of its cell, in reading order.

    Parameters
    ----------
    places : (N, 2) float64
    box : tuple of float
        Left, top, width and height.
    first : (N,) bool, optional
        Those that go before the others of their cell, wherever in it they are.
    """
    left, top, width, height = box
    inside = (places - [left, top]) / [width, height] * [columns, rows]
    within = np.flatnonzero(((inside >= 0) & (inside < [columns, rows])).all(axis=1))
    cells = np.floor(inside[within]).astype(np.int64)
    off = ((inside[within] - cells - 0.5) ** 2).sum(axis=1)
    number = cells[:, 1] * columns + cells[:, 0]
    later = np.zeros(len(within), bool) if first is None else ~first[within]
    order = np.lexsort((within, off, later, number))
    _, begins = np.unique(number[order], return_index=True)
    return within[order[begins]]
