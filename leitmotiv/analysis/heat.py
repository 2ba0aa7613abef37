"""Where in a picture a concept is found: shares of the score that add up to it, tiles judged each by itself, colours.

References
----------
.. [1] B. Zhou et al., "Learning deep features for discriminative localization", CVPR 2016: a mean over cells can be
   parted among them.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from leitmotiv.records import Float, Float32, Pixels

ZOOMS = (3, 4, 5, 6)
"""Tiles a side of the tile heat map, as in CAVstudio: 86 tiles in all."""
_LEAST = 1e-12
# From cold to hot: position, red, green, blue, opacity.
_STOPS = np.array(
    [
        (-0.5, 12, 8, 40, 0.80),
        (0.0, 45, 20, 90, 0.72),
        (0.35, 135, 35, 120, 0.62),
        (0.65, 225, 75, 95, 0.58),
        (1.0, 255, 165, 85, 0.55),
        (1.5, 255, 245, 190, 0.55),
    ]
)


def shares(features: Float32, vector: Float32, centre: Float32 | None) -> Float:
    r"""Part the score of a lone picture among the cells of its map; they add up to it exactly.

    With p the mean over the cells, a channel counts :math:`v_c \sqrt{p_c} / n`, n being the length of what is
    scored; each cell gets of it what it gives to the mean. What the centre takes away is parted evenly.

    Parameters
    ----------
    features : (H, W, D) float32
        Map of activations, not negative.
    vector : (D,) or (H * W * D,) float32
        The latter of a concept that knows places: then each cell has its own part of the vector.
    centre : float32 of the same shape, or None
        As a `leitmotiv.records.Concept` has it.

    Returns
    -------
    (H, W) float64
    """
    height, width, depth = features.shape
    cells = features.reshape(-1, depth).astype(np.float64)
    direction = vector.astype(np.float64).reshape(-1, depth)
    if len(direction) == 1:
        mean = cells.mean(axis=0)
        scale = cells / len(cells) / np.where(mean > 0, mean, 1.0)
        seen, count = mean, len(cells)
    else:
        scale, seen, count = np.ones_like(cells), cells, 1
    roots = seen if centre is None else np.sqrt(np.maximum(seen, 0))
    offset = np.zeros_like(direction) if centre is None else centre.astype(np.float64).reshape(-1, depth)
    length = max(float(np.linalg.norm(np.atleast_2d(roots) - offset)), _LEAST)
    given = (scale * roots * direction).sum(axis=1) - (offset * direction).sum(axis=1) / count
    return np.asarray(given.reshape(height, width) / length)


def tiles() -> list[tuple[float, float, float, float]]:
    """The 86 tiles of the tile heat map: x, y, width and height as shares of the square."""
    return [
        (column / zoom, row / zoom, 1 / zoom, 1 / zoom)
        for zoom in ZOOMS
        for row in range(zoom)
        for column in range(zoom)
    ]


def tile_heat(scores: Float, side: int) -> Float:
    """The mean over the zooms of the score of the tile that covers a pixel, (side, side) float64.

    Parameters
    ----------
    scores : (86,) float64
        In the order of `tiles`.
    """
    heat = np.zeros((side, side))
    start = 0
    for zoom in ZOOMS:
        at = np.minimum((np.arange(side) + 0.5) * zoom / side, zoom - 1).astype(np.int64)
        heat += scores[start : start + zoom * zoom].reshape(zoom, zoom)[np.ix_(at, at)] / len(ZOOMS)
        start += zoom * zoom
    return heat


def enlarged(cells: Float, side: int) -> Float:
    """Values of cells drawn smoothly over a square, (side, side) float64; bilinear between the middles of the cells."""
    rows, columns = cells.shape
    down = np.clip((np.arange(side) + 0.5) * rows / side - 0.5, 0, rows - 1)
    across = np.clip((np.arange(side) + 0.5) * columns / side - 0.5, 0, columns - 1)
    return np.asarray(map_coordinates(cells, np.meshgrid(down, across, indexing="ij"), order=1))


def coloured(heat: NDArray[np.floating]) -> Pixels:
    """Heat in colours with opacity, (H, W, 4) uint8: 0 for the middle of a collection, 1 for what belongs."""
    values = np.asarray(heat, np.float64)
    drawn = np.stack([np.interp(values, _STOPS[:, 0], _STOPS[:, part]) for part in range(1, 5)], axis=-1)
    drawn[..., 3] *= 255
    return np.asarray(drawn.round(), np.uint8)
