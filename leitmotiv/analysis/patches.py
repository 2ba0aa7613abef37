"""The components of many pictures side by side, in the frame's own coordinates and in L*a*b*, for searches over all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import to_lab
from leitmotiv.records import Float, Mixture, read_only

Rows = NDArray[np.float32]

COLUMNS = 21
"""Weight; x, y, L, a, b; then the lower triangle of the covariance, row by row."""
BLOCK = 1 << 15
"""Components looked at together: what is computed of them stays in a core's own cache."""
_TRIANGLE = np.tril_indices(5)
_STEP = 1e-3
PLACE_OF = {(int(row), int(column)): 6 + at for at, (row, column) in enumerate(zip(*_TRIANGLE, strict=True))}
"""Row of the table for an entry (i, j), i >= j, of the covariance."""


@dataclass(frozen=True, eq=False)
class Patches:
    """All components of N pictures, one column each.

    Attributes
    ----------
    table : (21, C) float32
        See `COLUMNS`. x and y are shares of the frame's width and height, from its left upper corner: (0.5, 0.5) is the
        middle of every picture, whatever its shape. Colours are L*a*b*.
    owner : (C,) int32
        Picture of each component, ascending.
    count : int
        N.
    """

    table: Rows
    owner: NDArray[np.int32]
    count: int

    def __post_init__(self) -> None:
        read_only(self.table)
        read_only(self.owner)

    def __len__(self) -> int:
        return self.count

    def blocks(self) -> Iterator[tuple[Rows, NDArray[np.int32]]]:
        """The table and the owners, a cache-sized stretch at a time."""
        for start in range(0, len(self.owner), BLOCK):
            part = slice(start, start + BLOCK)
            yield self.table[:, part], self.owner[part]

    def summed(self, owners: NDArray[np.int32], values: NDArray[np.floating]) -> Float:
        """What components add up to for each picture, (N,) float64."""
        return np.bincount(owners, values, self.count).astype(np.float64, copy=False)


def gather(mixtures: Sequence[Mixture]) -> Patches:
    """Bring mixtures side by side."""
    owner = np.repeat(np.arange(len(mixtures), dtype=np.int32), [len(mixture) for mixture in mixtures])
    table = [_columns(mixture) for mixture in mixtures]
    return Patches(
        np.ascontiguousarray(np.concatenate([np.zeros((COLUMNS, 0), np.float32), *table], axis=1)), owner, len(mixtures)
    )


def gather_in_parts(mixtures: Callable[[Sequence[str]], Sequence[Mixture]], ids: Sequence[str], part: int) -> Patches:
    """The same for pictures that are read `part` at a time, so that their exact mixtures never stand side by side."""
    return joined(gather(mixtures(ids[start : start + part])) for start in range(0, len(ids), part))


def joined(parts: Iterable[Patches]) -> Patches:
    """Several as one, in their order."""
    tables, owners, count = [np.zeros((COLUMNS, 0), np.float32)], [np.zeros(0, np.int32)], 0
    for one in parts:
        tables.append(one.table)
        owners.append(one.owner + np.int32(count))
        count += one.count
    return Patches(np.concatenate(tables, axis=1), np.concatenate(owners), count)


def chosen(patches: Patches, rows: NDArray[np.integer]) -> Patches:
    """Some of the pictures, in the order of `rows`."""
    ends = np.searchsorted(patches.owner, np.arange(patches.count + 1))
    counts = ends[rows + 1] - ends[rows]
    owner = np.repeat(np.arange(len(rows), dtype=np.int32), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Patches(patches.table[:, np.repeat(ends[rows], counts) + within], owner, len(rows))


def _columns(mixture: Mixture) -> Rows:
    """The columns of one mixture, (21, K) float32."""
    frame = np.asarray(mixture.frame)
    stretch = mixture.scale.copy()
    stretch[:2] /= frame
    means = mixture.shift + mixture.scale * mixture.means
    means[:, :2] = (means[:, :2] - 0.5) / frame + 0.5
    factors = stretch[:, None] * mixture.cholesky
    if mixture.colour_space != "lab":
        factors[:, 2:] = _slopes(mixture, means[:, 2:]) @ factors[:, 2:]
        means[:, 2:] = to_lab(means[:, 2:], mixture.colour_space)
    covariances = factors @ factors.transpose(0, 2, 1)
    weights = mixture.weights / mixture.weights.sum()
    return np.vstack([weights, means.T, covariances[:, *_TRIANGLE].T]).astype(np.float32)


def _slopes(mixture: Mixture, colours: Float) -> Float:
    """How L*a*b* changes with the mixture's own colours, (K, 3, 3): a small soft patch stays nearly Gaussian."""
    steps = _STEP * np.eye(3)
    ahead = to_lab(colours[:, None] + steps, mixture.colour_space)
    behind = to_lab(colours[:, None] - steps, mixture.colour_space)
    return np.asarray((ahead - behind).transpose(0, 2, 1) / (2 * _STEP))
