import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.kernels import pairs as kernels
from leitmotiv.kernels.graph import Graph
from tests.kernels import naive_graph as naive

SIZE = 7
KEYS = [a * SIZE + b for a in range(SIZE) for b in range(a + 1, SIZE)]
SOME = st.dictionaries(st.sampled_from(KEYS), st.floats(0, 1, width=32))


def arrays(some):
    return np.array(sorted(some), np.int64), np.array([some[key] for key in sorted(some)], np.float32)


@given(SOME, st.lists(st.integers(0, SIZE * SIZE)))
@settings(max_examples=60)
def test_values_are_found_and_others_stay(some, wanted):
    wanted = np.array(sorted(wanted), np.int64)
    found = np.full(len(wanted), np.nan, np.float32)
    kernels.look_up(*arrays(some), wanted, found)
    expected = [some.get(key, np.nan) for key in wanted.tolist()]
    np.testing.assert_array_equal(found, np.array(expected, np.float32))


@given(st.integers(0, 1000), st.integers(1, 400), st.integers(1, 40))
@settings(max_examples=60)
def test_few_are_found_in_many(seed, count, asked):
    rng = np.random.default_rng(seed)
    keys = np.unique(rng.integers(0, 4 * count, count))
    wanted = np.sort(rng.integers(-2, 4 * count + 2, asked))
    found = np.full(len(wanted), np.nan, np.float32)
    kernels.look_up(keys, keys.astype(np.float32), wanted, found)
    np.testing.assert_array_equal(found, np.where(np.isin(wanted, keys), wanted, np.nan).astype(np.float32))


@given(SOME, SOME)
@settings(max_examples=60)
def test_merged_lists_are_those_of_a_dictionary(one, other):
    keys, values = np.empty(len(one) + len(other), np.int64), np.empty(len(one) + len(other), np.float32)
    count = kernels.merge(*arrays(one), *arrays(other), keys, values)
    expected_keys, expected = naive.merged(one, other)
    assert keys[:count].tolist() == expected_keys
    np.testing.assert_array_equal(values[:count], np.array(expected, np.float32))


@given(SOME)
@settings(max_examples=60)
def test_graph_is_the_symmetric_matrix_with_ascending_columns(some):
    keys, values = arrays(some)
    ends = 2 * len(keys)
    graph = Graph(np.zeros(SIZE + 1, np.int64), np.empty(ends, np.int32), np.empty(ends, np.float32))
    kernels.connect(SIZE, keys, values, graph)
    matrix = np.full((SIZE, SIZE), 9.0)
    np.fill_diagonal(matrix, 0)
    for key, value in some.items():
        matrix[key // SIZE, key % SIZE] = matrix[key % SIZE, key // SIZE] = value
    assert np.array_equal(naive.dense(graph, 9.0), matrix)
    assert all((np.diff(graph.column[graph.first[i] : graph.first[i + 1]]) > 0).all() for i in range(SIZE))
