"""One space for words and pictures, without training: a picture lies where the words of its likely classes lie.

It owns that space, the places of pictures in it, and how a phrase ranks them. It reads no text and sees no picture:
encoders and the backbone give it numbers.

References
----------
.. [1] M. Norouzi et al., "Zero-shot learning by convex combination of semantic embeddings", ICLR 2014.
.. [2] D. Zhou et al., "Ranking on data manifolds", NIPS 2003: scores that spread over neighbours.
.. [3] J. J. Rocchio, "Relevance feedback in information retrieval" (1971): the best of a first ranking as examples.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis.background import Background
from leitmotiv.records import Float, Float32, read_only

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TEMPERATURE = 2.0
"""Logits are divided by it: less sure of the first class, so that likely ones take part."""
LIKELIEST = 50
"""Classes of a picture that count."""
DESCRIBED = 0.5
"""How its description counts in the word of a class, where its name and its synonyms count 1."""
LEVELLING = 3.0
"""Added to the covariance of class words, by its mean eigenvalue, before it is levelled."""
SPREAD = 2.0
"""How much neighbours count in a score, where a picture's own counts 1."""
ROUNDS = 2
"""How often scores spread over neighbours."""
EXAMPLES = 5
"""The best of the first ranking, which a second one is learnt from."""
_LEAST = 1e-12
_ROWS = 4096
_FEW_ROWS = 1024


@dataclass(frozen=True, eq=False)
class WordSpace:
    """The words of C classes, centred and levelled.

    Attributes
    ----------
    words : (C, D) float32
        Unit vectors of classes, from names, synonyms and descriptions.
    names : (C, D) float32
        Unit vectors of their names alone: where a phrase lies that says just that.
    centre : (D,) float32
    levelling : (D, D) float32
        Inverse square root of the covariance of the class words, shrunk.
    """

    words: Float32
    names: Float32
    centre: Float32
    levelling: Float32

    def __post_init__(self) -> None:
        for one in fields(self):
            read_only(getattr(self, one.name))

    def place(self, encoded: Float32) -> Float32:
        """Where encoded phrases lie, unit rows (B, D) float32; a row of zeros stays one."""
        known = np.linalg.norm(encoded, axis=1, keepdims=True) > _LEAST
        return np.asarray(ground.unit((encoded - self.centre) @ self.levelling) * known, np.float32)


def word_space(names: Float32, synonyms: Float32, described: Float32) -> WordSpace:
    """The space of classes whose texts were encoded, each (C, D) float32 in unit rows."""
    raw = ground.unit(synonyms + names + np.float32(DESCRIBED) * described).astype(np.float64)
    centre = raw.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(raw.T, bias=True))
    levelling = (vectors / np.sqrt(values + LEVELLING * values.mean())) @ vectors.T

    def place(encoded: Float | Float32) -> Float32:
        return ground.unit((encoded - centre) @ levelling).astype(np.float32)

    return WordSpace(place(raw), place(names), centre.astype(np.float32), levelling.astype(np.float32))


@dataclass(frozen=True, eq=False)
class Places:
    """Where N pictures lie: as mixtures of class words.

    Attributes
    ----------
    classes : (N, K) int16
        The likeliest classes of each.
    shares : (N, K) float32
        Of each class, scaled so that the mixture of their words has length 1.
    """

    classes: NDArray[np.int16]
    shares: Float32

    def __post_init__(self) -> None:
        read_only(self.classes)
        read_only(self.shares)

    def mixing(self, count: int) -> "csr_array":
        """The shares as a sparse matrix, (N, count) float32."""
        rows, kept = self.shares.shape
        return scipy.sparse.csr_array(
            (self.shares.ravel(), self.classes.ravel().astype(np.int32), np.arange(rows + 1) * kept),
            shape=(rows, count),
        )

    def vectors(self, space: WordSpace) -> Float32:
        """Unit vectors of pictures in the space, (N, D) float32."""
        return np.asarray(self.mixing(len(space.words)) @ space.words, np.float32)


def placed(pooled: NDArray[np.float16], head: tuple[Float32, Float32], space: WordSpace) -> Places:
    """Where pictures lie by their features [1]_.

    Parameters
    ----------
    pooled : (N, F) float16
    head : (C, F) and (C,) float32
        From features to logits.
    """
    weight, bias = head
    count, kept = len(pooled), min(LIKELIEST, len(bias))
    classes, shares = np.empty((count, kept), np.int16), np.empty((count, kept), np.float32)
    for start in range(0, count, _ROWS):
        part = slice(start, start + _ROWS)
        logits = (pooled[part].astype(np.float32) @ weight.T + bias) / np.float32(TEMPERATURE)
        found = np.argpartition(-logits, kept - 1, axis=1)[:, :kept]
        chances = np.exp(np.take_along_axis(logits, found, axis=1) - logits.max(axis=1, keepdims=True))
        chances /= np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
        mixture = Places(found.astype(np.int16), chances.astype(np.float32)).vectors(space)
        classes[part] = found
        shares[part] = chances / np.maximum(np.linalg.norm(mixture, axis=1, keepdims=True), _LEAST)
    return Places(classes, shares)


class Ranker:
    """Ranks a collection by what is said of classes.

    Parameters
    ----------
    places : Places
        Of the N pictures.
    background : Background
        Of the same pictures: their neighbours, and what examples are learnt against.
    count : int
        Of classes.
    """

    def __init__(self, places: Places, background: Background, count: int) -> None:
        self._places = places
        self._background = background
        self._count = count
        self._asked = False
        self._metric = ground.metric(background, EXAMPLES)

    @property
    def rows(self) -> Float32:
        """What pictures show, unit rows (N, P) float32."""
        return self._background.rows

    def share(self, classes: NDArray[np.bool_]) -> Float32:
        """How likely each picture is of one of some classes, (N,) float32, 0 to 1; classes is (C,) bool."""
        shares = self._places.shares
        return np.asarray(gathered(shares, self._places.classes, classes.astype(np.float32)) / shares.sum(axis=1))

    def first(self, said: Float | Float32) -> Float32:
        """Scores by what is said of each class, (C,) to (N,), or (C, Q) to (N, Q), spread over neighbours [2]_."""
        spreading, places = self._background, self._places
        scores: Float32 = np.asarray(said, np.float32)
        if self._asked or scores.ndim > 1:
            mix, spread = self._matrices
            scores = mix @ scores
            for _ in range(ROUNDS):
                scores = (scores + np.float32(SPREAD) * (spread @ scores)) / np.float32(1 + SPREAD)
            return np.asarray(scores, np.float32)
        # a command asks once, and sparse matrices take longer to import than that takes without them
        self._asked = True
        scores = gathered(places.shares, places.classes, scores)
        for _ in range(ROUNDS):
            near = gathered(spreading.closeness, spreading.near, scores)
            scores = np.asarray((scores + np.float32(SPREAD) * near) / np.float32(1 + SPREAD), np.float32)
        return scores

    @cached_property
    def _matrices(self) -> "tuple[csr_array, csr_array]":
        """What mixes classes into pictures, and what spreads over neighbours."""
        near, closeness = self._background.near, self._background.closeness
        rows, kept = near.shape
        spreading = scipy.sparse.csr_array(
            (closeness.ravel(), near.ravel(), np.arange(rows + 1) * kept), shape=(rows, rows)
        )
        return self._places.mixing(self._count), spreading

    def second(self, first: Float32) -> Float:
        """A first ranking together with what its best pictures teach [3]_, standardised, (N,) float64.

        What they teach is the ridge regression of `leitmotiv.analysis.concept`, without its doubts of examples.
        """
        best = top(first, EXAMPLES)
        board = self._background.rows[best].astype(np.float64)
        measured = self._metric @ board.T
        noise = max(ground.ordinary(self._background, EXAMPLES), _LEAST) * np.eye(len(best))
        direction = measured @ np.linalg.solve(board @ measured + noise, np.ones(len(best)))
        taught = self._background.rows @ direction.astype(np.float32)
        return standardised(standardised(taught) + standardised(first))


def gathered(weights: Float32, columns: NDArray[np.integer[Any]], values: Float32) -> Float32:
    """Sums of values by weights, (N,) float32: the product of a sparse matrix with K entries a row, in its order.

    Parameters
    ----------
    weights : (N, K) float32
    columns : (N, K) of int
        Which of the values each weight counts for.
    values : (C,) float32
    """
    out = np.empty(len(weights), np.float32)
    for start in range(0, len(weights), _FEW_ROWS):
        part = slice(start, start + _FEW_ROWS)
        products = values.take(columns[part])
        products *= weights[part]
        # one column after the other, as that product adds them
        out[part] = np.add.reduce(np.ascontiguousarray(products.T), axis=0)
    return out


def top(scores: Float | Float32, count: int) -> NDArray[np.int64]:
    """Rows of the highest scores, the highest first; of equal ones the first rows."""
    if count <= 0:
        return np.zeros(0, np.int64)
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > least)
        chosen = np.sort(np.append(above, np.flatnonzero(scores == least)[: count - len(above)]))
    else:
        chosen = np.arange(len(scores))
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def top_mean(scores: Float | Float32, count: int) -> float:
    """The mean of the highest scores."""
    return float(np.partition(scores, max(0, len(scores) - count))[-count:].mean())


def standardised(scores: Float | Float32) -> Float:
    """Scores with mean 0 and deviation 1, float64; all 0 where they are equal."""
    values = np.asarray(scores, np.float64)
    centred = values - values.mean()
    spread = float(np.sqrt((centred**2).mean()))
    return centred / spread if spread > _LEAST * max(1.0, float(np.abs(values).max())) else np.zeros(len(values))
