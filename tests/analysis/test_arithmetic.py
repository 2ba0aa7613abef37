"""Sums of vectors; the demo's own arithmetic is worked by hand, in fractions."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from leitmotiv.analysis.arithmetic import classic, classic_pictures, classic_word, projected, summed

BEACH, SUNRISE, SNOW = (1, 2, 3), (4, 0, 2), (-1, -1, 1)
ONE, TWO = (1, 1, 2), (3, 0, 1)


def exact(vector) -> list[Fraction]:
    """A word by hand: lifted to 0, divided by the sum."""
    lifted = [Fraction(one) - min(vector) for one in vector]
    return [one / sum(lifted) for one in lifted]


def as_floats(vectors) -> np.ndarray:
    return np.array([[float(one) for one in vector] for vector in vectors])


def test_words_and_pictures_are_made_what_the_demo_makes_of_them():
    assert exact(BEACH) == [Fraction(0), Fraction(1, 3), Fraction(2, 3)]
    assert exact(SUNRISE) == [Fraction(2, 3), Fraction(0), Fraction(1, 3)]
    assert exact(SNOW) == [Fraction(0), Fraction(0), Fraction(1)]
    for word in (BEACH, SUNRISE, SNOW):
        assert classic_word(np.array(word, float)) == pytest.approx(as_floats([exact(word)])[0])
    pictures = classic_pictures(as_floats([ONE, TWO]))
    assert pictures.tolist() == [[0.25, 0.25, 0.5], [0.75, 0, 0.25]]
    assert not classic_word(np.full(3, 2.0)).any()


def scores(words, weights) -> list[float]:
    terms = np.array([classic_word(np.array(word, float)) for word in words])
    return classic(classic_pictures(as_floats([ONE, TWO])), terms, weights).sum(axis=0).tolist()


def test_the_demos_scores_by_hand():
    # beach . one = 1/12 + 1/3 = 5/12, beach . two = 1/6; sunrise . one = 1/6 + 1/6 = 1/3, sunrise . two = 1/2 + 1/12
    assert scores([BEACH], [1]) == pytest.approx([float(Fraction(5, 12)), float(Fraction(1, 6))])
    assert scores([BEACH, SUNRISE], [1, 1]) == pytest.approx([float(Fraction(3, 8)), float(Fraction(3, 8))])
    assert scores([BEACH, SUNRISE], [1, 3]) == pytest.approx([float(Fraction(17, 48)), float(Fraction(23, 48))])
    assert scores([BEACH, SUNRISE], [1, -1]) == pytest.approx([float(Fraction(1, 12)), float(Fraction(-5, 12))])
    assert scores([BEACH, SUNRISE, SNOW], [1, -1, -2]) == pytest.approx(
        [float(Fraction(-11, 12)), float(Fraction(-11, 12))]
    )


def test_what_the_demo_fails_on_is_an_error_here():
    for weights in ([1, 1, -1], [1, -1, 1], [-1, 1, 1], [2, -1, -1]):
        with pytest.raises(ValueError, match="only sums"):
            scores([BEACH, SUNRISE, SNOW], weights)


def unit(values) -> np.ndarray:
    values = np.array(values, float)
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def test_parts_of_a_sum_add_up_to_the_cosine():
    rng = np.random.default_rng(3)
    places, vectors = unit(rng.normal(size=(7, 5))).astype(np.float32), unit(rng.normal(size=(3, 5)))
    weights = [1.0, 2.0, -0.5]
    query = (np.array(weights)[:, None] * vectors).sum(axis=0)
    assert summed(places, vectors, weights).sum(axis=0) == pytest.approx(places @ unit(query), abs=1e-6)


def test_a_projection_leaves_nothing_of_what_is_taken_out():
    rng = np.random.default_rng(4)
    vectors = unit(rng.normal(size=(4, 6)))
    places = np.eye(6, dtype=np.float32)
    query = projected(places, vectors, [1.0, -1.0, 1.0, -3.0]).sum(axis=0)
    assert query @ vectors[1] == pytest.approx(0, abs=1e-6)
    assert query @ vectors[3] == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)
    assert projected(places, vectors[:1], [1.0]) == pytest.approx(vectors[:1], abs=1e-6)


@pytest.mark.parametrize("sums", [summed, projected])
def test_sums_copy_no_more_than_a_part_of_the_places(sums):
    rng = np.random.default_rng(0)
    places = rng.standard_normal((40_000, 64), np.float32)
    vectors, weights = rng.standard_normal((3, 64)), [1.0, 2.0, -1.0]
    tracemalloc.start()
    found = sums(places, vectors, weights)
    peak = tracemalloc.get_traced_memory()[1] - 2 * found.nbytes
    tracemalloc.stop()
    assert peak < places.nbytes / 2
    few = sums(places[-7:], vectors, weights)
    np.testing.assert_allclose(found[:, -7:], few, rtol=1e-12)
