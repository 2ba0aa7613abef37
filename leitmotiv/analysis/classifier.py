"""The classifier of cavlib, for comparison with our own: a linear support vector machine by stochastic gradients.

References
----------
.. [1] B. Kim et al., "Interpretability beyond feature attribution: quantitative testing with concept activation
   vectors (TCAV)", ICML 2018.
"""

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier

from leitmotiv.analysis.background import unit
from leitmotiv.records import Float, Float32

LEFT_OUT_AT_MOST = 50
"""Examples up to which each is left out in turn for the quality; learning again for each takes long beyond."""


def direction(
    examples: Float32,
    weights: Float,
    against: Float32,
    against_weights: Float,
    random_state: int | np.random.RandomState | None,
) -> Float:
    """Learn the unit vector that points from counter-examples to examples, (D,) float64.

    Parameters
    ----------
    examples, against : (M, D), (K, D) float32
        Features; each is brought to length 1 before. At least one of both.
    weights, against_weights : (M,), (K,) float64
    random_state : int, numpy.random.RandomState or None
        Of the order in which pictures are seen.
    """
    values = unit(np.concatenate([examples, against]).astype(np.float64))
    labels = np.repeat([0, 1], [len(examples), len(against)])
    classifier = SGDClassifier(alpha=0.01, max_iter=1000, tol=1e-3, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(values, labels, sample_weight=np.concatenate([weights, against_weights]))
    return np.asarray(unit(-classifier.coef_[0]))


def left_out(
    examples: Float32, weights: Float, against: Float32, against_weights: Float, seed: int, same: Sequence[int]
) -> Float:
    """What each example scores, by its cosine, when the others alone are learnt from; NaN where that was not done.

    Parameters
    ----------
    same : (M,) sequence of int
        Examples with one label are the same picture, and left out together.
    """
    labels = np.asarray(same)
    scores = np.full(len(examples), np.nan)
    if len(np.unique(labels)) < 2 or len(examples) > LEFT_OUT_AT_MOST:
        return scores
    values = unit(examples.astype(np.float64))
    for at in range(len(examples)):
        others = labels != labels[at]
        found = direction(examples[others], weights[others], against, against_weights, seed)
        scores[at] = values[at] @ found
    return scores
