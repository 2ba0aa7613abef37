"""Owns a picture re-drawn out of patches of others, by what little of it is known; nothing is learnt before.

References
----------
.. [1] A. Hertzmann et al., "Image analogies", SIGGRAPH 2001.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels import patch_field
from leitmotiv.records import Float32, Pixels, read_only

Field = NDArray[np.int32]

SWEEPS = 2
"""Sweeps over the picture a round, one from each corner."""
AGREEMENT = (0.0, 0.35, 0.7, 1.0)
"""How much patches have to agree with the picture painted by the round before: one round each."""
FINER = 1.0
"""The same in the round after the picture was doubled."""
CALM = 0.5
"""The same in the round of a frame that goes on with the one before."""
TRIES, FEW = 12, 6
"""Places that each patch tries a sweep, beside those of its neighbours; and where much is known already."""
LARGE, SMALL = 8, 16
"""A patch is this part of the picture at the beginning, and at the end."""
COARSE = 64
"""Larger pictures are drawn by half their side first; patches that are found there are followed up."""
OVERLAP = 8
"""Patches begin this part of their side apart."""
CUT, SLACK = 2.0, 100.0
"""Where patches fit a frame so many times worse than those of the last one that began anew, and as much again as ten
levels are, the film was cut there."""


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

    @cached_property
    def halved(self) -> "Patchwork | None":
        """The same by half its side; None where that is small already, or odd."""
        if self.side <= COARSE or self.side % 2:
            return None
        return Patchwork(_halved(self.shown), _halved(self.pictures))


@dataclass(frozen=True, eq=False)
class Redrawn:
    """A picture out of patches, and what the next frame of a film begins with.

    Attributes
    ----------
    pixels : (S, S, 3) uint8
    field : (R, C, 3) int32
        Picture, row and column of the patch at each place.
    side : int
        Pixels a side of these patches.
    apart, anew : float
        How far they are from what is shown, in the mean, squares of levels; and how far those were of the last frame
        that did not go on with another.
    """

    pixels: Pixels
    field: Field
    side: int
    apart: float
    anew: float

    def __post_init__(self) -> None:
        for values in (self.pixels, self.field):
            read_only(values)


def redraw(work: Patchwork, shown: Pixels, seed: int = 0, before: Redrawn | None = None) -> Redrawn:
    """Re-draw a picture.

    Patches are looked for by what is shown of the picture; later rounds also want them to agree with what their
    neighbours painted, and use smaller ones. In a film a frame begins with the patches of the one before, and
    stays near to it; where those do not fit any more, it begins anew.

    Parameters
    ----------
    work : Patchwork
    shown : (S, S, C) uint8
        What is known of the picture, as large as those of the patchwork.
    seed : int
    before : Redrawn, optional
        The frame before, of the same patchwork.

    Returns
    -------
    Redrawn
    """
    rng = np.random.default_rng(seed)
    if before is not None:
        made = _drawn(work, shown, before.pixels, [(CALM, before.side)], FEW, before.field.copy(), rng)
        if made.apart <= CUT * before.anew + SLACK:
            return replace(made, anew=before.anew)
        rng = np.random.default_rng(seed)  # as if there had been nothing before
    if work.halved is None:
        sides = _sides(work.side)
        field, pixels = _begin(work, sides[0], rng), np.zeros((*shown.shape[:2], 3), np.uint8)
        return _drawn(work, shown, pixels, list(zip(AGREEMENT, sides, strict=True)), TRIES, field, rng)
    coarse = redraw(work.halved, _halved(shown), seed)
    side, old = min(2 * coarse.side, _sides(COARSE)[0]), 2 * _places(work.halved.side, coarse.side)
    field = _refitted(coarse.field * np.array([1, 2, 2], np.int32), old, work, side)
    return _drawn(work, shown, coarse.pixels.repeat(2, 0).repeat(2, 1), [(FINER, side)], FEW, field, rng)


def _drawn(
    work: Patchwork,
    shown: Pixels,
    pixels: Pixels,
    rounds: Sequence[tuple[float, int]],
    tries: int,
    field: Field,
    rng: np.random.Generator,
) -> Redrawn:
    """Improve a field and the picture that it paints, in rounds of some agreement and some side of the patches."""
    last = rounds[0][1]
    for agree, side in rounds:
        if side != last:
            field, last = _refitted(field, _places(work.side, last), work, side), side
        costs = np.empty(field.shape[:2], np.float32)
        given = (shown, pixels, work.shown, work.pictures, side, _stride(side), agree)
        patch_field.weigh(*given, field, costs)
        for sweep in range(SWEEPS):
            draws = rng.random((*costs.shape, tries, 3), np.float32)
            patch_field.improve(*given, draws, bool(sweep % 2), field, costs)
        pixels = _painted(field, costs, work, shown, side)
    apart = _apart(work, shown, last, field)
    return Redrawn(pixels, field, last, apart, apart)


def _sides(side: int) -> list[int]:
    """Pixels a side of the patches of each round."""
    return [max(3, round(one)) for one in np.linspace(side / LARGE, side / SMALL, len(AGREEMENT))]


def _stride(side: int) -> int:
    return max(1, side // OVERLAP)


def _halved(pixels: Pixels) -> Pixels:
    """The mean of each two by two, of pictures (..., S, S, C)."""
    parts = [pixels[..., y::2, x::2, :].astype(np.uint16) for y in (0, 1) for x in (0, 1)]
    return ((parts[0] + parts[1] + parts[2] + parts[3] + 2) // 4).astype(np.uint8)


def _apart(work: Patchwork, shown: Pixels, side: int, field: Field) -> float:
    """How far the patches of a field are from what is shown: the mean square."""
    costs = np.empty(field.shape[:2], np.float32)
    patch_field.weigh(shown, work.pictures[0], work.shown, work.pictures, side, _stride(side), 0.0, field, costs)
    return float(costs.mean() / (side**2 * shown.shape[2]))


def _places(length: int, side: int) -> NDArray[np.int64]:
    """Where the patches of a side begin, one way."""
    stride = _stride(side)
    return np.minimum(np.arange(patch_field.places(length, side, stride)) * stride, length - side)


def _begin(work: Patchwork, side: int, rng: np.random.Generator) -> Field:
    """The patch at the same place of any picture."""
    at = _places(work.side, side)
    field = np.empty((len(at), len(at), 3), np.int32)
    field[..., 0] = rng.integers(0, len(work.pictures), field.shape[:2])
    field[..., 1], field[..., 2] = at[:, None], at
    return field


def _refitted(field: Field, old: NDArray[np.int64], work: Patchwork, side: int) -> Field:
    """The same for patches of another side: each goes on from the last one that began above and left of it.

    Parameters
    ----------
    old : (R,) int64
        Where those of the field begin, one way.
    """
    new = _places(work.side, side)
    chosen = np.searchsorted(old, new, side="right") - 1
    moved = new - old[chosen]
    made = np.ascontiguousarray(field[np.ix_(chosen, chosen)])
    made[..., 1] = np.minimum(made[..., 1] + moved[:, None], work.side - side)
    made[..., 2] = np.minimum(made[..., 2] + moved, work.side - side)
    return made


def _painted(field: Field, costs: Float32, work: Patchwork, shown: Pixels, side: int) -> Pixels:
    slope = 1 - np.abs(np.arange(side) + 0.5 - side / 2) / (side / 2 + 0.5)
    window = np.outer(slope, slope).astype(np.float32)
    sums = np.empty((*shown.shape[:2], 4), np.float32)
    scale = max(1.0, float(np.median(costs)) / 3)
    patch_field.paint(field, costs - costs.min(), work.pictures, side, _stride(side), scale, window, sums)
    return np.asarray(np.rint(sums[..., :3] / sums[..., 3:]), np.uint8)


def warm() -> None:
    """Compile what re-drawing needs, or load it from the cache."""
    pictures = np.zeros((1, 8, 8, 3), np.uint8)
    redraw(Patchwork(pictures[..., :1].copy(), pictures.copy()), pictures[0, ..., :1].copy())
