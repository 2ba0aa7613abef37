import numpy as np
import pytest

from leitmotiv.analysis.graph import Pairs, keys_of
from leitmotiv.analysis.sparse_exemplars import _choice
from leitmotiv.kernels import sparse_exemplars as kernels
from tests.kernels import naive_affinity, naive_graph
from tests.kernels.graph_cases import MOST, random_graph


def room_for(size):
    return kernels.Room(np.zeros(size), np.zeros(size, np.int64))


def cost(matrix, rows, price):
    """As on a complete graph, with nobody as one more exemplar for nothing."""
    near = np.minimum(matrix[:, list(rows)].min(axis=1, initial=MOST), MOST)
    return float(near.sum()) + price * len(rows)


def assert_knows_nearest_two(choice, matrix):
    rows = np.flatnonzero(choice.open)
    served = np.column_stack([matrix[:, rows], np.full((len(matrix), 2), MOST)])
    ordered = np.sort(served, axis=1)
    assert np.allclose(choice.near, ordered[:, 0], atol=0)
    assert np.allclose(choice.far, ordered[:, 1], atol=0)
    loss = np.zeros(len(matrix))
    for i, (nearest, second) in enumerate(zip(choice.nearest, choice.second, strict=True)):
        assert choice.near[i] == (MOST if nearest < 0 else matrix[i, nearest])
        assert choice.far[i] == (MOST if second < 0 else matrix[i, second])
        assert nearest < 0 or (nearest != second and choice.open[nearest])
        if nearest >= 0:
            loss[nearest] += choice.far[i] - choice.near[i]
    assert np.allclose(choice.loss, loss, atol=1e-9)


def test_points_know_their_nearest_two_whatever_opens_and_closes():
    graph = random_graph(40, 5, seed=2)
    matrix = naive_graph.dense(graph, MOST)
    choice = _choice(graph, MOST, np.array([4]))
    rng = np.random.default_rng(1)
    for _ in range(120):
        row = int(rng.integers(40))
        if choice.open[row]:
            kernels.close_exemplar(graph, row, MOST, choice)
        else:
            kernels.open_exemplar(graph, row, choice)
        assert_knows_nearest_two(choice, matrix)


@pytest.mark.parametrize("rows", [[3], [0, 7], [1, 5, 9, 12, 19]])
def test_gains_are_differences_of_cost(rows):
    graph = random_graph(30, 8, seed=5)
    matrix = naive_graph.dense(graph, MOST)
    choice, room = _choice(graph, MOST, np.array(rows)), room_for(30)
    before = cost(matrix, rows, 0)
    for row in set(range(30)) - set(rows):
        gain, touched = kernels.gains(graph, row, choice, room)
        assert before - gain == pytest.approx(cost(matrix, [*rows, row], 0), abs=1e-6)
        assert set(np.flatnonzero(room.change)) == set(room.touched[:touched])
        for old in rows:
            worth = gain - (choice.loss[old] - room.change[old])
            swapped = [row, *(other for other in rows if other != old)]
            assert before - worth == pytest.approx(cost(matrix, swapped, 0), abs=1e-6)
        room.change[:] = 0


@pytest.mark.parametrize("degree", [2, 6, 29])
@pytest.mark.parametrize("price", [0.05, 0.4, 1.5])
@pytest.mark.parametrize("seed", [0, 1])
def test_search_only_lowers_the_cost_and_ends_where_no_move_helps(degree, price, seed):
    graph = random_graph(30, degree, seed)
    matrix = naive_graph.dense(graph, MOST)
    choice, room, least = _choice(graph, MOST, np.array([seed])), room_for(30), 1e-6
    costs = [cost(matrix, np.flatnonzero(choice.open), price)]
    while moves := kernels.improve(graph, np.arange(30), price, least, MOST, choice, room):
        costs.append(cost(matrix, np.flatnonzero(choice.open), price))
        assert costs[-1] < costs[-2] - 0.9 * moves * least
        assert not room.change.any()
        assert_knows_nearest_two(choice, matrix)
    # `neighbours` has every swap, also with exemplars that share no point: those need no look of their own.
    others = naive_affinity.neighbours(matrix, np.flatnonzero(choice.open).tolist())
    assert min(cost(matrix, rows, price) for rows in others) > costs[-1] - 1e-5


def test_one_exemplar_always_stays():
    graph = random_graph(12, 2, seed=3)
    choice = _choice(graph, MOST, np.array([2, 5]))
    while kernels.improve(graph, np.arange(12), 1e3, 1e-6, MOST, choice, room_for(12)):
        pass
    assert choice.open.sum() == 1


def test_one_point_takes_the_place_of_several_exemplars():
    # Two trios of copies, and a point between them: no single move helps, both trios to it do.
    size, middle = 7, 6
    apart = np.full((size, size), 0.69, np.float32)
    apart[:3, :3] = apart[3:6, 3:6] = 0
    apart[middle] = apart[:, middle] = 0.1
    one, other = np.triu_indices(size, 1)
    graph = Pairs(size, keys_of(one, other, size), apart[one, other]).graph()
    choice, room = _choice(graph, MOST, np.array([0, 3])), room_for(size)
    rows = np.arange(size)
    assert kernels.improve(graph, rows, 0.6, 1e-6, MOST, choice, room) == 1
    assert np.flatnonzero(choice.open).tolist() == [middle]
    assert_knows_nearest_two(choice, naive_graph.dense(graph, MOST))


@pytest.mark.parametrize("price", [0.2, 0.5])
def test_what_does_not_pay_to_replace_is_as_it_was(price):
    graph = random_graph(40, 9, seed=3)
    matrix = naive_graph.dense(graph, MOST)
    choice = _choice(graph, MOST, np.array([1, 9, 20, 33]))
    before = [values.copy() for values in choice]
    olds = np.array([1, 9, 20, 33])
    for row in set(range(40)) - {1, 9, 20, 33}:
        gain, touched = kernels.gains(graph, row, choice, room := room_for(40))
        room.change[room.touched[:touched]] = 0
        closed = kernels.replace(graph, row, olds, gain, price, 0.0, MOST, choice)
        now = np.flatnonzero(choice.open).tolist()
        if closed:
            assert cost(matrix, now, price) < cost(matrix, olds, price)
            return
        assert now == olds.tolist()
        assert all(np.allclose(a, b, atol=1e-12) for a, b in zip(choice, before, strict=True))
