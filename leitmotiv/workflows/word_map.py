"""Words and pictures on one plane: where each lies, and which of them a window onto it shows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from leitmotiv.analysis import plane
from leitmotiv.errors import UsageError
from leitmotiv.records import Float, read_only
from leitmotiv.workflows import preparing, word_space, words
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
LEAST = 0.004
"""Smallest side of a window, of that of the plane."""
NAMED = 400
"""Words that have a place: those that most pictures are nearest to."""
SHOWN = 48
"""Most words of a window."""
LETTER, ROOM, HIGH = 0.19, 0.35, 0.5
"""How long each letter of a word is, how much room is around it, and how high it is, in cells of a window's grid; of
two words that would touch the more frequent stays."""


@dataclass(frozen=True)
class Word:
    """A word on the plane.

    Attributes
    ----------
    pictures : int
        How many pictures it is the nearest word of.
    """

    word: str
    x: float
    y: float
    pictures: int


@dataclass(frozen=True, eq=False)
class WordMap:
    """A library on the plane.

    Attributes
    ----------
    ids : tuple of str
    places : (N, 2) float64
        From the left and from the top, 0 to 1.
    words : tuple of Word
        The most frequent first.
    held : float
        How much of what pictures differ by is seen on the plane, 0 to 1.
    """

    ids: tuple[str, ...]
    places: Float
    words: tuple[Word, ...]
    held: float

    def __post_init__(self) -> None:
        read_only(self.places)


@dataclass(frozen=True)
class Window:
    """What is seen of it.

    Attributes
    ----------
    pictures : tuple of (str, float, float)
        Ids and places on the plane.
    total : int
        Pictures that lie in the window.
    """

    box: Box
    pictures: tuple[tuple[str, float, float], ...]
    words: tuple[Word, ...]
    total: int


def word_map(session: Session) -> WordMap:
    """All pictures that the backbone has seen, with the words that are nearest to many.

    Raises
    ------
    EmptyLibraryError, MissingExtraError, CompilingError
        See `words.scores` and `preparing.ready`.
    """
    preparing.ready(session)
    found = word_space.placed(session)
    return remember(session, ("word map", found.key), lambda: _word_map(session), lane=True)


def _word_map(session: Session) -> WordMap:
    known, found = word_space.class_words(session), word_space.placed(session)
    ids, vectors = words.picture_vectors(session)
    flat = plane.plane(vectors)
    first = found.places.classes[np.arange(len(ids)), found.places.shares.argmax(axis=1)]
    numbers, counts = np.unique(first, return_counts=True)
    order = np.lexsort((numbers, -counts))[:NAMED]
    places = flat.place(known.space.words[numbers[order]])
    return WordMap(
        ids,
        flat.place(vectors),
        tuple(
            Word(known.names[int(numbers[at])], float(x), float(y), int(counts[at]))
            for at, (x, y) in zip(order, places, strict=True)
        ),
        flat.held,
    )


def read_box(text: str) -> Box:
    """A window ``left,top,width,height`` in shares of the plane, moved so that it lies on it; "" is the whole plane.

    Raises
    ------
    UsageError
        It is none.
    """
    try:
        left, top, width, height = (float(part) for part in text.split(",")) if text else WHOLE
    except ValueError:
        left = top = width = height = float("nan")
    if not all(np.isfinite((left, top, width, height))) or width <= 0 or height <= 0:
        raise UsageError(f"{text[:60]!r} is no window; write left, top, width and height as 0.2,0.3,0.5,0.5.")
    width, height = min(1.0, max(LEAST, width)), min(1.0, max(LEAST, height))
    left, top = (min(max(0.0, at), 1 - side) for at, side in ((left, width), (top, height)))
    return (round(left, 5), round(top, 5), round(width, 5), round(height, 5))


def window(
    session: Session, box: Box, columns: int = 22, rows: int = 12, first: Collection[str] = frozenset()
) -> Window:
    """A picture for each cell of a grid over the window, and the most frequent words that fit beside each other.

    Parameters
    ----------
    first : collection of str
        Ids of pictures that are shown before others of their cell, as what a search finds.
    """
    whole = word_map(session)
    left, top, width, height = box
    wanted = np.array([image_id in first for image_id in whole.ids], bool) if first else None
    chosen = plane.thinned(whole.places, box, columns, rows, wanted)
    shown: dict[Word, _Label] = {}
    for word in whole.words:
        x, y = (word.x - left) / width, (word.y - top) / height
        label = _label(word, x, y, columns, rows)
        if len(shown) < SHOWN and 0 <= x <= 1 and 0 <= y <= 1 and not any(map(label.touches, shown.values())):
            shown[word] = label
    offset = (whole.places - [left, top]) / [width, height]
    return Window(
        box,
        tuple((whole.ids[row], *map(float, whole.places[row])) for row in chosen),
        tuple(shown),
        int(((offset >= 0) & (offset <= 1)).all(axis=1).sum()),
    )


class _Label(NamedTuple):
    """Where a word is written: its middle and half its sides, in shares of the window."""

    x: float
    y: float
    long: float
    high: float

    def touches(self, other: "_Label") -> bool:
        return abs(self.x - other.x) < self.long + other.long and abs(self.y - other.y) < self.high + other.high


def _label(word: Word, x: float, y: float, columns: int, rows: int) -> _Label:
    """One that would stand half outside of the window is drawn in, as on the page."""
    long, high = (LETTER * len(word.word) + ROOM) / columns / 2, HIGH / rows / 2
    return _Label(min(max(x, long), 1 - long), y, long, high)
