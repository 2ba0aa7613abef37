from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from leitmotiv.analysis.bound import least_cost, least_cost_of_matrix
from leitmotiv.analysis.exemplars import exemplars as dense_exemplars
from leitmotiv.analysis.graph import Pairs, keys_of
from leitmotiv.analysis.sparse_exemplars import exemplars
from tests.kernels import naive_affinity, naive_graph
from tests.kernels.graph_cases import MOST, divergences, random_graph


def cheapest(matrix, price):
    """The least cost over all choices of exemplars, tried one by one; one exemplar at least."""
    size = len(matrix)
    return min(
        np.minimum(matrix[:, list(rows)].min(axis=1), MOST).sum() + price * count
        for count in range(1, size + 1)
        for rows in combinations(range(size), count)
    )


def relaxed(matrix, price):
    """The optimum of the linear program whose dual the bound is."""
    size = len(matrix)
    cost = np.concatenate([np.full(size, price), matrix.ravel(), np.full(size, MOST)])
    # each point is served once, by exemplars or nobody, and by none more than it is one
    served = np.hstack([np.zeros((size, size)), np.kron(np.eye(size), np.ones(size)), np.eye(size)])
    limits = np.hstack([-np.tile(np.eye(size), (size, 1)), np.eye(size * size), np.zeros((size * size, size))])
    found = linprog(cost, A_ub=limits, b_ub=np.zeros(size * size), A_eq=served, b_eq=np.ones(size))
    return float(found.fun)


@given(
    seed=st.integers(0, 300),
    size=st.integers(1, 9),
    degree=st.integers(0, 8),
    price=st.sampled_from([0.02, 0.2, 0.5, 1.0, 3.0]),
)
@settings(max_examples=60, deadline=None)
def test_nothing_costs_less_than_the_bound(seed, size, degree, price):
    graph = random_graph(size, min(degree, size - 1), seed)
    best = cheapest(naive_graph.dense(graph, MOST), price)
    found = least_cost(graph, best, preference=price, most=MOST)
    assert found.value <= best + 1e-9
    assert found.value == pytest.approx(found.pays.sum(), abs=1e-9)
    worse = least_cost(graph, 1.3 * best, preference=price, most=MOST)
    assert worse.value <= best + 1e-9


@pytest.mark.parametrize(("degree", "price"), [(3, 0.3), (12, 0.5), (24, 1.5), (24, 0.05)])
def test_bound_is_nearly_the_optimum_of_the_linear_program(degree, price):
    graph = random_graph(25, degree, seed=4)
    matrix = naive_graph.dense(graph, MOST)
    best = relaxed(matrix, price)
    cost = exemplars(graph, preference=price, most=MOST).cost(price)
    found = least_cost(graph, cost, preference=price, most=MOST)
    assert 0.997 * best <= found.value <= best + 1e-6


@pytest.mark.parametrize("size", [1, 2, 7])
def test_points_without_edges_pay_for_themselves_or_for_nobody(size):
    empty = Pairs(size, np.zeros(0, np.int64), np.zeros(0, np.float32)).graph()
    assert least_cost(empty, 0.1 * size, preference=0.1, most=MOST).value == pytest.approx(0.1 * size)
    assert least_cost(empty, 9.0 + (size - 1) * MOST, preference=9.0, most=MOST).value == pytest.approx(MOST * size)


def test_bound_is_the_optimum_where_groups_are_plain():
    group = np.repeat(np.arange(5), 6)
    divergence = np.where(group[:, None] == group, 0.01, 0.6).astype(np.float32)
    np.fill_diagonal(divergence, 0)
    keys = keys_of(*np.triu_indices(30, 1), 30)
    graph = Pairs(30, keys, divergence[np.divmod(keys, 30)]).graph()
    optimum = 5 * (0.3 + 5 * 0.01)
    assert exemplars(graph, preference=0.3, most=MOST).cost(0.3) == pytest.approx(optimum, abs=1e-6)
    assert least_cost(graph, optimum, preference=0.3, most=MOST).value == pytest.approx(optimum, rel=1e-4)


def test_bound_does_not_depend_on_threads(monkeypatch):
    monkeypatch.setattr("leitmotiv.analysis.bound.FEW", 10)
    graph = random_graph(200, 12, seed=1)
    one, three = (least_cost(graph, 40.0, preference=0.3, most=MOST, threads=threads) for threads in (1, 3))
    assert one.value == three.value
    assert np.array_equal(one.pays, three.pays)


@pytest.mark.parametrize("price", [0.1, 0.5, 2.0])
def test_bound_over_all_pairs_lies_close_below_what_was_found(price, monkeypatch):
    divergence = divergences(400, seed=3, looks=12)
    rows, _ = dense_exemplars(divergence, preference=price)
    cost = naive_affinity.cost(divergence, rows, price)
    whole = least_cost_of_matrix(divergence, cost, preference=price)
    assert 0.985 * cost < whole.value <= cost + 1e-6
    monkeypatch.setattr("leitmotiv.analysis.bound.NEAREST", 2)
    assert least_cost_of_matrix(divergence, cost, preference=price).value <= whole.value + 1e-3 * cost


@pytest.mark.parametrize("size", [0, 1, 2])
def test_smallest_matrices_have_a_bound(size):
    divergence = np.full((size, size), 0.2, np.float32)
    np.fill_diagonal(divergence, 0)
    cost = 0.0 if not size else 0.5 + 0.2 * (size - 1)
    assert least_cost_of_matrix(divergence, cost, preference=0.5).value == pytest.approx(cost, rel=1e-4)
