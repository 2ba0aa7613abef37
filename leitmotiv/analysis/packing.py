"""Mixtures brought into the shared spaces, with their points: what the kernels of the divergence read.

Everything is done for many mixtures at once: one by one, the many small steps would take longer than all else.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leitmotiv.analysis.look import DEFAULT, Look
from leitmotiv.analysis.quasirandom import sobol
from leitmotiv.kernels import divergence as kernels
from leitmotiv.kernels.divergence import DIMENSIONS, WIDTH, Comparable, draw_points
from leitmotiv.records import ColourSpace, Float, Mixture, read_only

SHARPEST = 1e-3
"""Least h that is used, so that densities of hand-made mixtures without extent stay within float32."""
FEW = 100
"""Pictures up to which handing them to other threads costs more than it saves."""
AT_ONCE = 1000
"""Mixtures whose numbers are held in double precision at once."""
_BITS = np.log2(np.e)
# A fixed rotation of the quasi-random points: Sobol's sequence begins at a corner, where the normal quantile ends.
_ROTATION = (0.3183098862, 0.7182818284, 0.4142135624, 0.6180339887, 0.2360679775)
_PER_COMPONENT = 1 + DIMENSIONS + DIMENSIONS**2


@dataclass(frozen=True, eq=False)
class Packed:
    """Mixtures brought into the shared spaces, with their points: a step that need not be repeated for each query.

    Attributes
    ----------
    look : Look
        What they were packed for.
    colour_space : str or None
        Of all mixtures; None where there are none.
    pictures : Comparable
        What the kernel reads.
    """

    look: Look
    colour_space: ColourSpace | None
    pictures: Comparable

    def __len__(self) -> int:
        return len(self.pictures.origins)


@dataclass(frozen=True, eq=False)
class Placed:
    """Components of some mixtures in the shared scale, one mixture after the other, the heaviest of each first.

    Attributes
    ----------
    first : (N + 1,) int64
        Where the components of each mixture begin.
    weights : (sum of K_n,) float64
    means : (sum of K_n, 5) float64
        About the mixture's own mean.
    factors : (sum of K_n, 5, 5) float64
        Of the smoothed covariances.
    origins : (N, 5) float64
        The own means.
    """

    first: NDArray[np.int64]
    weights: Float
    means: Float
    factors: Float
    origins: Float


def pack(mixtures: Sequence[Mixture], *, look: Look = DEFAULT, points: bool = True) -> Packed:
    """Bring mixtures into the shared spaces and draw their points.

    The points of a mixture depend on nothing but the mixture and the look.

    Parameters
    ----------
    points : bool
        Without them the pictures have vectors, but cannot be compared.

    Raises
    ------
    ValueError
        A mixture is not over (x, y, colour), is not finite, or the colour spaces differ.
    """
    spaces = {mixture.colour_space for mixture in mixtures}
    if len(spaces) > 1:
        raise ValueError(f"Mixtures of different colour spaces cannot be compared: {', '.join(sorted(spaces))}.")
    drawn, own, shares = room_for_points(len(mixtures) if points else 0, look)
    places = np.arange(len(mixtures)) if points else np.full(len(mixtures), -1)
    origins = np.empty((len(mixtures), DIMENSIONS), np.float32)
    tables, counts = [np.zeros((0, 21), np.float32)], [np.zeros(1, np.int64)]
    for start in range(0, len(mixtures), AT_ONCE):
        placed = place_all(mixtures[start : start + AT_ONCE], look)
        tables.append(_tabulate(placed.weights, placed.means, placed.factors))
        counts.append(np.diff(placed.first))
        origins[start : start + AT_ONCE] = placed.origins
    first = np.cumsum(np.concatenate(counts))
    pictures = Comparable(drawn, own, places, shares, np.concatenate(tables), first, origins)
    if points:
        fill_points(pictures, np.arange(len(mixtures)), look)
    return Packed(look, next(iter(spaces), None), pictures)


def fill_points(pictures: Comparable, rows: NDArray[np.int64], look: Look, threads: int = 1) -> None:
    """Draw the points of some pictures to their places; they tell of nothing that the table does not."""
    normal = np.array(_normal(look.points))
    if threads == 1 or len(rows) < FEW:
        kernels.fill_points(pictures, rows, normal)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: kernels.fill_points(pictures, part, normal), np.array_split(rows, threads)))


def room_for_points(count: int, look: Look) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Room for points (count, 5, S) and own densities (count, S), and the shares of points (S,): see `Comparable`."""
    size = -(-look.points // WIDTH) * WIDTH
    shares = np.zeros(size, np.float32)
    shares[: look.points] = 1.0 / look.points
    return np.empty((count, DIMENSIONS, size), np.float32), np.empty((count, size), np.float32), shares


def place(mixture: Mixture, look: Look) -> tuple[Float, Float, Float, Float]:
    """Weights, means about the mixture's own mean, factors of the smoothed covariances, and the own mean.

    All are in the shared scale, and the components in an order that does not depend on how they were given.
    """
    placed = place_all([mixture], look)
    return placed.weights, placed.means, placed.factors, placed.origins[0]


def place_all(mixtures: Sequence[Mixture], look: Look) -> Placed:
    """The same for many mixtures, at least one; what becomes of one does not depend on the others."""
    rows, numbers = _numbers(mixtures)
    kept = numbers[:, 0] > 0
    rows, numbers = rows[kept], numbers[kept]
    order = _order(rows, numbers)
    numbers = numbers[order]  # the rows ascend already
    first = np.searchsorted(rows, np.arange(len(mixtures) + 1))
    weights = numbers[:, 0] / np.add.reduceat(numbers[:, 0], first[:-1])[rows]
    spaces = [look.space(mixture.colour_space) for mixture in mixtures]
    scale, shift = np.array([space.scale for space in spaces]), np.array([space.shift for space in spaces])
    stretch = np.stack([mixture.scale for mixture in mixtures]) / scale
    moved = (np.stack([mixture.shift for mixture in mixtures]) - shift) / scale
    means = moved[rows] + stretch[rows] * numbers[:, 1 : 1 + DIMENSIONS]
    factors = stretch[rows][:, :, None] * numbers[:, 1 + DIMENSIONS :].reshape(-1, DIMENSIONS, DIMENSIONS)
    covariances = factors @ factors.transpose(0, 2, 1)
    covariances += max(look.smoothing, SHARPEST) ** 2 * np.eye(DIMENSIONS)
    origins = np.add.reduceat(weights[:, None] * means, first[:-1])
    return Placed(first, weights, means - origins[rows], np.linalg.cholesky(covariances), origins)


def _numbers(mixtures: Sequence[Mixture]) -> tuple[NDArray[np.int64], Float]:
    """The mixture that each component is of, and its weight, mean and factor in a row of 31."""
    for mixture in mixtures:
        if mixture.means.ndim != 2 or mixture.means.shape[1] != DIMENSIONS:
            raise ValueError(
                f"Only mixtures over (x, y, colour) are compared, not means of shape {mixture.means.shape}."
            )
    numbers = np.empty((sum(map(len, mixtures)), _PER_COMPONENT))
    np.concatenate([mixture.weights for mixture in mixtures], out=numbers[:, 0])
    np.concatenate([mixture.means for mixture in mixtures], out=numbers[:, 1 : 1 + DIMENSIONS])
    factors = [mixture.cholesky.reshape(len(mixture), -1) for mixture in mixtures]
    np.concatenate(factors, out=numbers[:, 1 + DIMENSIONS :])
    maps = np.stack([np.stack([mixture.shift, mixture.scale]) for mixture in mixtures])
    if not (np.isfinite(numbers).all() and np.isfinite(maps).all()):
        raise ValueError("A mixture with numbers that are not finite cannot be compared.")
    return np.repeat(np.arange(len(mixtures)), [len(mixture) for mixture in mixtures]), numbers


def _order(rows: NDArray[np.int64], numbers: Float) -> NDArray[np.int64]:
    """Components of each mixture from the heaviest; of equal weights the one with the lesser numbers comes first."""
    order = np.lexsort((-numbers[:, 0], rows))
    weights = numbers[order, 0]
    tied = (weights[1:] == weights[:-1]) & (rows[1:] == rows[:-1])
    for row in np.unique(rows[1:][tied]):
        where = slice(*np.searchsorted(rows, [row, row + 1]))
        mine = order[where]
        order[where] = mine[np.lexsort((*numbers[mine].T[:0:-1], -numbers[mine, 0]))]
    return order


def _tabulate(weights: Float, means: Float, factors: Float) -> NDArray[np.float32]:
    """Components as `kernels.simd.log_gaussian` reads them, (K, 21) float32."""
    whitening = np.zeros_like(factors)
    for row in range(DIMENSIONS):
        rest = -np.einsum("kj,kjd->kd", factors[:, row, :row], whitening[:, :row])
        rest[:, row] += 1.0
        whitening[:, row] = rest / factors[:, row, row, None]
    whitening *= np.sqrt(_BITS / 2)
    norms = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1) + DIMENSIONS / 2 * np.log(2 * np.pi)
    heights = _BITS * (np.log(weights) - norms)
    offsets = -np.einsum("kij,kj->ki", whitening, means)
    lower = whitening[:, *np.tril_indices(DIMENSIONS)]
    return np.ascontiguousarray(np.hstack([heights[:, None], offsets, lower]), np.float32)


@lru_cache(maxsize=8)
def _normal(count: int) -> Float:
    """Quasi-random points of the standard normal distribution, (count, 5)."""
    shifted = (sobol(count, DIMENSIONS) + np.asarray(_ROTATION)) % 1.0
    points: Float = np.ascontiguousarray(ndtri(np.clip(shifted, 1e-9, 1 - 1e-9)))
    read_only(points)
    return points


def draw(placed: Placed, count: int) -> NDArray[np.float32]:
    """Points of each mixture, (N, 5, count) float32.

    Each component gets the points that fall to it when `count` are laid out evenly over the summed weights.
    """
    rows = np.arange(len(placed.origins))
    out = np.empty((len(rows), DIMENSIONS, count), np.float32)
    table = _tabulate(placed.weights, placed.means, placed.factors)
    draw_points(table, placed.first, rows, rows, np.array(_normal(count)), out)
    return out
