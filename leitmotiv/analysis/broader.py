"""Words for kinds of things, which classes are such things (animal > bird > heron), and how they rank pictures.

References
----------
.. [1] G. A. Miller, "WordNet: a lexical database for English", Communications of the ACM 38 (1995).
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import decoys, joint, spreading
from leitmotiv.analysis.cutoff import mostly
from leitmotiv.analysis.decoys import Decoys
from leitmotiv.analysis.joint import Ranker
from leitmotiv.analysis.lexical import stems
from leitmotiv.records import Float, Float32

COUNTS = 0.5
"""What a broader term says of each class that is such a thing, beside what its vector and its words say."""
APART = 0.7
"""By how much the classes beneath differ then, of what vector and words tell them apart."""
ONE_KIND = 0.7
"""Where examples keep less of what stands out without them, they were of one kind among several."""
VARIETY = 0.4
"""How much likeness to those before counts in the order of what stands out."""
SPREAD = 300
"""Best pictures that are put in that order."""
LIKELY = 0.5
"""How likely a picture is of such a thing for it to be one."""
LONGEST = 2
"""At most one picture in so many stands out: half a collection may well be of animals."""
_ARTICLES = frozenset(("a", "an", "the"))


class Broader:
    """Broader terms of C classes [1]_.

    Parameters
    ----------
    kinds : iterable of (words, classes)
        The words for a kind of thing, and the numbers of the classes that are such things.
    count : int
        C.
    """

    def __init__(self, kinds: Iterable[tuple[Sequence[str], Sequence[int]]], count: int) -> None:
        found: dict[str, set[int]] = {}
        for words, numbers in kinds:
            for word in words:
                found.setdefault(" ".join(stems(word)), set()).update(numbers)
        self._beneath: Mapping[str, list[int]] = {word: sorted(numbers) for word, numbers in found.items()}
        self._count = count

    def beneath(self, phrase: str) -> NDArray[np.bool_] | None:
        """Which classes are what a phrase says, (C,) bool, in any of its senses; None where it is no broader term.

        The whole phrase must be one, in the singular or plural, with or without an article.

        Examples
        --------
        >>> Broader([(["bird"], [7, 8]), (["bird", "fowl"], [9])], 10).beneath("the birds").nonzero()
        (array([7, 8, 9]),)
        """
        words = stems(phrase)
        numbers = self._beneath.get(" ".join(words[1:] if words and words[0] in _ARTICLES else words))
        if numbers is None:
            return None
        found = np.zeros(self._count, bool)
        found[numbers] = True
        return found


def said(plain: Float, beneath: NDArray[np.bool_]) -> Float:
    """What a broader term says of classes, (C,) float64: more of those beneath, and those more alike, than plainly."""
    mean = plain[beneath].mean()
    return np.where(beneath, COUNTS + mean + APART * (plain - mean), plain)


def ranked(
    ranker: Ranker, first: Float32, unrelated: Decoys, most: float, beneath: NDArray[np.bool_]
) -> tuple[Float, int]:
    """The ranking by a broader term, standardised, (N,) float64, and how many of its first stand out.

    The best five of a first ranking are mostly of one kind, and what they teach finds little of the others. Where that
    loses much of what stands out, the first ranking says what is shown, and each next one is likely such a thing and
    less like those before.

    Results also go on there as long as most of them are likelier such things than not, and those that are so come
    first: leopards are animals as surely as dolphins, whatever word is nearer to *animal*.

    Parameters
    ----------
    first, unrelated, most
        As for `decoys.cut`.
    beneath : (C,) bool
        The classes that are such things.
    """
    taught, plain = ranker.second(first), joint.standardised(first)
    kept, count = (decoys.cut(first, final, unrelated, most, LONGEST) for final in (taught, plain))
    if kept >= ONE_KIND * count:
        return taught, kept
    if not count:
        return plain, 0
    share = ranker.share(beneath)
    order = joint.top(plain, decoys.above(first, unrelated, most, LONGEST))
    count = max(count, mostly(share[order] > LIKELY))
    best = joint.top(plain, min(count, SPREAD))
    sure = share[best] > LIKELY
    behind = np.concatenate([best[sure], best[~sure]])
    rows = ranker.rows[behind]
    found = spreading.spread(
        share[behind], lambda at: np.asarray(rows @ rows[at], np.float64), VARIETY, int(sure.sum())
    )
    varied = plain.copy()
    varied[behind[found]] = plain[best]
    return varied, count
