import math

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from leitmotiv.analysis import graph as graphs
from leitmotiv.analysis import sparse_tree, tree
from leitmotiv.analysis.sparse_exemplars import Served, augmented
from tests.kernels.graph_cases import MOST, divergences, neighbour_lists

SIZE = 400
MATRIX = divergences(SIZE, 7, looks=20)
IDS = tuple(map(str, range(SIZE)))


def from_matrix(keys):
    return MATRIX[np.divmod(keys, SIZE)]


def made(price, leaves, count=50):
    def shortlist(rows):
        return rows[np.argsort(MATRIX[:, rows], axis=1, kind="stable")[:, :20]].astype(np.int32)

    served, pairs = augmented(
        graphs.listed(*neighbour_lists(MATRIX, count)),
        preference=price,
        most=MOST,
        shortlist=shortlist,
        compare=from_matrix,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse_tree, "LEAVES", leaves)
        clusters, settled = sparse_tree.build(IDS, served, pairs, preference=price, most=MOST, compare=from_matrix)
    return served, clusters, settled


@pytest.fixture(scope="module", params=[(1.0, 256), (3.0, 256), (3.0, 12), (1.0, 1)], ids=str)
def case(request):
    return made(*request.param)


def distance(row, rows):
    return MATRIX[row, rows].astype(float)


def labels_of(groups):
    labels = np.empty(SIZE, np.int64)
    for number, group in enumerate(groups):
        labels[[int(member) for member in group.members]] = number
    return labels


def test_default_cut_has_the_groups_that_were_found(case):
    served, clusters, settled = case
    groups = tree.cut(clusters, clusters.default_count, distance)
    assert clusters.default_count == len(served.rows)
    assert adjusted_rand_score(served.labels, labels_of(groups)) == 1
    assert sorted(int(group.exemplar) for group in groups) == settled.rows.tolist()
    assert [int(name) for name in sorted(tree.shown_exemplars(clusters), key=int)] == settled.rows.tolist()
    for group in groups:
        rows = [int(member) for member in group.members]
        assert np.allclose(settled.near[rows], group.distances, atol=1e-6)


def test_medoids_only_lower_the_cost(case):
    served, clusters, settled = case
    assert settled.cost(clusters.preference) <= served.cost(clusters.preference) + 1e-5
    assert clusters.cost == pytest.approx(settled.cost(clusters.preference))
    assert np.allclose(settled.near, MATRIX[np.arange(SIZE), settled.rows[settled.labels]], atol=1e-6)


def test_leaves_are_pictures_in_groups_that_are_small_enough_and_stand_near_their_own(case):
    _, clusters, settled = case
    assert (np.diff(clusters.exemplars) > 0).all()
    assert np.array_equal(clusters.labels[clusters.exemplars], np.arange(len(clusters)))
    own = clusters.exemplars[clusters.labels]
    assert np.allclose(clusters.distances, MATRIX[np.arange(SIZE), own], atol=1e-6)
    assert np.array_equal(settled.labels[own], settled.labels)


def test_no_group_has_more_leaves_than_it_may():
    _, clusters, settled = made(3.0, 12)
    counts = np.bincount(settled.labels[clusters.exemplars])
    sizes = np.bincount(settled.labels)
    assert counts.max() <= 12 < sizes.max()
    assert (counts[sizes <= 12] == sizes[sizes <= 12]).all()
    assert (counts[sizes > 12] > 1).all()


def test_heights_never_fall_and_pass_the_price_at_the_default_cut(case):
    _, clusters, _ = case
    heights = [merge.height for merge in clusters.merges]
    assert len(heights) == len(clusters) - 1
    assert heights == sorted(heights)
    inside = len(clusters) - clusters.default_count
    assert all(height <= clusters.preference for height in heights[:inside])
    assert all(height >= clusters.preference for height in heights[inside:])


def test_nodes_are_joined_once_and_after_they_are_made(case):
    _, clusters, _ = case
    joined = [node for merge in clusters.merges for node in (merge.left, merge.right)]
    assert sorted(joined) == list(range(len(clusters) + len(clusters.merges) - 1))
    for number, merge in enumerate(clusters.merges, start=len(clusters)):
        assert max(merge.left, merge.right) < number


@pytest.mark.parametrize("share", [0.3, 2.0])
def test_cuts_cost_little_more_than_those_of_the_dense_tree(share):
    _, clusters, _ = made(1.0, 256)
    dense = tree.cluster(MATRIX, preference=1.0)
    count = max(2, round(share * clusters.default_count)) if share < 1 else 2 * clusters.default_count
    costs = [sum(sum(group.distances) for group in tree.cut(one, count, distance)) for one in (clusters, dense)]
    assert costs[0] < 1.04 * costs[1]


def test_a_group_of_copies_is_one_leaf_at_least():
    copies = Served(np.array([0]), np.zeros(9, np.int64), np.zeros(9))
    lists = np.array([[j for j in range(9) if j != i] for i in range(9)], np.int32)
    pairs = graphs.listed(lists, np.zeros(lists.shape, np.float32))
    for leaves in (256, 4):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sparse_tree, "LEAVES", leaves)
            clusters, _ = sparse_tree.build(
                IDS[:9], copies, pairs, preference=0.5, most=MOST, compare=lambda keys: np.zeros(len(keys), np.float32)
            )
        assert len(clusters) == (9 if leaves == 256 else 1)
        assert tree.cut(clusters, 1, lambda _row, rows: np.zeros(len(rows)))[0].size == 9


def test_suggested_price_of_a_sample_is_near_that_of_all(monkeypatch):
    whole = sparse_tree.suggest(SIZE, from_matrix)
    assert whole == tree.suggest_preference(MATRIX)
    monkeypatch.setattr(sparse_tree, "SAMPLE", 200)
    assert abs(math.log(sparse_tree.suggest(SIZE, from_matrix) / whole)) < math.log(2)


@pytest.mark.parametrize("estimated", [False, True])
def test_groups_far_apart_are_merged_nearly_as_well_by_their_exemplars(estimated, monkeypatch):
    monkeypatch.setattr(sparse_tree, "NEAR", 6)
    monkeypatch.setattr(sparse_tree, "EXACT", 1500 - 1495 * estimated)
    compared = []

    def compare(keys):
        compared.append(len(keys))
        return from_matrix(keys)

    def estimate(rows):
        return 0.9 * MATRIX[np.ix_(rows, rows)].astype(float)

    lists = neighbour_lists(MATRIX, 50)
    served, pairs = augmented(
        graphs.listed(*lists),
        preference=0.6,
        most=MOST,
        shortlist=lambda rows: rows[np.argsort(MATRIX[:, rows], axis=1, kind="stable")[:, :20]].astype(np.int32),
        compare=from_matrix,
    )
    clusters, _ = sparse_tree.build(
        IDS, served, pairs, preference=0.6, most=MOST, compare=compare, estimate=estimate if estimated else None
    )
    dense = tree.cluster(MATRIX, preference=0.6)
    assert len(served.rows) > 20
    for count in (4, 10):
        costs = [sum(sum(group.distances) for group in tree.cut(one, count, distance)) for one in (clusters, dense)]
        assert costs[0] < 1.05 * costs[1]
    inside = sum(size * (size - 1) // 2 for size in np.bincount(served.labels))
    exemplars = len(served.rows) * (len(served.rows) - 1) // 2
    assert sum(compared) <= inside + (0 if estimated else exemplars) + len(served.rows) * 2 * 6 * sparse_tree.DRAWN


@pytest.mark.parametrize("noise", [0.02, 0.04])
def test_a_group_with_more_pictures_than_leaves_gets_at_least_half_as_many_of_them(noise):
    size, rng = 200, np.random.default_rng(3)
    matrix = 0.3 + noise * rng.normal(size=(size, size))
    matrix = ((matrix + matrix.T) / 2).astype(np.float32)
    np.fill_diagonal(matrix, 0)
    one, other = np.triu_indices(size, 1)
    inside = graphs.Pairs(size, one * size + other, matrix[one, other])
    part = sparse_tree._take_apart(
        5, np.arange(size), matrix[5].astype(float), inside, size, 2.0, MOST, lambda k: matrix[np.divmod(k, size)], 64
    )
    assert 32 <= len(part.leaves) <= 64
    assert len(part.merges) == len(part.leaves) - 1
