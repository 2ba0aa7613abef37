import numpy as np
import pytest

from leitmotiv.kernels import bound as kernels
from tests.kernels import naive_graph
from tests.kernels.graph_cases import MOST, random_graph

PRICE = 0.4


def overpaid(matrix, pays, price):
    """As on a matrix in which what no edge joins is infinitely far."""
    return np.maximum(pays[:, None] - matrix, 0).sum(axis=0) - price


@pytest.fixture(params=[(1, 0, 0), (12, 2, 1), (40, 7, 2)])
def case(request):
    graph = random_graph(*request.param)
    matrix = naive_graph.dense(graph, np.inf)
    rng = np.random.default_rng(request.param[0])
    return graph, matrix, rng.uniform(0, MOST, len(matrix))


def test_overpay_is_what_points_give_beyond_their_own_cost_less_the_price(case):
    graph, matrix, pays = case
    size, over = len(pays), np.full(len(pays), np.nan)
    kernels.overpay(graph, PRICE, pays, np.arange(size // 2), over)
    assert np.isnan(over[size // 2 :]).all()
    kernels.overpay(graph, PRICE, pays, np.arange(size // 2, size), over)
    assert np.allclose(over, overpaid(matrix, pays, PRICE), atol=1e-12)


def test_slope_is_the_difference_that_paying_a_little_more_makes(case):
    graph, matrix, pays = case
    over, slope = overpaid(matrix, pays, PRICE), np.empty(len(pays))
    kernels.slope(graph, pays, np.flatnonzero(over > 0), slope)

    def least(pays):
        return pays.sum() - np.maximum(overpaid(matrix, pays, PRICE), 0).sum()

    for i, rises in enumerate(slope):
        more = pays.copy()
        more[i] += 1e-7
        assert (least(more) - least(pays)) / 1e-7 == pytest.approx(rises, abs=1e-3)


def test_lowered_payments_overpay_nobody_and_are_no_higher(case):
    graph, matrix, pays = case
    before = pays.copy()
    kernels.lower(graph, PRICE, pays)
    assert (overpaid(matrix, pays, PRICE) <= 1e-12).all()
    assert (pays <= before).all()
    again = pays.copy()
    kernels.lower(graph, PRICE, again)
    assert np.allclose(again, pays, atol=1e-12)


def test_nobody_can_pay_more_after_the_ascent(case):
    graph, matrix, pays = case
    pays /= 4
    kernels.lower(graph, PRICE, pays)
    before, most = pays.copy(), np.full(len(pays), MOST)
    over = np.minimum(overpaid(matrix, pays, PRICE), 0)
    kernels.ascend(graph, most, pays, over)
    assert (pays >= before).all()
    assert pays.sum() > before.sum()
    assert np.allclose(over, overpaid(matrix, pays, PRICE), atol=1e-12)
    assert (over <= 1e-12).all()
    for i in np.flatnonzero(pays < MOST - 1e-9):
        more = pays.copy()
        more[i] += 1e-6
        assert (overpaid(matrix, more, PRICE) > 1e-9).any()
