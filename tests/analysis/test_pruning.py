"""A tree without some pictures: the partitions of every cut are the old ones, restricted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import pruning, tree


def _tree(seed, size):
    points = np.random.default_rng(seed).normal(size=(size, 2)) * 0.2
    matrix = np.abs(points[:, None] - points).sum(axis=2).astype(np.float32)
    return matrix, tree.cluster(matrix, ids=[f"{row:02}" for row in range(size)])


def _parts(clusters, count, distance):
    return {frozenset(group.members) for group in tree.cut(clusters, count, distance)}


@given(seed=st.integers(0, 200), size=st.integers(3, 20), gone=st.sets(st.integers(0, 19), min_size=1))
def test_groups_shown_are_the_old_ones_without_those_that_are_gone(seed, size, gone):
    matrix, clusters = _tree(seed, size)
    names = {f"{row:02}" for row in gone}

    def distance(row, rows):
        return matrix[row, rows].astype(float)

    rest = pruning.pruned(clusters, names, distance)
    left = [row for row in range(size) if row not in gone]
    if not left:
        assert rest is None
        return
    before = {part - names for part in _parts(clusters, clusters.default_count, distance)} - {frozenset()}
    inner = matrix[np.ix_(left, left)]
    assert _parts(rest, rest.default_count, lambda row, rows: inner[row, rows].astype(float)) == before
    assert len(rest.merges) == len(rest) - 1
    assert sorted(rest.exemplars.tolist()) == rest.exemplars.tolist()
    assert set(tree.shown_exemplars(rest)) <= set(rest.ids)
    for node in range(len(rest) + len(rest.merges)):
        assert tree.group(rest, node, lambda row, rows: inner[row, rows].astype(float)).exemplar in rest.ids


def test_a_fine_cluster_of_several_is_led_by_its_nearest_member():
    matrix, clusters = _tree(3, 6)
    merge = clusters.merges[-1]
    coarse = tree.Clusters(
        clusters.ids,
        np.zeros(6, np.int64),
        np.array([merge.exemplar]),
        matrix[merge.exemplar].astype(float),
        (),
        1,
        1.0,
        1.0,
    )
    rest = pruning.pruned(coarse, {clusters.ids[merge.exemplar]}, lambda row, rows: matrix[row, rows].astype(float))
    nearest = np.argsort(matrix[merge.exemplar])[1]
    assert rest.ids[rest.exemplars[0]] == clusters.ids[nearest]
    assert rest.distances.tolist() == np.delete(matrix[nearest], merge.exemplar).astype(float).tolist()
