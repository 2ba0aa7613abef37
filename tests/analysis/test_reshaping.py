"""Reshaped mixtures are those of the reshaped picture."""

import numpy as np
import pytest

from leitmotiv.analysis.divergence import js_divergence
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.analysis.reshaping import reshaped

from .test_windows import smooth


@pytest.fixture(scope="module")
def pixels():
    return smooth(0)[::3, ::3]


@pytest.mark.parametrize("space", ["lab", "rgb", "yuv"])
def test_mirrored_mixture_is_near_that_of_the_mirrored_picture(pixels, space):
    plain, turned = (fit_image(one, colour_space=space) for one in (pixels, np.ascontiguousarray(pixels[:, ::-1])))
    assert js_divergence(reshaped(plain, mirrored=True), turned) < 0.3 * js_divergence(plain, turned)


@pytest.mark.parametrize("space", ["lab", "rgb", "yuv"])
def test_grey_mixture_is_near_that_of_the_grey_picture(pixels, space):
    grey = np.repeat(np.rint(pixels @ [0.299, 0.587, 0.114])[..., None], 3, axis=2).astype(np.uint8)
    plain, without = (fit_image(one, colour_space=space) for one in (pixels, grey))
    assert js_divergence(reshaped(plain, grey=True), without) < 0.3 * js_divergence(plain, without)


def test_mirroring_twice_gives_the_mixture_back(pixels):
    plain = fit_image(pixels)
    twice = reshaped(reshaped(plain, mirrored=True), mirrored=True)
    np.testing.assert_allclose(twice.means, plain.means, atol=1e-9)
    np.testing.assert_allclose(twice.covariances, plain.covariances, atol=1e-5)
