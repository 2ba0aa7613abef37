"""Shares of small numbers, honestly: intervals of one share and of the difference of two.

References
----------
.. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
.. [2] R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
   17 (1998), method 10.
"""

import math

from scipy.special import ndtri

CONFIDENCE = 0.95


def wilson(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval in which a share lies of which a sample shows `count` in `total` [1]_; 0 to 1 without a sample."""
    if total <= 0:
        return 0.0, 1.0
    z = float(ndtri(0.5 + confidence / 2))
    share, width = count / total, z * z / total
    middle = (share + width / 2) / (1 + width)
    half = z / (1 + width) * math.sqrt(share * (1 - share) / total + width / (4 * total))
    return (0.0 if count == 0 else max(0.0, middle - half)), (1.0 if count == total else min(1.0, middle + half))


def newcombe(
    count: int, total: int, other: int, other_total: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The interval of the second share less the first [2]_; -1 to 1 without a sample of one of them."""
    if total <= 0 or other_total <= 0:
        return -1.0, 1.0
    one, two = count / total, other / other_total
    low, high = wilson(count, total, confidence)
    other_low, other_high = wilson(other, other_total, confidence)
    difference = two - one
    return (
        difference - math.hypot(two - other_low, high - one),
        difference + math.hypot(other_high - two, one - low),
    )
