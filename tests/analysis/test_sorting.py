"""Orders keep the rows of equal scores, and ranks are those of scipy.stats, which takes long to import."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from leitmotiv.analysis import sorting

TIED = arrays.arrays(np.float64, st.integers(0, 60), elements=st.integers(-3, 3).map(float))
LONG = arrays.arrays(np.float64, st.integers(0, 60), elements=st.floats(allow_nan=False))


@given(TIED | LONG)
def test_the_highest_comes_first_and_of_equal_ones_the_lower_row(scores):
    assert sorting.descending(scores).tolist() == np.argsort(-scores, kind="stable").tolist()


def test_a_few_equal_scores_among_many_keep_their_rows():
    scores = np.random.default_rng(0).normal(size=20_000)
    scores[[7, 19_000, 123, 4_000]] = scores[11]
    scores[[5, 6]] = scores[9_000]
    assert np.array_equal(sorting.descending(scores), np.argsort(-scores, kind="stable"))


@given(TIED | LONG)
def test_equal_values_share_the_mean_of_their_ranks(values):
    assert sorting.ranks(values).tolist() == (stats.rankdata(values).tolist() if len(values) else [])


@given(st.data(), st.integers(0, 70), st.booleans())
def test_the_best_are_those_of_the_whole_order_and_the_rest_is_all_there(data, count, marked):
    scores = data.draw(TIED | LONG)
    also = data.draw(arrays.arrays(bool, len(scores))) if marked else None
    order, whole = sorting.best(scores, count, also), np.argsort(-scores, kind="stable")
    assert order[:count].tolist() == whole[:count].tolist()
    assert sorted(order.tolist()) == list(range(len(scores)))
    if also is not None:
        assert order[also[order]].tolist() == whole[also[whole]].tolist()


def test_what_is_not_a_number_comes_last():
    scores = np.append(np.arange(40.0), np.nan)
    assert sorting.best(scores, 2)[[0, 1, -1]].tolist() == [39, 38, 40]
