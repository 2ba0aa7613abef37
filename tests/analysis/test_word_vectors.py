"""Words out of captions: counts, GloVe's slopes, and neighbours that make sense."""

import tracemalloc

import numpy as np
import pytest

from leitmotiv.analysis import word_vectors

KINDS = {"sea": "boat harbour sail wave", "hill": "goat meadow cow barn", "city": "tram street cafe bridge"}


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(0)
    return [
        " ".join(rng.permutation([*rng.choice(words.split(), 3, replace=False), kind]))
        for _ in range(60)
        for kind, words in KINDS.items()
    ]


@pytest.mark.parametrize("method", ["glove", "ppmi"])
def test_words_of_one_kind_lie_together(texts, method):
    known = word_vectors.learn(texts, method, width=8, seed=1)
    assert set(known.words) == {word for kind, words in KINDS.items() for word in (kind, *words.split())}
    vectors = dict(zip(known.words, known.vectors, strict=True))
    for kind, words in KINDS.items():
        others = [one for other, said in KINDS.items() if other != kind for one in said.split()]
        inside = min(float(vectors[kind] @ vectors[word]) for word in words.split())
        assert inside > max(float(vectors[kind] @ vectors[word]) for word in others)
    again = word_vectors.learn(texts, method, width=8, seed=1)
    assert again.vectors.tobytes() == known.vectors.tobytes()
    encoded = word_vectors.encode(known, ["a boat in the harbour", "夕焼け", ""])
    np.testing.assert_allclose(np.linalg.norm(encoded, axis=1), [1, 0, 0], atol=1e-6)


def test_nearness_is_counted_by_one_over_the_distance_and_within_the_window():
    near = word_vectors.together([[0, 1, 2], [0, 2], list(range(3, 3 + word_vectors.WINDOW + 2))], 20).toarray()
    assert near[0, 1] == 1
    assert near[0, 2] == 1.5
    assert near[3, 3 + word_vectors.WINDOW] == pytest.approx(1 / word_vectors.WINDOW)
    assert near[3, 4 + word_vectors.WINDOW] == 0
    assert (near == near.T).all()


def test_counts_of_many_captions_are_those_of_the_definition_in_little_memory(monkeypatch):
    rng = np.random.default_rng(4)
    said = [rng.integers(0, 9, length).tolist() for length in (0, 1, 2, *rng.integers(3, 40, 500))]
    wanted = np.zeros((9, 9))
    for one in said:
        for at, word in enumerate(one):
            for apart, other in enumerate(one[at + 1 : at + 1 + word_vectors.WINDOW], 1):
                if other != word:
                    wanted[word, other] += 1 / apart
                    wanted[other, word] += 1 / apart
    monkeypatch.setattr(word_vectors, "_AT_ONCE", 7)
    tracemalloc.start()
    near = word_vectors.together(said, 9)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_allclose(near.toarray(), wanted)
    assert most < 1_000_000  # one list of all pairs takes several


def test_the_slopes_of_glove_are_its_differences():
    rng = np.random.default_rng(2)
    values = [rng.normal(size=(5, 4)) for _ in range(2)]
    rows, columns = np.array([0, 1, 2, 4]), np.array([1, 0, 3, 2])
    logs, weights = rng.normal(size=4), rng.random(4)

    def loss():
        return float((weights * word_vectors.glove_error(values, rows, columns, logs) ** 2).sum() / 2)

    slopes = word_vectors.glove_slopes(
        values, rows, columns, weights * word_vectors.glove_error(values, rows, columns, logs)
    )
    for value, slope in zip(values, slopes, strict=True):
        for place in [(0, 0), (1, 2), (2, 3), (4, 3), (3, 1)]:
            kept = value[place]
            value[place] = kept + 1e-6
            more = loss()
            value[place] = kept - 1e-6
            assert slope[place] == pytest.approx((more - loss()) / 2e-6, abs=1e-6)
            value[place] = kept


def test_captions_of_single_words_teach_nothing():
    with pytest.raises(ValueError, match="no two words"):
        word_vectors.learn(["boat", "goat", ""], "ppmi")
