"""The words of a vocabulary that another word may be a slip of, by letters that were missed, doubled or swapped.

References
----------
.. [1] F. J. Damerau, "A technique for computer detection and correction of spelling errors", Communications of the ACM
   7 (1964): four of five slips are one letter missing, added, wrong, or two that changed places.
.. [2] M. D. Kernighan, K. W. Church and W. A. Gale, "A spelling correction program based on a noisy channel model",
   COLING 1990: of what is as near, what is said more often.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

LETTERS_A_SLIP = 4
"""A slip in so many letters is believed, the first in words of three."""
MOST = 3
"""Most slips in a word, however long."""
FREQUENT = 0.15
"""How much a word that is said e times as often may be farther, in slips."""
BEGINNING = 0.3
"""What another first letter costs beside: people mostly get that one right."""
LONGEST = 40
"""Letters of a word that is looked at at all."""


class Vocabulary:
    """Words, each with how often it is said.

    Parameters
    ----------
    words : iterable of str, or mapping of str to float
        In lower case; how often, in any unit, where that is known.
    """

    def __init__(self, words: Iterable[str] | Mapping[str, float]) -> None:
        self._counts = dict(words) if isinstance(words, Mapping) else dict.fromkeys(words, 1.0)

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def with_more(self, words: Mapping[str, float]) -> "Vocabulary":
        """The same with further words, and those that are in both said as often as in the one that says them more."""
        return Vocabulary(self._counts | {word: max(self._counts.get(word, 0.0), words[word]) for word in words})

    def nearest(self, word: str, count: int = 3) -> list[tuple[str, float]]:
        """The words that `word` may be a slip of, the likeliest first, and how many slips that would be.

        None where it would take more than a slip in four letters. Of words as near those come first that are said more
        often. What is in the vocabulary is no slip of itself.
        """
        allowed = min(MOST, (len(word) + 1) // LETTERS_A_SLIP)
        if not allowed or len(word) > LONGEST:
            return []
        found = [self._close(word, at, allowed) for at in self._lengths(word, allowed)]
        rows = np.concatenate([of_length for of_length, _ in found] or [_NONE])
        if not len(rows):
            return []
        letters = np.concatenate([_padded(text, len(word) + allowed) for _, text in found])
        lengths = np.concatenate([np.full(*text.shape) for _, text in found])
        apart = slips(word, letters, lengths)
        near = np.flatnonzero((apart > 0) & (apart <= allowed))
        cost = apart[near] - FREQUENT * np.log(self._often[rows[near]])
        cost = cost + BEGINNING * (letters[near, 0] != ord(word[0]))
        order = near[np.lexsort((rows[near], cost))][:count]
        return [(self._words[rows[at]], float(apart[at])) for at in order]

    def _lengths(self, word: str, allowed: int) -> list[int]:
        return [at for at in range(max(1, len(word) - allowed), len(word) + allowed + 1) if at in self._sorted]

    def _close(self, word: str, length: int, allowed: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Rows and letters of the words of a length that lack few letters of `word`, and have few that it has not.

        Each slip takes away one letter at most, and adds one: to count the slips of all others would cost far more.
        """
        rows, letters, held = self._sorted[length]
        own = _held(np.frombuffer(word.encode("utf-32-le"), np.int32)[None])
        close = (_ones(own & ~held) <= allowed) & (_ones(held & ~own) <= allowed)
        return rows[close], letters[close]

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self._counts)

    @cached_property
    def _often(self) -> NDArray[np.float64]:
        """How often words are said, 1 for the most frequent."""
        found = np.array([self._counts[word] for word in self._words], np.float64)
        return np.maximum(found / max(float(found.max(initial=0.0)), 1e-12), 1e-9)

    @cached_property
    def _sorted(self) -> Mapping[int, tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint32]]]:
        """Rows and letters of the words of each length, and which letters; made when a word is first looked for."""
        lengths = np.array([len(word) for word in self._words], np.int64)
        found = {}
        for length in np.unique(lengths[(lengths > 0) & (lengths <= LONGEST + MOST)]).tolist():
            rows = np.flatnonzero(lengths == length)
            text = "".join(self._words[row] for row in rows)
            letters = np.frombuffer(text.encode("utf-32-le"), np.int32).reshape(len(rows), length)
            found[length] = rows, letters, _held(letters)
        return found


_NONE = np.zeros(0, np.int64)
_ONES = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)


def _held(letters: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Which letters stand in words (W, L), a bit for each, (W,); letters far apart in the code may share one."""
    return np.asarray(np.bitwise_or.reduce(np.uint32(1) << (letters & 31).astype(np.uint32), axis=1))


def _ones(bits: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.asarray(_ONES[bits & 0xFFFF] + _ONES[bits >> 16])


def _padded(letters: NDArray[np.int32], width: int) -> NDArray[np.int32]:
    return np.pad(letters, ((0, 0), (0, width - letters.shape[1])))


def slips(word: str, letters: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.int16]:
    """How many slips words are from another: letters missing, added, wrong, or changed with their neighbour [1]_.

    Parameters
    ----------
    letters : (W, L) int32
        Code points of the words, padded with zeros.
    lengths : (W,) int64

    Examples
    --------
    >>> slips("pnada", np.array([[ord(one) for one in "panda"]], np.int32), np.array([5])).tolist()
    [1]
    """
    width = letters.shape[1]
    before: NDArray[np.int16] | None = None
    row = np.broadcast_to(np.arange(width + 1, dtype=np.int16), (len(letters), width + 1)).copy()
    codes = [ord(one) for one in word]
    for number, code in enumerate(codes):
        now = np.empty_like(row)
        now[:, 0] = number + 1
        for at in range(width):
            other = np.minimum(row[:, at] + (letters[:, at] != code), row[:, at + 1] + 1)
            now[:, at + 1] = np.minimum(other, now[:, at] + 1)
            if before is not None and at:
                swapped = (letters[:, at] == codes[number - 1]) & (letters[:, at - 1] == code)
                now[:, at + 1] = np.where(swapped, np.minimum(now[:, at + 1], before[:, at - 1] + 1), now[:, at + 1])
        before, row = row, now
    return np.asarray(row[np.arange(len(letters)), lengths])
