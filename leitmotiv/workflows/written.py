"""Finding pictures by what is written of them: the captions of a library, indexed by word and kept with it."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import captions as cleaning
from leitmotiv.analysis.inverted import Inverted
from leitmotiv.analysis.lexical import stem
from leitmotiv.records import Float
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

REVISION = 2
"""Grows whenever the same captions would be indexed otherwise."""
WRITTEN = "written"
"""The name of the stored arrays."""
_SHORT = 0.1
"""How much a text that is about nothing else may be ahead, where having all words is 1."""


class Written:
    """What is written of pictures.

    Parameters
    ----------
    ids : tuple of str
        The pictures that have a text.
    words : Inverted
        Of their texts, without the endings of plurals.
    key : str
        Changes with the texts.
    """

    def __init__(self, ids: tuple[str, ...], words: Inverted, key: str) -> None:
        self.ids = ids
        self.words = words
        self.key = key
        self._asked: tuple[tuple[str, ...], NDArray[np.int64]] = ((), np.zeros(0, np.int64))
        self._beside: tuple[tuple[str, ...], tuple[str, ...], NDArray[np.int64]] = ((), (), np.zeros(0, np.int64))

    def __contains__(self, word: str) -> bool:
        said = stems(word)
        return bool(said) and all(one in self.words for one in said)

    def match(self, phrase: str, ids: tuple[str, ...]) -> tuple[Float, NDArray[np.bool_]]:
        """How well what is written of pictures has the words of a phrase, (N,) in 0 to 1.1, and which have all of them.

        The share of the words that is there, rare ones counting more, squared, so that half of a phrase is not half of
        what it says; a little more where little else is written. Two words side by side are found written together,
        too: sea horse and seahorse.
        """
        rows = self._rows(ids)
        read = [self._match(said) for said in self._readings(stems(phrase))]
        told = np.max([values for values, _ in read], axis=0)
        whole = np.any([there for _, there in read], axis=0)
        return np.append(told, 0.0)[rows], np.append(whole, False)[rows]

    def _match(self, said: list[str]) -> tuple[Float, NDArray[np.bool_]]:
        points = self.words.points(said)
        share = self.words.covered(said)
        whole = share > 1 - 1e-9 if said else np.zeros(len(share), bool)
        return share**2 + _SHORT * points / max(float(points.max(initial=0.0)), 1e-12), whole

    def _readings(self, said: list[str]) -> list[list[str]]:
        """The words, and the same with two side by side as the one word that is written somewhere."""
        pairs = [(at, "".join(said[at : at + 2])) for at in range(len(said) - 1)]
        return [said, *([*said[:at], one, *said[at + 2 :]] for at, one in pairs if one in self.words)]

    def with_others(self, ids: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """All of some pictures, in ascending order, and those that have a text, and where the former stand among them.

        Kept, as it is the same pictures that are asked about.
        """
        asked, every, at = self._beside
        if asked is not ids:
            others = set(self.ids).difference(ids)
            every = tuple(sorted([*ids, *others])) if others else ids
            row_of = {image_id: row for row, image_id in enumerate(every)}
            at = np.array([row_of[image_id] for image_id in ids], np.int64)
            self._beside = ids, every, at
        return every, at

    def _rows(self, ids: tuple[str, ...]) -> NDArray[np.int64]:
        """The rows of pictures, -1 for one that has no text; kept, as it is the same pictures that are asked about."""
        asked, rows = self._asked
        if asked is not ids:
            row_of = {image_id: row for row, image_id in enumerate(self.ids)}
            rows = np.array([row_of.get(image_id, -1) for image_id in ids], np.int64)
            self._asked = ids, rows
        return rows


def stems(text: str) -> list[str]:
    """The words of a text that say something, without the endings of plurals."""
    return [stem(word) for word in cleaning.words(text)]


def of(session: Session) -> Written | None:
    """What is written of the pictures of a library; None where nothing is."""
    stamp = session.library.captions.stamp()
    if not stamp[0]:
        return None
    key = hashlib.sha256(f"{REVISION} {stamp}".encode()).hexdigest()
    return remember(session, ("written", key), lambda: _of(session, key))


def _of(session: Session, key: str) -> Written:
    stored = session.library.arrays.get(WRITTEN)
    if stored is not None and stored.digest == key:
        return Written(tuple(stored.ids), Inverted.unpacked(stored), key)
    # what reads captions out of pictures takes longer to import than a search takes
    from leitmotiv.workflows import captions

    texts = captions.by_picture(session)
    made = Written(tuple(texts), Inverted([_counts(text) for text in texts.values()]), key)
    if session.library.writable:
        arrays: dict[str, NDArray[Any]] = made.words.packed
        session.library.arrays.put(WRITTEN, arrays, made.ids, key)
    return made


def _counts(text: str) -> Mapping[str, float]:
    counts: dict[str, float] = {}
    for word in stems(text):
        counts[word] = counts.get(word, 0.0) + 1.0
    return counts
