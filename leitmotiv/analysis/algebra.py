"""Concepts added, met and taken away, by what each of them says of every picture."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from leitmotiv.records import Float

Operation = Literal["or", "and", "minus"]
OPERATIONS: tuple[Operation, ...] = ("or", "and", "minus")


def combined(first: Float, terms: Sequence[tuple[Operation, float, Float]]) -> Float:
    r"""Join scores from left to right, (N,) float64.

    With a the scores so far, b those of a term and w its weight:

    .. math:: a + w (\max(a, b) - a), \quad a + w (\min(a, b) - a), \quad a - w \max(0, b)

    for "or", "and", "minus". At weight 0 a term changes nothing; at 1 it counts in full, beyond it outweighs.

    Parameters
    ----------
    first : (N,) float64
        0 for the middle of the collection, 1 for what belongs.

    Examples
    --------
    >>> combined(np.array([1.0, 0.0]), [("or", 1.0, np.array([0.0, 0.5])), ("minus", 1.0, np.array([0.25, -1.0]))])
    array([0.75, 0.5 ])
    """
    scores = np.array(first, np.float64)
    for operation, weight, other in terms:
        if operation == "minus":
            scores = scores - weight * np.maximum(other, 0.0)
        else:
            joined = np.maximum(scores, other) if operation == "or" else np.minimum(scores, other)
            scores = scores + weight * (joined - scores)
    return scores


def chance(first: Float, operation: Operation, weight: float, other: Float) -> Float:
    """Join probabilities as of independent concepts, (N,) float64; weights as in `combined`, above 1 as 1."""
    whole = {
        "or": first + other - first * other,
        "and": first * other,
        "minus": first * (1 - other),
    }[operation]
    return np.asarray(first + min(weight, 1.0) * (whole - first))
