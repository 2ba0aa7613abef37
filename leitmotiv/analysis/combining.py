"""How the terms of a query make one score, and what each of them gave to it."""

import numpy as np

from leitmotiv.records import Float


def parts(scores: Float, weights: Float) -> Float:
    r"""What each term gives to the score of each picture, (T, N) float64; the score is their sum.

    .. math:: \frac{W_+}{W} \Big(\sum_{w_t > 0} \frac{w_t}{W_+} \sqrt{s_t}\Big)^2 - \sum_{w_t < 0} \frac{|w_t|}{W} s_t

    with W the sum of all weights' sizes and W+ of the positive ones. The power mean of exponent one half lets a picture
    that has something of everything come before one that has all of one thing and nothing of the others; of one term
    alone it is the term. It is parted among the terms by their summands.

    Parameters
    ----------
    scores : (T, N) float64
        At most 1; below 0 counts as 0 where there are several positive terms.
    weights : (T,) float64
        Not 0; negative ones count against.

    Examples
    --------
    >>> parts(np.array([[1.0, 0.25], [0.0, 0.25]]), np.array([1.0, 1.0])).sum(axis=0)
    array([0.25, 0.25])
    """
    shares = np.abs(weights) / np.abs(weights).sum()
    wanted = weights > 0
    found = np.where(wanted, 1.0, -1.0)[:, None] * shares[:, None] * scores
    if wanted.sum() > 1:
        whole = shares[wanted].sum()
        roots = shares[wanted, None] / whole * np.sqrt(np.maximum(scores[wanted], 0.0))
        found[wanted] = whole * roots.sum(axis=0) * roots
    return np.asarray(found)
