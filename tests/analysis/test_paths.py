"""Chains and tours beside all others that there are."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import paths


def points(seed, size, dimensions=3):
    """Squared distances of points, as divergences are: the square root of them is a distance."""
    places = np.random.default_rng(seed).normal(size=(size, dimensions))
    return ((places[:, None] - places) ** 2).sum(axis=2)


def best_chain(divergence, start, goal, steps):
    """Try every chain whose pictures come ever nearer to the goal."""
    places = paths.progress(divergence[start], divergence[:, goal], divergence[start, goal])
    others = [row for row in range(len(divergence)) if row not in (start, goal) and 0 < places[row] < 1]
    steps = min(steps, len(others) + 1)
    sums = []
    for chosen in combinations(sorted(others, key=lambda row: places[row]), steps - 1):
        rows = np.array([start, *chosen, goal])
        sums.append((divergence[rows[:-1], rows[1:]] ** 2).sum())
    return min(sums)


@given(seed=st.integers(0, 10_000), size=st.integers(2, 9), steps=st.integers(1, 9))
def test_no_chain_of_as_many_steps_that_comes_ever_nearer_changes_more_evenly(seed, size, steps):
    divergence = points(seed, size)
    rows = np.array(paths.chain(divergence, 0, 1, steps))
    assert (rows[0], rows[-1]) == (0, 1)
    assert len(set(rows.tolist())) == len(rows) <= steps + 1
    assert (divergence[rows[:-1], rows[1:]] ** 2).sum() == pytest.approx(best_chain(divergence, 0, 1, steps))


@given(seed=st.integers(0, 10_000), steps=st.integers(2, 8))
def test_a_chain_comes_ever_nearer_to_its_goal_and_leaves_its_start(seed, steps):
    divergence = points(seed, 12)
    rows = list(paths.chain(divergence, 0, 1, steps))
    places = paths.progress(divergence[0], divergence[:, 1], divergence[0, 1])[rows]
    assert places[0] == pytest.approx(0)
    assert places[-1] == pytest.approx(1)
    assert (np.diff(places) >= 0).all()


def test_along_a_line_a_chain_takes_equal_steps():
    places = np.arange(13.0)
    divergence = (places[:, None] - places) ** 2
    assert paths.chain(divergence, 0, 12, 4) == (0, 3, 6, 9, 12)


def test_what_lies_beyond_the_ends_is_not_passed():
    places = np.array([0.0, 1.0, -0.5, 1.5])
    assert paths.chain((places[:, None] - places) ** 2, 0, 1, 3) == (0, 1)


def test_progress_is_the_foot_of_the_perpendicular():
    start, goal, point = np.array([0.0, 0]), np.array([4.0, 0]), np.array([1.0, 7])
    from_start, to_goal = ((point - start) ** 2).sum(), ((goal - point) ** 2).sum()
    assert paths.progress(np.array([from_start]), np.array([to_goal]), 16.0) == pytest.approx([0.25])


def test_two_copies_are_one_step_apart():
    divergence = np.array([[0.0, 0, 1], [0, 0, 1], [1, 1, 0]])
    assert paths.chain(divergence, 0, 1, 5) == (0, 1)


@pytest.mark.parametrize(("goal", "steps"), [(0, 3), (1, 0)])
def test_a_chain_to_itself_or_of_no_step_is_refused(goal, steps):
    with pytest.raises(ValueError, match="no chain"):
        paths.chain(points(1, 4), 0, goal, steps)


@given(seed=st.integers(0, 10_000), size=st.integers(1, 30))
def test_a_tour_has_every_picture_once_and_begins_where_it_is_told(seed, size):
    order = paths.tour(points(seed, size), size // 2)
    assert sorted(order.tolist()) == list(range(size))
    assert order[0] == size // 2


@given(seed=st.integers(0, 300))
def test_no_stretch_of_a_tour_can_be_turned_round_for_the_better(seed):
    divergence = points(seed, 9)
    order = paths.tour(divergence, 0)
    for first, last in combinations(range(1, 10), 2):
        turned = np.concatenate([order[:first], order[first:last][::-1], order[last:]])
        assert paths.length(divergence, turned) >= paths.length(divergence, order) - 1e-6


def test_along_a_line_a_tour_is_the_shortest_there_is():
    places = np.array([3.0, 0, 4, 1, 2, 7])
    divergence = np.abs(places[:, None] - places)
    shortest = min(paths.length(divergence, np.array([1, *rest])) for rest in permutations([0, 2, 3, 4, 5]))
    assert paths.length(divergence, paths.tour(divergence, 1)) == pytest.approx(shortest)
