"""The look: the Jensen-Shannon divergence of two pictures, of one and many, and of all pairs; it fits no mixture.

The divergence is a weighted mean over two shared spaces, which have the same constant scale. In the *common* space a
point is measured from a constant; in the *centred* space from the picture's own mean, so that a darker shot of the same
scene stays near. In both, h² I is added to every covariance; `packing` brings pictures there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.look import DEFAULT, Divergences, Look
from leitmotiv.analysis.packing import Packed as Packed
from leitmotiv.analysis.packing import pack as pack
from leitmotiv.kernels.divergence import DIMENSIONS, WIDTH, compare
from leitmotiv.records import Mixture

Progress = Callable[[int, int], None]
Block = TypeVar("Block")

TILE = 24
"""Pictures on a side of a block of pairs: their points and components together stay in a core's own cache."""


def js_divergence(a: Mixture, b: Mixture, look: Look = DEFAULT) -> float:
    r"""Jensen-Shannon divergence of two pictures, nats, from 0 to ln 2.

    .. math:: JS(P, Q) = E_M[\ln 2 - H(p(x) / (p(x) + q(x)))], \quad M = (P + Q) / 2

    with H the entropy of a coin, in nats; where `look.spaces` is "both", as it is by default, 0.7 of that in the
    centred and 0.3 of that in the common space, else that of the one space. The expectation is taken over `look.points`
    quasi-random points of each picture. It equals half the sum of both divergences to M, but every point tells about
    both densities, and no point can tell less than nothing: at 240 points the error is a third of that of the two means
    of ln p/m and ln q/m.

    Returns
    -------
    float
        Exactly 0 for equal mixtures, whatever the order of their components; the same for (a, b) and (b, a).

    References
    ----------
    J. Lin, "Divergence measures based on the Shannon entropy", IEEE Trans. Inf. Theory 37 (1991).
    """
    return float(js_to(a, [b], look=look)[0])


def js_to(
    query: Mixture,
    mixtures: Sequence[Mixture] | Packed,
    *,
    look: Look = DEFAULT,
    threads: int = 1,
    progress: Progress | None = None,
) -> Divergences:
    """Divergences of one picture to many, (N,) float32, nats: the same numbers as a row of `js_matrix`."""
    many = _packed(mixtures, look)
    one = pack([query], look=look)
    if len(many) and many.colour_space != one.colour_space:
        raise ValueError(f"A mixture in {one.colour_space} cannot be compared with mixtures in {many.colour_space}.")
    out = np.empty(len(many), np.float32)

    def fill(start: int) -> int:
        columns = np.arange(start, min(start + TILE * TILE, len(many)))
        pairs = np.column_stack([np.zeros_like(columns), columns])
        out[columns] = look.combine(_compare(one, many, pairs))
        return len(pairs)

    _run(fill, range(0, len(many), TILE * TILE), len(many), threads, progress)
    return out


def js_matrix(
    mixtures: Sequence[Mixture] | Packed,
    *,
    look: Look = DEFAULT,
    threads: int = 1,
    progress: Progress | None = None,
) -> Divergences:
    """All pairwise divergences, (N, N) float32, nats: symmetric, with a diagonal of zeros.

    A number depends on nothing but its two mixtures and the look: not on the order of the mixtures, nor on threads.

    Parameters
    ----------
    threads : int
        How many run at once; the kernel does not hold the interpreter's lock.
    progress : callable, optional
        Called with the number of pairs that are done and of all; what it raises ends the work.
    """
    return js_update(np.zeros((0, 0), np.float32), mixtures, look=look, threads=threads, progress=progress)


def js_update(
    known: NDArray[np.floating],
    mixtures: Sequence[Mixture] | Packed,
    *,
    look: Look = DEFAULT,
    threads: int = 1,
    progress: Progress | None = None,
) -> Divergences:
    """All pairwise divergences where those of the first M mixtures are known: only pairs with a new one are computed.

    Parameters
    ----------
    known : (M, M) float32
        From `js_matrix` with the same look, over the first M of the mixtures; M = 0 means that nothing is known.
    """
    packed = _packed(mixtures, look)
    total, old = len(packed), len(known)
    if known.shape != (old, old) or old > total:
        raise ValueError(f"Known divergences of shape {known.shape} do not fit the first of {total} mixtures.")
    matrix = np.zeros((total, total), np.float32)
    matrix[:old, :old] = known

    def fill(tile: tuple[int, int]) -> int:
        pairs = _pairs(tile, old, total)
        rows, columns = pairs.T
        matrix[rows, columns] = matrix[columns, rows] = look.combine(_compare(packed, packed, pairs))
        return len(pairs)

    count = (total * (total - 1) - old * (old - 1)) // 2
    _run(fill, _tiles(old, total), count, threads, progress)
    return matrix


def js_parts(
    mixtures: Sequence[Mixture] | Packed,
    *,
    look: Look = DEFAULT,
    threads: int = 1,
    progress: Progress | None = None,
) -> Divergences:
    """All pairwise divergences in the centred and in the common space, (N, N, 2) float32, nats; see `js_matrix`."""
    packed = _packed(mixtures, look)
    total = len(packed)
    parts = np.zeros((total, total, 2), np.float32)

    def fill(tile: tuple[int, int]) -> int:
        pairs = _pairs(tile, 0, total)
        rows, columns = pairs.T
        parts[rows, columns] = parts[columns, rows] = _compare(packed, packed, pairs)
        return len(pairs)

    _run(fill, _tiles(0, total), total * (total - 1) // 2, threads, progress)
    return parts


def js_pairs(
    mixtures: Sequence[Mixture] | Packed,
    pairs: NDArray[np.integer],
    *,
    look: Look = DEFAULT,
    threads: int = 1,
    progress: Progress | None = None,
) -> Divergences:
    """Divergences of chosen pairs, (P,) float32, nats: the same numbers as in `js_matrix`.

    Parameters
    ----------
    pairs : (P, 2) integer
        Rows of `mixtures`. Pairs with the same first row are best neighbours: its points then stay in the cache.
    """
    return look.combine(js_pair_parts(mixtures, pairs, look=look, threads=threads, progress=progress))


def js_pair_parts(
    mixtures: Sequence[Mixture] | Packed,
    pairs: NDArray[np.integer],
    *,
    look: Look = DEFAULT,
    threads: int = 1,
    progress: Progress | None = None,
) -> Divergences:
    """Divergences of chosen pairs in the centred and in the common space, (P, 2) float32, nats; see `js_pairs`."""
    packed = _packed(mixtures, look)
    wanted = np.ascontiguousarray(pairs, np.int64).reshape(-1, 2)
    if len(wanted) and not (wanted.min() >= 0 and wanted.max() < len(packed)):
        raise ValueError(f"Pairs must name rows from 0 to {len(packed) - 1}.")
    out = np.empty((len(wanted), 2), np.float32)

    def fill(start: int) -> int:
        part = wanted[start : start + TILE * TILE]
        out[start : start + len(part)] = _compare(packed, packed, part)
        return len(part)

    _run(fill, range(0, len(wanted), TILE * TILE), len(wanted), threads, progress)
    return out


def js_between(a: Packed, b: Packed, pairs: NDArray[np.int64], *, look: Look = DEFAULT) -> Divergences:
    """Divergences of pairs, the first of each from one set of pictures and the other from another, (P,) float32, nats.

    The same numbers as in `js_matrix`; on one thread.
    """
    if a.look != look or b.look != look:
        raise ValueError(f"The mixtures were packed for {a.look} and {b.look}, not for {look}.")
    if a.colour_space != b.colour_space:
        raise ValueError(f"A mixture in {a.colour_space} cannot be compared with mixtures in {b.colour_space}.")
    return look.combine(_compare(a, b, np.ascontiguousarray(pairs, np.int64)))


def _packed(mixtures: Sequence[Mixture] | Packed, look: Look) -> Packed:
    if not isinstance(mixtures, Packed):
        return pack(mixtures, look=look)
    if mixtures.look != look:
        raise ValueError(f"The mixtures were packed for {mixtures.look}, not for {look}.")
    return mixtures


def _tiles(old: int, total: int) -> Iterator[tuple[int, int]]:
    """First row and first column of each block of pairs (row < column, column new)."""
    for column in range(old // TILE * TILE, total, TILE):
        for row in range(0, column + 1, TILE):
            yield row, column


def _pairs(tile: tuple[int, int], old: int, total: int) -> NDArray[np.int64]:
    row, column = tile
    rows = np.arange(row, min(row + TILE, total))
    columns = np.arange(max(column, old), min(column + TILE, total))
    pairs = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    return np.ascontiguousarray(pairs[pairs[:, 0] < pairs[:, 1]])


def _compare(a: Packed, b: Packed, pairs: NDArray[np.int64]) -> Divergences:
    """Divergences of pairs in the centred and in the common space, (P, 2)."""
    most = max(np.diff(a.pictures.first).max(), np.diff(b.pictures.first).max())
    room = np.empty((most, DIMENSIONS), np.float32)
    out = np.empty((len(pairs), 2), np.float32)
    compare(a.pictures, b.pictures, pairs, room, out)
    return out


def _run(
    fill: Callable[[Block], int], blocks: Iterable[Block], total: int, threads: int, progress: Progress | None
) -> None:
    """Fill every block; `fill` returns how many pairs it did."""
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        try:
            for pairs in map(fill, blocks) if threads == 1 else pool.map(fill, blocks):
                done += pairs
                if progress is not None:
                    progress(done, total)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache."""
    one = np.ones(1)
    mixture = Mixture(one, np.zeros((1, 5)), np.eye(5)[None], np.zeros(5), np.ones(5))
    other = Mixture(one, np.ones((1, 5)), np.eye(5)[None], np.zeros(5), np.ones(5))
    js_divergence(mixture, other, Look(points=WIDTH))
