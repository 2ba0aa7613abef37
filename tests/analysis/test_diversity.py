"""Choices beside the best ones that there are."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import diversity


def distances(seed, size):
    places = np.random.default_rng(seed).normal(size=(size, 2))
    return np.sqrt(((places[:, None] - places) ** 2).sum(axis=2))


def radius(matrix, rows):
    return matrix[list(rows)].min(axis=0).max()


def cost(matrix, rows):
    return matrix[list(rows)].min(axis=0).sum()


def farthest(matrix, count):
    return diversity.farthest_first(lambda row: matrix[row], len(matrix), count, diversity.medoid(matrix))


@given(seed=st.integers(0, 10_000), size=st.integers(1, 8), count=st.integers(1, 4))
def test_the_farthest_first_are_at_most_twice_as_far_as_the_best_choice(seed, size, count):
    matrix, count = distances(seed, size), min(count, size)
    subset = farthest(matrix, count)
    best = min(radius(matrix, rows) for rows in combinations(range(size), count))
    assert radius(matrix, subset.rows) <= 2 * best + 1e-12
    assert subset.nearest.max() == pytest.approx(radius(matrix, subset.rows))


@given(seed=st.integers(0, 10_000), size=st.integers(1, 8), count=st.integers(1, 4))
def test_representatives_take_off_most_of_what_any_choice_could(seed, size, count):
    matrix, count = distances(seed, size), min(count, size)
    subset = diversity.representatives(matrix, count)
    middle = diversity.medoid(matrix)
    others = [row for row in range(size) if row != middle]
    best = min(cost(matrix, [middle, *rows]) for rows in combinations(others, count - 1))
    alone = cost(matrix, [middle])
    assert alone - cost(matrix, subset.rows) >= (1 - 1 / np.e) * (alone - best) - 1e-9
    assert subset.nearest.sum() == pytest.approx(cost(matrix, subset.rows))


@given(seed=st.integers(0, 10_000))
@pytest.mark.parametrize("choose", [farthest, diversity.representatives])
def test_a_smaller_choice_is_the_beginning_of_a_larger_one(choose, seed):
    matrix = distances(seed, 12)
    assert choose(matrix, 7).rows[:4].tolist() == choose(matrix, 4).rows.tolist()
    assert (choose(matrix, 7).nearest <= choose(matrix, 4).nearest).all()


@given(seed=st.integers(0, 10_000))
def test_gaps_of_the_farthest_first_never_grow(seed):
    gaps = farthest(distances(seed, 12), 12).gaps
    assert gaps[0] == np.inf
    assert (np.diff(gaps[1:]) <= 1e-12).all()


def test_each_far_group_is_met_before_any_twice():
    places = np.repeat([0.0, 10, 20, 30], 5) + np.tile(np.arange(5) * 0.1, 4)
    matrix = np.abs(places[:, None] - places)
    for choose in (farthest, diversity.representatives):
        assert sorted(row // 5 for row in choose(matrix, 4).rows.tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize("choose", [farthest, diversity.representatives])
def test_copies_are_chosen_only_once_each(choose):
    matrix = np.zeros((4, 4))
    assert sorted(choose(matrix, 4).rows.tolist()) == [0, 1, 2, 3]


def test_more_than_there_are_cannot_be_chosen():
    with pytest.raises(ValueError, match="5 of 4 rows"):
        farthest(distances(1, 4), 5)
