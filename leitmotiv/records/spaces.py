"""Spaces of words and pictures that were learnt from captions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leitmotiv.records.arrays import Float32, read_only


@dataclass(frozen=True, eq=False)
class LearntWords:
    """Vectors of words that were learnt from captions; see `leitmotiv.analysis.word_vectors`.

    Attributes
    ----------
    words : tuple of str
        V of them, the commonest first.
    vectors : (V, D) float32
    rarity : (V,) float32
        log(N / n), with N captions of which n have the word: how much it counts in a phrase.
    """

    words: tuple[str, ...]
    vectors: Float32
    rarity: Float32

    def __post_init__(self) -> None:
        read_only(self.vectors)
        read_only(self.rarity)


@dataclass(frozen=True, eq=False)
class LearntSpace:
    """A map from what pictures show into a space of words.

    Attributes
    ----------
    name : str
    layer : str
        Of the backbone whose activations it takes.
    words : str
        "minilm" or "wordllama", whose space it leads into; "glove" or "ppmi" for words learnt from the captions.
    encoder : str
        Digest of the encoder; "" for words of its own.
    loss : str
        "triplet", "sigmoid" or "ridge": how outputs become places, see `leitmotiv.analysis.space.places`.
    centre : (1280,) float32
        Mean root of the activations that it learnt from.
    weights : (1280, D) float32
    bias : (D,) float32
    own : LearntWords or None
    card : mapping
        From what and how it was learnt; "epochs" lists the loss and the share of satisfied triplets of each round.
    """

    name: str
    layer: str
    words: str
    encoder: str
    loss: str
    centre: Float32
    weights: Float32
    bias: Float32
    own: LearntWords | None
    card: Mapping[str, Any]

    def __post_init__(self) -> None:
        for values in (self.centre, self.weights, self.bias):
            read_only(values)
