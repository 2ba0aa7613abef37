"""The correction for hubs: pictures that are near everything count as less near. It computes no divergence.

The library's own correction takes one number a picture, its *remoteness*: the mean divergence to some witnesses. It
needs no neighbours, so that it is the same for a picture of the library, one added a moment ago and one outside, and
for a full matrix as for a sparse graph. Two corrections of the literature stand beside it, for comparison.

References
----------
.. [1] S. D. Dunn, L. M. Wahl and G. B. Gloor, "Mutual information without the influence of phylogeny or entropy
   dramatically improves residue contact prediction", Bioinformatics 24 (2008): what a pair owes to its two members is
   the product of their means by the mean of all.
.. [2] L. Zelnik-Manor and P. Perona, "Self-tuning spectral clustering", NIPS 17 (2004): local scaling.
.. [3] D. Schnitzer, A. Flexer, M. Schedl and G. Widmer, "Local and global scaling reduce hubs in space", Journal of
   Machine Learning Research 13 (2012): mutual proximity, here with independent normal distributions.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.records import Float

Values = NDArray[np.floating[Any]]

WITNESSES = 128
"""Pictures that the remoteness of all is measured to: half as many do nearly as well, all of them hardly better."""
USUAL = 0.47
"""What photos are usually apart, nats: the mean over all pairs of 800 photos of 25 categories of Caltech 101."""
FEWEST = 8
"""Witnesses that make a mean; where fewer are there, the others are supposed to be as far as usual."""
_LEAST = 1e-6
_ROWS = 256


def witnesses(ids: Sequence[str], count: int = WITNESSES) -> list[str]:
    """Choose some of the ids, evenly and the same every time: a few more ids change few of them."""
    return sorted(ids, key=lambda one: hashlib.sha256(one.encode()).digest())[:count]


def remoteness(divergences: Values, usual: float = USUAL) -> Float:
    """Mean divergence of each picture to the witnesses; the fewer there are, the nearer it is to what is usual.

    A witness with the same look, itself or a copy, says nothing of how near a picture is to others and does not count.

    Parameters
    ----------
    divergences : (N, L) float
        Nats, or another measure that is 0 for the same.
    usual : float
        What pictures are usually apart in it.

    Returns
    -------
    (N,) float64
        In the same unit; `usual` where no witness counts, their mean where at least `FEWEST` do.
    """
    sums = divergences.sum(axis=1, dtype=np.float64)
    counts = np.count_nonzero(divergences, axis=1)
    supposed = np.maximum(FEWEST - counts, 0)
    return np.asarray((sums + supposed * usual) / (counts + supposed))


def relative(divergence: Values, one: Values | float, other: Values | float, middle: float) -> Float:
    r"""Relative divergence: how far two pictures are, measured by how far from anything each of them is.

    .. math:: R_{ij} = \frac{J_{ij}}{J_{ij} + e_{ij}}, \quad e_{ij} = \frac{m_i m_j}{\bar m}

    with J the divergence, m the remoteness of a picture, and e what the pair would be apart if only that counted [1]_.

    Parameters
    ----------
    divergence : (...) float
        Nats.
    one, other : (...) float
        Remoteness of the two pictures, nats; they broadcast to `divergence`.
    middle : float
        Mean remoteness, nats. It changes no order.

    Returns
    -------
    (...) float64
        From 0, where the divergence is 0, to below 1; 1/2 where they are as far apart as expected.
    """
    expected = np.maximum(np.asarray(one, np.float64) * other / max(middle, _LEAST), _LEAST)
    values = np.asarray(divergence, np.float64)
    return np.asarray(values / (values + expected))


def relative_matrix(divergence: NDArray[np.float32], remote: Float, middle: float) -> NDArray[np.float32]:
    """All relative divergences, (N, N) float32: symmetric, with a diagonal of zeros; a block of rows at a time."""
    out = np.empty_like(divergence)
    for start in range(0, len(divergence), _ROWS):
        rows = slice(start, start + _ROWS)
        out[rows] = relative(divergence[rows], remote[rows, None], remote, middle)
    return out


def local_scaling(divergence: Values, k: int = 10) -> Float:
    """J over itself plus the geometric mean of both pictures' mean divergence to their k nearest [2]_, (N, N)."""
    nearest = np.partition(divergence + np.diag(np.full(len(divergence), np.inf)), range(k), axis=1)[:, :k]
    scale = np.maximum(nearest.mean(axis=1), _LEAST)
    return np.asarray(divergence / (divergence + np.sqrt(scale[:, None] * scale)))


def mutual_proximity(divergence: Values) -> Float:
    """Share of pictures that are nearer to at least one of the two, as if independent and normal [3]_, (N, N).

    The normal distributions are cut off at 0, so that the share is 0 where the divergence is.
    """
    others = np.asarray(divergence, np.float64)[~np.eye(len(divergence), dtype=bool)].reshape(len(divergence), -1)
    mean, deviation = others.mean(axis=1)[:, None], np.maximum(others.std(axis=1)[:, None], _LEAST)
    below = scipy.special.ndtr(-mean / deviation)
    nearer = (scipy.special.ndtr((divergence - mean) / deviation) - below) / (1 - below)
    return np.asarray(nearer + nearer.T - nearer * nearer.T)
