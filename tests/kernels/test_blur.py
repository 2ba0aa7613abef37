import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from leitmotiv.kernels import blur


def blurred(pixels, sigma):
    """Every pixel of the blurred picture, as kernels/blur does it with a filter of four sigmas."""
    height, width, _ = pixels.shape
    taps = np.exp(-0.5 * (np.arange(int(4 * sigma + 0.5) + 1) / sigma) ** 2)
    taps = (taps / (taps[0] + 2 * taps[1:].sum())).astype(np.float32)
    lines = np.empty((height, -(-width * 3 // blur.WIDTH) * blur.WIDTH), np.float32)
    blur.blur_rows(pixels, taps, lines)
    rows, columns = np.divmod(np.arange(height * width), width)
    values = np.empty((height * width, 3), np.float32)
    blur.blur_columns_at(lines, taps, rows, columns, values)
    return values.reshape(pixels.shape)


@pytest.mark.parametrize("shape", [(40, 60), (1, 1), (1, 50), (50, 1), (3, 2), (17, 31)])
@pytest.mark.parametrize("sigma", [0.4, 1.0, 3.0])
def test_blur_equals_scipys_gaussian_with_edges_repeated(shape, sigma):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    expected = gaussian_filter(pixels.astype(float), (sigma, sigma, 0), mode="nearest", truncate=4.0)
    np.testing.assert_allclose(blurred(pixels, sigma), expected, atol=2e-4)


def test_blur_leaves_a_flat_picture_as_it_is():
    pixels = np.full((9, 11, 3), (3, 128, 255), np.uint8)
    np.testing.assert_allclose(blurred(pixels, 2.0), pixels, rtol=1e-6)


def test_channels_do_not_mix():
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[10, 10, 1] = 255
    found = blurred(pixels, 1.5)
    assert found[..., 1].max() > 5
    np.testing.assert_array_equal(found[..., [0, 2]], 0)


def test_without_a_filter_the_pixels_come_out_unchanged():
    pixels = np.random.default_rng(1).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    lines = np.empty((5, -(-21 // blur.WIDTH) * blur.WIDTH), np.float32)
    blur.blur_rows(pixels, np.ones(1, np.float32), lines)
    values = np.empty((2, 3), np.float32)
    blur.blur_columns_at(lines, np.ones(1, np.float32), np.array([0, 4]), np.array([6, 0]), values)
    np.testing.assert_array_equal(values, [pixels[0, 6], pixels[4, 0]])
