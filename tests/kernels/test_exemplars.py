import numpy as np
import pytest

from leitmotiv.kernels import exemplars as kernels
from leitmotiv.kernels.linkage import link
from tests.kernels import naive_affinity as naive

BEYOND = 100.0


def divergences(size, seed=0):
    points = np.random.default_rng(seed).uniform(size=(size, 2))
    return np.sqrt(np.square(points[:, None] - points).sum(axis=2)).astype(np.float32)


def choice_of(divergence, rows):
    size = len(divergence)
    nowhere = np.full(size, -1)
    choice = kernels.Choice(
        open=np.zeros(1, np.int64),
        rows=np.zeros(size, np.int64),
        slot=nowhere.copy(),
        nearest=nowhere.copy(),
        second=nowhere.copy(),
        near=np.full(size, BEYOND),
        far=np.full(size, BEYOND),
        loss=np.zeros(size),
    )
    for row in rows:
        kernels.open_slot(divergence, row, choice)
    kernels.weigh(choice)
    return choice


def opened(choice):
    return choice.rows[: choice.open[0]]


def assert_knows_nearest_two(choice, divergence):
    rows = opened(choice)
    ordered = np.sort(divergence[:, rows], axis=1)
    assert np.array_equal(choice.near, ordered[:, 0])
    assert np.array_equal(divergence[np.arange(len(divergence)), rows[choice.nearest]], ordered[:, 0])
    assert np.array_equal(choice.far, ordered[:, 1] if len(rows) > 1 else np.full(len(divergence), BEYOND))
    if len(rows) > 1:
        assert np.array_equal(divergence[np.arange(len(divergence)), rows[choice.second]], ordered[:, 1])
        assert (choice.second != choice.nearest).all()
    assert np.array_equal(np.flatnonzero(choice.slot >= 0), np.sort(rows))
    assert np.array_equal(rows[choice.slot[rows]], rows)


def test_points_know_their_nearest_two_whatever_opens_and_closes():
    divergence = divergences(30)
    choice = choice_of(divergence, [4])
    rng = np.random.default_rng(1)
    for _ in range(80):
        row = int(rng.integers(30))
        if choice.slot[row] < 0:
            kernels.open_slot(divergence, row, choice)
        elif choice.open[0] > 1:
            kernels.close_slot(divergence, choice.slot[row], BEYOND, choice)
        assert_knows_nearest_two(choice, divergence)


@pytest.mark.parametrize("rows", [[3], [0, 7], [1, 5, 9, 12, 19]])
def test_gains_are_differences_of_cost(rows):
    divergence = divergences(20)
    choice = choice_of(divergence, rows)
    before = naive.cost(divergence, rows, 0)
    change = np.zeros(20)
    for row in set(range(20)) - set(rows):
        gain = kernels.gains(divergence, row, choice, change)
        assert before - gain == pytest.approx(naive.cost(divergence, [*rows, row], 0), abs=1e-5)
        for slot, old in enumerate(opened(choice)):
            swapped = [row, *(other for other in rows if other != old)]
            worth = gain - (choice.loss[slot] - change[slot])
            assert before - worth == pytest.approx(naive.cost(divergence, swapped, 0), abs=1e-4)


@pytest.mark.parametrize("rows", [[0, 7], [1, 5, 9, 12, 19]])
def test_loss_is_what_closing_costs(rows):
    divergence = divergences(20)
    choice = choice_of(divergence, rows)
    for slot, old in enumerate(opened(choice)):
        rest = [row for row in rows if row != old]
        grown = naive.cost(divergence, rows, 0) + choice.loss[slot]
        assert grown == pytest.approx(naive.cost(divergence, rest, 0), abs=1e-5)


@pytest.mark.parametrize("price", [0.01, 0.2, 1.0, 50.0])
@pytest.mark.parametrize("seed", range(4))
def test_search_only_lowers_the_cost_and_ends_where_no_move_helps(price, seed):
    divergence = divergences(25, seed)
    choice = choice_of(divergence, [seed])
    change, least = np.zeros(25), 1e-6
    costs = [naive.cost(divergence, opened(choice), price)]
    while moves := kernels.improve(divergence, price, least, BEYOND, choice, change):
        costs.append(naive.cost(divergence, opened(choice), price))
        assert costs[-1] < costs[-2] - 0.9 * moves * least
        assert_knows_nearest_two(choice, divergence)
    others = naive.neighbours(divergence, opened(choice).tolist())
    assert min(naive.cost(divergence, rows, price) for rows in others) > costs[-1] - 1e-5


def linked(divergence, labels):
    count = labels.max() + 1
    sums = np.array([divergence[labels == cluster].sum(axis=0) for cluster in range(count)], float)
    merged, medoids, heights = np.empty((count - 1, 2), np.int64), np.empty(count - 1, np.int64), np.empty(count - 1)
    link(sums, labels.copy(), merged, medoids, heights)
    members = [frozenset(np.flatnonzero(labels == cluster).tolist()) for cluster in range(count)]
    found = []
    for (kept, gone), medoid, height in zip(merged, medoids, heights, strict=True):
        members[kept] = members[kept] | members[gone]
        found.append((members[kept], int(medoid), height))
    return found


@pytest.mark.parametrize("size", [2, 3, 4, 11, 26])
def test_linkage_of_points_equals_its_naive_twin(size):
    divergence = divergences(size, size).astype(float)
    expected = naive.link(divergence, [[row] for row in range(size)])
    for ours, theirs in zip(linked(divergence, np.arange(size)), expected, strict=True):
        assert ours[:2] == theirs[:2]
        assert ours[2] == pytest.approx(theirs[2], abs=1e-12)


def test_linkage_of_groups_equals_its_naive_twin_and_never_falls():
    divergence = divergences(30).astype(float)
    labels = np.random.default_rng(3).permutation(np.arange(30) % 7)
    expected = naive.link(divergence, [np.flatnonzero(labels == cluster).tolist() for cluster in range(7)])
    for ours, theirs in zip(linked(divergence, labels), expected, strict=True):
        assert ours[:2] == theirs[:2]
        assert ours[2] == pytest.approx(max(theirs[2], 0), abs=1e-12)


def test_linkage_of_copies_costs_nothing():
    assert [height for _, _, height in linked(np.zeros((6, 6)), np.arange(6))] == [0.0] * 5
