"""Sets found again in trees, beside looking at every node."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import overlaps, tree
from leitmotiv.analysis.splitting import branches


def tree_of(seed, size):
    places = np.random.default_rng(seed).normal(size=(size, 2))
    return tree.cluster(((places[:, None] - places) ** 2).sum(axis=2))


@given(seed=st.integers(0, 500), size=st.integers(2, 9), data=st.data())
def test_the_best_node_is_the_best_of_all(seed, size, data):
    clusters = tree_of(seed, size)
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1))), np.int64)
    ((node, overlap),) = overlaps.best_nodes(clusters, [rows])
    all_nodes = [set(overlaps.members(clusters, one).tolist()) for one in range(2 * size - 1)]
    shares = [len(one & set(rows.tolist())) / len(one | set(rows.tolist())) for one in all_nodes]
    assert overlap == pytest.approx(max(shares))
    assert shares[node] == pytest.approx(overlap)


@given(seed=st.integers(0, 500), size=st.integers(2, 9), count=st.integers(2, 5))
def test_branches_hold_every_row_once_and_are_nodes_cut_down_to_the_rows(seed, size, count):
    clusters = tree_of(seed, size)
    rows = np.arange(0, size)
    parts, rest = branches(clusters, rows, count)
    assert sorted([*(row for part in parts for row in part.tolist()), *rest.tolist()]) == list(range(size))
    assert len(parts) == min(count, size)
    nodes = [overlaps.members(clusters, one).tolist() for one in range(2 * size - 1)]
    assert all(part.tolist() in nodes for part in parts)


def test_two_far_halves_are_the_two_branches():
    places = np.concatenate([np.arange(6) * 0.01, 10 + np.arange(5) * 0.01])
    clusters = tree.cluster(np.abs(places[:, None] - places))
    parts, rest = branches(clusters, np.arange(11), 2)
    assert [part.tolist() for part in parts] == [list(range(6)), list(range(6, 11))]
    assert len(rest) == 0


def test_a_twig_is_no_branch():
    places = np.concatenate([np.arange(10) * 0.01, 1 + np.arange(10) * 0.01, [50.0]])
    clusters = tree.cluster(np.abs(places[:, None] - places))
    parts, rest = branches(clusters, np.arange(21), 2)
    assert sorted(len(part) for part in parts) == [10, 10]
    assert rest.tolist() == [20]


def test_the_best_group_has_most_in_common():
    labels = np.array([5, 5, 5, 7, 7, -1])
    assert overlaps.best_group(labels, np.array([0, 1, 3])) == (5, 0.5)
    assert overlaps.best_group(labels, np.array([5])) == (-1, 0.0)
