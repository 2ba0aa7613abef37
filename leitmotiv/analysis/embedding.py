r"""Pictures as short vectors of whole numbers, near where their mixtures overlap; they find candidates, no divergence.

Landmarks are points drawn from pictures of the library. In each of the two shared spaces a picture's vector is

.. math:: b_l \propto \sqrt{p(x_l) / q(x_l)}, \quad |b| = 1

with q the mean density of the library: the inner product of two vectors estimates the Bhattacharyya coefficient of the
two mixtures. The principal axes of the library's vectors keep what tells its pictures apart.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.packing import Packed
from leitmotiv.analysis.threads import products_on_one
from leitmotiv.kernels.divergence import WIDTH, log_densities, log_ratios
from leitmotiv.kernels.graph import squares_to
from leitmotiv.records import Float

Float32 = NDArray[np.float32]
Coordinates = NDArray[np.int16]

LANDMARKS = 2016
"""Points at which densities are compared, in each space."""
AXES = 128
"""Principal axes kept of each space."""
FITTED = 4000
"""Most pictures from which landmarks and axes are found."""
STEPS = 1000
"""Whole numbers to a unit of length. Vectors are no longer than 2, so that their products, summed in any order, stay
below 2**24 and are exact in float32."""
BLOCK = 256
"""Pictures whose densities are held at once."""
GROUPS = 64
"""Groups of pairs, as many in each, that a curve is learnt from."""
FAR = -60.0
"""log2 of the largest ratio below which a picture is too far from all landmarks for densities in one pass."""
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, eq=False)
class Embedding:
    """What makes vectors of pictures; L landmarks, A axes; the common space comes first, then the centred one.

    Attributes
    ----------
    landmarks : (2, 5, L) float32
        In the shared scale; those of the centred space about the mean of the picture that they are compared with.
    level : (2, L) float32
        log2 of the mean density of the pictures that the embedding was found from.
    middle : (2, L) float32
        Mean of their vectors.
    axes : (2, L, A) float32
        Orthonormal.
    """

    landmarks: Float32
    level: Float32
    middle: Float32
    axes: Float32

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return 2 * int(self.axes.shape[2])


def fit(packed: Packed, *, landmarks: int = LANDMARKS, axes: int = AXES, threads: int = 1) -> Embedding:
    """Find landmarks and axes from pictures; nothing is random.

    Parameters
    ----------
    packed : Packed
        M pictures, at most about `FITTED`: their densities are held at once, (2, M, L) float32.
    landmarks : int
        Rounded up to whole vectors of the CPU.

    Raises
    ------
    ValueError
        There is no picture.
    """
    if not len(packed):
        raise ValueError("An embedding cannot be found from no pictures.")
    places = _draw(packed, -(-landmarks // WIDTH) * WIDTH)
    logs = _log_densities(packed, places, np.arange(len(packed)), threads)
    level = np.logaddexp2.reduce(logs, axis=1) - np.float32(np.log2(len(packed)))
    middle, found = [], []
    for space in range(2):
        vectors = _unit(logs[space] - level[space])
        middle.append(vectors.mean(axis=0))
        found.append(_principal(vectors - middle[-1], axes))
    return Embedding(places, level, np.stack(middle), np.stack(found))


def embed(embedding: Embedding, packed: Packed, *, threads: int = 1) -> Coordinates:
    """Vectors of pictures, (N, 2 A) int16, in units of 1 / `STEPS`.

    A vector depends on nothing but its picture and the embedding, up to the rounding of a matrix product.
    """
    out = np.empty((len(packed), embedding.dimensions), np.int16)
    centred = packed.look.combine(np.array([1, 0], np.float32))
    sizes = np.float32(STEPS) * np.sqrt([1 - centred, centred], dtype=np.float32)

    def fill(start: int) -> None:
        rows = np.arange(start, min(start + BLOCK, len(packed)))
        ratios = _log_ratios(packed, embedding, rows)
        parts = [(_unit(ratios[space]) - embedding.middle[space]) @ embedding.axes[space] for space in range(2)]
        out[rows] = np.rint(np.hstack([part * size for part, size in zip(parts, sizes, strict=True)]))

    with products_on_one(), ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, len(packed), BLOCK)))
    return out


def squared_distances(one: Coordinates, many: Coordinates) -> Float:
    """From one vector (A,) to many (N, A): (N,) float64, from 0 to 4 or a little above.

    2 - 2 BC, as far as the axes tell; BC the Bhattacharyya coefficients of both spaces, weighed as in the look.
    """
    out = np.empty(len(many), np.int32)
    squares_to(np.array(one, np.int16), np.ascontiguousarray(many, np.int16), out)
    return np.asarray(out / np.float64(STEPS**2))


def calibrate(squares: Float, divergences: NDArray[np.floating]) -> Float:
    """Learn what a squared distance tells of a divergence, from pairs with both.

    Returns
    -------
    (G, 2) float64
        Squared distance and divergence, nats, both rising from 0: to be read with `expected_divergences`.
    """
    order = np.argsort(squares, kind="stable")
    groups = np.array_split(order, min(GROUPS, len(order))) if len(order) else []
    means = [(0.0, 0.0), *((squares[rows].mean(), divergences[rows].mean(dtype=np.float64)) for rows in groups)]
    return np.maximum.accumulate(np.array(means), axis=0)


def expected_divergences(curve: Float, squares: Float) -> Float:
    """What divergences pairs at these squared distances have on average, nats."""
    return np.interp(squares, curve[:, 0], curve[:, 1])


def warm() -> None:
    """Compile the kernels of this module, or read them from the cache; vectors that are stored cannot be written."""
    vectors = np.zeros((2, 2), np.int16)
    for writeable in (True, False):
        vectors.flags.writeable = writeable
        squared_distances(vectors[0], vectors)


def _draw(packed: Packed, count: int) -> Float32:
    """Landmarks (2, 5, count): one point each of pictures evenly spread over all."""
    pictures = packed.pictures
    rows = ((np.arange(count) + 0.5) * len(packed) / count).astype(np.int64)
    place = (np.arange(1, count + 1) * GOLDEN % 1.0 * packed.look.points).astype(np.int64)
    centred = pictures.points[rows, :, place]
    return np.ascontiguousarray(np.stack([(centred + pictures.origins[rows]).T, centred.T]), np.float32)


def _log_densities(packed: Packed, landmarks: Float32, rows: NDArray[np.int64], threads: int) -> Float32:
    """log2 of each picture's density at the landmarks, (2, rows, L) float32."""
    pictures = packed.pictures
    out = np.empty((2, len(rows), landmarks.shape[2]), np.float32)

    def fill(at: int) -> None:
        row = rows[at]
        table = pictures.table[pictures.first[row] : pictures.first[row + 1]]
        log_densities(landmarks[0] - pictures.origins[row, :, None], table, out[0, at])
        log_densities(landmarks[1], table, out[1, at])

    if threads == 1:
        for at in range(len(rows)):
            fill(at)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, range(len(rows)), chunksize=64))
    return out


def _log_ratios(packed: Packed, embedding: Embedding, rows: NDArray[np.int64]) -> Float32:
    """log2 of each picture's density at the landmarks by the library's, (2, rows, L) float32."""
    pictures = packed.pictures
    out = np.empty((2, len(rows), embedding.landmarks.shape[2]), np.float32)
    for at, row in enumerate(rows):
        table = pictures.table[pictures.first[row] : pictures.first[row + 1]]
        log_ratios(embedding.landmarks[0] - pictures.origins[row, :, None], table, embedding.level[0], out[0, at])
        log_ratios(embedding.landmarks[1], table, embedding.level[1], out[1, at])
    far = (out.max(axis=2) < FAR).any(axis=0)
    if far.any():
        out[:, far] = _log_densities(packed, embedding.landmarks, rows[far], 1) - embedding.level[:, None]
    return out


def _unit(ratios: Float32) -> Float32:
    """Square roots of the ratios of densities, of which logarithms are given, each row of length 1."""
    halves = ratios / 2
    vectors = np.exp2(halves - halves.max(axis=1, keepdims=True))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors, np.float32)


def _principal(vectors: Float32, axes: int) -> Float32:
    """The directions in which vectors with mean 0 vary most, (L, axes); zeros where they vary in fewer."""
    from sklearn.utils.extmath import randomized_svd

    _, _, found = randomized_svd(vectors, min(axes, *vectors.shape), n_iter=7, random_state=0)
    kept: Float32 = np.zeros((vectors.shape[1], axes), np.float32)
    kept[:, : len(found)] = found.T
    return kept
