"""How many results of a phrase stand out: more than unrelated words find, which are asked the same.

It says "nothing found" well, and gives a list a length; it promises no rate of errors: look-alikes of what is wanted
stand out as well, and unrelated words cannot stand in for them.

References
----------
.. [1] J. D. Storey and R. Tibshirani, "Statistical significance for genomewide studies", PNAS 100 (2003): false
   discoveries estimated from scores under the null.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import joint
from leitmotiv.analysis.joint import EXAMPLES, Places, Ranker, WordSpace
from leitmotiv.records import Float, Float32, read_only

DECOYS = 200
"""Classes whose names are asked."""
QUANTILE = 0.8
"""That many decoys find fewer pictures than is supposed."""
SHARE = 0.3
"""Most pictures that decoys find, by those that the phrase finds."""
REACH = 0.25
"""How near the best five must come, in the mean, to what a picture of nothing but the likeliest class would have."""
GUARD = 0.6
"""How far up results must be from the middle of the collection to the mean of the best five."""
LONGEST = 4
"""At most one picture in so many stands out: in what more than that have, nothing does."""
_LEVELS = 2048
_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class Decoys:
    """What unrelated words find in a collection.

    Attributes
    ----------
    levels : (L,) float32
        Scores, ascending.
    found : (L,) float32
        Pictures at or above each level, in the `QUANTILE` of decoys.
    """

    levels: Float32
    found: Float32

    def __post_init__(self) -> None:
        read_only(self.levels)
        read_only(self.found)


def unrelated(space: WordSpace, places: Places) -> NDArray[np.int64]:
    """The classes whose names are the farthest from those that a collection shows, the farthest first.

    A class is shown where it is the likeliest of a picture.
    """
    first = places.classes[np.arange(len(places.classes)), places.shares.argmax(axis=1)]
    shown = np.unique(first)
    nearest = (space.names @ space.words[shown].T).max(axis=1)
    return np.argsort(nearest, kind="stable")[:DECOYS]


def ask(ranker: Ranker, said: Float | Float32, also: Float32 | None = None) -> Decoys:
    """Ask what unrelated words find.

    Parameters
    ----------
    said : (C, Q)
        What each of Q words says of all classes.
    also : (N, Q) float32, optional
        What is added to what they say of pictures.
    """
    answers = [ranker.first(said[:, at : at + _AT_ONCE]) for at in range(0, said.shape[1], _AT_ONCE)]
    if also is not None:
        answers = [one + also[:, number * _AT_ONCE :][:, : one.shape[1]] for number, one in enumerate(answers)]
    low, high = min(float(one.min()) for one in answers), max(float(one.max()) for one in answers)
    levels = np.linspace(low, high, _LEVELS, dtype=np.float32)
    counts = [len(one) - np.searchsorted(np.sort(column), levels) for one in answers for column in one.T]
    return Decoys(levels, np.quantile(np.stack(counts), QUANTILE, axis=0).astype(np.float32))


def cut(first: Float32, final: Float, decoys: Decoys, most: float, longest: int = LONGEST) -> int:
    """How many of the first stand out [1]_.

    What a phrase says of classes may be far more than any picture has of them: then the best pictures are those that
    the network takes a little for what is asked, and nothing of it is there. The other way round, a phrase that says
    little of any class has found what it means where pictures have nearly all of that.

    Parameters
    ----------
    first : (N,) float32
        Scores that decoys have, too.
    final : (N,) float64
        By which the results are in order; it decides which of those are kept.
    most : float
        What a picture could have at most in `first`: as much as the class of which the phrase says most.
    longest : int
        At most one picture in so many stands out.
    """
    count = above(first, decoys, most, longest)
    if not count:
        return 0
    middle = _median(final)
    top = joint.top_mean(final, EXAMPLES)
    return min(count, int((final >= middle + GUARD * (top - middle)).sum()))


def above(first: Float32, decoys: Decoys, most: float, longest: int = LONGEST) -> int:
    """The same without regard to how far up results are: how many have more than decoys find [1]_."""
    if joint.top_mean(first, EXAMPLES) < REACH * most:
        return 0
    kept = max(1, len(first) // longest)
    best = np.sort(np.partition(first, len(first) - kept)[len(first) - kept :])[::-1]
    at = np.searchsorted(decoys.levels, best, side="right") - 1
    expected = np.where(at >= 0, decoys.found[np.maximum(at, 0)], float(len(first)))
    expected[best > decoys.levels[-1]] = 0
    passing = np.flatnonzero(expected <= SHARE * np.arange(1, len(best) + 1))
    return int(passing[-1]) + 1 if len(passing) else 0


def _median(values: Float) -> float:
    """The one of numpy imports its masked arrays, for which a search from the command line would wait."""
    half = len(values) // 2
    parted = np.partition(values, (half - (len(values) % 2 == 0), half))
    return float((parted[half] + parted[half - (len(values) % 2 == 0)]) / 2)
