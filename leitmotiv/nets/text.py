"""Owns the two encoders of words: phrases to unit vectors, MiniLM by a forward pass in numpy, WordLlama by a mean.

Their packages are found by name and never imported, and no code of theirs is run.

References
----------
.. [1] J. Devlin et al., "BERT: pre-training of deep bidirectional transformers" (2019).
.. [2] N. Reimers and I. Gurevych, "Sentence-BERT: sentence embeddings using Siamese BERT-networks" (2019): the mean
   over the tokens as the vector of a sentence.
.. [3] S. Arora, Y. Liang and T. Ma, "A simple but tough-to-beat baseline for sentence embeddings", ICLR 2017: rare
   words count more in a mean.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load
from tokenizers import Encoding, Tokenizer

from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import classes, kept, mapped, weights
from leitmotiv.nets.weights import (
    MINILM,
    MINILM_TOKENS,
    WORDLLAMA,
    WORDLLAMA_TOKENS,
    Weights,
)

Values = NDArray[np.float32]
Tokens = NDArray[np.int64]
MOST_TOKENS = 128
"""Of a phrase that count; what follows is left out."""
_TOKENS_AT_ONCE = 2048
_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_PART, _SMALL = 32, 1_000_000
"""Columns of a product that are found together, and how many multiplications OpenBLAS calls small."""
_RARE = np.float32(0.01)
"""The share of texts at which a token counts half."""
_BERT_VOID = frozenset({0, 100, 101, 102, 103})  # padding, unknown, beginning, end, mask
_LLAMA_VOID = range(259)  # unknown, beginning, end, single bytes of what has no token; spaces come to it


class Encoder(Protocol):
    """What turns phrases into vectors.

    Attributes
    ----------
    name : str
        "MiniLM" or "WordLlama".
    digest : str
        Changes whenever the same phrase would get another vector.
    lexical : float
        How much a match of words counts beside the vectors.
    """

    name: str
    digest: str
    lexical: float

    def encode(self, phrases: Sequence[str]) -> Values:
        """Unit vectors of phrases, (B, D) float32; a phrase of nothing it knows has a row of zeros."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2: six layers of BERT, 384 numbers; it reads a phrase as a whole.

    Parameters
    ----------
    cache : Path, optional
        The user's folder, for what makes the next start quick.

    Raises
    ------
    MissingExtraError
        Its files are not installed, or damaged.
    """

    name = "MiniLM"
    digest = MINILM.sha256[:12]
    lexical = 1.0

    def __init__(self, cache: Path | None = None) -> None:
        self._tokenizer = _tokenizer(MINILM_TOKENS)
        self._tensors: Mapping[str, Values] = mapped.tensors(MINILM, cache) if cache else load(weights.read(MINILM))

    def encode(self, phrases: Sequence[str]) -> Values:
        """Unit vectors of phrases, (B, 384) float32."""
        out = np.zeros((len(phrases), self._tensors["embeddings.LayerNorm.bias"].shape[0]), np.float32)
        for batch in _few(list(_alike(self._tokenizer.encode_batch(list(phrases)), _BERT_VOID))):
            states = self._forward([tokens for _, tokens in batch])
            for (rows, _), last in zip(batch, states, strict=True):
                out[rows] = _unit(last.mean(axis=1))
        return out

    def _forward(self, batches: Sequence[Tokens]) -> list[Values]:
        """Last hidden states of phrases, batches of one length each, (B, L) to (B, L, 384); nothing is padded.

        A few tokens cost what it takes to read the weights, so all batches go through each of them together.
        """
        part = "embeddings"
        words, places, kinds = (self._tensors[f"{part}.{name}_embeddings.weight"] for name in _EMBEDDINGS)
        inputs = [
            (words[tokens] + places[: tokens.shape[1]] + kinds[0]).reshape(-1, words.shape[1]) for tokens in batches
        ]
        states = self._normed(np.concatenate(inputs), part)
        for layer in range(_LAYERS):
            part = f"encoder.layer.{layer}"
            seen = self._attention(states, f"{part}.attention", [tokens.shape for tokens in batches])
            states = self._normed(states + seen, f"{part}.attention.output")
            inner = _gelu(self._dense(states, f"{part}.intermediate.dense"))
            states = self._normed(states + self._dense(inner, f"{part}.output.dense"), f"{part}.output")
        ends = np.cumsum([tokens.size for tokens in batches])[:-1]
        return [one.reshape(*tokens.shape, -1) for one, tokens in zip(np.split(states, ends), batches, strict=True)]

    def _attention(self, states: Values, part: str, shapes: Sequence[tuple[int, ...]]) -> Values:
        """What tokens, (T, 384), take from the others of their phrase."""
        wanted = [self._dense(states, f"{part}.self.{name}") for name in ("query", "key", "value")]
        seen, start = np.empty_like(states), 0
        for batch, length in shapes:
            end = start + batch * length
            query, key, value = (
                one[start:end].reshape(batch, length, _HEADS, -1).transpose(0, 2, 1, 3) for one in wanted
            )
            likeness = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(states.shape[1] // _HEADS))
            shares = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
            shares /= shares.sum(axis=-1, keepdims=True)
            seen[start:end] = (shares @ value).transpose(0, 2, 1, 3).reshape(batch * length, -1)
            start = end
        return self._dense(seen, f"{part}.output.dense")

    def _dense(self, states: Values, part: str) -> Values:
        return _times(states, self._tensors[f"{part}.weight"]) + self._tensors[f"{part}.bias"]

    def _normed(self, states: Values, part: str) -> Values:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        gain, shift = (self._tensors[f"{part}.LayerNorm.{name}"] for name in ("weight", "bias"))
        return np.asarray(centred / spread * gain + shift, np.float32)


class WordLlama:
    """WordLlama: a vector of 256 numbers for each token, and their mean for a phrase; small, quick, blind to order.

    A token counts by a / (a + p) [3]_, with p the share of the texts of classes that have it: what stands in all of
    them says little of any. On the sample photos that lifts the mean average precision from 0.82 to 0.86.

    Parameters
    ----------
    cache : Path, optional
        The user's folder, for what makes the next start quick.

    Raises
    ------
    MissingExtraError
        Its files are not installed, or damaged.
    """

    name = "WordLlama"
    digest = f"{WORDLLAMA.sha256[:12]}-2"
    lexical = 1.0

    def __init__(self, cache: Path | None = None) -> None:
        self._tokenizer = _tokenizer(WORDLLAMA_TOKENS)
        spaces = (number for token, number in self._tokenizer.get_vocab().items() if not token.strip("▁"))
        self._void = frozenset([*_LLAMA_VOID, *spaces])
        self._vectors = load(weights.read(WORDLLAMA))["embedding.weight"].astype(np.float32)
        note = cache and cache / f"rarity-{self.digest}-{classes.DIGEST}.bin"
        known = kept.read(note) if note else None
        self._counting = self._rarity() if known is None else np.frombuffer(known, np.float32)[:, None]
        if note and known is None:
            kept.keep(note, self._counting.tobytes())

    def encode(self, phrases: Sequence[str]) -> Values:
        """Unit vectors of phrases, (B, 256) float32."""
        out = np.zeros((len(phrases), self._vectors.shape[1]), np.float32)
        for rows, tokens in _alike(self._tokenizer.encode_batch(list(phrases), add_special_tokens=False), self._void):
            out[rows] = _unit((self._counting[tokens] * self._vectors[tokens]).sum(axis=1))
        return out

    def _rarity(self) -> Values:
        """How much each token counts, (V, 1)."""
        written = [" ".join((one.name, *one.synonyms, one.description)) for one in classes.texts()]
        held = np.zeros(len(self._vectors), np.float32)
        for one in self._tokenizer.encode_batch(written, add_special_tokens=False):
            held[np.unique(one.ids)] += 1
        shares = held / np.float32(len(written))
        return np.asarray(_RARE / (_RARE + shares), np.float32)[:, None]


ENCODERS: Mapping[str, type[MiniLM] | type[WordLlama]] = {"minilm": MiniLM, "wordllama": WordLlama}
"""By the names of the setting `words`, the better first."""
_VOCABULARIES = ((MINILM_TOKENS, ""), (WORDLLAMA_TOKENS, "▁"))
"""Whose tokens are words, the better first, with the mark of beginnings."""
_EMBEDDINGS = ("word", "position", "token_type")


def encoder(choice: str, cache: Path | None = None) -> Encoder:
    """The encoder that a setting chooses; "auto" takes the first that is installed and whole.

    Parameters
    ----------
    cache : Path, optional
        The user's folder, for what makes the next start quick.

    Raises
    ------
    MissingExtraError
        It is not installed, or damaged; with "auto", none is.
    """
    if choice != "auto":
        return ENCODERS[choice](cache)
    *better, last = ENCODERS.values()
    for kind in better:
        try:
            return kind(cache)
        except MissingExtraError:
            continue
    return last(cache)


@once
def vocabulary() -> frozenset[str]:
    """Whole words that the best encoder that is installed has a token for, in lower case; none where none is.

    What an encoder has no token for it spells in parts, which tell it little.
    """
    for tokens, mark in _VOCABULARIES:
        with suppress(MissingExtraError):
            return _whole(_tokenizer(tokens), mark)
    return frozenset()


def vocabulary_digest() -> str:
    """Changes whenever `vocabulary` may be another, and costs no reading of it."""
    for tokens, _ in _VOCABULARIES:
        with suppress(MissingExtraError):
            weights.locate(tokens)
            return tokens.sha256[:12]
    return "none"


def _few(batches: Sequence[tuple[list[int], Tokens]]) -> Iterator[list[tuple[list[int], Tokens]]]:
    """Batches put together while they have few tokens; larger ones stay by themselves, where they take least memory."""
    held: list[tuple[list[int], Tokens]] = []
    for one in batches:
        if held and sum(tokens.size for _, tokens in held) + one[1].size > _TOKENS_AT_ONCE:
            yield held
            held = []
        held.append(one)
    if held:
        yield held


def _tokenizer(of: Weights) -> Tokenizer:
    tokenizer = Tokenizer.from_str(weights.read(of).decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer


def _alike(encodings: Sequence[Encoding], void: frozenset[int]) -> Iterator[tuple[list[int], Tokens]]:
    """Batches of one length: which phrases, and their tokens (B, L); phrases of `void` tokens alone are passed over."""
    of_length: dict[int, list[int]] = {}
    for row, one in enumerate(encodings):
        if any(token not in void for token in one.ids):
            of_length.setdefault(len(one.ids), []).append(row)
    for length, rows in sorted(of_length.items()):
        step = max(1, _TOKENS_AT_ONCE // length)
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            yield part, np.array([encodings[row].ids for row in part], np.int64)


def _whole(tokenizer: Tokenizer, mark: str) -> frozenset[str]:
    """Tokens that are words: of letters only, and, where there is a `mark` of beginnings, with it."""
    tokens = (token.removeprefix(mark) for token in tokenizer.get_vocab() if token.startswith(mark))
    return frozenset(token.lower() for token in tokens if len(token) > 1 and token.isalpha())


def _unit(values: Values) -> Values:
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.maximum(length, 1e-12), np.float32)


def _times(states: Values, weight: Values) -> Values:
    """States (T, D) by a weight (E, D), (T, E).

    Of a few tokens most of the time goes into OpenBLAS's copying of the weight. Products as small as these parts have
    kernels that copy nothing, where there is AVX-512: 10 ms for the phrase in two prompts in place of 15, and no more
    than before elsewhere.
    """
    (tokens, depth), width = states.shape, len(weight)
    if width % _PART or tokens * _PART * depth > _SMALL:
        return states @ weight.T
    parts = states @ weight.reshape(width // _PART, _PART, depth).transpose(0, 2, 1)
    return parts.transpose(1, 0, 2).reshape(tokens, width)


def _gelu(values: Values) -> Values:
    r""":math:`x \Phi(x)`, with the error function of Abramowitz and Stegun 7.1.26: off by 2e-7 at most."""
    far = np.abs(values) * np.float32(1 / np.sqrt(2))
    step = 1 / (1 + np.float32(0.3275911) * far)
    terms = np.float32(1.061405429) * step
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        terms += np.float32(factor)
        terms *= step
    erf = 1 - terms * np.exp(-far * far)
    return np.asarray(0.5 * values * (1 + np.copysign(erf, values)), np.float32)
