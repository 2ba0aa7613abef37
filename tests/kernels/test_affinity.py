from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leitmotiv.analysis.messages import Messages
from tests.kernels.naive_affinity import DenseMessages


def places(size, seed=0):
    points = np.random.default_rng(seed).uniform(size=(size, 2))
    return -np.square(points[:, None] - points).sum(axis=2)


def clumps(size, seed=0):
    rng = np.random.default_rng(seed)
    points = 4 * rng.integers(0, 4, (size, 1)) + rng.standard_normal((size, 3))
    return -np.square(points[:, None] - points).sum(axis=2)


def one_way(size, seed=0):
    return np.random.default_rng(seed).standard_normal((size, size))


def copies(size):
    return -np.abs(np.arange(size)[:, None] // 5 - np.arange(size) // 5).astype(float)


CASES = {
    "two points": (places(2), -0.5),
    "three points": (places(3), -0.1),
    "places": (places(90), np.median(places(90))),
    "places, few exemplars": (places(150), -5.0),
    "places, waves": (places(200), -40.0),
    "clumps": (clumps(120), np.median(clumps(120))),
    "clumps, few exemplars": (clumps(260), clumps(260).min()),
    "exemplars come free": (places(40), 0.5),
    "not symmetric": (one_way(70), 0.3),
    "whole numbers": (np.round(clumps(100)), -6.0),
    "copies": (copies(60), -1.5),
    "all equal": (np.zeros((9, 9)), -1.0),
}
STEPS = 75


def prepared(similarity, preference):
    similarity = similarity.copy()
    np.fill_diagonal(similarity, preference)
    return similarity


@pytest.mark.parametrize("damping", [0.5, 0.83])
@pytest.mark.parametrize("name", CASES)
def test_every_message_is_the_dense_one_to_the_bit(name, damping):
    similarity = prepared(*CASES[name])
    dense = DenseMessages(similarity, damping)
    messages = Messages(similarity.copy(), damping)
    for step in range(STEPS):
        chosen = messages.step()
        assert np.array_equal(chosen, dense.step())
        points, listed, rest = messages._points, messages._listed, messages._rest
        assert np.array_equal(points.totals, dense.totals[messages.order])
        assert np.array_equal(points.responsibility, dense.responsibility.diagonal())
        assert np.array_equal(points.availability, dense.availability.diagonal())
        for i in range(step % 7, len(similarity), 7):
            listed_here = messages.order[listed.column[i, : listed.filled[i]]]
            unlisted = np.setdiff1d(np.arange(len(similarity)), [*listed_here, i])
            # Availabilities of listed entries follow at the next sweep.
            held = listed.responsibility[i, : listed.filled[i]]
            assert np.array_equal(held, dense.responsibility[i, listed_here])
            assert (dense.responsibility[i, unlisted] <= 0).all()
            assert np.array_equal(dense.availability[i, unlisted], points.column[points.place[unlisted]])
            assert (similarity[i, unlisted] < rest.bound[i]).all()


@pytest.mark.parametrize("name", CASES)
def test_columns_are_kept_in_any_order_and_the_matrix_as_it_was(name):
    similarity = prepared(*CASES[name])
    work = similarity.copy()
    messages = Messages(work, 0.5)
    for _ in range(12):
        messages.step()
    assert np.array_equal(work, similarity)
    assert np.array_equal(np.sort(messages.order), np.arange(len(similarity)))


def test_cases_list_and_return_and_look_back():
    """The laws above say little where nothing happens: entries must come and go, and rows be brought up to date."""
    similarity = prepared(*CASES["places, waves"])
    messages = Messages(similarity, 0.5)
    counts = []
    for _ in range(STEPS):
        messages.step()
        counts.append(messages._listed.filled.sum())
    changes = np.diff(counts)
    assert changes.max() > 1000
    assert changes.min() < -1000
    assert messages._rest.since.max() > 32
    assert min(counts) < similarity.size // 10


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_messages_do_not_depend_on_threads(threads):
    similarity = prepared(*CASES["clumps"])
    alone = Messages(similarity.copy(), 0.5)
    with ThreadPoolExecutor(threads) as pool:
        shared = Messages(similarity.copy(), 0.5, pool, threads)
        for _ in range(30):
            assert np.array_equal(alone.step(), shared.step())
            assert np.array_equal(alone._points.totals, shared._points.totals)


def test_single_precision_follows_double():
    similarity = prepared(*CASES["clumps"])
    double, single = Messages(similarity.copy(), 0.7), Messages(similarity.astype(np.float32), 0.7)
    for _ in range(60):
        last, other = double.step(), single.step()
    assert single._points.totals.dtype == np.float32
    assert np.array_equal(last, other)
