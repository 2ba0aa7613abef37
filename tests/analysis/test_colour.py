import numpy as np
import pytest
import skimage.color
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.colour import from_srgb, to_srgb

CONVERSIONS = {"lab": skimage.color.rgb2lab, "yuv": skimage.color.rgb2yuv, "rgb": lambda pixels: pixels / 255}


def all_sorts():
    steps = np.array([0, 1, 5, 10, 11, 40, 90, 128, 200, 254, 255], np.uint8)
    return np.stack(np.meshgrid(steps, steps, steps), axis=-1)


@pytest.mark.parametrize("space", CONVERSIONS)
def test_colours_equal_those_of_scikit_image(space):
    np.testing.assert_allclose(from_srgb(all_sorts(), space), CONVERSIONS[space](all_sorts()), atol=3e-4)


@pytest.mark.parametrize("space", CONVERSIONS)
def test_every_colour_comes_back_unchanged(space):
    np.testing.assert_array_equal(to_srgb(from_srgb(all_sorts(), space), space), all_sorts())


@given(st.lists(st.floats(0, 255), min_size=3, max_size=3))
def test_levels_between_whole_ones_are_converted_as_scikit_image_converts_them(levels):
    expected = skimage.color.rgb2lab(np.array(levels) / 255)
    np.testing.assert_allclose(from_srgb(np.array(levels)), expected, atol=2e-3)


def test_white_black_and_grey_have_their_textbook_coordinates():
    lab = from_srgb(np.array([[255] * 3, [0] * 3, [119] * 3], np.uint8))
    np.testing.assert_allclose(lab[:2], [[100, 0, 0], [0, 0, 0]], atol=5e-3)
    assert lab[2, 0] == pytest.approx(50.03, abs=0.02)
    np.testing.assert_allclose(lab[:, 1:], 0, atol=5e-3)


@pytest.mark.parametrize("space", CONVERSIONS)
def test_colours_that_srgb_lacks_are_clipped(space):
    far = np.array([[500.0, 300.0, -400.0], [-90.0, -300.0, 400.0], [0.5, 0.0, 0.0]])
    found = to_srgb(far, space)
    assert found.dtype == np.uint8
    assert set(found[:2].ravel()) <= set(range(256))


def test_levels_beyond_the_scale_are_clipped():
    np.testing.assert_allclose(from_srgb(np.array([300.0, 255.1, 1e9])), from_srgb(np.array([255.0] * 3)))


def test_shape_is_kept_down_to_nothing():
    assert from_srgb(np.zeros((0, 3), np.uint8)).shape == (0, 3)
    assert from_srgb(np.zeros((2, 4, 3), np.uint8)).shape == (2, 4, 3)
    assert to_srgb(np.zeros((2, 4, 3))).shape == (2, 4, 3)


@pytest.mark.parametrize("convert", [from_srgb, to_srgb])
def test_a_space_that_is_not_there_is_named(convert):
    with pytest.raises(ValueError, match="space is 'hsv', but must be 'lab', 'rgb' or 'yuv'"):
        convert(np.zeros((1, 3)), "hsv")
