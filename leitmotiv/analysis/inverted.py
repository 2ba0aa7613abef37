"""Texts indexed by their words: which of them have a word, and how much each tells of it, by BM25.

References
----------
.. [1] S. Robertson and H. Zaragoza, "The probabilistic relevance framework: BM25 and beyond", Foundations and Trends in
   Information Retrieval 3 (2009).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

SATURATION = 1.2
"""k1."""
LENGTH = 0.75
"""b."""


class Inverted:
    """An index of T texts.

    Parameters
    ----------
    counts : sequence of mapping of str to float
        How often each word stands in each text; a word in a better place may count more.
    """

    def __init__(self, counts: Sequence[Mapping[str, float]]) -> None:
        lengths = np.array([sum(one.values()) for one in counts])
        mean = float(lengths.mean()) if len(counts) else 0.0
        norms = SATURATION * (1 - LENGTH + LENGTH * lengths / max(mean, 1e-12))
        listed: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, one in enumerate(counts):
            for word, count in one.items():
                listed[word].append((number, count * (SATURATION + 1) / (count + float(norms[number]))))
        self.count = len(counts)
        self._at = np.array([at for rows in listed.values() for at, _ in rows], np.int64)
        self._points = np.array([points for rows in listed.values() for _, points in rows], np.float64)
        self._ends = np.cumsum([0, *map(len, listed.values())])
        self._number: Mapping[str, int] = {word: number for number, word in enumerate(listed)}

    @property
    def packed(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, from which `unpacked` makes the same in a fiftieth of the time."""
        words = np.frombuffer("\n".join(self._number).encode(), np.uint8)
        return {"count": np.array(self.count), "words": words} | {
            "at": self._at,
            "points": self._points,
            "ends": self._ends,
        }

    @classmethod
    def unpacked(cls, arrays: Mapping[str, NDArray[Any]]) -> "Inverted":
        """What `packed` gave."""
        found = cls.__new__(cls)
        found.count = int(arrays["count"])
        found._at, found._points, found._ends = arrays["at"], arrays["points"], arrays["ends"]
        words = arrays["words"].tobytes().decode()
        found._number = {word: number for number, word in enumerate(words.split("\n") if words else ())}
        return found

    def __contains__(self, word: str) -> bool:
        return word in self._number

    def __iter__(self) -> Iterator[str]:
        return iter(self._number)

    def frequencies(self) -> dict[str, float]:
        """In how many texts each word stands."""
        return dict(zip(self._number, np.diff(self._ends).astype(float).tolist(), strict=True))

    def points(self, words: Sequence[str]) -> Float:
        """How well texts match words, (T,) float64 from 0: rare ones tell more, and long texts less [1]_."""
        points = np.zeros(self.count)
        for word in words:
            at, found = self._listed(word)
            points[at] += self.rarity(word) * found
        return points

    def covered(self, words: Sequence[str]) -> Float:
        """Which share of words each text has, (T,) float64 in 0 to 1; rare ones count more, what is nowhere most."""
        distinct = list(dict.fromkeys(words))
        rarity = [self.rarity(word) for word in distinct]
        found = np.zeros(self.count)
        for word, weight in zip(distinct, rarity, strict=True):
            found[self._listed(word)[0]] += weight
        return found / max(sum(rarity), 1e-12)

    def spread(self, word: str) -> int:
        """In how many texts a word stands."""
        return len(self._listed(word)[0])

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a word."""
        there = self.spread(word)
        return float(np.log1p((self.count - there + 0.5) / (there + 0.5)))

    def _listed(self, word: str) -> tuple[NDArray[np.int64], Float]:
        number = self._number.get(word)
        if number is None:
            return _NONE
        part = slice(self._ends[number], self._ends[number + 1])
        return self._at[part], self._points[part]


_NONE = (np.zeros(0, np.int64), np.zeros(0))
