import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis.graph import Pairs, ends, keys_of, listed
from tests.kernels import naive_graph as naive
from tests.kernels.graph_cases import MOST, divergences, neighbour_lists


@st.composite
def some_pairs(draw):
    size = draw(st.integers(1, 8))
    everything = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = sorted(draw(st.sets(st.sampled_from(everything)))) if everything else []
    values = [draw(st.integers(0, 6)) / 10 for _ in chosen]
    return size, chosen, values


def made(size, chosen, values):
    rows = np.array(chosen, np.int64).reshape(-1, 2)
    return Pairs(size, keys_of(rows[:, 1], rows[:, 0], size), np.array(values, np.float32))


@given(some_pairs())
@settings(max_examples=60)
def test_graph_has_each_pair_both_ways_in_order(given_pairs):
    size, chosen, values = given_pairs
    graph = made(size, chosen, values).graph()
    expected = np.full((size, size), MOST)
    np.fill_diagonal(expected, 0)
    for (a, b), value in zip(chosen, values, strict=True):
        expected[a, b] = expected[b, a] = np.float32(value)
    assert np.array_equal(naive.dense(graph, MOST), expected)
    assert len(graph.column) == 2 * len(chosen)
    for i in range(size):
        assert (np.diff(graph.column[graph.first[i] : graph.first[i + 1]]) > 0).all()


@given(some_pairs())
@settings(max_examples=40)
def test_pairs_are_found_by_either_order_and_others_are_not(given_pairs):
    size, chosen, values = given_pairs
    pairs = made(size, chosen, values)
    known = dict(zip(chosen, np.array(values, np.float32), strict=True))
    for a in range(size):
        for b in range(size):
            value = pairs.look_up(keys_of(np.array([a]), np.array([b]), size))[0]
            assert np.array_equal(value, known.get((min(a, b), max(a, b)), np.nan), equal_nan=True)
    assert np.array_equal(ends(pairs.keys, size), np.array(chosen, np.int64).reshape(-1, 2))


def test_joined_has_all_pairs_once():
    one = Pairs(5, np.array([1, 7, 9]), np.array([0.1, 0.2, 0.3], np.float32))
    both = one.joined(Pairs(5, np.array([2, 7]), np.array([0.5, 0.2], np.float32)))
    assert both.keys.tolist() == [1, 2, 7, 9]
    assert np.allclose(both.values, [0.1, 0.5, 0.2, 0.3])


def test_of_keeps_pairs_with_an_end_among_rows():
    pairs = Pairs(4, keys_of(np.array([0, 0, 1, 2]), np.array([1, 3, 2, 3]), 4), np.arange(4, dtype=np.float32))
    assert ends(pairs.of(np.array([3])).keys, 4).tolist() == [[0, 3], [2, 3]]


def test_listed_takes_the_nearest_of_each_and_leaves_out_what_is_not_known():
    divergence = divergences(30)
    lists, values = neighbour_lists(divergence, 10)
    shuffled = np.random.default_rng(0).permuted(np.arange(10)[None].repeat(30, 0), axis=1)
    pairs = listed(np.take_along_axis(lists, shuffled, 1), np.take_along_axis(values, shuffled, 1), 4)
    expected = {(min(i, j), max(i, j)) for i in range(30) for j in lists[i, :4].tolist()}
    assert {tuple(pair) for pair in ends(pairs.keys, 30).tolist()} == expected
    assert np.array_equal(pairs.values, divergence[tuple(ends(pairs.keys, 30).T)])
    values[3, 2] = np.nan
    lists[4, 1] = -1
    assert len(listed(lists, values)) < len(listed(*neighbour_lists(divergence, 10)))
