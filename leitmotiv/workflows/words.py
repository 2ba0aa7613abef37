"""Asking a collection for what words say: scores, the place of a phrase, and what to make of words nobody knows."""

import os
import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from leitmotiv.analysis import decoys, joint, threads
from leitmotiv.analysis.spelling import Vocabulary
from leitmotiv.errors import MissingExtraError, UsageError
from leitmotiv.nets import kept
from leitmotiv.nets import text as nets_text
from leitmotiv.nets.classes import DIGEST
from leitmotiv.records import Float, Float32, WordScores
from leitmotiv.settings import cache_folder
from leitmotiv.workflows import taught, word_space
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.taught import Taught
from leitmotiv.workflows.word_space import ClassWords, Placed

SLIPS = 2
"""Unknown words of a phrase that are tried as slips of others, if nothing is found."""
NEAREST = 5
"""Names of classes that an answer tells."""
LONGEST = 1000
"""Characters of a phrase: one that is longer is cut, as encoders read no more."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def scores(session: Session, text: str, report: Report | None = None) -> WordScores:
    """What a phrase says of every picture that the backbone has seen.

    Class words and the words in their texts give a first ranking, which spreads over pictures that look alike; its best
    pictures then teach a second, as a board would; the answer is their sum. Where a space was learnt from captions and
    chosen, what it says is added to the first ranking.

    Parameters
    ----------
    text : str
        A word, or several that belong together.

    Raises
    ------
    UsageError
        There is no word in it.
    EmptyLibraryError
        There is no picture.
    MissingExtraError
        The backbone, an encoder or the texts of classes are needed, and are missing or damaged.
    SpaceError
        The learnt space that was chosen cannot be used.
    """
    phrase = cleaned(text)
    classes = word_space.class_words(session, report)
    found = word_space.placed(session, report)
    learnt = taught.of(session, classes, found, report)
    key = ("word scores", classes.encoder.digest, found, learnt, phrase)
    return remember(session, key, lambda: _best(classes, found, learnt, phrase))


def _best(classes: ClassWords, found: Placed, learnt: Taught | None, phrase: str) -> WordScores:
    """The scores of a phrase; where nothing is found and a word is a slip of another, those of the other."""
    as_written = _scores(classes, found, learnt, phrase)
    if not as_written.cut:
        for other in _readings(phrase):
            scored = _scores(classes, found, learnt, other)
            if scored.cut:
                return scored
    return as_written


def _scores(classes: ClassWords, found: Placed, learnt: Taught | None, phrase: str) -> WordScores:
    said = what_is_said(classes, phrase)
    also = None if learnt is None else learnt.says([phrase])[:, 0]
    ids = found.ground.ids
    if not said.any() and (also is None or not also.any()):
        return WordScores(ids, np.zeros(len(ids)), 0, (), phrase)
    first, most = found.ranker.first(said), float(said.max())
    unrelated = found.decoys
    if learnt is not None and also is not None:
        first, most, unrelated = first + also, most + float(also.max()), learnt.decoys
    final = found.ranker.second(first)
    nearest = tuple(classes.names[row] for row in joint.top(said, NEAREST))
    return WordScores(ids, final, decoys.cut(first, final, unrelated, most), nearest, phrase)


def read(session: Session, texts: Sequence[str]) -> None:
    """Encode phrases that will be asked for one by one.

    Raises
    ------
    UsageError, MissingExtraError
        See `scores`.
    """
    with threads.products_on_one():
        word_space.place(word_space.class_words(session), [cleaned(text) for text in texts])


def what_is_said(classes: ClassWords, phrase: str) -> Float:
    """What a phrase says of each class, (C,) float64; all 0 where the encoder knows nothing of it."""
    return np.asarray(classes.said(word_space.place(classes, [phrase]), [phrase])[:, 0])


def _readings(phrase: str) -> list[str]:
    """Other readings of a phrase, each with one unknown word put right."""
    strange = list(unknown(phrase))[:SLIPS]
    return [
        re.sub(rf"\b{re.escape(word)}\b", meant, phrase)
        for word in strange
        for meant, _ in _vocabulary().nearest(word.lower())
    ]


def cleaned(text: str) -> str:
    """A phrase with single spaces, not longer than `LONGEST`.

    Raises
    ------
    UsageError
        There is no word in it.
    """
    phrase = " ".join(text[:LONGEST].split())
    if not phrase:
        raise UsageError("There is no word to look for. Say what pictures show: a dog, a sailing boat.")
    return phrase


def known(word: str) -> bool:
    """Whether a word, or one joined by hyphens as it stands, has a place of its own; numbers and single letters do."""
    low = word.lower().replace("’", "'")
    if "'" in low:
        low = low.partition("'")[0]
    return len(low) < 2 or low.isdigit() or low in _vocabulary() or _singular(low) in _vocabulary()


def unknown(text: str) -> dict[str, tuple[str, ...]]:
    """The words of a text that no encoder knows as such, each with the nearest known ones, the nearest first."""
    found = dict.fromkeys(match[0] for match in _WORD.finditer(text) if not known(match[0]))
    return {word: tuple(near for near, _ in _vocabulary().nearest(word.lower())) for word in found}


def vector(session: Session, text: str) -> Float32:
    """Where a phrase lies among pictures and words: a unit vector, (D,) float32; zeros if nothing in it is known.

    Raises
    ------
    UsageError, MissingExtraError
        See `scores`.
    """
    placed: Float32 = word_space.place(word_space.class_words(session), [cleaned(text)])[0]
    return placed


def picture_vectors(session: Session) -> tuple[tuple[str, ...], Float32]:
    """Where pictures lie in the same space: their ids, and unit rows (N, D) float32.

    Raises
    ------
    EmptyLibraryError, MissingExtraError
        See `scores`.
    """
    space = word_space.class_words(session).space
    found = word_space.placed(session)
    return found.ground.ids, remember(session, ("word vectors", found), lambda: found.places.vectors(space))


def nearest_of(session: Session, ids: Sequence[str], count: int = 3) -> dict[str, tuple[str, ...]]:
    """The names of classes whose words lie nearest to pictures, the nearest first.

    Pictures that nobody saw are left out, and all of them where no search has placed them yet: it never waits.
    """
    with session.guard:
        if not session.memory.get("word places"):
            return {}
    known, found = word_space.class_words(session), word_space.placed(session)
    there = [image_id for image_id in ids if image_id in found.ground.row_of]
    rows = [found.ground.row_of[image_id] for image_id in there]
    vectors = np.einsum("nk,nkd->nd", found.places.shares[rows], known.space.words[found.places.classes[rows]])
    with threads.products_on_one():
        cosines = vectors @ known.space.words.T
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    return {
        image_id: tuple(known.names[number] for number in row)
        for image_id, row in zip(there, nearest.tolist(), strict=True)
    }


def encoder_name(session: Session) -> str:
    """Which encoder is in use: "MiniLM" or "WordLlama".

    Raises
    ------
    MissingExtraError
        None is installed.
    """
    return session.encoder().name


@cache
def _vocabulary() -> Vocabulary:
    """Words with a token of their own, and those of the class texts with what is joined by hyphens there.

    They are kept for the user, as gathering them takes longer than a search.
    """
    try:
        written = word_space.texts()
    except MissingExtraError:
        written = ()
    key = f"{nets_text.vocabulary_digest()}-{DIGEST if written else 'none'}"
    path = cache_folder(os.environ) / f"vocabulary-{key}.txt"
    if known := kept.read(path):
        return Vocabulary(known.decode().split("\n"))
    said = (part for one in written for part in (one.name, *one.synonyms, one.description))
    found = sorted({match[0].lower() for part in said for match in _WORD.finditer(part)} | nets_text.vocabulary())
    kept.keep(path, "\n".join(found).encode())
    return Vocabulary(found)


def _singular(word: str) -> str:
    return word.removesuffix("s")
