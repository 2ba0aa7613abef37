"""Matching the words of a phrase with the texts of classes, by BM25: exact words, where vectors are vague.

References
----------
.. [1] S. Robertson and H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", Foundations and Trends in
   Information Retrieval 3 (2009): fields of different weight are joined before counts saturate.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import ClassText, Float

SATURATION = 1.2
"""k1."""
LENGTH = 0.75
"""b."""
FULL = 8.0
"""A match of this many points is a whole one."""
NAME, TELLING, CONTRAST = 3.0, 0.75, 0.25
"""How a word counts in names, in what tells a class, and in what only tells it from others; in descriptions 1."""
_WORD = re.compile(r"[^\W_]+")


class Lexicon:
    """The texts of classes, indexed by word.

    Parameters
    ----------
    texts : sequence of ClassText
        In the order in which scores are wanted.
    """

    def __init__(self, texts: Sequence[ClassText]) -> None:
        counts = [_counts(one) for one in texts]
        lengths = np.array([sum(one.values()) for one in counts])
        norms = SATURATION * (1 - LENGTH + LENGTH * lengths / max(float(lengths.mean()), 1e-12))
        listed: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, one in enumerate(counts):
            for word, count in one.items():
                listed[word].append((number, count * (SATURATION + 1) / (count + float(norms[number]))))
        self._count = len(texts)
        self._listed: Mapping[str, tuple[NDArray[np.int64], Float]] = {
            word: (np.array([at for at, _ in rows], np.int64), np.array([points for _, points in rows]))
            for word, rows in listed.items()
        }

    def match(self, phrase: str) -> Float:
        """How well each class's texts match a phrase, (C,) float64 in 0 to 1.

        The best class has 1 only if its match is a whole one: a word that many classes share does not reach it.
        """
        points = np.zeros(self._count)
        for word in stems(phrase):
            at, found = self._listed.get(word, _NONE)
            rarity = np.log1p((self._count - len(at) + 0.5) / (len(at) + 0.5))
            points[at] += rarity * found
        return np.asarray(points / max(FULL, float(points.max(initial=0.0))))

    def __contains__(self, word: str) -> bool:
        return stem(word.lower()) in self._listed


_NONE = (np.zeros(0, np.int64), np.zeros(0))


def stems(text: str) -> list[str]:
    """Words of a text in lower case, without the ending of a plural."""
    return [stem(word) for word in _WORD.findall(text.lower())]


def stem(word: str) -> str:
    """A word without the ending of an English plural: cities and city, boxes and box, dogs and dog are one."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def _counts(one: ClassText) -> dict[str, float]:
    """How often words stand in the texts of a class, by the weights of where."""
    telling, _, contrast = one.guidelines.partition("Distinguish")
    counts: defaultdict[str, float] = defaultdict(float)
    fields = (
        (" ".join(dict.fromkeys((one.name, *one.synonyms))), NAME),
        (one.description, 1.0),
        (telling, TELLING),
        (contrast, CONTRAST),
    )
    for text, weight in fields:
        for word in stems(text):
            counts[word] += weight
    return counts
