"""What to make of words that nobody knows, in a library and what is written in it: slips of others, or nothing."""

import re

from leitmotiv.analysis.captions import FUNCTION_WORDS
from leitmotiv.analysis.spelling import Vocabulary
from leitmotiv.workflows import names, written
from leitmotiv.workflows.knowing import NAMED, bare, known, vocabulary, words_of
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

SLIPS = 2
"""Unknown words of a phrase that are tried as slips of others, if nothing is found."""


def unknown(session: Session, text: str) -> dict[str, tuple[str, ...]]:
    """The words of a text that nobody knows, each with what may be meant, the likeliest first.

    Known is what an encoder has a token for, what stands in the texts of classes, and what is written of pictures of
    this library. What only a folder is called is looked for by a filter.
    """
    strange = dict.fromkeys(word for word in words_of(text) if not known(word))
    if not strange:
        return {}
    texts = written.of(session)
    lost = [word for word in strange if not _is_joined(word)]
    return {word: _meant(session, word) for word in lost if texts is None or word not in texts}


def _is_joined(word: str) -> bool:
    """Whether all that the hyphens of a word join is known: a folder may be called so, and the encoders read each."""
    return "-" in word and all(map(known, word.split("-")))


def _meant(session: Session, word: str) -> tuple[str, ...]:
    if bare(word) in _folders(session):
        return (f"folder:{bare(word)}",)
    return _nearest(session, bare(word))


def _nearest(session: Session, word: str) -> tuple[str, ...]:
    """The words that one may be a slip of, found once: a search asks for them several times."""
    texts = written.of(session)
    key = ("meant", session.library.revision("images", "files"), texts and texts.key, word)
    return remember(session, key, lambda: tuple(near for near, _ in _here(session).nearest(word)))


def readings(session: Session, phrase: str) -> list[str]:
    """Other readings of a phrase, each with one unknown word put right."""
    strange = list(unknown(session, phrase).items())[:SLIPS]
    return [with_word(phrase, word, meant) for word, near in strange for meant in near if ":" not in meant]


def with_word(text: str, word: str, other: str) -> str:
    """A text with another word in place of one."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _: other, text)


def is_all_unknown(session: Session, phrase: str) -> bool:
    """Whether of the words of a phrase that say something nobody knows any."""
    said = [word for word in words_of(phrase) if word.casefold() not in FUNCTION_WORDS]
    strange = unknown(session, phrase)
    return bool(said) and all(word in strange for word in said)


def says_nothing(phrase: str) -> bool:
    """Whether a phrase has only words that say nothing of what a picture shows: of the, and, it."""
    said = [word.casefold() for word in words_of(phrase)]
    return bool(said) and all(word in FUNCTION_WORDS for word in said)


def _folders(session: Session) -> frozenset[str]:
    """The words in the names of folders."""

    def words() -> frozenset[str]:
        said = " ".join(names.folders(session)).replace("_", " ").lower()
        return frozenset(words_of(said))

    return remember(session, ("folder words", session.library.revision("images", "files")), words)


def _here(session: Session) -> Vocabulary:
    """The vocabulary with the words of this collection."""
    texts = written.of(session)

    def make() -> Vocabulary:
        own = _folders(session) if texts is None else {*_folders(session), *texts.words}
        return vocabulary().with_more(dict.fromkeys((word for word in own if word.isalpha()), NAMED))

    return remember(session, ("vocabulary", session.library.revision("images", "files"), texts and texts.key), make)
