"""Owns colours carried over from one mixture to another, the shortest way that moves all of the one onto the other.

References
----------
.. [1] J. Delon, A. Desolneux, "A Wasserstein-type distance in the space of Gaussian mixture models", SIAM J. Imaging
   Sciences 13 (2020).
.. [2] R. Bhatia, T. Jain, Y. Lim, "On the Bures-Wasserstein distance between positive definite matrices", Expositiones
   Mathematicae 37 (2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from leitmotiv.analysis.colour import from_srgb, to_lab, to_srgb
from leitmotiv.records import Float, Mixture, Pixels

MOST = 24
"""Components that the colours of many pictures are brought down to."""
LEAST = 16.0
"""Added to variances, L*a*b* units squared: a component of one colour alone has no shape to carry over."""


@dataclass(frozen=True, eq=False)
class Colours:
    """Colours as a Gaussian mixture in L*a*b*.

    Attributes
    ----------
    weights : (K,) float64
        Sum to 1.
    means : (K, 3) float64
    covariances : (K, 3, 3) float64
    """

    weights: Float
    means: Float
    covariances: Float


def colours_of(mixtures: Sequence[Mixture], most: int = MOST) -> Colours:
    """The colours of pictures, each counting the same, whatever their places in the frame.

    Components are joined, those first whose joint moments are nearest, until `most` are left.

    Raises
    ------
    ValueError
        There is no picture.
    """
    if not mixtures:
        raise ValueError("There is no picture to take colours of.")
    weights, means, covariances = (np.concatenate(values) for values in zip(*map(_in_lab, mixtures), strict=True))
    weights = weights / weights.sum()
    labels = _grouped(weights, means, most)
    return _moments(weights, means, covariances, labels)


def carry(pixels: Pixels, source: Colours, target: Colours) -> Pixels:
    """Move every colour of a picture to where the transport takes it.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    source, target : Colours
        Of the picture, and those that it shall have.

    Returns
    -------
    (H, W, 3) uint8
    """
    plan, maps = _plan(source, target)
    flat = from_srgb(pixels.reshape(-1, 3))
    used, member = np.unique(pixels.reshape(-1, 3).astype(np.int64) @ [65536, 256, 1], return_inverse=True)
    first = np.zeros(len(used), np.intp)
    first[member] = np.arange(len(member))
    colours = flat[first]
    shares = _shares(colours, source)
    made = np.zeros_like(colours)
    for k in range(len(source.weights)):
        mean = target.means
        off = colours - source.means[k]
        rows = plan[k] / plan[k].sum()
        linear = np.einsum("l,lij->ij", rows, maps[k])
        made += shares[:, k, None] * (rows @ mean + off @ linear.T)
    return to_srgb(made)[member].reshape(pixels.shape)


def distance(source: Colours, target: Colours) -> float:
    """How far colours have to be moved: the root of the mean square, L*a*b* units."""
    plan, _ = _plan(source, target)
    return float(np.sqrt((plan * _costs(source, target)[0]).sum()))


def _in_lab(mixture: Mixture) -> tuple[Float, Float, Float]:
    """Weights, means and covariances of the colours of a mixture, L*a*b*."""
    raw = mixture.shift[2:] + mixture.scale[2:] * mixture.means[:, 2:]
    spread = mixture.covariances[:, 2:, 2:] * np.outer(mixture.scale[2:], mixture.scale[2:])
    means = to_lab(raw, mixture.colour_space)
    if mixture.colour_space != "lab":
        step = 1e-3
        slopes = np.stack(
            [(to_lab(raw + step * axis, mixture.colour_space) - means) / step for axis in np.eye(3)], axis=-1
        )
        spread = slopes @ spread @ slopes.transpose(0, 2, 1)
    return mixture.weights / mixture.weights.sum(), means, spread


def _grouped(weights: Float, means: Float, most: int) -> NDArray[np.intp]:
    """Label of each component: Lloyd's rounds from the heaviest ones that are apart."""
    if len(means) <= most:
        return np.arange(len(means))
    chosen = [int(np.argmax(weights))]
    far = np.square(means - means[chosen[0]]).sum(1)
    while len(chosen) < most:
        chosen.append(int(np.argmax(weights * far)))
        far = np.minimum(far, np.square(means - means[chosen[-1]]).sum(1))
    centres = means[chosen]
    for _ in range(20):
        labels = np.argmin(np.square(means[:, None] - centres).sum(-1), axis=1)
        total = np.bincount(labels, weights, most)
        sums = np.stack([np.bincount(labels, weights * means[:, at], most) for at in range(3)], axis=-1)
        centres = np.where(total[:, None] > 0, sums / np.maximum(total, 1e-12)[:, None], centres)
    return np.asarray(labels, np.intp)


def _moments(weights: Float, means: Float, covariances: Float, labels: NDArray[np.intp]) -> Colours:
    """Each group as one component of the same mean and covariance."""
    found = []
    for label in np.unique(labels):
        members = labels == label
        share = weights[members] / weights[members].sum()
        mean = share @ means[members]
        off = means[members] - mean
        within = np.einsum("k,kij->ij", share, covariances[members])
        found.append((weights[members].sum(), mean, within + np.einsum("k,ki,kj->ij", share, off, off)))
    joined_weights, joined_means, joined = zip(*found, strict=True)
    return Colours(np.array(joined_weights), np.array(joined_means), np.array(joined) + LEAST * np.eye(3))


def _root(matrices: Float) -> Float:
    values, vectors = np.linalg.eigh(matrices)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ np.swapaxes(vectors, -1, -2))


def _costs(source: Colours, target: Colours) -> tuple[Float, Float]:
    """Squared distances of all pairs of components, (K, L), and the linear maps between them, (K, L, 3, 3)."""
    root = _root(source.covariances)[:, None]
    inverse = np.linalg.inv(root)
    middle = _root(root @ target.covariances[None] @ root)
    maps = inverse @ middle @ inverse
    spread = np.trace(source.covariances, axis1=1, axis2=2)[:, None] + np.trace(target.covariances, axis1=1, axis2=2)
    shape = spread - 2 * np.trace(middle, axis1=2, axis2=3)
    return np.square(source.means[:, None] - target.means).sum(-1) + np.maximum(shape, 0), maps


def _plan(source: Colours, target: Colours) -> tuple[Float, Float]:
    """How much of each component goes to which, (K, L), and the maps."""
    costs, maps = _costs(source, target)
    rows, columns = costs.shape
    sums = np.zeros((rows + columns, rows * columns))
    for row in range(rows):
        sums[row, row * columns : (row + 1) * columns] = 1
    for column in range(columns):
        sums[rows + column, column::columns] = 1
    wanted = np.concatenate([source.weights / source.weights.sum(), target.weights / target.weights.sum()])
    # The last equation follows from the others.
    found = linprog(costs.ravel(), A_eq=sums[:-1], b_eq=wanted[:-1], bounds=(0, None), method="highs")
    plan = np.maximum(found.x.reshape(costs.shape), 0)
    return np.asarray(plan + 1e-15), maps


def _shares(colours: Float, source: Colours) -> Float:
    """How likely each component is of each colour, (N, K)."""
    heights = np.empty((len(colours), len(source.weights)))
    for k, (weight, mean, covariance) in enumerate(zip(source.weights, source.means, source.covariances, strict=True)):
        factor = np.linalg.cholesky(covariance)
        off = np.linalg.solve(factor, (colours - mean).T)
        heights[:, k] = np.log(weight) - np.log(np.diag(factor)).sum() - 0.5 * np.square(off).sum(0)
    shares = np.exp(heights - heights.max(1, keepdims=True))
    return np.asarray(shares / shares.sum(1, keepdims=True))
