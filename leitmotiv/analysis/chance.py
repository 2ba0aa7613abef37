"""What is more than chance: an exact test of two shares, and where many tests are made at once.

References
----------
.. [1] R. A. Fisher, "The logic of inductive inference", JRSS 98 (1935).
.. [2] Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

FALSE_RATE = 0.05
"""Share of what is called more than chance that may be chance."""
_EQUAL = 1 + 1e-7


def fisher(count: int, total: int, other: int, other_total: int) -> float:
    """How often two shares would differ as much or more if they were the same [1]_: the exact two-sided p.

    It sums the probabilities of all ways to divide `count` + `other` that are no likelier than this one.
    """
    both, whole = count + other, total + other_total
    ways = np.arange(max(0, both - other_total), min(both, total) + 1)

    def choose(n: int, k: object) -> np.ndarray:
        return np.asarray(gammaln(n + 1) - gammaln(np.asarray(k) + 1) - gammaln(n - np.asarray(k) + 1))

    logs = choose(total, ways) + choose(other_total, both - ways) - choose(whole, both)
    chances = np.exp(logs)
    return float(min(1.0, chances[chances <= chances[count - ways[0]] * _EQUAL].sum()))


def bar(values: Sequence[float], rate: float = FALSE_RATE) -> float:
    """The largest p that counts among many, so that at most `rate` of those that count do so by chance [2]_.

    Below 0 where none counts.
    """
    ascending = sorted(values)
    return max((p for rank, p in enumerate(ascending, 1) if p <= rate * rank / len(ascending)), default=-1.0)
