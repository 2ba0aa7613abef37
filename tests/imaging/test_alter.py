import numpy as np
import pytest

from leitmotiv.imaging.alter import ALTERATIONS, altered


def scene(height=60, width=90):
    y, x = np.mgrid[:height, :width]
    return np.stack([40 + x, 60 + y, 90 + (x + y) // 4], axis=-1).astype(np.uint8)


def of(pixels, seed=0):
    return altered(pixels, np.random.default_rng(seed))


def test_eight_pictures_come_of_one_and_the_first_is_itself():
    found = of(scene())
    assert len(found) == len(ALTERATIONS) == 8
    np.testing.assert_array_equal(found["as it is"], scene())
    for name, pixels in found.items():
        assert pixels.dtype == np.uint8
        assert pixels.flags.c_contiguous
        assert name == "as it is" or pixels.shape != scene().shape or (pixels != scene()).any()


def test_the_same_seed_alters_the_same_way():
    for name, pixels in of(scene(), 3).items():
        np.testing.assert_array_equal(of(scene(), 3)[name], pixels)


@pytest.mark.parametrize(("name", "share"), [("crop 0.8", 0.8), ("crop 0.65", 0.65)])
def test_a_crop_is_a_part_of_the_picture(name, share):
    corners = set()
    for seed in range(5):
        cut = of(scene(), seed)[name]
        assert cut.shape == (round(60 * share), round(90 * share), 3)
        left, top = int(cut[0, 0, 0]) - 40, int(cut[0, 0, 1]) - 60
        np.testing.assert_array_equal(cut, scene()[top : top + len(cut), left : left + cut.shape[1]])
        corners.add((left, top))
    assert len(corners) > 1


def test_levels_change_as_named():
    found, pixels = of(scene()), scene().astype(float)
    np.testing.assert_allclose(found["brighter"], pixels * 1.25, atol=0.5)
    np.testing.assert_allclose(found["darker"], pixels * 0.7, atol=0.5)
    np.testing.assert_allclose(found["warm cast"], pixels * [1.15, 1, 0.85], atol=0.5)
    assert found["half size, JPEG 35"].shape == (30, 45, 3)
    assert found["crop 0.9, contrast"].std() > 1.1 * scene().std()


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 70, 3), (70, 1, 3)])
def test_next_to_nothing_can_be_altered(shape):
    for pixels in of(np.full(shape, 255, np.uint8)).values():
        assert min(pixels.shape[:2]) >= 1
