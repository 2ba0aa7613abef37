"""What a person should know of how a search was read: words that nobody knows, lines that say less than they seem."""

import unicodedata
from collections.abc import Sequence

from leitmotiv.records import Unknown
from leitmotiv.workflows import grammar, names, slips
from leitmotiv.workflows.knowing import WORD, words_of
from leitmotiv.workflows.query import Query
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import Words

SIGNS = {"and": "AND or & joins terms", "without": "NOT or - takes away"}
"""Words that a phrase may have of its own, and what joins terms in their stead."""


def unknown(session: Session, query: Query, read: Sequence[str]) -> tuple[Unknown, ...]:
    """The words and signs of a query that nobody knows.

    Parameters
    ----------
    read : sequence of str
        As what the phrase of each term was read; empty where it is none.
    """
    found: dict[str, Unknown] = {}
    for term, as_read in zip(query.terms, read, strict=True):
        if isinstance(term.wanted, Words):
            said, meant = words_of(term.wanted.phrase), words_of(as_read)
            instead = dict(zip(said, meant, strict=True)) if len(said) == len(meant) else {}
            for word, near in slips.unknown(session, term.wanted.phrase).items():
                other = instead.get(word, word)
                found[word] = Unknown(word, near, "" if other == word else other)
            found |= {sign: Unknown(sign) for sign in term.wanted.phrase.split() if _is_sign(sign)}
    return tuple(found.values())


def _is_sign(text: str) -> bool:
    """Whether there is no word in a text but a picture of a thing, which no encoder here reads."""
    return not WORD.search(text) and any(unicodedata.category(one) == "So" for one in text)


def notes(session: Session, query: Query, total: int, cut: int | None) -> tuple[str, ...]:
    """Sentences on what a query does not say, though it looks so.

    Parameters
    ----------
    total : int
        How many pictures the filters leave.
    cut : int or None
        How many of them stand out.
    """
    said = []
    phrases = [term.wanted.phrase for term in query.terms if isinstance(term.wanted, Words)]
    for phrase in phrases:
        if slips.says_nothing(phrase):
            said.append(f"“{phrase}” says nothing of what a picture shows, so nothing is looked for by it.")
            continue
        words = phrase.casefold().split()
        for word, instead in SIGNS.items():
            if word in words and len(words) > 1:
                said.append(f"“{word}” is a word of the phrase “{phrase}”; {instead}.")
    if cut == 0 and (total or not query.filters):
        wanted = [term.wanted.phrase for term in query.terms if isinstance(term.wanted, Words) and term.weight > 0]
        said += [_folder(*one) for one in _folders(session, wanted)]
    if query.filters and not total:
        said.append(_left_none(query.filters))
    return tuple(dict.fromkeys(said))


def _folders(session: Session, phrases: Sequence[str]) -> list[tuple[str, str]]:
    """Phrases that are the name of a folder, each with the filter that means it."""
    named = {names.plain(name): name for name in names.folders(session)}
    found = [(phrase, named.get(names.plain(phrase))) for phrase in phrases]
    return [(phrase, grammar.write([grammar.Term("folder", (name,))])) for phrase, name in found if name]


def _folder(phrase: str, line: str) -> str:
    return f"A folder is called “{phrase}”; what is in it, whatever it shows, is found by {line}"


def _left_none(filters: str) -> str:
    text = f"The filters leave no picture: {filters}."
    if "keyword:" in filters:
        text += " Keywords are those that pictures and their sidecars had when they were added; what captions say is "
        text += "found by plain words, without keyword:."
    return text
