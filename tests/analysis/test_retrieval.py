from itertools import combinations

import numpy as np
import pytest

from leitmotiv.analysis.retrieval import Bootstrap, chance, scores


def naive(distance, truth, query):
    """Recall@7, P@10 and average precision of one query, by counting."""
    others = sorted((row for row in range(len(truth)) if row != query), key=lambda row: distance[query, row])
    right = [truth[row] == truth[query] for row in others]
    precisions = [sum(right[: rank + 1]) / (rank + 1) for rank, hit in enumerate(right) if hit]
    return sum(right[:7]) / sum(right), sum(right[:10]) / 10, sum(precisions) / len(precisions)


def points(size=40, groups=5, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(groups, size=size)
    places = truth[:, None] + rng.normal(0, 0.7, (size, 2))
    return np.linalg.norm(places[:, None] - places, axis=2), truth


def test_scores_equal_counting():
    distance, truth = points()
    wanted = [naive(distance, truth, query) for query in range(40)]
    np.testing.assert_allclose(scores(distance, truth), wanted)


def test_a_perfect_order_scores_1_and_the_worst_next_to_nothing():
    truth = np.repeat([0, 1], 8)
    apart = (truth[:, None] != truth).astype(float)
    np.testing.assert_allclose(scores(apart, truth), np.tile([1, 0.7, 1], (16, 1)))
    assert scores(-apart, truth)[:, 0].max() == 0


def test_the_query_is_never_found_and_one_alone_has_no_score():
    found = scores(np.zeros((3, 3)), np.array([0, 0, 1]))
    assert np.isnan(found[2]).all()
    np.testing.assert_allclose(found[:2, 2], [1, 1])


def test_chance_is_what_random_orders_score():
    truth = np.repeat(np.arange(6), [3, 5, 8, 1, 12, 11])
    rng = np.random.default_rng(0)
    found = np.nanmean([scores(rng.uniform(size=(40, 40)), truth)[:, 1] for _ in range(200)])
    assert found == pytest.approx(chance(truth), rel=0.03)


def test_an_interval_holds_the_mean_and_narrows_with_more_groups():
    rng = np.random.default_rng(0)
    widths = []
    for groups in (10, 200):
        truth = np.repeat(np.arange(groups), 5)
        values = rng.uniform(size=(5 * groups, 3))
        for interval, column in zip(
            Bootstrap(truth, np.random.default_rng(1)).intervals(values), values.T, strict=True
        ):
            assert interval.low < interval.value < interval.high
            assert interval.value == pytest.approx(column.mean())
        widths.append(interval.high - interval.low)
    assert widths[1] < widths[0] / 2


def test_queries_of_a_group_count_as_one_draw():
    truth = np.repeat(np.arange(8), 50)
    together = np.repeat(np.random.default_rng(0).uniform(size=8), 50)[:, None]
    [interval] = Bootstrap(truth, np.random.default_rng(1)).intervals(together)
    means = [np.random.default_rng(seed).choice(together[::50, 0], 8).mean() for seed in range(2000)]
    assert (interval.low, interval.high) == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])), abs=0.03)


def test_a_difference_is_told_where_both_measures_vary_alike():
    truth = np.repeat(np.arange(20), 10)
    rng = np.random.default_rng(0)
    base = np.repeat(rng.uniform(size=20), 10)[:, None]
    better = base + 0.02 + rng.normal(0, 0.005, (200, 1))
    bootstrap = Bootstrap(truth, np.random.default_rng(1))
    [one], [apart] = bootstrap.intervals(better), bootstrap.difference(better, base)
    assert one.low < base.mean() < one.high
    assert 0.015 < apart.low < apart.value < apart.high < 0.025
    [none] = bootstrap.difference(base, base)
    assert (none.low, none.value, none.high) == (0, 0, 0)


def test_queries_without_an_answer_are_left_out():
    values = np.array([[0.2], [0.4], [np.nan]])
    [interval] = Bootstrap(np.array([0, 0, 1]), np.random.default_rng(0)).intervals(values)
    assert interval.value == pytest.approx(0.3)


def test_intervals_of_pairs_are_those_of_drawing_their_groups():
    """What one group in five has, four pairs in ten share; drawn by themselves they would seem four times as sure."""
    pairs = list(combinations(range(5), 2))
    values = np.array([[float(0 in pair), 0.5] for pair in pairs])
    drawn = Bootstrap(np.arange(5), np.random.default_rng(1), 400)
    first, level = drawn.of_pairs(values, pairs)
    means = []
    for counts in drawn._counts:
        names = np.repeat(np.arange(5), counts.astype(int))
        held = [values[pairs.index((min(a, b), max(a, b))), 0] for a, b in combinations(names, 2) if a != b]
        means += [np.mean(held)] if held else []
    assert (first.value, first.low, first.high) == pytest.approx((0.4, *np.percentile(means, (2.5, 97.5))))
    assert (level.value, level.low, level.high) == (0.5, 0.5, 0.5)
    alone = Bootstrap(np.arange(10), np.random.default_rng(1)).intervals(values)[0]
    assert first.high - first.low > alone.high - alone.low
