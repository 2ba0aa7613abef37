"""Places of the frame, boxes and soft ellipses, and what Gaussians have in them."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from leitmotiv.records import Float

_RULES = ((0.7, np.polynomial.legendre.leggauss(8)), (1.0, np.polynomial.legendre.leggauss(16)))
_FAR = 5.0
_NOTHING = 1e-5
_LEAST = 1e-9


@dataclass(frozen=True)
class Box:
    """A rectangle; all four numbers are shares of the frame's width or height, from its left upper corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, right, top and bottom; infinite on the frame's edge, as soft patches reach over it."""
        left, top = (low if low > _LEAST else -math.inf for low in (self.x, self.y))
        ends = (self.x + self.width, self.y + self.height)
        right, bottom = (high if high < 1 - _LEAST else math.inf for high in ends)
        return left, right, top, bottom

    @property
    def extent(self) -> float:
        """Share of the frame that lies in it."""
        width = min(1.0, self.x + self.width) - max(0.0, self.x)
        height = min(1.0, self.y + self.height) - max(0.0, self.y)
        return max(width, _LEAST) * max(height, _LEAST)

    def under(self, middles: Float, spreads: Float) -> Float:
        """Probability of the box under Gaussians (R, 2), (R, 2, 2): (R,) float64.

        Where both directions matter, x is integrated in closed form given y, and y by 8 or 16 Gauss-Legendre nodes over
        what of the box lies within five standard deviations.
        """
        return integral(middles, spreads, *self.edges)


@dataclass(frozen=True)
class Oval:
    r"""A soft ellipse: a place x counts for :math:`\exp(-q(x) / 2)`, q the squared distance under its covariance.

    What is drawn of it is the contour at two standard deviations, where it counts for 0.14.

    Attributes
    ----------
    x, y : float
        Its middle, shares of the frame's width and height.
    xx, xy, yy : float
        Its covariance, in the same units.
    """

    x: float
    y: float
    xx: float
    xy: float
    yy: float

    @classmethod
    def drawn(cls, x: float, y: float, rx: float, ry: float, angle: float = 0.0, aspect: float = 1.0) -> "Oval":
        """From half axes and a turn in degrees, clockwise.

        Parameters
        ----------
        rx, ry : float
            Half axes, shares of the longest side of a canvas `aspect` times as wide as high; on that canvas the turn is
            an angle.
        """
        turn = math.radians(angle)
        axes = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        frame = np.array([min(1.0, aspect), min(1.0, 1 / aspect)])
        shape = (axes * np.square([rx / 2, ry / 2])) @ axes.T / np.outer(frame, frame)
        return cls(x, y, float(shape[0, 0]), float(shape[1, 0]), float(shape[1, 1]))

    @property
    def determinant(self) -> float:
        """Of the covariance."""
        return max(self.xx * self.yy - self.xy**2, _LEAST**2)

    @cached_property
    def extent(self) -> float:
        """What a frame counts for that has one thing everywhere: the integral over it."""
        spreads = np.array([[[self.xx, self.xy], [self.xy, self.yy]]])
        inside = integral(np.array([[self.x, self.y]]), spreads, 0.0, 1.0, 0.0, 1.0)[0]
        return max(float(inside) * 2 * math.pi * math.sqrt(self.determinant), _LEAST)

    def under(self, middles: Float, spreads: Float) -> Float:
        r"""What Gaussians count for in it, (R,) float64: :math:`\sqrt{|E| / |V + E|} \exp(-d^T (V + E)^{-1} d / 2)`."""
        xx, xy, yy = spreads[:, 0, 0] + self.xx, spreads[:, 1, 0] + self.xy, spreads[:, 1, 1] + self.yy
        right, down = (np.array([self.x, self.y]) - middles).T
        determinant = xx * yy - xy * xy
        apart = (yy * right * right - 2 * xy * right * down + xx * down * down) / determinant
        return np.asarray(np.sqrt(self.determinant / determinant) * np.exp(-0.5 * apart))


Place = Box | Oval

_HALF, _THIRD = 1 / 2, 1 / 3
NAMED: dict[str, Place] = {
    "top": Box(0, 0, 1, _THIRD),
    "bottom": Box(0, 1 - _THIRD, 1, _THIRD),
    "left": Box(0, 0, _THIRD, 1),
    "right": Box(1 - _THIRD, 0, _THIRD, 1),
    "top-left": Box(0, 0, _HALF, _HALF),
    "top-right": Box(_HALF, 0, _HALF, _HALF),
    "bottom-left": Box(0, _HALF, _HALF, _HALF),
    "bottom-right": Box(_HALF, _HALF, _HALF, _HALF),
    "centre": Box(0.25, 0.25, _HALF, _HALF),
}
"""Places that have a name: a third along an edge, a quarter in a corner, the middle half."""


def integral(middles: Float, spreads: Float, left: float, right: float, top: float, bottom: float) -> Float:
    """Probability of a rectangle under Gaussians of two dimensions, (R,) float64; its sides may be infinite.

    One edge at a time cuts most Gaussians, and there the answer is exact; only where a corner lies within five standard
    deviations both directions matter together.
    """
    across, down = np.sqrt(spreads[:, 0, 0]), np.sqrt(spreads[:, 1, 1])
    low_x, high_x = (left - middles[:, 0]) / across, (right - middles[:, 0]) / across
    low_y, high_y = (top - middles[:, 1]) / down, (bottom - middles[:, 1]) / down
    lines = scipy.special.ndtr(np.stack([low_x, high_x, low_y, high_y]))
    in_x, in_y = lines[1] - lines[0], lines[3] - lines[2]
    chance = in_x * in_y
    cut_x = np.minimum(np.abs(low_x), np.abs(high_x)) < _FAR
    cut_y = np.minimum(np.abs(low_y), np.abs(high_y)) < _FAR
    correlated = np.abs(spreads[:, 1, 0]) > _LEAST * across * down
    both = np.flatnonzero(cut_x & cut_y & correlated & (np.minimum(in_x, in_y) > _NOTHING))
    if len(both):
        slopes = spreads[both, 1, 0] / (across[both] * down[both])
        sides = np.stack([low_x[both], high_x[both], low_y[both], high_y[both]])
        least = 0.0
        for most, rule in _RULES:
            some = np.flatnonzero((np.abs(slopes) >= least) & ((np.abs(slopes) < most) | (most == 1.0)))
            chance[both[some]] = _corners(slopes[some], sides[:, some], rule)
            least = most
    return np.asarray(chance)


def _corners(slopes: Float, sides: Float, rule: tuple[Float, Float]) -> Float:
    """The same for standard Gaussians with correlations `slopes`: over y by a rule, over x in closed form."""
    left, right, top, bottom = sides
    low, high = np.clip(top, -_FAR, _FAR), np.clip(bottom, -_FAR, _FAR)
    half = (high - low) / 2
    middle, rest = (low + high) / 2, 1 / np.sqrt(np.maximum(1 - slopes**2, 1e-12))
    total = np.zeros(len(slopes))
    for node, height in zip(*rule, strict=True):
        y = middle + half * node
        inside = scipy.special.ndtr((right - slopes * y) * rest) - scipy.special.ndtr((left - slopes * y) * rest)
        total += height * inside * np.exp(-0.5 * y * y)
    return np.asarray(total * half / math.sqrt(2 * math.pi))
