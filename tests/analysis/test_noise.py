"""The noise is the one that numpy's own call draws, to the bit, and the generator goes on as if numpy had drawn it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leitmotiv.analysis.noise import PAIRS, add_noise

SIZES = (1, 2, 7, 1000, 1001, 5 * PAIRS + 1)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("waiting", [False, True], ids=["fresh", "one waits"])
@pytest.mark.parametrize("threads", [0, 3])
def test_noise_is_numpy_s_to_the_bit(kind, size, waiting, threads):
    values = np.random.default_rng(0).normal(size=size).astype(kind)
    digit = np.finfo(kind)
    ours, theirs = np.random.RandomState(3), np.random.RandomState(3)
    if waiting:
        ours.standard_normal(), theirs.standard_normal()
    expected = values.copy()
    expected += (digit.eps * expected + digit.tiny * 100) * theirs.standard_normal(size=size)
    pool = ThreadPoolExecutor(threads) if threads else None
    add_noise(values, digit.eps, digit.tiny * 100, ours, pool)
    assert np.array_equal(values, expected)
    assert ours.standard_normal() == theirs.standard_normal()
    assert ours.random_sample() == theirs.random_sample()


def test_noise_moves_values():
    values = np.ones(500)
    add_noise(values, np.float64(0.1), np.float64(0), np.random.RandomState(0))
    assert 0.08 < values.std() < 0.12


def test_other_generators_serve_too():
    values, expected = np.ones(999), np.ones(999)
    state = np.random.RandomState(np.random.PCG64(5))
    expected += expected * np.random.RandomState(np.random.PCG64(5)).standard_normal(999)
    add_noise(values, np.float64(1), np.float64(0), state)
    assert np.array_equal(values, expected)
