import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import framing
from leitmotiv.analysis.framing import WHOLE, Window

RATIOS = st.sampled_from([1.0, 1.5, 0.66, 3.0, 0.2])


@given(RATIOS)
def test_first_windows_lie_inside_and_have_their_proportions(ratio):
    windows = framing.first_windows(ratio)
    assert windows[0] == WHOLE
    for one in windows:
        assert min(one.x, one.y) >= 0
        assert max(one.x + one.width, one.y + one.height) <= 1 + 1e-9
        if one.aspect != "whole":
            wanted = framing.PROPORTIONS[one.aspect] or ratio
            assert one.width * ratio / one.height == pytest.approx(wanted)


@given(RATIOS, st.integers(0, 200), st.sampled_from([0.2, 0.1, 0.05]))
def test_varied_windows_stay_inside_and_keep_their_proportions(ratio, number, step):
    windows = framing.first_windows(ratio)
    window = windows[number % len(windows)]
    for one in framing.varied(window, step):
        assert min(one.x, one.y) >= 0
        assert max(one.x + one.width, one.y + one.height) <= 1 + 1e-9
        assert one.width / one.height == pytest.approx(window.width / window.height)
        assert one != window


def test_overlap_is_intersection_by_union():
    one = Window(0, 0, 0.5, 1, "1:1")
    assert framing.shared(one, one) == pytest.approx(1)
    assert framing.shared(one, Window(0.5, 0, 0.5, 1, "1:1")) == 0
    assert framing.shared(one, WHOLE) == pytest.approx(0.5)


def test_those_apart_come_best_first():
    windows = [WHOLE, Window(0, 0, 0.95, 0.95, "original"), Window(0, 0, 0.3, 0.3, "1:1")]
    assert framing.apart(windows, np.array([1.0, 2.0, 0.5]), 3, 0.5) == [1, 2]
    assert framing.apart(windows, np.array([1.0, 2.0, 0.5]), 1, 0.5) == [1]


def test_the_estimate_of_the_whole_is_its_score_and_that_of_a_cell_its_own():
    rng = np.random.default_rng(0)
    features = rng.gamma(0.5, 1, (7, 7, 16)).astype(np.float32)
    vector = rng.normal(size=16).astype(np.float32)
    windows = [WHOLE, Window(2 / 7, 3 / 7, 1 / 7, 1 / 7, "original")]
    whole, cell = features.mean(axis=(0, 1)), features[3, 2]
    wanted = [vector @ whole / np.linalg.norm(whole), vector @ cell / np.linalg.norm(cell)]
    np.testing.assert_allclose(framing.estimates(features, vector, None, windows), wanted, rtol=1e-4)


def test_a_border_through_the_heat_and_heat_outside_count_against_a_window():
    hot = np.zeros((7, 7))
    hot[2:5, 2:5] = 1
    whole, around, across, beside = WHOLE, *(Window(x, 0.15, 0.7, 0.7, "1:1") for x in (0.15, 0.5 - 0.1, 0.0))
    cut = framing.cut(hot, [whole, around, across])
    assert cut[0] == 0
    assert cut[1] < 0.05 < cut[2] <= 1
    out = framing.left_out(hot, [whole, around, across, Window(0, 0, 0.1, 0.1, "1:1")])
    np.testing.assert_allclose(out[[0, 1, 3]], [0, 0, 1], atol=1e-9)
    assert 0 < out[2] < 0.5
    # a side that is the picture's own cuts nothing
    hot[2:5, :2] = 1
    assert framing.cut(hot, [beside])[0] < framing.cut(hot, [around])[0]
