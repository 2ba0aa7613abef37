"""Owns a picture re-drawn out of patches of others, by what little of it is known; nothing is learnt before.

References
----------
.. [1] A. Hertzmann et al., "Image analogies", SIGGRAPH 2001.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels import patch_field
from leitmotiv.records import Float32, Pixels, read_only

Field = NDArray[np.int32]

SWEEPS = 2
"""Sweeps over the picture a round, one from each corner."""
AGREEMENT = (0.0, 0.35, 0.7, 1.0)
"""How much patches have to agree with the picture painted by the round before: one round each."""
TRIES = 8
"""Places that each patch tries a sweep, beside those of its neighbours."""
LARGE, SMALL = 8, 16
"""A patch is this part of the picture at the beginning, and at the end."""


@dataclass(frozen=True, eq=False)
class Patchwork:
    """Pictures to take patches of.

    Attributes
    ----------
    shown : (N, S, S, C) uint8
        What is looked at of each.
    pictures : (N, S, S, 3) uint8
    """

    shown: Pixels
    pictures: Pixels

    def __post_init__(self) -> None:
        for values in (self.shown, self.pictures):
            read_only(values)

    @property
    def side(self) -> int:
        """Pixels a side of its pictures."""
        return int(self.pictures.shape[1])


def redraw(work: Patchwork, shown: Pixels, seed: int = 0, start: Pixels | None = None) -> Pixels:
    """Re-draw a picture.

    Patches are looked for by what is shown of the picture; later rounds also want them to agree with what their
    neighbours painted, and use smaller ones.

    Parameters
    ----------
    work : Patchwork
    shown : (S, S, C) uint8
        What is known of the picture.
    seed : int
    start : (S, S, 3) uint8, optional
        A picture to stay near to, such as that of the frame before.

    Returns
    -------
    (S, S, 3) uint8
    """
    rng = np.random.default_rng(seed)
    made = np.zeros((*shown.shape[:2], 3), np.uint8) if start is None else start
    sides = np.linspace(work.side / LARGE, work.side / SMALL, len(AGREEMENT))
    field, before = None, 0
    for agree, side in zip(AGREEMENT, (max(3, round(one)) for one in sides), strict=True):
        wanted = agree if start is None else max(agree, AGREEMENT[1])
        field = _begin(work, shown, side, rng) if field is None else _refitted(field, before, side, work, shown)
        costs = np.empty(field.shape[:2], np.float32)
        patch_field.weigh(shown, made, work.shown, work.pictures, side, wanted, field, costs)
        for sweep in range(SWEEPS):
            draws = rng.random((*costs.shape, TRIES, 3), np.float32)
            patch_field.improve(
                shown, made, work.shown, work.pictures, side, wanted, draws, bool(sweep % 2), field, costs
            )
        made = _painted(field, costs, work, shown, side)
        before = side
    return made


def _begin(work: Patchwork, shown: Pixels, side: int, rng: np.random.Generator) -> Field:
    """The patch at the same place of any picture."""
    height, width = shown.shape[0] - side + 1, shown.shape[1] - side + 1
    field = np.empty((height, width, 3), np.int32)
    field[..., 0] = rng.integers(0, len(work.pictures), (height, width))
    most = work.side - side
    field[..., 1] = np.minimum(np.arange(height), most)[:, None]
    field[..., 2] = np.minimum(np.arange(width), most)
    return field


def _refitted(field: Field, before: int, side: int, work: Patchwork, shown: Pixels) -> Field:
    """The same places for smaller patches: those at the lower and right rim go on from their neighbours."""
    height, width = shown.shape[0] - side + 1, shown.shape[1] - side + 1
    rows = np.minimum(np.arange(height), field.shape[0] - 1)
    columns = np.minimum(np.arange(width), field.shape[1] - 1)
    made = np.ascontiguousarray(field[np.ix_(rows, columns)])
    most = work.side - side
    made[..., 1] = np.minimum(made[..., 1] + (np.arange(height) - rows)[:, None], most)
    made[..., 2] = np.minimum(made[..., 2] + (np.arange(width) - columns), most)
    return made


def _painted(field: Field, costs: Float32, work: Patchwork, shown: Pixels, side: int) -> Pixels:
    slope = 1 - np.abs(np.arange(side) + 0.5 - side / 2) / (side / 2 + 0.5)
    window = np.outer(slope, slope).astype(np.float32)
    sums = np.empty((*shown.shape[:2], 4), np.float32)
    scale = max(1.0, float(np.median(costs)) / 3)
    patch_field.paint(field, costs - costs.min(), work.pictures, side, scale, window, sums)
    return np.asarray(np.rint(sums[..., :3] / sums[..., 3:]), np.uint8)


def warm() -> None:
    """Compile what re-drawing needs, or load it from the cache."""
    pictures = np.zeros((1, 8, 8, 3), np.uint8)
    redraw(Patchwork(pictures[..., :1].copy(), pictures.copy()), pictures[0, ..., :1].copy())
