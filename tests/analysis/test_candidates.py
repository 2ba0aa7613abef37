import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis import candidates, cells
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


def test_a_cell_of_equal_vectors_is_looked_through_in_parts(monkeypatch):
    vectors = np.concatenate([coordinates(60, reach=12), np.full((200, 6), 4, np.int16)])
    centres = vectors[[0, 1, 100]]
    expected = candidates.nearest(vectors, 20, centres=centres)
    asked, real = [], candidates.keep_among
    monkeypatch.setattr(candidates, "MEMBERS", 7)
    monkeypatch.setattr(candidates, "keep_among", lambda *given: asked.append(given[0].shape[1]) or real(*given))
    assert np.array_equal(candidates.nearest(vectors, 20, centres=centres), expected)
    assert max(asked) == 7


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


def clumps(size, dimensions=16):
    """Vectors in clumps of all sizes, as those of pictures are."""
    rng = np.random.default_rng(0)
    middles = rng.normal(size=(size // 8, dimensions))
    vectors = middles[rng.integers(0, len(middles), size) ** 2 % len(middles)] + 0.4 * rng.normal(
        size=(size, dimensions)
    )
    return np.rint(1000 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.int16)


def test_cells_miss_few_and_all_cells_miss_nothing(monkeypatch):
    vectors = clumps(2000)
    centres = cells.centres(vectors)
    whole = candidates.nearest(vectors, 10)
    found = candidates.nearest(vectors, 10, centres=centres, threads=2)
    assert np.mean([np.isin(a, b).mean() for a, b in zip(whole, found, strict=True)]) > 0.97
    monkeypatch.setattr(candidates, "PROBED", len(centres))
    np.testing.assert_array_equal(candidates.nearest(vectors, 10, centres=centres), whole)


def test_lists_by_cells_are_full_and_take_in_others_as_if_found_anew():
    vectors = clumps(600)
    centres = cells.centres(vectors)
    anew = candidates.nearest(vectors, 70, centres=centres)
    assert (anew >= 0).all()
    old, new = np.arange(500), np.arange(500, 600)
    before = candidates.nearest(vectors, 70, rows=old, columns=old, centres=centres)
    together = candidates.nearest(vectors, 70, rows=old, columns=new, listed=before, centres=centres)
    np.testing.assert_array_equal(together, anew[:500])


def test_the_nearest_cells_are_those_with_the_nearest_centres():
    vectors = clumps(300)
    centres = cells.centres(vectors)
    exact = ((vectors[:, None].astype(np.int64) - centres[None]) ** 2).sum(axis=2)
    for near, row in zip(cells.nearest_cells(vectors, centres, 5), exact, strict=True):
        assert sorted(row[near]) == sorted(row)[:5]


def test_cells_are_the_same_every_time_and_a_tour_visits_each():
    vectors = clumps(900)
    centres = cells.centres(vectors)
    np.testing.assert_array_equal(centres, cells.centres(vectors))
    assert sorted(cells.tour(centres).tolist()) == list(range(len(centres)))
    assert sorted(cells.order(vectors, centres).tolist()) == list(range(900))
    exact = ((vectors[:, None].astype(np.int64) - centres[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(cells.assign(vectors, centres), exact.argmin(axis=1))
