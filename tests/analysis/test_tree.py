import math

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import adjusted_rand_score

from leitmotiv.analysis import tree
from leitmotiv.analysis.exemplars import exemplars
from leitmotiv.records import Cluster, Clusters, Merge
from tests.analysis.test_exemplars import divergences, small

MIXED = divergences(120, looks=14)


def asking(divergence):
    return lambda row, rows: divergence[row, rows].astype(float)


def labels_of(groups, size):
    labels = np.full(size, -1)
    for number, group in enumerate(groups):
        labels[[int(member) for member in group.members]] = number
    return labels


@pytest.fixture(scope="module")
def mixed():
    return tree.cluster(MIXED)


@given(small())
@settings(max_examples=60)
def test_every_cut_is_a_partition_and_refines_the_one_above(divergence):
    clusters = tree.cluster(divergence)
    size, above = len(divergence), None
    for count in range(1, size + 1):
        groups = tree.cut(clusters, count, asking(divergence))
        labels = labels_of(groups, size)
        assert len(groups) == count
        assert sum(group.size for group in groups) == size
        assert labels.min() >= 0
        if above is not None:
            assert len(set(zip(labels.tolist(), above.tolist(), strict=True))) == count
        above = labels


def test_finest_level_is_every_picture_alone(mixed):
    assert len(mixed) == 120
    groups = tree.cut(mixed, 120, asking(MIXED))
    assert all(group.size == 1 and group.coherence == 1 and group.distances == (0.0,) for group in groups)


def test_heights_never_fall_and_pass_the_preference_at_the_default_cut(mixed):
    heights = [merge.height for merge in mixed.merges]
    assert len(heights) == 119
    assert heights == sorted(heights)
    inside = 120 - mixed.default_count
    assert all(height <= mixed.preference for height in heights[:inside])
    assert all(height >= mixed.preference for height in heights[inside:])


def test_nodes_are_joined_once_and_after_they_are_made(mixed):
    joined = [node for merge in mixed.merges for node in (merge.left, merge.right)]
    assert sorted(joined) == list(range(len(mixed) + len(mixed.merges) - 1))
    for number, merge in enumerate(mixed.merges, start=len(mixed)):
        assert max(merge.left, merge.right) < number


def test_default_cut_is_what_the_search_found(mixed):
    rows, labels = exemplars(MIXED, preference=mixed.preference)
    assert mixed.default_count == len(rows)
    groups = tree.cut(mixed, mixed.default_count, asking(MIXED))
    assert adjusted_rand_score(labels, labels_of(groups, 120)) == 1
    spent = sum(sum(group.distances) for group in groups) + mixed.preference * len(groups)
    assert spent == pytest.approx(mixed.cost, abs=1e-4)


@pytest.mark.parametrize("count", [1, 3, 14, 50])
def test_exemplar_is_the_medoid_and_members_follow_by_distance(mixed, count):
    groups = tree.cut(mixed, count, asking(MIXED))
    assert [group.size for group in groups] == sorted((group.size for group in groups), reverse=True)
    for group in groups:
        rows = np.array([int(member) for member in group.members])
        sums = MIXED[np.ix_(rows, rows)].sum(axis=0, dtype=float)
        assert sums[0] == pytest.approx(sums.min(), abs=1e-5)
        assert group.members[0] == group.exemplar
        assert list(group.distances) == sorted(group.distances)
        np.testing.assert_allclose(group.distances, MIXED[rows[0], rows])
        if group.size > 1:
            assert group.coherence == pytest.approx(1 - np.mean(group.distances[1:]) / math.log(2))
        assert set(group.outliers) <= set(group.members[1:])


def test_nested_cuts_cost_little_more_than_the_optimum(mixed):
    for price in (0.5 * mixed.preference, 2 * mixed.preference, 5 * mixed.preference):
        rows, _ = exemplars(MIXED, preference=price)
        best = MIXED[:, rows].min(axis=1).sum() + price * len(rows)
        groups = tree.cut(mixed, len(rows), asking(MIXED))
        assert sum(sum(group.distances) for group in groups) + price * len(rows) < 1.12 * best


def test_group_of_a_node_is_the_one_that_a_cut_shows(mixed):
    for count in (1, 10, 60):
        for group in tree.cut(mixed, count, asking(MIXED)):
            assert tree.group(mixed, group.id, asking(MIXED)) == group


@pytest.mark.parametrize("count", [0, -1, 121])
def test_cut_refuses_counts_that_the_tree_has_not(mixed, count):
    with pytest.raises(ValueError, match="1 to 120 groups"):
        tree.cut(mixed, count, asking(MIXED))


@pytest.mark.parametrize("node", [-1, 239])
def test_group_refuses_nodes_that_the_tree_has_not(mixed, node):
    with pytest.raises(ValueError, match="nodes 0 to 238"):
        tree.group(mixed, node, asking(MIXED))


def test_distance_is_asked_once_for_each_group_of_two_or_more(mixed):
    asked = []

    def distance(row, rows):
        asked.append(row)
        return asking(MIXED)(row, rows)

    groups = tree.cut(mixed, 60, distance)
    assert len(asked) == sum(group.size > 1 for group in groups) == len(set(asked))


def test_outliers_lie_beyond_the_fence():
    """Quartiles of 1 … 9 and 30 tenths: 3 and 8, fence 15.5."""
    values = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 30]) / 10
    clusters = Clusters(
        ids=tuple("abcdefghijk"),
        labels=np.zeros(11, np.int64),
        exemplars=np.zeros(1, np.int64),
        distances=values,
        merges=(),
        default_count=1,
        preference=1.0,
        cost=1.0,
    )
    (group,) = tree.cut(clusters, 1, lambda _, rows: values[rows])
    assert group.outliers == ("k",)
    few = Clusters(tuple("abk"), np.zeros(3, np.int64), np.zeros(1, np.int64), np.zeros(3), (), 1, 1.0, 1.0)
    (group,) = tree.cut(few, 1, lambda _, rows: values[[0, 1, 10]][rows])
    assert group.outliers == ()


def test_images_that_joined_later_come_with_their_exemplar():
    clusters = Clusters(
        ids=("a", "b", "late"),
        labels=np.array([0, 1, 1]),
        exemplars=np.array([0, 1]),
        distances=np.array([0, 0, 0.2]),
        merges=(Merge(0, 1, 0.5, 1),),
        default_count=2,
        preference=0.3,
        cost=0.6,
    )
    places = np.array([0.0, 0.5, 0.7])
    groups = tree.cut(clusters, 2, lambda row, rows: np.abs(places[rows] - places[row]))
    assert [group.members for group in groups] == [("b", "late"), ("a",)]
    (whole,) = tree.cut(clusters, 1, lambda row, rows: np.abs(places[rows] - places[row]))
    assert whole == Cluster(2, "b", ("b", "late", "a"), whole.distances, whole.coherence)


def test_default_number_of_groups_is_near_the_square_root_without_structure():
    for size in (50, 200, 800):
        points = np.random.default_rng(size).standard_normal((size, 6))
        squares = np.square(points[:, None] - points).sum(axis=2)
        clusters = tree.cluster(np.log(2) * -np.expm1(-squares / 12))
        assert 0.5 * math.sqrt(size) < clusters.default_count < 1.5 * math.sqrt(size)


@pytest.mark.parametrize("looks", [3, 5, 9])
def test_marked_structure_decides_the_default_number_of_groups(looks):
    rng = np.random.default_rng(looks)
    points = np.repeat(np.eye(looks), 30, axis=0) + 0.01 * rng.standard_normal((30 * looks, looks))
    clusters = tree.cluster(np.sqrt(np.square(points[:, None] - points).sum(axis=2)))
    assert clusters.default_count == looks


def test_a_picture_more_leaves_price_and_groups_as_they_were():
    part = MIXED[:119, :119]
    old = tree.cluster(part)
    start = np.array([int(name) for name in tree.shown_exemplars(old)])
    new = tree.cluster(MIXED, start=start, previous=old.preference)
    assert new.preference == old.preference
    before = labels_of(tree.cut(old, old.default_count, asking(part)), 119)
    after = labels_of(tree.cut(new, new.default_count, asking(MIXED)), 120)[:119]
    assert adjusted_rand_score(before, after) > 0.95


@pytest.mark.parametrize("previous", [0.01, 60.0])
def test_previous_price_goes_where_it_gives_far_too_many_groups_or_too_few(previous, mixed):
    assert tree.cluster(MIXED, previous=previous).preference == mixed.preference


def test_shown_exemplars_are_those_of_the_default_cut(mixed):
    groups = tree.cut(mixed, mixed.default_count, asking(MIXED))
    assert set(tree.shown_exemplars(mixed)) == {group.exemplar for group in groups}


def test_counts_go_up_from_one_to_all(mixed):
    counts = tree.counts(mixed)
    assert counts[0] == 1
    assert counts[-1] == 120
    assert mixed.default_count in counts
    assert list(counts) == sorted(set(counts))
    assert len(counts) < 70


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("value", [0.0, 0.6])
def test_tiny_and_equal_libraries_have_a_tree(size, value):
    divergence = np.full((size, size), value) * (1 - np.eye(size))
    clusters = tree.cluster(divergence)
    assert len(clusters.merges) == max(size - 1, 0)
    assert tree.counts(clusters) == tuple(range(1, size + 1))
    assert min(size, 1) <= clusters.default_count <= size
    assert len(tree.shown_exemplars(clusters)) == clusters.default_count
    for count in tree.counts(clusters):
        assert len(tree.cut(clusters, count, asking(divergence))) == count
    if not size:
        assert tree.cut(clusters, 0, asking(divergence)) == ()
    elif not value:
        assert clusters.default_count == 1


def test_copies_stay_together():
    clusters = tree.cluster(np.kron(np.abs(np.arange(6)[:, None] - np.arange(6)) / 10, np.ones((4, 4))))
    groups = tree.cut(clusters, 6, asking(np.kron(np.abs(np.arange(6)[:, None] - np.arange(6)), np.ones((4, 4)))))
    assert sorted(sorted(int(member) // 4 for member in group.members) for group in groups) == [
        [number] * 4 for number in range(6)
    ]


def test_result_does_not_depend_on_threads(mixed):
    other = tree.cluster(MIXED, threads=3)
    assert other.cost == mixed.cost
    assert [vars(merge) for merge in other.merges] == [vars(merge) for merge in mixed.merges]


def test_progress_goes_up_to_its_end():
    calls = []
    tree.cluster(MIXED, progress=lambda done, total: calls.append(done / total))
    assert calls == sorted(calls)
    assert calls[-1] == 1


def test_ids_must_fit_the_matrix():
    with pytest.raises(ValueError, match="2 ids were given for 120 rows"):
        tree.cluster(MIXED, ids=["a", "b"])


def test_given_preference_is_kept(mixed):
    clusters = tree.cluster(MIXED, preference=0.2, ids=[f"p{row}" for row in range(120)])
    assert clusters.preference == 0.2
    assert clusters.default_count > mixed.default_count
    assert clusters.ids[7] == "p7"


@pytest.mark.parametrize("size", [40, 100])
def test_without_structure_about_as_many_groups_stand_as_each_has_members(size):
    counts = []
    for seed in range(20):
        places = np.random.default_rng(seed).random((size, 4))
        distance = np.square(places[:, None] - places).sum(axis=2).astype(np.float32)
        counts.append(tree.cluster(distance).default_count)
    within = [size**0.5 / 2 <= count <= 2 * size**0.5 for count in counts]
    assert sum(within) >= 18, counts


@pytest.mark.parametrize("marked", [2, 3, 5])
def test_marked_groups_stand_however_few(marked):
    rng = np.random.default_rng(marked)
    places = 10 * np.eye(marked)[rng.integers(marked, size=90)] + rng.normal(0, 0.3, (90, marked))
    distance = np.square(places[:, None] - places).sum(axis=2).astype(np.float32)
    assert tree.cluster(distance).default_count == marked
