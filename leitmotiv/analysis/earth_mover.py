"""The earth mover's distance between histograms over ordered scores, and what training needs of its square.

References
----------
.. [1] L. Hou, C.-P. Yu and D. Samaras, Squared earth mover's distance-based loss for training deep neural networks
   (2016).
.. [2] E. S. Epstein, A scoring system for probability forecasts of ranked categories (1969): the square with r = 2 is,
   up to a constant, this proper score. Its mean over single votes is least at the true shares.
"""

import numpy as np

from leitmotiv.records import Float


def distance(one: Float, other: Float, r: float = 1.0) -> Float:
    """(mean over k of |F(k) - G(k)|^r)^(1/r), F and G the cumulative shares.

    Parameters
    ----------
    one, other : (..., K) float64
        Rows sum to 1; r = 1 is what is reported, r = 2 what is trained.

    Returns
    -------
    (...) float64
        From 0 to 1; for r = 1, scores moved by the mean vote, over K.

    Examples
    --------
    >>> distance(np.array([1.0, 0, 0, 0]), np.array([0, 0, 1.0, 0])).item()
    0.5
    """
    apart = np.abs(np.cumsum(one - other, axis=-1))
    return np.asarray((apart**r).mean(axis=-1) ** (1 / r))


def softmax(logits: Float) -> Float:
    """Shares (..., K) of logits."""
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def squared(logits: Float, target: Float) -> tuple[Float, Float]:
    """The square of the distance with r = 2 from softmax(logits) to the target, row by row, and its gradient [1]_.

    With D the difference of the cumulative shares, the loss is L = mean of D(k)²; dL/dp(j) = 2/K times the sum of D(k)
    over k >= j, and through the softmax dL/dz = p (dL/dp - p . dL/dp).

    Parameters
    ----------
    logits, target : (N, K) float64

    Returns
    -------
    loss : (N,) float64
    gradient : (N, K) float64
        By the logits.
    """
    shares = softmax(logits)
    apart = np.cumsum(shares - target, axis=-1)
    count = logits.shape[-1]
    by_share = 2 / count * np.cumsum(apart[:, ::-1], axis=-1)[:, ::-1]
    gradient = shares * (by_share - (shares * by_share).sum(axis=-1, keepdims=True))
    return (apart**2).mean(axis=-1), gradient
