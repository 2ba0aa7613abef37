"""Recall and precision of pairs held to be copies, by family of pictures, with intervals over whole families.

A family is a picture and the copies that were made of it. What is to be found are the pairs of a copy with its picture;
a pair of two copies of one picture is neither sought nor wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.retrieval import Interval
from leitmotiv.records import Float

_LEVELS = (2.5, 97.5)
DRAWS = 2000


@dataclass(frozen=True, eq=False)
class Families:
    """N pictures of which some are copies.

    Attributes
    ----------
    family : (N,) int64
    kind : tuple of str
        "" for a picture itself, else what made the copy.
    """

    family: NDArray[np.int64]
    kind: tuple[str, ...]

    @property
    def altered(self) -> NDArray[np.bool_]:
        """Whether anything was made of the family of each picture, (N,)."""
        made = np.unique(self.family[np.array([bool(name) for name in self.kind])])
        return np.isin(self.family, made)

    def sought(self) -> NDArray[np.int64]:
        """Rows of each copy and of its picture, (S, 2), the lower first."""
        own = {int(family): row for row, family in enumerate(self.family) if not self.kind[row]}
        pairs = [(row, own[int(self.family[row])]) for row, name in enumerate(self.kind) if name]
        return np.sort(np.array(pairs, np.int64).reshape(-1, 2), axis=1)


@dataclass(frozen=True)
class Judged:
    """How a method did.

    Attributes
    ----------
    recall, precision : Interval
    kinds : dict
        Recall by what made the copy.
    right, wrong : int
        Pairs held to be copies that are, and that are not.
    """

    recall: Interval
    precision: Interval
    kinds: dict[str, float]
    right: int
    wrong: int


def judge(families: Families, held: NDArray[np.int64], rng: np.random.Generator) -> Judged:
    """Judge the pairs (P, 2), lower row first, that a method holds to be copies.

    Only pairs with a picture of an altered family count; a wrong one counts against the family of its first picture
    that is of one.
    """
    altered = families.altered
    held = held[altered[held].any(axis=1)] if len(held) else held.reshape(-1, 2)
    right = families.family[held[:, 0]] == families.family[held[:, 1]]
    blamed = np.where(altered[held[:, 0]], families.family[held[:, 0]], families.family[held[:, 1]])
    sought, found = families.sought(), {tuple(pair) for pair in held.tolist()}
    hits = np.array([tuple(pair) in found for pair in sought.tolist()], bool)
    names = [families.kind[a] or families.kind[b] for a, b in sought.tolist()]
    owner = families.family[sought[:, 0]]
    made = np.unique(owner)
    counts = np.column_stack(
        [_count(made, owner[hits]), _count(made, owner), _count(made, blamed[right]), _count(made, blamed)]
    )
    drawn = rng.multinomial(len(made), np.full(len(made), 1 / len(made)), size=DRAWS) @ counts
    kinds = {
        name: float(np.mean([hit for hit, other in zip(hits.tolist(), names, strict=True) if other == name]))
        for name in dict.fromkeys(names)
    }
    total = counts.sum(axis=0)
    return Judged(
        recall=_share(total[0], total[1], drawn[:, 0], drawn[:, 1]),
        precision=_share(total[2], total[3], drawn[:, 2], drawn[:, 3]),
        kinds=kinds,
        right=int(right.sum()),
        wrong=int((~right).sum()),
    )


def _count(made: NDArray[np.int64], families: NDArray[np.int64]) -> Float:
    return np.asarray((families[:, None] == made).sum(axis=0), np.float64)


def _share(part: float, whole: float, drawn: Float, drawn_whole: Float) -> Interval:
    shares = drawn / np.maximum(drawn_whole, 1)
    low, high = np.percentile(shares[drawn_whole > 0], _LEVELS) if (drawn_whole > 0).any() else (0.0, 0.0)
    return Interval(float(part / max(whole, 1)), float(low), float(high))


def best_threshold(
    families: Families, distances: NDArray[np.int64], precision: float, allowed: Sequence[int]
) -> tuple[int, NDArray[np.int64]]:
    """The largest of the `allowed` distances at which the precision is reached, and the pairs at or below it.

    Parameters
    ----------
    distances : (N, N) int64
        Of all pairs; symmetric.

    Returns
    -------
    threshold : int
        -1 where no threshold reaches the precision; then there are no pairs.
    pairs : (P, 2) int64
    """
    altered = families.altered
    rows, columns = np.triu_indices(len(distances), 1)
    counted = altered[rows] | altered[columns]
    rows, columns = rows[counted], columns[counted]
    values, right = distances[rows, columns], families.family[rows] == families.family[columns]
    best = -1
    for threshold in allowed:
        held = values <= threshold
        if held.any() and right[held].mean() >= precision:
            best = threshold
    kept = values <= best
    return best, np.stack([rows[kept], columns[kept]], axis=1)
