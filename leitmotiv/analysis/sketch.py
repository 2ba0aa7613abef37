"""Blobs that a person drew, as places of colour and as a mixture; and what a picture has of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.colour_search import FAINT, Kernel, kernel, tint
from leitmotiv.analysis.patches import Patches
from leitmotiv.analysis.places import Oval, integral
from leitmotiv.records import ColourSpace, Float, Mixture

SPREAD = {"lab": 4.0, "rgb": 0.03, "yuv": 0.02}
"""Standard deviation of a blob's colour in each coordinate: no patch of a photo has one colour."""
DRAWN = 9.0
"""Radius of a drawn colour, wider than of one that is named: nobody mixes a colour exactly."""
_CELLS = 3
_LEAST = 1e-4


@dataclass(frozen=True)
class Blob:
    """A soft ellipse of one colour.

    Attributes
    ----------
    x, y : float
        Its middle, shares of the canvas's width and height.
    rx, ry : float
        Half axes, shares of the longest side: the contour at two standard deviations.
    angle : float
        Degrees, clockwise.
    colour : str
        "#rrggbb".
    share : float
        How much of the picture it is; 0 stands for its area.
    """

    x: float
    y: float
    rx: float
    ry: float
    angle: float
    colour: str
    share: float = 0.0

    def oval(self, aspect: float) -> Oval:
        """Its place in the frame of a canvas `aspect` times as wide as high."""
        return Oval.drawn(self.x, self.y, self.rx, self.ry, self.angle, aspect)

    def size(self, aspect: float) -> float:
        """How much of the picture it is: what was said, or its area."""
        return self.share or float(min(1.0, np.pi * self.rx * self.ry * max(aspect, 1 / aspect)))


@dataclass(frozen=True)
class Sketch:
    """Blobs on a canvas.

    Attributes
    ----------
    aspect : float
        Width of the canvas by its height.
    ground : str
        "#rrggbb" of the rest; "" where the rest may be anything.
    """

    blobs: tuple[Blob, ...]
    aspect: float = 1.5
    ground: str = ""


@dataclass(frozen=True, eq=False)
class Part:
    """A colour that is looked for in a soft place, and what it counts for."""

    colour: Kernel
    place: Oval
    weight: float


def parts(sketch: Sketch) -> list[Part]:
    """What a sketch without a ground asks for; a blob counts by the root of its size, so that small ones matter."""
    sizes = np.sqrt([blob.size(sketch.aspect) for blob in sketch.blobs])
    return [
        Part(kernel(lab(blob.colour), DRAWN), blob.oval(sketch.aspect), float(size / sizes.sum()))
        for blob, size in zip(sketch.blobs, sizes, strict=True)
    ]


def lab(colour: str) -> Float:
    """A colour "#rrggbb" as (3,) L*a*b*."""
    return from_srgb(np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8), "lab")


def held(patches: Patches, wanted: Sequence[Part], shifts: NDArray[np.float64]) -> tuple[Float, NDArray[np.int64]]:
    r"""How much of what is wanted pictures hold where they hold most of it: (N,) float64, 0 to 1, and at which shift.

    For one shift of all places it is :math:`\sum_b v_b s_b`, with v the weights and s the share of each place that has
    the colour; what lies outside the places counts for nothing.

    Parameters
    ----------
    shifts : (T, 2) float64
        By how much the places are moved, shares of the frame; places that then lie outside count for nothing.
    """
    found = np.zeros((len(shifts), len(patches)))
    moved = [
        [Oval(one.place.x + x, one.place.y + y, one.place.xx, one.place.xy, one.place.yy) for x, y in shifts]
        for one in wanted
    ]
    for one, places in zip(wanted, moved, strict=True):
        masses = np.zeros_like(found)
        for table, owner in patches.blocks():
            tinted = tint(table, one.colour)
            rows = np.flatnonzero(tinted.weights > FAINT)
            middles, spreads = tinted.where(rows)
            owners, weights = owner[rows], tinted.weights[rows]
            for at, place in enumerate(places):
                masses[at] += patches.summed(owners, weights * place.under(middles, spreads))
        extents = np.array([place.extent for place in places])
        found += one.weight * np.clip(masses / extents[:, None], 0.0, 1.0)
    best = found.argmax(axis=0)
    return found[best, np.arange(len(patches))], best


def mixture(sketch: Sketch, colour_space: ColourSpace = "lab") -> Mixture:
    """A sketch with a ground as a mixture, to be compared like any picture.

    A blob is one component with its share; the ground is nine, the cells of the canvas, each with what of its area
    the blobs leave free.

    Raises
    ------
    ValueError
        No ground.
    """
    if not sketch.ground:
        raise ValueError("A sketch without a ground is no whole picture.")
    frame = np.array([min(1.0, sketch.aspect), min(1.0, 1 / sketch.aspect)])
    ovals = [blob.oval(sketch.aspect) for blob in sketch.blobs]
    sizes = np.array([blob.size(sketch.aspect) for blob in sketch.blobs])
    cells = [(x / _CELLS, y / _CELLS) for y in range(_CELLS) for x in range(_CELLS)]
    free = np.full(len(cells), 1 / len(cells))
    for oval, size in zip(ovals, sizes, strict=True):
        middle, spread = np.array([[oval.x, oval.y]]), np.array([[[oval.xx, oval.xy], [oval.xy, oval.yy]]])
        taken = [integral(middle, spread, x, x + 1 / _CELLS, y, y + 1 / _CELLS)[0] for x, y in cells]
        free -= size * np.array(taken)
    weights = np.concatenate([sizes, np.maximum(free, _LEAST)])
    middles = np.array(
        [*((oval.x, oval.y) for oval in ovals), *((x + 0.5 / _CELLS, y + 0.5 / _CELLS) for x, y in cells)]
    )
    colours = [blob.colour for blob in sketch.blobs] + [sketch.ground] * len(cells)
    covariances = np.zeros((len(weights), 5, 5))
    for row, oval in enumerate(ovals):
        covariances[row, :2, :2] = [[oval.xx, oval.xy], [oval.xy, oval.yy]]
    covariances[len(ovals) :, :2, :2] = np.eye(2) / (12 * _CELLS**2)
    covariances[:, :2, :2] *= np.outer(frame, frame)
    covariances[:, 2:, 2:] = np.eye(3) * SPREAD[colour_space] ** 2
    pixels = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours], np.uint8)
    means = np.hstack([(middles - 0.5) * frame + 0.5, from_srgb(pixels, colour_space)])
    order = np.argsort(-weights, kind="stable")
    factors = np.asarray(np.linalg.cholesky(covariances[order]), np.float64)
    return Mixture(
        weights[order] / weights.sum(), means[order], factors, np.zeros(5), np.ones(5), colour_space, sketch.aspect
    )
