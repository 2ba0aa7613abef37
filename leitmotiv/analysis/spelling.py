"""The words of a vocabulary that are nearest to another word, by the parts of three letters that they share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

CANDIDATES = 24
"""Words that share the most parts, of which the nearest are chosen letter by letter."""
SLIP = 0.78
"""From here on a word is a slip of the other, unless their lengths differ by more than `APART` letters."""
APART = 2


class Vocabulary:
    """Words, indexed by their parts.

    Parameters
    ----------
    words : iterable of str
        In lower case.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._known = frozenset(self._words)

    @cached_property
    def _index(self) -> tuple[Mapping[str, NDArray[np.int64]], NDArray[np.int64]]:
        """The words of each part, and how many parts each word has; made when a word is first looked for."""
        listed: dict[str, list[int]] = defaultdict(list)
        sizes = []
        for number, word in enumerate(self._words):
            found = _parts(word)
            sizes.append(len(found))
            for part in found:
                listed[part].append(number)
        return {part: np.array(rows, np.int64) for part, rows in listed.items()}, np.array(sizes, np.int64)

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def nearest(self, word: str, count: int = 3) -> list[tuple[str, float]]:
        """The nearest words and how near each is, above 0 to 1, the nearest first; none where nothing is shared."""
        listed, sizes = self._index
        parts = _parts(word)
        hits = [listed[part] for part in parts if part in listed]
        if not hits:
            return []
        rows, shared = np.unique(np.concatenate(hits), return_counts=True)
        dice = 2 * shared / (len(parts) + sizes[rows])
        best = rows[np.argsort(-dice, kind="stable")[:CANDIDATES]]
        near = [
            (self._words[row], SequenceMatcher(None, word, self._words[row], autojunk=False).ratio()) for row in best
        ]
        return sorted(near, key=lambda one: -one[1])[:count]

    def meant(self, word: str) -> list[str]:
        """The words that `word` may be a slip of, the likeliest first; none that is far from it."""
        return [near for near, how in self.nearest(word) if how >= SLIP and abs(len(near) - len(word)) <= APART]


def _parts(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[at : at + 3] for at in range(max(1, len(framed) - 2))}
