import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from leitmotiv.imaging.square import SIDE, network_input


def gradient(height: int, width: int) -> np.ndarray:
    """Red grows to the right, green downwards, each from 0 to 255."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)[None, :]
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    return pixels


@pytest.mark.parametrize(("height", "width"), [(256, 256), (300, 700), (1500, 1000), (100, 90), (2, 3)])
def test_it_equals_a_resize_of_the_short_side_to_256_and_a_crop(height, width):
    pixels = gradient(height, width)
    scale = 256 / min(height, width)
    size = (max(256, round(width * scale)), max(256, round(height * scale)))
    whole = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
    top, left = (whole.shape[0] - SIDE) // 2, (whole.shape[1] - SIDE) // 2
    wanted = whole[top : top + SIDE, left : left + SIDE].astype(int)
    # Ends of a row differ, since the resize of the whole sees beyond them.
    np.testing.assert_allclose(network_input(pixels)[8:-8, 8:-8], wanted[8:-8, 8:-8], atol=6)


def test_fine_stripes_become_grey_and_no_pattern():
    stripes = np.zeros((1000, 1000, 3), np.uint8)
    stripes[:, ::2] = 255
    found = network_input(stripes).astype(int)
    assert np.ptp(found) <= 16
    assert abs(found.mean() - 127.5) < 3


def test_a_box_is_taken_first():
    pixels = gradient(400, 800)
    np.testing.assert_array_equal(
        network_input(pixels, (0.5, 0.25, 0.25, 0.5)), network_input(pixels[100:300, 400:600])
    )


@given(st.integers(1, 300), st.integers(1, 300))
def test_every_size_gives_a_square(height, width):
    found = network_input(np.full((height, width, 3), (10, 200, 30), np.uint8))
    assert found.shape == (SIDE, SIDE, 3)
    assert (found == (10, 200, 30)).all()


@pytest.mark.parametrize(
    "box", [(-0.1, 0, 1, 1), (0, 0, 0, 1), (0.5, 0, 0.6, 1), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)]
)
def test_a_box_outside_the_picture_is_a_mistake(box):
    with pytest.raises(ValueError, match="box must lie inside"):
        network_input(gradient(20, 20), box)


@pytest.mark.parametrize("wrong", [np.zeros((0, 5, 3), np.uint8), np.zeros((5, 5), np.uint8), np.zeros((5, 5, 3))])
def test_other_arrays_are_mistakes(wrong):
    with pytest.raises(ValueError, match="pixels must be"):
        network_input(wrong)
