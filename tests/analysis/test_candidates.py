import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis import candidates
from tests.kernels import naive_graph as naive


def coordinates(size, seed=0, dimensions=6, reach=1000):
    return np.random.default_rng(seed).integers(-reach // 3, reach // 3 + 1, (size, dimensions)).astype(np.int16)


@given(
    size=st.integers(1, 40), count=st.integers(1, 12), seed=st.integers(0, 99), reach=st.sampled_from([3, 9, 60, 3000])
)
@settings(max_examples=80, deadline=None)
def test_lists_equal_their_naive_twin_ties_included(size, count, seed, reach):
    vectors = coordinates(size, seed, 3, reach)
    assert np.array_equal(candidates.nearest(vectors, count), naive.nearest(vectors, count))


def test_lists_do_not_depend_on_blocks_or_threads(monkeypatch):
    vectors = coordinates(300, reach=12)
    expected = candidates.nearest(vectors, 20)
    monkeypatch.setattr(candidates, "ROWS", 7)
    monkeypatch.setattr(candidates, "COLUMNS", 33)
    for threads in (1, 3):
        assert np.array_equal(candidates.nearest(vectors, 20, threads=threads), expected)


@given(st.integers(0, 50), st.integers(1, 12))
@settings(max_examples=30, deadline=None)
def test_adding_to_lists_gives_what_finding_them_anew_gives(seed, count):
    vectors = coordinates(60, seed, 3, 12)
    rng = np.random.default_rng(seed)
    old = np.sort(rng.permutation(60)[:45])
    new = np.setdiff1d(np.arange(60), old)
    before = candidates.nearest(vectors, count, rows=old, columns=old)
    extended = candidates.nearest(vectors, count, rows=old, columns=new, listed=before)
    assert np.array_equal(extended, candidates.nearest(vectors, count, rows=old))


def test_progress_counts_rows():
    calls = []
    candidates.nearest(coordinates(600), 3, progress=lambda *done: calls.append(done))
    assert calls == [(256, 600), (512, 600), (600, 600)]


@pytest.mark.parametrize("size", [0, 1])
def test_nobody_has_no_neighbours(size):
    assert (candidates.nearest(coordinates(size), 4) == -1).all()
    assert candidates.nearest(coordinates(size), 4).shape == (size, 4)
