"""How near a picture is to another: against scikit-image's structural similarity, and by hand."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from leitmotiv.analysis import faithfulness


def test_structural_similarity_is_that_of_scikit_image():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 256, (2, 8, 8, 3), np.uint8).repeat(4, 1).repeat(4, 2)
    made = np.clip(truth + rng.normal(0, 25, truth.shape), 0, 255).astype(np.uint8)
    found = faithfulness.ssim(made, truth)
    for number in range(2):
        _, full = structural_similarity(
            *(made[number], truth[number]),
            channel_axis=2,
            gaussian_weights=True,
            use_sample_covariance=False,
            data_range=255,
            full=True,
        )
        assert found[number] == pytest.approx(full.mean(), abs=1e-9)
    np.testing.assert_allclose(faithfulness.ssim(truth, truth), 1)


def test_levels_are_counted_in_all_channels():
    truth = np.full((2, 4, 4, 3), 100, np.uint8)
    made = truth.copy()
    made[1, ..., 0] = 70
    np.testing.assert_allclose(faithfulness.levels_apart(made, truth), [0, 10])


def test_edges_agree_where_they_lie_within_a_pixel():
    empty = np.zeros((9, 9), bool)
    line, beside, far = empty.copy(), empty.copy(), empty.copy()
    line[:, 2], beside[:, 3], far[:, 7] = True, True, True
    assert faithfulness.agreement(line, line) == faithfulness.agreement(line, beside) == 1
    assert faithfulness.agreement(line, far) == faithfulness.agreement(line, empty) == 0
    assert faithfulness.agreement(empty, empty) == 1
    # All of what is wanted is found, and as much besides: precision 1/2, recall 1.
    assert faithfulness.agreement(line | far, line) == pytest.approx(2 / 3)
