"""Keypoints of pictures: found again in a cropped and turned copy, and none where there is nothing."""

import numpy as np
from PIL import Image

from leitmotiv.analysis.keypoints import agreeing
from leitmotiv.imaging.alter import COPIES
from leitmotiv.imaging.keypoints import keypoints


def crowded(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pixels = np.full((180, 240, 3), 128, np.uint8)
    for _ in range(60):
        y, x, h, w = (*rng.integers(0, 150, 1), *rng.integers(0, 210, 1), *rng.integers(6, 30, 2))
        pixels[y : y + h, x : x + w] = rng.integers(0, 256, 3)
    return pixels


def test_points_of_a_copy_agree_and_those_of_another_picture_do_not():
    rng = np.random.default_rng(0)
    one = keypoints(crowded(0))
    for name in ("crop to 80 %", "turned by 3°", "darker", "caption"):
        copy = COPIES[name](crowded(0), np.random.default_rng(1))
        assert agreeing(one, keypoints(np.ascontiguousarray(copy)), rng) >= 8, name
    assert agreeing(one, keypoints(crowded(1)), rng) < 8


def test_pictures_without_corners_have_no_points():
    assert len(keypoints(np.full((100, 100, 3), 7, np.uint8)).places) == 0
    assert len(keypoints(np.zeros((20, 300, 3), np.uint8)).places) == 0


def test_places_are_in_units_of_the_longest_side():
    places = keypoints(np.array(Image.fromarray(crowded(2)))).places
    assert places[:, 0].max() <= 1
    assert places[:, 1].max() <= 180 / 240
