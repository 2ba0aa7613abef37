"""Which words are known to anybody, whatever the library: by encoders, in the texts of classes, in English."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from leitmotiv.analysis.captions import matches
from leitmotiv.analysis.spelling import Vocabulary
from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import classes, english, kept
from leitmotiv.nets import text as nets_text
from leitmotiv.nets.classes import DIGEST
from leitmotiv.records import ClassText
from leitmotiv.settings import cache_folder
from leitmotiv.workflows import word_space

NAMED, DESCRIBED = 1e6, 1e4
"""How often a word counts as said that names a class or stands in the collection, and one that describes a class."""
TOLD = 50.0
"""A word that is said less often is known, but a slip is not taken for it."""
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def known(word: str) -> bool:
    """Whether a word, or one joined by hyphens as it stands, has a place of its own; numbers and single letters do.

    A single letter of another script may be a whole word, which no encoder here reads.
    """
    low = bare(word)
    if (len(low) < 2 and low.isascii()) or low.isdigit():
        return True
    both = (low, low.removesuffix("s"))
    return any(one in _near() for one in both) or ("-" not in low and any(one in _english() for one in both))


def words_of(text: str) -> list[str]:
    """The words of a text as they stand, joined by hyphens and apostrophes or not, with the marks on their letters."""
    return matches(WORD, text)


def bare(word: str) -> str:
    """A word in small letters, without what follows an apostrophe."""
    return word.lower().replace("’", "'").partition("'")[0]


@cache
def vocabulary() -> Vocabulary:
    """The words that another may be a slip of, each with how often it is said."""
    said = {word: often for word, often in _english().items() if often >= TOLD and "'" not in word}
    words, values = (line.split(" ") for line in _lines())
    return Vocabulary(said).with_more(dict(zip(words, map(float, values), strict=True)))


@cache
def _near() -> frozenset[str]:
    """Words with a token of their own, those for kinds of classes, and those of the class texts with their hyphens."""
    return frozenset(_lines()[0].split(" "))


@cache
def _lines() -> tuple[str, str]:
    """These words, and how often each counts as said, as they are kept for the user: gathering them takes long."""
    try:
        texts = word_space.texts()
    except MissingExtraError:
        texts = ()
    written = f"{DIGEST if texts else 'none'}-{classes.broader_digest()}"
    way = f"{nets_text.vocabulary_digest()}-{written}-{DESCRIBED:g}-{NAMED:g}"
    path = cache_folder(os.environ) / f"known-words-{way}.txt"
    held = kept.read(path)
    if held is None:
        found = _gathered(texts)
        held = f"{' '.join(found)}\n{' '.join(f'{value:g}' for value in found.values())}".encode()
        kept.keep(path, held)
    words, values = held.decode().split("\n")
    return words, values


def _gathered(texts: Sequence[ClassText]) -> dict[str, float]:
    kinds = (word for words, _ in classes.broader() for word in words)
    often = dict.fromkeys(nets_text.vocabulary(), 1.0)
    often |= dict.fromkeys((match[0].lower() for kind in kinds for match in WORD.finditer(kind)), 1.0)
    for value, parts in ((DESCRIBED, (one.description for one in texts)), (NAMED, _names(texts))):
        often |= dict.fromkeys((match[0].lower() for part in parts for match in WORD.finditer(part)), value)
    return often


@cache
def _english() -> Mapping[str, float]:
    """The list of English, where it is installed; asked last, as it takes longer to read than a search."""
    try:
        return english.frequencies()
    except MissingExtraError:
        return {}


def _names(texts: Sequence[ClassText]) -> Iterator[str]:
    for one in texts:
        yield one.name
        yield from one.synonyms
