"""The grammar of searches: a line of words, signs, weights, parentheses and filters; it reads text and asks no library.

``beach + 2*sunrise - snow``, ``(red car | "fire engine") & [img:3f2a] year:2024``. Words side by side are one phrase.
``+`` adds what would do as well, ``-`` and NOT take away, what stands side by side or has ``&`` between is wanted
together, ``|`` is either. What has a colon and is none of the kinds of `terms.KINDS` must be a filter (see
`selecting`); it holds for the whole search and is handed on as it was written.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from leitmotiv.errors import QueryError, UsageError
from leitmotiv.workflows import trees, vocabulary
from leitmotiv.workflows.scanning import EDGES, NOT, Kind, Token, scan
from leitmotiv.workflows.sums import Sums
from leitmotiv.workflows.terms import (
    LOOKS,
    File,
    Numbered,
    OfConcept,
    Wanted,
    Words,
    broad,
    canonical,
    hexadecimal,
    is_share,
    read,
)
from leitmotiv.workflows.terms import Colour as Colour
from leitmotiv.workflows.terms import Picture as Picture
from leitmotiv.workflows.terms import Region as Region
from leitmotiv.workflows.terms import Sketch as Sketch
from leitmotiv.workflows.terms import Upload as Upload
from leitmotiv.workflows.trees import MOST_WEIGHT, Group
from leitmotiv.workflows.trees import Node as Node
from leitmotiv.workflows.trees import Term as Term
from leitmotiv.workflows.vocabulary import Known

MOST_CHARACTERS = 10_000
MOST_TERMS = 24
LONGEST_PHRASE = 300
DEEPEST = 50
"""Most parentheses inside each other."""
_REFUSING = "!"
_END = Token("+", "", -1, -1)


@dataclass(frozen=True)
class Query:
    """What a line asks for.

    Attributes
    ----------
    tree : Term, Group or None
        What is looked for; None where only filters choose.
    filters : str
        Its filters, for `selecting.select`.
    like : str
        How pictures are compared, where it is said: "look", "subject", or a number between.
    """

    tree: Node | None = None
    filters: str = ""
    like: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """What is looked for one by one, from left to right, with the weights that they have in the whole."""
        return trees.leaves(self.tree)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return self.tree is None and not self.filters

    @property
    def is_of_looks(self) -> bool:
        """Whether colours, sketches and pictures are asked for in one line, without words and parentheses."""
        if self.like not in ("", "look") or self.tree is None:
            return False
        whole = (self.tree,) if isinstance(self.tree, Term) or self.tree.how == "all" else self.tree.members
        if isinstance(self.tree, Group) and (self.tree.how == "any" or self.tree.weight != 1):
            return False
        flat = all(
            isinstance(one, Term)
            or (one.how == "all" and one.weight == 1 and all(isinstance(each, Term) for each in one.members))
            for one in whole
        )
        return flat and all(isinstance(term.wanted, LOOKS) for term in self.terms)

    @property
    def text(self) -> str:
        """The line, in one way of writing it."""
        like = f"like:{self.like}" if self.like else ""
        return " ".join(filter(None, [trees.written(self.tree), like, self.filters]))

    def without(self, at: int) -> str:
        """The line without one of its terms."""
        return self._changed(at, lambda term: None)

    def turned(self, at: int) -> str:
        """The line with the sign of one of its terms the other way."""
        return self._changed(at, lambda term: replace(term, weight=-term.weight))

    def weighed(self, at: int, weight: float) -> str:
        """The line with another weight for one of its terms; its sign stays."""
        return self._changed(at, lambda term: replace(term, weight=weight if term.weight > 0 else -weight))

    def numbered(self, ids: Sequence[str]) -> "Query":
        """The query with pictures in place of places in a ranking.

        Raises
        ------
        UsageError
            The ranking is not that long.
        """
        found = self
        for term in reversed(self.terms):  # the same picture twice becomes one, which moves those behind it
            if isinstance(term.wanted, Numbered):
                if term.wanted.place >= len(ids):
                    raise UsageError(f"{term.text} is past the end: from [IMG_0] on the ranking has {len(ids)}.")
                name = ids[term.wanted.place][:16]
                picture = replace(term, text=f"[img:{name}]", wanted=Picture(name))
                found = replace(found, tree=trees.changed(found.tree, term.at, trees.into(picture)))
        return found

    def plus(self, other: "Query") -> "Query":
        """What this and another line look for, with the filters of both."""
        return Query(
            trees.plus(self.tree, [] if other.tree is None else [other.tree]),
            " ".join(filter(None, [self.filters, other.filters])),
            self.like or other.like,
        )

    def _changed(self, at: int, change: Callable[[Term], Term | None]) -> str:
        return replace(self, tree=trees.changed(self.tree, at, change)).text


def parse(
    text: str,
    files: Sequence[Path] = (),
    *,
    local: bool = False,
    known: Known | None = None,
    colours: bool = True,
) -> Query:
    """Read a line.

    Parameters
    ----------
    files : sequence of Path
        Pictures outside the line that are looked for too.
    local : bool
        Whether the line may name files of this machine.
    known : callable, optional
        Whether a word with hyphens, or a phrase that begins with a colour, is one name; see `vocabulary`.
    colours : bool
        Whether words for colours at the beginning of a phrase are colours.

    Raises
    ------
    UsageError
        A part that is neither a term nor a filter; the text names it and says what would be one. A `QueryError` says
        where, too.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageError(f"The search has {len(text):,} characters, but may have {MOST_CHARACTERS:,}.")
    reader = _Reader(scan(text, known), len(text), local, known, colours)
    tree = reader.whole()
    if files:
        tree = trees.plus(tree, [Term(str(path), File(path)) for path in files])
    terms = reader.count + len(files)
    if terms > MOST_TERMS:
        raise UsageError(f"The search has {terms} terms, but may have {MOST_TERMS}.")
    return Query(tree, " ".join(reader.filters), reader.like)


class _Reader:
    """A reading by recursive descent: either, sum, primary; each part of the line is looked at once."""

    def __init__(self, tokens: Sequence[Token], length: int, local: bool, known: Known | None, colours: bool) -> None:
        self.tokens = tokens
        self.length = length
        self.colours = colours
        self.local = local
        self.known = known
        self.at = 0
        self.deep = 0
        self.count = 0
        self.filters: list[str] = []
        self.like = ""

    @property
    def token(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def _is(self, *kinds: Kind) -> bool:
        return self.token is not _END and self.token.kind in kinds

    def _took(self, kind: Kind) -> bool:
        found = self._is(kind)
        self.at += found
        return found

    def whole(self) -> Node | None:
        found = self._either()
        if self._is(")"):
            raise self._fault("This parenthesis was never opened.")
        return found

    def _fault(self, text: str, token: Token | None = None) -> QueryError:
        one = token or self.token
        at, until = (self.length, self.length) if one is _END else (one.at, one.until)
        return QueryError(text, at, until)

    def _either(self) -> Node | None:
        found = [self._sum()]
        while self._is("|"):
            token = self.token
            self.at += 1
            found.append(self._sum())
            if found[0] is None or found[-1] is None:
                raise self._fault(self._one_sided(token), token)
        return trees.joined("any", [part for one in found if one is not None for part in trees.parts("any", one)])

    def _one_sided(self, token: Token) -> str:
        if self.filters or self.like:
            return "Filters hold for the whole search; either of two values is one filter, as in year:2023,2024."
        quoted = "" if token.text in ("|", token.text.upper()) else f' The word itself is "{token.text}".'
        return f"There is nothing on one side of {token.text}, which stands as in cat {token.text} dog.{quoted}"

    def _sum(self) -> Node | None:
        """Terms with their signs; what has none belongs to the last one that is wanted."""
        found = Sums()
        while True:
            start, before = self.token, self.tokens[self.at - 1].kind if self.at else ""
            signs, added, against, met = self._signs()
            if self.token is _END or self._is(")", "|"):
                if added or against or met:
                    raise self._fault("The search ends with a sign and nothing after it.", start)
                return found.node()
            if met and not found and before not in ("filter", "like"):  # those hold for the whole search anyway
                raise self._fault("There is nothing before the &, which stands as in car & bridge.", start)
            node = self._primary(against)
            if node is not None:
                found.add(node, added=added, less=against and not signs.endswith(_REFUSING), met=met)

    def _signs(self) -> tuple[str, bool, bool, bool]:
        """The signs that stand here, and whether a plus, a minus in the end, and an & are among them."""
        said = ""
        added = minus = met = signed = False
        while self._is("+", "-", "&"):
            kind = self.token.kind
            if kind == "&" and (met or signed):
                raise self._fault("Before & there must be a term.")
            met |= kind == "&"
            added |= kind == "+"
            minus ^= kind == "-"
            signed |= kind != "&"
            said += _REFUSING if self.token.text == NOT else kind
            self.at += 1
        return said, added or (signed and not minus), minus, met

    def _primary(self, against: bool) -> Node | None:
        """A term or what stands in parentheses, with its weights; a filter is noted, and is none."""
        first, weight = self.token, 1.0
        while self._is("weight"):
            weight *= self._weight()
        token = self.token
        if self._is("filter", "like"):
            if self.token is not first:
                raise self._fault(f"{token.text!r} is no term, and a weight says nothing of it.")
            self._note(token, against)
            return None
        node = self._bare()
        while self._is("power"):
            weight *= self._weight()
        weight = trees.rounded(weight)
        if not 0 < weight <= MOST_WEIGHT:
            raise self._fault(f"A weight is {weight:g}, but must lie above 0 and not above {MOST_WEIGHT:g}.", first)
        own = trees.rounded(node.weight * weight)
        if not 0 < abs(own) <= MOST_WEIGHT:
            raise self._fault(f"Weights together are {own:g}, but must not lie above {MOST_WEIGHT:g}.", first)
        return replace(node, weight=-own if against else own)

    def _weight(self) -> float:
        self.at += 1
        return min(float(self.tokens[self.at - 1].text), 1e9)

    def _note(self, token: Token, against: bool) -> None:
        self.at += 1
        if self.deep:
            raise self._fault("This holds for the whole search; write it outside of parentheses.", token)
        if token.kind == "filter":
            self.filters.append(("-" if against else "") + token.text)
            return
        how = token.text.partition(":")[2].casefold()
        if against or self.like or not (how in ("look", "subject") or is_share(how)):
            raise self._fault("Pictures are compared by like:look, like:subject or one between, like:0.4.", token)
        self.like = how

    def _bare(self) -> Node:
        token = self.token
        if self._took("("):
            return self._inside(token)
        if self._is("word"):
            return self._phrase()
        if self._took("phrase"):
            return self._term(token, self._words(token, token.text))
        if self._took("term"):
            try:
                wanted = read(token.text)
            except UsageError as error:
                raise self._fault(str(error), token) from error
            if wanted is None:
                raise self._fault(f"{token.text!r} is no term; a picture is [img:3f2a].", token)
            return self._term(token, wanted)
        raise self._fault("Here something to look for is missing: a word, [img:3f2a], colour:teal.")

    def _inside(self, opened: Token) -> Node:
        self.deep += 1
        if self.deep > DEEPEST:
            raise self._fault(f"Parentheses may lie {DEEPEST} deep, and here they lie deeper.", opened)
        node = self._either()
        if not self._took(")"):
            raise self._fault("This parenthesis is not closed.", opened)
        if node is None:
            raise self._fault("There is nothing in these parentheses.", opened)
        self.deep -= 1
        return node

    def _phrase(self) -> Node:
        """Words side by side: the colours at their beginning, and what the others say."""
        said: list[Token] = []
        while self._is("word"):
            said.append(self.token)
            self.at += 1
        token = replace(said[0], until=said[-1].until)
        words = self._words(token, " ".join(one.text for one in said)).phrase.split(" ")
        colours, left = vocabulary.coloured(words, self.known) if self.colours else ([], words)
        members: list[Node] = []
        for names in colours:
            any_of = [
                self._term(token, Colour(hexadecimal(name), name=broad(name)), f"colour:{name}") for name in names
            ]
            members.append(any_of[0] if len(any_of) == 1 else Group("any", tuple(any_of)))
        if left:
            members.append(self._term(token, Words(" ".join(left))))
        return trees.together(members)

    def _words(self, token: Token, text: str) -> Words:
        # letters of other widths and ligatures are the plain ones, which encoders know
        plain = unicodedata.normalize("NFKC", text)
        words = (word.strip(EDGES) for word in plain.replace("_", " ").replace('"', " ").split())
        phrase = " ".join(filter(None, words))
        if not phrase:
            raise self._fault("Nothing is said here; write what the picture shows.", token)
        if len(phrase) > LONGEST_PHRASE:
            raise self._fault(f"A phrase may have {LONGEST_PHRASE} characters, not {len(phrase):,}.", token)
        return Words(phrase)

    def _term(self, token: Token, wanted: Wanted, text: str = "") -> Term:
        self.count += 1
        if isinstance(wanted, OfConcept | File) and not self.local:
            raise self._fault("Files of this machine can be named on the command line only.", token)
        return Term(text or canonical(token.text, wanted), wanted)
