import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import subject


def pooled(seed: int, count: int, width: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 6, (count, width)).astype(np.float16)


@given(st.integers(0, 50), st.integers(1, 6), st.integers(1, 9))
def test_distances_are_one_minus_the_cosine(seed, queries, count):
    one, many = pooled(seed, queries).astype(np.float64), pooled(seed + 1, count).astype(np.float64)
    wanted = [[1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in many] for a in one]
    found = subject.apart(one, many.astype(np.float16), subject.lengths(many))
    np.testing.assert_allclose(found, wanted, atol=2e-5)


def test_long_matrices_are_taken_in_parts(monkeypatch):
    many = pooled(0, 11)
    whole = subject.apart(many[:2], many, subject.lengths(many))
    monkeypatch.setattr(subject, "_ROWS", 3)
    np.testing.assert_allclose(subject.apart(many[:2], many, subject.lengths(many)), whole, atol=1e-6)


@given(st.integers(0, 50), st.integers(1, 12))
def test_a_matrix_is_symmetric_and_zero_where_pictures_are_the_same(seed, count):
    many = np.concatenate([pooled(seed, count), pooled(seed, 1)])
    values = subject.apart_matrix(many)
    np.testing.assert_array_equal(values, values.T)
    assert (np.diag(values) == 0).all()
    assert values[0, count] == 0
    assert values.min() >= 0
    assert values.max() <= 1


def test_length_does_not_matter_and_what_is_silent_is_like_nothing():
    many = pooled(1, 3).astype(np.float32)
    many[2] = 0
    found = subject.apart(2 * many[:1], many, subject.lengths(many))[0]
    assert found[0] == 0
    assert found[2] == 1
    assert subject.apart(many[:0], many, subject.lengths(many)).shape == (0, 3)
    assert subject.apart(many, many[:0], subject.lengths(many[:0])).shape == (3, 0)


@pytest.mark.parametrize(("by", "wanted"), [(0, 0.2), (1, 0.6), (0.25, 0.3)])
def test_a_blend_lies_between(by, wanted):
    assert subject.blended(np.array([0.2]), np.array([0.6]), by) == pytest.approx(wanted)
