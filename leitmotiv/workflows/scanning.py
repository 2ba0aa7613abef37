"""The line of a search in its smallest parts; each character is looked at a few times, however long the line is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from leitmotiv.analysis.named_colours import NAMES
from leitmotiv.errors import QueryError
from leitmotiv.workflows.terms import KINDS
from leitmotiv.workflows.vocabulary import KEYWORDS, OR, Known, begins_list, ends_list, parted, signs

Kind = Literal["(", ")", "+", "-", "&", "|", ",", "weight", "power", "word", "phrase", "term", "like", "filter"]
MINUS = "-−–"
_WIDE = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3001: ",", 0xFF64: ","}
"""Signs and letters as keyboards of East Asia write them, one for one."""
_NAME = re.compile(r"([^\W\d][\w-]*):")
_COLUMN = re.compile(r'"[^"]+":(?=\S)')
_PLACED = re.compile(r"([^\W\d_]+)(?:\s+([^\W\d_]+))?@(?=\S)")
"""What may be a colour by its name, of one word or two, in a place."""
_STRAY = re.compile(r"[:@][^\s+&|()]*")
"""What can only be meant to stand inside of the bracket before."""
_NUMBER = r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_WEIGHT = re.compile(rf"{_NUMBER}\s*(?:\*|×(?!\s*\.?[0-9]))")
_POWER = re.compile(rf"\^\s*{_NUMBER}")
_AFTER = re.compile(rf"(?:\*|(?<![0-9])×)\s*{_NUMBER}(?=[\s+\-−–)&|,]|$)")
"""A weight behind a term; between two numbers a × is none, as in 6×6."""
_WORD = re.compile(rf'(?:(?!{_AFTER.pattern})[^\s"\[\]()+*^&|−–,]|(?<=\d),(?=\d))+')
_REFUSED = re.compile(r'!(?=[\w("\[])')
_REFUSED_APART = re.compile(r"!(?=\s)")
"""The same with a space behind it, which behind a word is an exclamation."""
_SIGNS: dict[str, Kind] = {"(": "(", ")": ")", "+": "+", "&": "&", "|": "|", ",": ",", **dict.fromkeys(MINUS, "-")}
NOT = "NOT"
_LEADING = frozenset(("and", "but"))
"""Words that say nothing more before a *not*."""
_SAID: dict[str, Kind] = {NOT: "-", "AND": "&", "OR": "|"}
_ENDS = "+^&|*"
"""Signs that end the value of a term."""
EDGES = ",.;!?…'’`"
"""Signs at the ends of words that are none of theirs."""
_OWN = ("file", "concept", "board")
"""Terms whose values are names, which are kept as they were written."""
_BEFORE = frozenset(("word", "phrase", "term", "power", ")", "filter", "like"))
_BEHIND = frozenset(("word", "phrase", "term", "weight", "("))
"""What a comma stands between where it means that either will do."""
_LIKE = "like"


@dataclass(frozen=True)
class Token:
    """A part of the line.

    Attributes
    ----------
    text : str
        Of words and phrases without quotation marks; of weights the number.
    at, until : int
        Where it stands.
    """

    kind: Kind
    text: str
    at: int
    until: int


def scan(text: str, known: Known | None = None) -> list[Token]:
    """A line in its parts, in order.

    Parameters
    ----------
    known : callable, optional
        See `vocabulary.parted`.

    Raises
    ------
    QueryError
        A quotation mark or bracket is not closed, or a character has no meaning where it stands.
    """
    listed = _with_lists(list(_Scanner(text, known).tokens()))
    return list(_with_commas(list(_with_signs(listed, text, known))))


def _with_lists(tokens: Sequence[Token]) -> list[Token]:
    """A comma between colours of which the last has an *or* before it is an *or* itself: *red, blue or green car*."""
    runs: list[list[Token]] = []
    for token in tokens:
        if runs and token.kind == runs[-1][0].kind == "word":
            runs[-1].append(token)
        else:
            runs.append([token])
    at, listed = len(runs) - 1, False  # whether what stands behind belongs to a list
    while at > 1:
        before, said = ([token.text for token in runs[place]] for place in (at - 2, at))
        listed = ends_list(said) or (listed and begins_list(said))
        listed = listed and runs[at - 1][0].kind == "," and begins_list(before)
        if listed:
            runs[at - 1] = [] if said[0].casefold() == OR else [replace(runs[at - 1][0], kind="word", text=OR)]
        at -= 1 + listed
    return [token for run in runs for token in run]


def _with_signs(tokens: Sequence[Token], text: str, known: Known | None) -> Iterator[Token]:
    """*or* and *not* among words are signs, where `vocabulary.signs` says so; with a hyphen they are parts of words."""
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and tokens[end].kind == "word":
            end += 1
        run = tokens[at:end]
        joining = signs([token.text for token in run], known) if run else {}
        for number, token in enumerate(run):
            hyphens = text[token.at - 1 : token.at] + text[token.until : token.until + 1]
            if number in joining and not set(MINUS).intersection(hyphens):
                yield replace(token, kind="|") if joining[number] == OR else replace(token, kind="-", text=NOT)
            elif not (token.text.casefold() in _LEADING and joining.get(number + 1, OR) != OR):
                yield token
        yield from tokens[end : end + 1]
        at = end + 1


def _with_commas(tokens: Sequence[Token]) -> Iterator[Token]:
    """A comma between two terms is a plus; beside signs, filters and at the ends it is none."""
    told = [number for number, token in enumerate(tokens) if token.kind != ","]
    behind = dict(pairwise(told))
    for number in told:
        yield tokens[number]
        following = behind.get(number, number + 1)
        if following > number + 1 and tokens[number].kind in _BEFORE and tokens[following].kind in _BEHIND:
            comma = tokens[number + 1]
            yield Token("+", comma.text, comma.at, comma.until)


class _Scanner:
    """Where the reading is, and how many parentheses are open there."""

    def __init__(self, text: str, known: Known | None) -> None:
        self.text = text.translate(_WIDE)
        self.written = text
        self.known = known
        self.at = 0
        self.open = 0
        self.said = False  # whether what stands right before is something that is looked for

    def tokens(self) -> Iterator[Token]:
        while self.at < len(self.text):
            if self.text[self.at].isspace():
                self.at += 1
                continue
            for token in self._next():
                self.said = token.kind in _BEFORE
                yield token

    def _next(self) -> Iterator[Token]:
        character = self.text[self.at]
        if character in _SIGNS:
            self.open = max(0, self.open + (character == "(") - (character == ")"))
            yield self._taken(_SIGNS[character], character, self.at + 1)
        elif character == '"':
            yield self._quoted()
        elif _REFUSED.match(self.text, self.at) or (not self.said and _REFUSED_APART.match(self.text, self.at)):
            yield self._taken("-", NOT, self.at + 1)
        elif character == "[":
            yield self._bracketed()
        elif found := _POWER.match(self.text, self.at) or _AFTER.match(self.text, self.at):
            yield self._taken("power", found[1], found.end())
        elif found := _WEIGHT.match(self.text, self.at):
            yield self._taken("weight", found[1], found.end())
        elif placed := self._colour():
            yield placed
        elif found := _NAME.match(self.text, self.at):
            yield from self._named(found[1].casefold(), found.end())
        elif found := _WORD.match(self.text, self.at):
            yield from self._words(found[0])
        else:
            said = {
                "*": "A * stands between a number and what it weighs, as in 2*beach.",
                "^": "After ^ there must be a number, as in beach^2.",
                "]": "This bracket was never opened.",
            }
            raise QueryError(said[character], self.at, self.at + 1)

    def _taken(self, kind: Kind, text: str, until: int) -> Token:
        made = Token(kind, text, self.at, until)
        self.at = until
        return made

    def _quoted(self) -> Token:
        if found := _COLUMN.match(self.text, self.at):
            until = self._value(found.end(), "")
            return self._taken("filter", self._named_as_written(found.end(), until), until)
        end = self.text.find('"', self.at + 1)
        if end < 0:
            raise QueryError("This quotation mark is not closed.", self.at, len(self.text))
        return self._taken("phrase", self.text[self.at + 1 : end], end + 1)

    def _bracketed(self) -> Token:
        end = self.text.find("]", self.at + 1)
        if end < 0:
            raise QueryError("This bracket is not closed; a picture is [img:3f2a].", self.at, len(self.text))
        if stray := _STRAY.match(self.text, end + 1):
            raise QueryError(
                "Where a part lies is said inside of the bracket: [img:3f2a@10,20,30,40:here].",
                stray.start(),
                stray.end(),
            )
        return self._taken("term", self.text[self.at : end + 1], end + 1)

    def _colour(self) -> Token | None:
        """A colour in a place without ``colour:`` before it; anything else before an @ is a word."""
        found = _PLACED.match(self.text, self.at)
        name = "".join(found.groups("")).casefold() if found else ""
        if found is None or name not in NAMES:
            return None
        until = self._value(found.end(), _ENDS)
        return self._taken("term", f"colour:{name}@{self.text[found.end() : until]}", until)

    def _named(self, name: str, start: int) -> Iterator[Token]:
        """What has a name and a colon: a term, a way to compare, or a filter; with nothing behind, a word."""
        kind: Kind = "term" if name in KINDS else "like" if name == _LIKE else "filter"
        until = self._value(start, "" if kind == "filter" else _ENDS)
        if until > start:
            own = kind == "filter" or name in _OWN
            said = self._named_as_written(start, until) if own else self.text[self.at : until]
            yield self._taken(kind, said, until)
        elif kind == "filter":
            yield from self._words(self.text[self.at : start])
        else:
            raise QueryError(f"{name}: says not which.", self.at, start)

    def _named_as_written(self, start: int, until: int) -> str:
        """What has a name, with the very letters of its value."""
        return self.text[self.at : start] + self.written[start:until]

    def _value(self, at: int, ends: str) -> int:
        """Where a value ends: at a space or one of some characters, but for quotations, or where parentheses close.

        Commas stand inside of values, and never at their end.
        """
        start, inner = at, 0
        while at < len(self.text) and not self.text[at].isspace() and self.text[at] not in ends:
            character = self.text[at]
            if character == '"':
                closing = self.text.find('"', at + 1)
                if closing < 0:
                    raise QueryError("This quotation mark is not closed.", at, len(self.text))
                at = closing
            elif character == "(":
                inner += 1
            elif character == ")":
                if not inner and self.open:
                    break
                inner = max(0, inner - 1)
            at += 1
        while at > start + 1 and self.text[at - 1] == ",":
            at -= 1
        return at

    def _words(self, chunk: str) -> Iterator[Token]:
        """A word; at hyphens that are not its own, the words that are taken away from it."""
        if chunk in KEYWORDS:
            yield self._taken(_SAID[chunk], chunk, self.at + len(chunk))
            return
        for number, piece in enumerate(parted(chunk, self.known)):
            if number:
                yield self._taken("-", "-", self.at + 1)
            if piece:
                yield self._taken("word", piece.strip(EDGES), self.at + len(piece))
