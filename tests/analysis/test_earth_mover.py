import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from leitmotiv.analysis import earth_mover
from leitmotiv.analysis.histograms import SCORES

shares = st.lists(st.integers(0, 50), min_size=10, max_size=10).filter(any).map(lambda c: np.array(c) / sum(c))


@given(shares, shares)
def test_the_distance_with_r_1_is_the_earth_movers_by_the_number_of_scores(one, other):
    expected = wasserstein_distance(SCORES, SCORES, one, other) / 10
    assert earth_mover.distance(one, other) == pytest.approx(expected, abs=1e-12)


@given(shares, shares, st.sampled_from([1.0, 2.0]))
def test_it_is_symmetric_zero_on_itself_and_at_most_1(one, other, r):
    assert earth_mover.distance(one, one, r) == 0
    assert earth_mover.distance(one, other, r) == earth_mover.distance(other, one, r)
    assert 0 <= earth_mover.distance(one, other, r) <= 1


def test_the_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    logits, target = rng.normal(0, 2, (5, 10)), rng.dirichlet(np.ones(10), 5)
    loss, gradient = earth_mover.squared(logits, target)
    assert np.allclose(loss, earth_mover.distance(earth_mover.softmax(logits), target, 2) ** 2)
    step = 1e-6
    for row in range(5):
        for column in range(10):
            moved = np.zeros_like(logits)
            moved[row, column] = step
            ahead, behind = (earth_mover.squared(logits + sign * moved, target)[0].sum() for sign in (1, -1))
            assert gradient[row, column] == pytest.approx((ahead - behind) / (2 * step), abs=1e-9)
