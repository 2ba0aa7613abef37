import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from leitmotiv.analysis import graph as graphs
from leitmotiv.analysis import sparse_exemplars
from leitmotiv.analysis.exemplars import exemplars as dense_exemplars
from leitmotiv.analysis.sparse_exemplars import augmented, exemplars
from tests.kernels import naive_affinity as naive
from tests.kernels.graph_cases import MOST, divergences, neighbour_lists


def complete(divergence):
    lists, values = neighbour_lists(divergence, len(divergence) - 1)
    return graphs.listed(lists, values)


def rounds(divergence, count, price, start=None, rough=None):
    """`augmented` on the graph of the `count` nearest, with the matrix itself for shortlists and comparisons."""
    size, asked = len(divergence), []

    def shortlist(rows):
        return rows[np.argsort(divergence[:, rows], axis=1, kind="stable")[:, :20]].astype(np.int32)

    def compare(keys):
        asked.append(keys)
        return divergence[np.divmod(keys, size)]

    found, pairs = augmented(
        graphs.listed(*neighbour_lists(divergence, count)),
        preference=price,
        most=MOST,
        shortlist=shortlist,
        compare=compare,
        start=start,
        rough=rough,
    )
    return found, pairs, asked


@given(seed=st.integers(0, 200), size=st.integers(2, 12), price=st.sampled_from([0.05, 0.2, 0.5, 2.0]))
@settings(max_examples=60, deadline=None)
def test_every_point_has_its_nearest_exemplar_and_no_move_helps(seed, size, price):
    divergence = divergences(size, seed, looks=3)
    found = exemplars(complete(divergence).graph(), preference=price, most=MOST)
    cost = naive.cost(divergence, found.rows, price)
    assert found.cost(price) == pytest.approx(cost, abs=1e-6)
    assert np.array_equal(found.labels[found.rows], np.arange(len(found.rows)))
    assert np.array_equal(divergence[np.arange(size), found.rows[found.labels]], found.near)
    for others in naive.neighbours(divergence, found.rows.tolist()):
        assert naive.cost(divergence, others, price) > cost - 1e-5


@pytest.mark.parametrize("price", [0.1, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_cost_is_within_a_500th_of_that_over_all_pairs(price, seed):
    divergence = divergences(600, seed, looks=25)
    rows, _ = dense_exemplars(divergence, preference=price)
    found, _, _ = rounds(divergence, 50, price)
    assert found.cost(price) == pytest.approx(naive.cost(divergence, found.rows, price), abs=1e-4)
    assert found.cost(price) <= 1.002 * naive.cost(divergence, rows, price)


def test_shortlists_only_lower_the_cost_and_leave_nobody_out():
    divergence = divergences(500, 3, looks=20)
    sparse = exemplars(graphs.listed(*neighbour_lists(divergence, 8)).graph(), preference=2.0, most=MOST)
    found, pairs, asked = rounds(divergence, 8, 2.0)
    assert (sparse.labels < 0).any()
    assert (found.labels >= 0).all()
    assert found.cost(2.0) < sparse.cost(2.0)
    keys = np.concatenate(asked)
    assert len(np.unique(keys)) == len(keys)
    assert np.array_equal(pairs.values, divergence[np.divmod(pairs.keys, 500)])


def test_result_is_the_same_again():
    divergence = divergences(300, 1)
    first, second = (rounds(divergence, 20, 0.5)[0] for _ in range(2))
    assert np.array_equal(first.rows, second.rows)
    assert np.array_equal(first.labels, second.labels)


def test_warm_start_passes_no_messages_and_keeps_what_is_good():
    divergence = divergences(300, 2)
    found, pairs, _ = rounds(divergence, 30, 0.6)
    calls = []
    again = exemplars(
        pairs.graph(), preference=0.6, most=MOST, start=found.rows, progress=lambda *done: calls.append(done)
    )
    assert not calls
    assert np.array_equal(again.rows, found.rows)
    warm, _, _ = rounds(divergence, 30, 0.6, start=found.rows)
    assert np.array_equal(warm.rows, found.rows)


def test_warm_start_keeps_groups_when_a_few_points_come():
    divergence = divergences(400, 4, looks=16)
    before, _, _ = rounds(divergence[:392, :392], 40, 0.6)
    after, _, _ = rounds(divergence, 40, 0.6, start=before.rows)
    assert adjusted_rand_score(before.labels, after.labels[:392]) > 0.95


def test_a_point_that_nothing_links_costs_no_more_than_it_may():
    pairs = graphs.Pairs(5, np.array([1, 7]), np.array([0.1, 0.1], np.float32))
    found = exemplars(pairs.graph(), preference=1.0, most=MOST)
    assert found.labels.tolist() == [0, 0, 0, -1, -1]
    assert found.cost(1.0) == pytest.approx(1.2 + 2 * MOST)
    alone = exemplars(pairs.graph(), preference=0.5, most=MOST)
    assert alone.rows.tolist() == [1, 3, 4]


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_no_edges_at_all(size):
    empty = graphs.Pairs(size, np.zeros(0, np.int64), np.zeros(0, np.float32)).graph()
    assert len(exemplars(empty, preference=0.1, most=MOST).rows) == size
    assert len(exemplars(empty, preference=9.0, most=MOST).rows) == min(size, 1)


def test_copies_share_one_exemplar():
    divergence = np.kron(np.minimum(np.abs(np.arange(4)[:, None] - np.arange(4)), 0.69), np.ones((5, 5)))
    found = exemplars(complete(divergence.astype(np.float32)).graph(), preference=0.5, most=MOST)
    assert len(found.rows) == 4
    assert found.labels.tolist() == np.repeat(np.arange(4), 5).tolist()


@pytest.mark.parametrize(("price", "most"), [(0.0, 1.0), (np.nan, 1.0), (1.0, 0.0), (1.0, np.inf)])
def test_prices_must_be_positive_numbers(price, most):
    with pytest.raises(ValueError, match="positive numbers"):
        exemplars(graphs.Pairs(2, np.array([1]), np.ones(1, np.float32)).graph(), preference=price, most=most)


def test_no_member_near_an_exemplar_would_stand_better_for_its_group():
    divergence = divergences(500, 6, looks=9)
    for price in (1.0, 4.0):
        found, pairs, _ = rounds(divergence, 10, price)
        least = 1e-6 * max(MOST, price)
        for place, exemplar in enumerate(found.rows):
            members = np.flatnonzero(found.labels == place)
            others = members[np.argsort(divergence[exemplar, members], kind="stable")][: sparse_exemplars.MIDDLES]
            sums = divergence[np.ix_(others, members)].sum(axis=1)
            assert (sums >= divergence[exemplar, members].sum() - least - 1e-4).all()
        assert not np.isnan(pairs.look_up(pairs.keys)).any()


def test_search_from_old_exemplars_begins_where_points_came(monkeypatch):
    divergence = divergences(300, 7, looks=12)
    pairs = graphs.listed(*neighbour_lists(divergence, 20))
    start = exemplars(pairs.graph(), preference=0.5, most=MOST).rows
    fresh, looked = np.array([5, 210]), []
    improve = sparse_exemplars.sparse_exemplars.improve

    def watched(graph, rows, *rest):
        looked.append(rows)
        return improve(graph, rows, *rest)

    monkeypatch.setattr(sparse_exemplars.sparse_exemplars, "improve", watched)
    exemplars(pairs.graph(), preference=0.5, most=MOST, start=start, fresh=fresh)
    near = {*fresh.tolist(), *(other for row in fresh for other in np.flatnonzero(_linked(pairs)[row]).tolist())}
    assert set(looked[0].tolist()) == near
    assert len(looked[-1]) == 300


def _linked(pairs):
    linked = np.zeros((pairs.size, pairs.size), bool)
    one, other = np.divmod(pairs.keys, pairs.size)
    linked[one, other] = linked[other, one] = True
    return linked


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30), st.sets(st.integers(0, 11)))
@settings(max_examples=60, deadline=None)
def test_around_some_points_are_they_and_what_an_edge_joins_to_them(ends, some):
    keys = np.unique([graphs.keys_of(a, b, 12) for a, b in ends if a != b]).astype(np.int64)
    graph = graphs.Pairs(12, keys, np.ones(len(keys), np.float32)).graph()
    found = sparse_exemplars._around(graph, np.isin(np.arange(12), list(some)))
    joined = {b for one, other in ends if one != other for a, b in ((one, other), (other, one)) if a in some}
    assert set(found.tolist()) == some | joined


def test_search_ends_only_where_no_move_of_any_point_helps():
    divergence = divergences(600, 11, looks=14)
    graph = complete(divergence).graph()
    found = exemplars(graph, preference=0.6, most=MOST)
    choice = sparse_exemplars._choice(graph, MOST, found.rows)
    room = sparse_exemplars.sparse_exemplars.Room(np.zeros(600), np.zeros(600, np.int64))
    least = sparse_exemplars.LEAST_GAIN * MOST
    moves = sparse_exemplars.sparse_exemplars.improve(graph, np.arange(600), 0.6, least, MOST, choice, room)
    assert moves == 0


def test_a_round_that_gains_little_is_the_last(monkeypatch):
    divergence = divergences(900, 12, looks=6)
    best, _, asked = rounds(divergence, 8, 4.0)
    monkeypatch.setattr(sparse_exemplars, "LITTLE", 0.5)
    first, _, fewer = rounds(divergence, 8, 4.0)
    assert len(fewer) < len(asked)
    assert best.cost(4.0) <= first.cost(4.0)


@pytest.mark.parametrize("seed", range(3))
def test_rough_divergences_lead_to_exemplars_and_leave_none_of_their_own(seed):
    divergence = divergences(1200, 20 + seed, looks=8)
    noise = np.random.default_rng(seed).normal(scale=0.01, size=divergence.shape).astype(np.float32)
    noisy = np.maximum(divergence + np.triu(noise, 1) + np.triu(noise, 1).T, 0)
    told: list[int] = []

    def rough(keys):
        told.append(len(keys))
        return noisy[np.divmod(keys, len(divergence))]

    plain, _, asked = rounds(divergence, 8, 3.0)
    found, pairs, fewer = rounds(divergence, 8, 3.0, rough=rough)
    np.testing.assert_array_equal(pairs.values, divergence[np.divmod(pairs.keys, len(divergence))])
    assert found.cost(3.0) == pytest.approx(naive.cost(divergence, found.rows, 3.0), rel=1e-5)
    assert found.cost(3.0) < 1.005 * plain.cost(3.0)
    assert sum(told) > 0
    assert sum(map(len, fewer)) < sum(map(len, asked))
