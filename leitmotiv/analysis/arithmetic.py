"""Words and pictures added and subtracted as vectors of one space, to compare with the joining of scores."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

_NEXT_TO_NONE = 1e-12
_ROWS = 4096


def summed(places: NDArray[np.float32], vectors: Float, weights: Sequence[float]) -> Float:
    r"""What each term gives to the cosine of pictures with :math:`q = \sum_t w_t v_t`, (T, N) float64.

    They add up to it.

    Parameters
    ----------
    places : (N, D) float32
        Unit vectors of pictures.
    vectors : (T, D) float64
        Of the terms.
    weights : (T,) float64
        Negative ones are subtracted.
    """
    weighted = np.asarray(weights)[:, None] * vectors
    length = max(float(np.linalg.norm(weighted.sum(axis=0))), _NEXT_TO_NONE)
    given = np.empty((len(weighted), len(places)))
    for start in range(0, len(places), _ROWS):  # in float64, which a copy of all places would take much memory for
        part = slice(start, start + _ROWS)
        given[:, part] = weighted @ places[part].T.astype(np.float64)
    return given / length


def projected(places: NDArray[np.float32], vectors: Float, weights: Sequence[float]) -> Float:
    r"""As `summed`, but what is unwanted is taken out of the sum of the others altogether.

    With N the span of the unwanted, :math:`q = (1 - P_N) \sum_{w_t > 0} w_t v_t`: how heavy they are does not count.
    """
    heavy = np.asarray(weights, np.float64)
    against = vectors[heavy < 0]
    wanted = (heavy[heavy > 0, None] * vectors[heavy > 0]).sum(axis=0)
    shares = np.linalg.lstsq(against.T, wanted, rcond=None)[0]
    parts = np.maximum(heavy, 0.0)
    parts[heavy < 0] = -shares
    return summed(places, vectors, parts.tolist())


# ---- the arithmetic of the demo of multimodal retrieval ----


def classic_word(vector: Float) -> Float:
    """A word as that demo has it: its least number subtracted, then divided by its sum; zeros where all are the same.

    Examples
    --------
    >>> classic_word(np.array([1.0, 2.0, 3.0])).round(3)
    array([0.   , 0.333, 0.667])
    """
    lifted = vector - vector.min()
    return np.asarray(lifted / max(float(lifted.sum()), _NEXT_TO_NONE))


def classic_pictures(vectors: Float) -> Float:
    """Pictures as that demo has them, (N, D): each divided by its sum, and not lifted."""
    return np.asarray(vectors / vectors.sum(axis=1, keepdims=True))


def classic(pictures: Float, terms: Float, weights: Sequence[float]) -> Float:
    r"""What each term gives to the score of pictures, (T, N) float64, as that demo computes it.

    :math:`\sum_t w_t v_t / \sum_t w_t` with a plus; with a minus the first term less each other one, and no division. A
    repeated term is one of its number as weight. The score is the plain product with pictures: neither is a unit
    vector.

    Parameters
    ----------
    pictures : (N, D) float64
        See `classic_pictures`.
    terms : (T, D) float64
        Words by `classic_word`, pictures as they are.

    Raises
    ------
    ValueError
        Pluses and minuses are mixed, or everything is taken away: the demo looks for a word "b-c" then, and fails.
    """
    heavy = np.asarray(weights, np.float64)
    wanted = heavy > 0
    if wanted.all():
        heavy = heavy / heavy.sum()
    elif not wanted[0] or wanted.sum() > 1 or heavy[0] != 1:
        raise ValueError("either only sums, or one term less others")
    return np.asarray(heavy[:, None] * terms @ pictures.T)
