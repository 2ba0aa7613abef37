"""Asking a collection for what words say: scores, the place of a phrase, and what to make of words nobody knows."""

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from leitmotiv.analysis import broader, decoys, joint, threads
from leitmotiv.analysis.cutoff import mostly
from leitmotiv.analysis.decoys import Decoys
from leitmotiv.analysis.joint import Ranker
from leitmotiv.errors import UsageError
from leitmotiv.records import Float, Float32, WordScores
from leitmotiv.workflows import slips, taught, word_space, written
from leitmotiv.workflows.memory import is_remembered, remember
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.taught import Taught
from leitmotiv.workflows.word_space import ClassWords, Placed
from leitmotiv.workflows.written import Written

NEAREST = 5
"""Names of classes that an answer tells."""
WRITTEN = 6.0
"""What a text with all words of a phrase counts, in standard deviations; the best of what is seen has about as much."""
LONGEST = 1000
"""Characters of a phrase: one that is longer is cut, as encoders read no more."""


def scores(session: Session, text: str, report: Report | None = None) -> WordScores:
    """What a phrase says of every picture that the backbone has seen.

    Class words and the words in their texts give a first ranking, which spreads over pictures that look alike; its best
    pictures then teach a second, as a board would; the answer is their sum. Where a space was learnt from captions and
    chosen, what it says is added to the first ranking; what is written of pictures is added to the last.

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
    knows = _known(session, report)
    return remember(session, (*knows.key, phrase), lambda: _best(session, knows, phrase))


@dataclass(frozen=True, eq=False)
class _Knows:
    """What is asked for what a phrase says: the space of classes, a learnt one, and what is written of pictures."""

    classes: ClassWords
    found: Placed
    learnt: Taught | None
    texts: Written | None

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What the scores of phrases are remembered by, with the phrase behind it."""
        others = (one.key if one is not None else "" for one in (self.learnt, self.texts))
        return "word scores", self.found.key, *others


def _known(session: Session, report: Report | None = None) -> _Knows:
    classes = word_space.class_words(session, report)
    found = word_space.placed(session, report)
    return _Knows(classes, found, taught.of(session, classes, found, report), written.of(session))


def _best(session: Session, knows: _Knows, phrase: str, as_written: WordScores | None = None) -> WordScores:
    """The scores of a phrase; where nothing is found and a word is a slip of another, those of the other."""
    if slips.says_nothing(phrase) and not _is_written(knows.texts, phrase):
        return _nothing(knows, phrase)
    lost = slips.is_all_unknown(session, phrase)
    if not lost:
        as_written = as_written or _scores(knows, phrase)
        if as_written.cut:
            return as_written
    for other in slips.readings(session, phrase):
        scored = _scores(knows, other)
        if scored.cut:
            return scored
    as_written = as_written or _scores(knows, phrase)
    return replace(as_written, cut=0) if lost else as_written


def _is_written(texts: Written | None, phrase: str) -> bool:
    return texts is not None and all(word in texts for word in phrase.split())


def _nothing(knows: _Knows, phrase: str) -> WordScores:
    ids = knows.found.ground.ids
    return WordScores(ids, np.zeros(len(ids)), 0, (), phrase)


def _scores(knows: _Knows, phrase: str) -> WordScores:
    classes, found, learnt = knows.classes, knows.found, knows.learnt
    said = what_is_said(classes, phrase)
    also = None if learnt is None else learnt.says([phrase])[:, 0]
    if said.any() or (also is not None and also.any()):
        unrelated = found.decoys if learnt is None else learnt.decoys
        final, count = ranked(classes, found.ranker, unrelated, phrase, said, also)
        nearest = tuple(classes.names[row] for row in joint.top(said, NEAREST))
        seen = WordScores(found.ground.ids, final, count, nearest, phrase)
    else:
        seen = _nothing(knows, phrase)
    return seen if knows.texts is None else _with_texts(seen, knows.texts)


def ranked(
    classes: ClassWords, ranker: Ranker, unrelated: Decoys, phrase: str, said: Float, also: Float32 | None = None
) -> tuple[Float, int]:
    """How pictures are ranked by what is seen of them, standardised, (N,) float64, and how many of the first stand out.

    Parameters
    ----------
    said : (C,) float64
        See `what_is_said`.
    also : (N,) float32, optional
        What a learnt space says of pictures.
    """
    first, most = ranker.first(said), float(said.max())
    if also is not None:
        first, most = first + also, most + float(also.max())
    beneath = classes.broader.beneath(phrase)
    if beneath is not None:
        return broader.ranked(ranker, first, unrelated, most, beneath)
    final = ranker.second(first)
    return final, decoys.cut(first, final, unrelated, most)


def _with_texts(seen: WordScores, texts: Written) -> WordScores:
    """What a phrase finds by what pictures show, put together with what is written of them.

    What is written counts as much as the best of what is seen: pictures of which all words of the phrase are written
    come first, and stand out. Those that the backbone has not seen yet are found by it, too, and show nothing of the
    phrase else.
    """
    ids, at = texts.with_others(seen.ids)
    told, whole = texts.match(seen.read, ids)
    if not told.any():
        return seen
    shown = np.full(len(ids), seen.values.min(initial=0.0))
    shown[at] = seen.values
    final = joint.standardised(shown + WRITTEN * told)
    stands_out = whole.copy()
    stands_out[at[joint.top(seen.values, seen.cut)]] = True
    return replace(seen, ids=ids, values=final, cut=mostly(stands_out[np.argsort(-final, kind="stable")]))


def read(session: Session, texts: Sequence[str]) -> None:
    """Find what phrases say side by side that will be asked for one by one.

    Raises
    ------
    UsageError, EmptyLibraryError, MissingExtraError, SpaceError
        See `scores`.
    """
    phrases = list(dict.fromkeys(cleaned(text) for text in texts))
    knows = _known(session)
    with threads.products_on_one():
        new = [phrase for phrase in phrases if not is_remembered(session, (*knows.key, phrase))]
        # they touch no session: its lane may be held by whoever asks here
        with ThreadPoolExecutor(session.settings.cores) as pool:
            found = list(pool.map(partial(_scores, knows), new))
    for phrase, scored in zip(new, found, strict=True):
        remember(session, (*knows.key, phrase), partial(_best, session, knows, phrase, scored))


def what_is_said(classes: ClassWords, phrase: str) -> Float:
    """What a phrase says of each class, (C,) float64; all 0 where the encoder knows nothing of it."""
    said = classes.said(word_space.place(classes, [phrase]), [phrase])[:, 0]
    beneath = classes.broader.beneath(phrase)
    return np.asarray(said if beneath is None else broader.said(said, beneath))


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
    return found.ground.ids, remember(session, ("word vectors", found.key), lambda: found.places.vectors(space))


def nearest_of(session: Session, ids: Sequence[str], count: int = 3) -> dict[str, tuple[str, ...]]:
    """The names of classes whose words lie nearest to pictures, the nearest first.

    Pictures that nobody saw are left out, and all of them where no search has placed them yet: it never waits.
    """
    with session.guard:
        if not session.memory.get("word places"):
            return {}
    known, found = word_space.class_words(session), word_space.placed(session)
    row_of = {image_id: row for image_id in ids if (row := found.ground.row(image_id)) is not None}
    rows = list(row_of.values())
    shares = np.zeros((len(rows), len(known.names)), np.float32)
    np.put_along_axis(shares, found.places.classes[rows].astype(np.int64), found.places.shares[rows], axis=1)
    with threads.products_on_one():
        cosines = shares @ known.space.words @ known.space.words.T
    nearest = np.empty((len(rows), min(count, cosines.shape[1])), np.int64)
    for place in range(nearest.shape[1]):
        nearest[:, place] = cosines.argmax(axis=1)
        np.put_along_axis(cosines, nearest[:, place, None], -np.inf, axis=1)
    return {
        image_id: tuple(known.names[number] for number in row)
        for image_id, row in zip(row_of, nearest.tolist(), strict=True)
    }


def encoder_name(session: Session) -> str:
    """Which encoder is in use: "MiniLM" or "WordLlama".

    Raises
    ------
    MissingExtraError
        None is installed.
    """
    return session.encoder().name
