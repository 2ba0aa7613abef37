"""Pictures in an order, and why."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Order = Literal["ascending", "descending"]
_SMALL = 0.1
"""Scores below it are shown with more decimals."""


@dataclass(frozen=True)
class Result:
    """One picture of a ranking.

    Attributes
    ----------
    score : float
        What the order goes by.
    divergence : float or None
        Of looks, nats; None where it was not computed.
    parts : tuple of float
        What each term of a search gave to the score; they add up to it.
    percentile, probability, cosine : float or None
        Of boards: percent of the collection that score less, how likely it belongs (only roughly calibrated), and the
        cosine with what was learnt. By subject, the cosine of what two pictures show: 1 for the same.
    deviation : float or None
        Of critics: of the votes that a picture would get, in scores.
    copies : tuple of str
        Ids of copies of it that were found, too, and are not shown for themselves.
    words : tuple of str
        Of a search for words: those nearest to the picture.
    """

    id: str
    path: str
    score: float
    divergence: float | None = None
    parts: tuple[float, ...] = ()
    percentile: float | None = None
    probability: float | None = None
    cosine: float | None = None
    deviation: float | None = None
    copies: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """A word or a sign of a search that nobody knows.

    Attributes
    ----------
    near : tuple of str
        What may be meant: words that it may be a slip of, the likeliest first, or a filter.
    read : str
        The word that it was read as; empty where it was read as it stands.
    """

    word: str
    near: tuple[str, ...] = ()
    read: str = ""

    @property
    def kind(self) -> str:
        """What it is, as people call it."""
        return "word" if any(one.isalnum() for one in self.word) else "sign"


@dataclass(frozen=True)
class Ranking:
    """Pictures in an order, whatever made it.

    Attributes
    ----------
    measure : str
        "look", "subject", "blend" of both, "board", "search" or "critic".
    unit : str
        Of the scores; for looks "relative" (0 to 1, corrected for hubs) or "nats".
    approximate : bool
        True where the end of the order comes from vectors, or from the trends where there are none, and not from
        divergences.
    terms : tuple of str
        Of a search: what it looked for, in the order of each result's `parts`.
    cut : int or None
        How many of the results part from chance; None where nobody can tell.
    nearest : tuple of str
        Of a search for words: known ones that come nearest to them.
    unknown : tuple of Unknown
        Of a search for words: those that nobody knows.
    notes : tuple of str
        Of a search: what a person should know of how it was read, as sentences.
    """

    measure: str
    unit: str
    order: Order
    query: Mapping[str, object]
    results: tuple[Result, ...]
    total: int
    approximate: bool = False
    terms: tuple[str, ...] = ()
    cut: int | None = None
    nearest: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def decimals(self) -> int:
        """How many decimals tell the scores apart: two, and more where all of them are small, up to 8.

        Examples
        --------
        >>> results = (Result("3f2a", "a.jpg", 0.00312), Result("4b11", "b.jpg", 0.00301))
        >>> Ranking("search", "product", "descending", {}, results, 2).decimals
        6
        """
        scores = [one.score for one in self.results]
        largest = max(map(abs, scores), default=1.0)
        if largest >= _SMALL or not largest:
            return 2
        apart = min(max(scores) - min(scores) or largest, largest)
        return min(8, 2 - math.floor(math.log10(apart)))
