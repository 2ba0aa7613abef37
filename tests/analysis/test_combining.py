import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.combining import parts

SCORES = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(lambda values: np.array(values)[:, None])


def test_one_term_is_its_own_score_and_a_minus_turns_it():
    scores = np.array([[0.3, -0.2, 1.0]])
    assert parts(scores, np.array([5.0])) == pytest.approx(scores)
    assert parts(scores, np.array([-5.0])) == pytest.approx(-scores)


def test_something_of_everything_comes_before_all_of_one():
    some, one = np.array([[0.4], [0.4]]), np.array([[1.0], [0.0]])
    weights = np.ones(2)
    assert parts(some, weights).sum() == pytest.approx(0.4)
    assert parts(one, weights).sum() == pytest.approx(0.25)


@given(SCORES, st.lists(st.sampled_from([-2.0, -1.0, 0.5, 1.0, 3.0]), min_size=3, max_size=3))
def test_parts_have_the_sign_of_their_weight_and_the_score_its_bounds(scores, weights):
    found = parts(scores, np.array(weights))
    assert (found[:, 0] * np.sign(weights) >= 0).all()
    assert -1 <= found.sum() <= 1 + 1e-12


@given(SCORES, st.integers(0, 2), st.floats(0, 1))
def test_more_of_a_positive_term_is_never_worse(scores, at, more):
    better = scores.copy()
    better[at] = max(better[at, 0], more)
    weights = np.array([1.0, 2.0, 0.5])
    assert parts(better, weights).sum() >= parts(scores, weights).sum() - 1e-12
