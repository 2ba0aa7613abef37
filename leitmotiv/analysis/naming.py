"""Names of groups by their colours that tell them apart: a later group says what an earlier one of that name lacks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

from leitmotiv.analysis.palette import colour_name, lightness, term
from leitmotiv.records import Swatch

Palette = Sequence[Swatch]

LEAST = 0.02
"""Share of a colour below which no name speaks of it."""
APART = 6.0
"""Difference in lightness (L*, 0 to 100) from which on a name says darker or paler."""
_WHERE = {
    "above": "at the top",
    "below": "at the foot",
    "left": "on the left",
    "right": "on the right",
    "middle": "in the middle",
    "around": "around",
}


def distinct_names(palettes: Sequence[Palette], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """A name for each palette, no two the same.

    The first one of a name has it plain. A later one adds, of what tells it from those before, the first of: a further
    colour, where that colour lies, two further colours, that it is darker or paler; at last a number. So a name does
    not depend on the palettes after it.

    Parameters
    ----------
    taken : iterable of str
        Names that are not to be used.
    """
    used, first = set(taken), dict[str, float]()
    names = []
    for palette in palettes:
        plain = colour_name(palette)
        name = next(name for name in _names(palette, plain, first) if name not in used)
        first.setdefault(plain, lightness(palette))
        used.add(name)
        names.append(name)
    return tuple(names)


def distinct_words(kinds: Sequence[Sequence[str]], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """A name for each group by what is seen in it, no two the same; a later one adds a word, at last a number.

    Parameters
    ----------
    kinds : sequence of sequence of str
        Of each group what is seen most, the most first; at least one.
    taken : iterable of str
        Names that are not to be used.
    """
    used = set(taken)
    names = []
    for words in kinds:
        several = [words[0], *(f"{words[0]}, {other}" for other in words[1:])]
        numbered = (f"{words[0]} {number}" for number in count(2))
        names.append(next(name for name in chain(several, numbered) if name not in used))
        used.add(names[-1])
    return tuple(names)


def _names(palette: Palette, plain: str, first: dict[str, float]) -> Iterator[str]:
    """Names from the plainest to one that surely is not taken."""
    yield plain
    said = set(plain.replace(" over ", " and ").replace(" on ", " and ").split(" and "))
    further: dict[str, str] = {}
    for swatch in palette:
        word = term(swatch.colour)
        if word not in said and swatch.share >= LEAST:
            further.setdefault(word, swatch.place)
    for word in further:
        yield f"{plain}, with {word}"
    for word, place in further.items():
        where = _WHERE.get(place.split(", ")[0])
        if where:
            yield f"{plain}, with {word} {where}"
    words = list(further)
    for at, word in enumerate(words):
        for other in words[at + 1 :]:
            yield f"{plain}, with {word} and {other}"
    difference = lightness(palette) - first.get(plain, lightness(palette))
    if abs(difference) >= APART:
        tone = "darker" if difference < 0 else "paler"
        yield f"{plain}, {tone}"
        for word in words:
            yield f"{plain}, {tone}, with {word}"
    number = 2
    while True:
        yield f"{plain} ({number})"
        number += 1
