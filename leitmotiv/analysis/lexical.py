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
        self._at = np.array([at for rows in listed.values() for at, _ in rows], np.int64)
        self._points = np.array([points for rows in listed.values() for _, points in rows], np.float64)
        self._ends = np.cumsum([0, *map(len, listed.values())])
        self._number: Mapping[str, int] = {word: number for number, word in enumerate(listed)}

    @property
    def packed(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, from which `unpacked` makes the same in a fiftieth of the time."""
        words = np.frombuffer("\n".join(self._number).encode(), np.uint8)
        return {"count": np.array(self._count), "words": words} | {
            "at": self._at,
            "points": self._points,
            "ends": self._ends,
        }

    @classmethod
    def unpacked(cls, arrays: Mapping[str, NDArray[Any]]) -> "Lexicon":
        """What `packed` gave."""
        found = cls.__new__(cls)
        found._count = int(arrays["count"])
        found._at, found._points, found._ends = arrays["at"], arrays["points"], arrays["ends"]
        words = arrays["words"].tobytes().decode().split("\n")
        found._number = {word: number for number, word in enumerate(words)}
        return found

    def _listed(self, word: str) -> tuple[NDArray[np.int64], Float]:
        number = self._number.get(word)
        if number is None:
            return _NONE
        part = slice(self._ends[number], self._ends[number + 1])
        return self._at[part], self._points[part]

    def match(self, phrase: str) -> Float:
        """How well each class's texts match a phrase, (C,) float64 in 0 to 1.

        The best class has 1 only if its match is a whole one: a word that many classes share does not reach it.
        """
        points = np.zeros(self._count)
        for word in stems(phrase):
            at, found = self._listed(word)
            rarity = np.log1p((self._count - len(at) + 0.5) / (len(at) + 0.5))
            points[at] += rarity * found
        return np.asarray(points / max(FULL, float(points.max(initial=0.0))))

    def __contains__(self, word: str) -> bool:
        return stem(word.lower()) in self._number


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
