import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import heat
from leitmotiv.analysis.background import centred, unit


@given(st.integers(0, 1000), st.booleans())
def test_shares_add_up_to_the_score_of_the_mean(seed, with_centre):
    rng = np.random.default_rng(seed)
    features = (rng.gamma(0.5, 1, (7, 7, 24)) * (rng.random(24) < 0.8)).astype(np.float32)
    vector = unit(rng.normal(size=24)).astype(np.float32)
    centre = rng.gamma(1, 0.5, 24).astype(np.float32) if with_centre else None
    pooled = features.mean(axis=(0, 1))
    seen = centred(pooled, centre) if centre is not None else unit(pooled)
    assert heat.shares(features, vector, centre).sum() == pytest.approx(float(seen @ vector), abs=1e-5)


@given(st.integers(0, 1000), st.booleans())
def test_shares_of_a_concept_that_knows_places_add_up_too(seed, with_centre):
    rng = np.random.default_rng(seed)
    features = rng.gamma(0.5, 1, (3, 3, 8)).astype(np.float32)
    vector = unit(rng.normal(size=72)).astype(np.float32)
    centre = rng.gamma(1, 0.5, 72).astype(np.float32) if with_centre else None
    flat = features.reshape(-1)
    seen = centred(flat, centre) if centre is not None else unit(flat)
    assert heat.shares(features, vector, centre).sum() == pytest.approx(float(seen @ vector), abs=1e-5)


def test_the_cell_that_has_what_is_wanted_gets_the_most():
    features = np.ones((7, 7, 4), np.float32)
    features[2, 5, 1] = 6
    found = heat.shares(features, np.array([0, 1, 0, 0], np.float32), np.full(4, 0.5, np.float32))
    assert np.unravel_index(found.argmax(), (7, 7)) == (2, 5)


def test_there_are_86_tiles_that_cover_the_square_four_times():
    tiles = heat.tiles()
    assert len(tiles) == 86
    assert sum(width * height for _, _, width, height in tiles) == pytest.approx(4)


def test_the_tile_heat_of_a_pixel_is_the_mean_of_its_four_tiles():
    scores = np.random.default_rng(0).normal(size=86)
    drawn = heat.tile_heat(scores, 224)
    for row, column in ((0, 0), (100, 17), (223, 223), (74, 150)):
        x, y = (column + 0.5) / 224, (row + 0.5) / 224
        inside = [
            score
            for score, (left, top, width, height) in zip(scores, heat.tiles(), strict=True)
            if left <= x < left + width and top <= y < top + height
        ]
        assert len(inside) == 4
        assert drawn[row, column] == pytest.approx(np.mean(inside))


def test_enlarging_keeps_the_middles_of_cells_and_adds_no_extremes():
    cells = np.random.default_rng(1).normal(size=(7, 7))
    drawn = heat.enlarged(cells, 7 * 9)
    np.testing.assert_allclose(drawn[4::9, 4::9], cells)
    assert drawn.min() >= cells.min() - 1e-9
    assert drawn.max() <= cells.max() + 1e-9


def test_hotter_is_brighter():
    drawn = heat.coloured(np.linspace(-1, 2, 50)[None]).astype(int)
    assert drawn.shape == (1, 50, 4)
    assert (np.diff(drawn[0, :, 0]) >= 0).all()
    assert drawn[0, -1].sum() > drawn[0, 0].sum()
