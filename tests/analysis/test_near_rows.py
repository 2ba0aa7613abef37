"""Nearest rows by cells: nearly those that comparing each with each finds, never a row itself, the same each time."""

import numpy as np

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import near_rows


def test_cells_find_nearly_all_that_comparing_each_with_each_finds(monkeypatch):
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(40, 32))
    rows = ground.unit(kinds[rng.integers(0, 40, 2000)] + rng.normal(size=(2000, 32)) / 2).astype(np.float32)
    whole, weights = ground.nearest(rows)
    told = []
    monkeypatch.setattr(ground, "WHOLE", 1000)
    found, quick = ground.nearest(rows, tell=lambda done, total: told.append((done, total)))
    assert told[-1] == (2000, 2000)
    assert (found != np.arange(2000)[:, None]).all()
    assert np.mean([len({*one} & {*other}) / len(one) for one, other in zip(whole, found, strict=True)]) > 0.97
    np.testing.assert_allclose(quick.sum(axis=1), weights.sum(axis=1), atol=1e-5)
    np.testing.assert_array_equal(found, ground.nearest(rows)[0])


def test_a_cell_with_fewer_rows_than_are_wanted_looks_further(monkeypatch):
    monkeypatch.setattr(near_rows, "LEAST_PROBED", 1)
    rows = np.eye(30, dtype=np.float32)
    near, cosines = near_rows.nearest(rows, 10)
    assert near.shape == cosines.shape == (30, 10)
    assert (np.diff(np.sort(near, axis=1), axis=1) > 0).all()
