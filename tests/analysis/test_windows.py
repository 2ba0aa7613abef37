"""Windows: a crop is found where it was cut, and a picture fits itself best as a whole."""

import numpy as np
import pytest

from leitmotiv.analysis import miniature, windows
from tests.kernels.naive_windows import slide as naive

from .test_miniature import of, scene


def smooth(seed: int) -> np.ndarray:
    """A picture with shapes of all sizes, (240, 320, 3)."""
    rng = np.random.default_rng(seed)
    total = np.zeros((240, 320, 3))
    for size in (4, 8, 16):
        coarse = rng.normal(0, 40, (size, size, 3))
        y, x = np.linspace(0, size - 1, 240), np.linspace(0, size - 1, 320)
        rows = np.array([[np.interp(y, range(size), coarse[:, c, k]) for c in range(size)] for k in range(3)])
        total += np.array([[np.interp(x, range(size), rows[k, :, r]) for r in range(240)] for k in range(3)]).transpose(
            1, 2, 0
        )
    return np.clip(total + 128, 0, 255).astype(np.uint8)


def test_picture_fits_itself_whole():
    small = of(scene())
    found = windows.fit(windows.templates(small), small[0])
    assert found.colour[0] == pytest.approx(1, abs=1e-5)
    assert windows.box(int(found.colour_at[0])) == (0, 0, 1, 1)


@pytest.mark.parametrize(("top", "left", "height", "width"), [(24, 64, 192, 256), (48, 96, 144, 192), (0, 0, 180, 320)])
def test_crop_is_found_where_it_was_cut(top, left, height, width):
    pixels = smooth(1)
    cut = pixels[top : top + height, left : left + width]
    found = windows.fit(windows.templates(of(cut)), of(pixels)[0])
    assert found.colour[0] > 0.95
    expected = (left / 320, top / 240, width / 320, height / 240)
    assert windows.box(int(found.colour_at[0])) == pytest.approx(expected, abs=0.07)


def test_another_picture_fits_worse_than_a_crop():
    found = windows.fit(windows.templates(of(smooth(2), smooth(1)[40:200, 40:280])), of(smooth(1))[0])
    assert found.colour[0] < 0.6 < 0.95 < found.colour[1]


def test_lightness_alone_finds_a_grey_copy():
    pixels = smooth(3)
    grey = np.repeat((pixels @ [0.3, 0.6, 0.1])[..., None], 3, axis=2).astype(np.uint8)
    found = windows.fit(windows.templates(of(grey)), of(pixels)[0])
    assert found.light[0] > 0.94 > found.colour[0]


def test_blank_template_is_like_nothing():
    found = windows.fit(windows.templates(of(np.full((9, 9, 3), 80, np.uint8))), of(scene())[0])
    assert found.colour[0] == found.light[0] == -1


def test_fit_equals_the_naive_one():
    small = of(scene(0), smooth(0), np.zeros((5, 5, 3), np.uint8), smooth(5))
    wanted = windows.templates(small)
    for picture in small:
        found = windows.fit(wanted, picture)
        expected, places = naive(wanted, miniature.colours(picture), windows.SIZES, windows.FAINT)
        np.testing.assert_allclose(np.stack([found.colour, found.light], axis=1), expected, atol=2e-4)
        boxes = [windows.box(int(place)) for place in found.colour_at]
        assert all(len(box) == 4 and box[0] + box[2] <= 1 + 1e-9 for box in boxes)
        assert places.max() < len(windows._boxes())
