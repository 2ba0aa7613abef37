"""Matching the words of a phrase with the texts of classes, by BM25: exact words, where vectors are vague.

References
----------
.. [1] S. Robertson and H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", Foundations and Trends in
   Information Retrieval 3 (2009): fields of different weight are joined before counts saturate.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.inverted import Inverted
from leitmotiv.records import ClassText, Float

FULL = 8.0
"""A match of this many points is a whole one."""
NAME, TELLING, CONTRAST = 3.0, 0.75, 0.25
"""How a word counts in names, in what tells a class, and in what only tells it from others; in descriptions 1."""
COMMON, LITTLE = 30, 0.2
"""A single word that more classes than so many have in their texts tells how things are, not what they are: eye, hand,
house. It counts so much where it does not stand in a name."""
_ARTICLES = frozenset(("a", "an", "the"))
_NAMES = "names-"
_WORD = re.compile(r"[^\W_]+")


class Lexicon:
    """The texts of classes, indexed by word.

    Parameters
    ----------
    texts : sequence of ClassText
        In the order in which scores are wanted.
    """

    def __init__(self, texts: Sequence[ClassText]) -> None:
        self._index = Inverted([_counts(one) for one in texts])
        self._names = Inverted([dict.fromkeys(_named(one), 1.0) for one in texts])

    @property
    def packed(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, from which `unpacked` makes the same in a fiftieth of the time."""
        return self._index.packed | {f"{_NAMES}{name}": value for name, value in self._names.packed.items()}

    @classmethod
    def unpacked(cls, arrays: Mapping[str, NDArray[Any]]) -> "Lexicon":
        """What `packed` gave."""
        made = cls.__new__(cls)
        made._index = Inverted.unpacked(arrays)
        names = {name.removeprefix(_NAMES): value for name, value in arrays.items() if name.startswith(_NAMES)}
        made._names = Inverted.unpacked(names)
        return made

    def match(self, phrase: str) -> Float:
        """How well each class's texts match a phrase, (C,) float64 in 0 to 1.

        The best class has 1 only if its match is a whole one: a word that many classes share does not reach it.
        """
        words = stems(phrase)
        points = self._index.points(words)
        told = [word for word in words if word not in _ARTICLES]
        if len(told) == 1 and self._index.spread(told[0]) > COMMON:
            points = np.where(self._names.points(told) > 0, points, LITTLE * points)
        return np.asarray(points / max(FULL, float(points.max(initial=0.0))))

    def __contains__(self, word: str) -> bool:
        return stem(word.lower()) in self._index


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


def _named(one: ClassText) -> list[str]:
    """The words in the names of a class."""
    return stems(" ".join(dict.fromkeys((one.name, *one.synonyms))))


def _counts(one: ClassText) -> dict[str, float]:
    """How often words stand in the texts of a class, by the weights of where."""
    telling, _, contrast = one.guidelines.partition("Distinguish")
    counts: defaultdict[str, float] = defaultdict(float)
    fields = (
        (" ".join(_named(one)), NAME),
        (one.description, 1.0),
        (telling, TELLING),
        (contrast, CONTRAST),
    )
    for text, weight in fields:
        for word in stems(text):
            counts[word] += weight
    return counts
