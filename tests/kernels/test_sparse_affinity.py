import numpy as np
import pytest

from leitmotiv.kernels import sparse_affinity as kernels
from tests.kernels import naive_graph as naive
from tests.kernels.graph_cases import MOST, random_graph


def messages_for(graph):
    size, edges = len(graph.first) - 1, len(graph.column)
    return kernels.Messages(*np.zeros((2, edges), np.float32), *np.zeros((5, size), np.float32))


@pytest.mark.parametrize("damping", [0.5, 0.6, 0.9])
@pytest.mark.parametrize(("size", "degree"), [(1, 0), (2, 1), (12, 3), (25, 24), (40, 6)])
def test_messages_equal_those_of_the_matrix_with_nobody_as_a_last_column(size, degree, damping):
    graph = random_graph(size, degree, seed=size)
    price = np.random.default_rng(1).uniform(0.2, 1.2, size).astype(np.float32)
    linked = naive.dense(graph, np.inf) < np.inf
    twin = naive.DenseMessages(naive.dense(graph, MOST), linked, price.astype(float), MOST, damping)
    messages, exemplar = messages_for(graph), np.zeros(size, np.bool_)
    rows = np.repeat(np.arange(size), np.diff(graph.first))
    own = np.arange(size)
    for _ in range(30):
        kernels.sweep(graph, price, np.float32(MOST), np.float32(damping), messages, exemplar)
        expected = twin.step()
        for ours, theirs in (
            (messages.availability, twin.availability[rows, graph.column]),
            (messages.responsibility, twin.responsibility[rows, graph.column]),
            (messages.own_availability, twin.availability[own, own]),
            (messages.own_responsibility, twin.responsibility[own, own]),
        ):
            assert np.allclose(ours, theirs, atol=2e-5)
        assert np.array_equal(exemplar, expected)


def test_a_point_without_edges_is_an_exemplar_only_where_nobody_costs_more():
    graph = random_graph(2, 0, seed=0)
    for price, chosen in ((MOST - 0.1, True), (MOST + 0.1, False)):
        messages, exemplar = messages_for(graph), np.zeros(2, np.bool_)
        for _ in range(20):
            kernels.sweep(graph, np.full(2, price, np.float32), np.float32(MOST), np.float32(0.5), messages, exemplar)
        assert (exemplar == chosen).all()
