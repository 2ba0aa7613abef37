"""The sorted grid: every picture a cell of its own, neighbours alike, and nothing moves when more come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis import sorted_grid


def unlike(cells, features):
    """Mean distance of pictures side by side: what the sorting is to make small."""
    one, other = sorted_grid.neighbour_pairs(cells).T
    return float(np.linalg.norm(features[one] - features[other], axis=1).mean())


@settings(max_examples=25)
@given(st.integers(0, 400), st.integers(0, 1000))
def test_every_picture_gets_a_cell_of_its_own_and_none_is_skipped(size, seed):
    positions = np.random.default_rng(seed).normal(size=(size, 2))
    cells = sorted_grid.spread(positions)
    columns = sorted_grid.columns_for(size)
    assert sorted((cells[:, 1] * columns + cells[:, 0]).tolist()) == list(range(size))


def test_a_map_that_is_a_grid_already_stays_as_it_is():
    x, y = np.meshgrid(np.arange(32), np.arange(20))
    positions = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
    assert sorted_grid.columns_for(640) == 32
    np.testing.assert_array_equal(sorted_grid.spread(positions), positions)


def test_sorting_beats_the_map_and_the_map_beats_chance():
    rng = np.random.default_rng(0)
    features = rng.uniform(size=(900, 4)) * [4, 3, 1, 1]
    spread = sorted_grid.spread(features[:, :2])
    shuffled = spread[rng.permutation(900)]
    found = sorted_grid.sort(spread, features, seed=0)
    assert unlike(found, features) < 0.97 * unlike(spread, features)
    assert unlike(spread, features) < 0.7 * unlike(shuffled, features)


def test_sorting_only_exchanges_cells_and_is_the_same_every_time():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(203, 3))
    spread = sorted_grid.spread(features[:, :2])
    found = sorted_grid.sort(spread, features, seed=3)
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, spread.tolist()))
    np.testing.assert_array_equal(found, sorted_grid.sort(spread, features, seed=3))


@pytest.mark.parametrize("size", [0, 1, 2])
def test_one_or_two_pictures_need_no_sorting(size):
    cells = sorted_grid.spread(np.zeros((size, 2)))
    np.testing.assert_array_equal(sorted_grid.sort(cells, np.zeros((size, 3)), seed=0), cells)


def test_new_pictures_fill_gaps_first_and_then_the_end():
    cells = np.array([[0, 0], [2, 0], [0, 1], [1, 1]], np.int32)
    found = sorted_grid.fill(cells, np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 2.0]]), 3)
    assert found.tolist() == [[1, 0], [2, 1], [0, 2]]


def test_the_first_pictures_of_an_empty_grid_go_from_the_beginning():
    found = sorted_grid.fill(np.zeros((0, 2), np.int32), np.zeros((4, 2)), 3)
    assert sorted(map(tuple, found.tolist())) == [(0, 0), (0, 1), (1, 0), (2, 0)]


def test_pairs_of_neighbours_are_those_side_by_side():
    cells = np.array([[0, 0], [1, 0], [0, 1]], np.int32)
    assert sorted(map(sorted, sorted_grid.neighbour_pairs(cells).tolist())) == [[0, 1], [0, 2]]
