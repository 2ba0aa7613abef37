"""Miniatures: what is blank, of one tone or framed; hashes by their definitions and their laws."""

import numpy as np
import pytest

from leitmotiv.analysis import descriptors, miniature


def scene(seed: int = 0, height: int = 90, width: int = 120) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3))
    return np.kron(coarse, np.ones((height // 6, width // 8, 1))).astype(np.uint8)


def of(*pictures: np.ndarray) -> np.ndarray:
    return np.stack([miniature.miniature(pixels) for pixels in pictures])


def test_miniature_of_a_flat_picture_is_its_colour():
    small = miniature.colours(of(np.full((20, 30, 3), (255, 255, 255), np.uint8)))
    np.testing.assert_allclose(small[0], np.broadcast_to([100, 0, 0], (48, 48, 3)), atol=0.5)


def test_blank_pictures_are_told_from_others():
    noise = np.random.default_rng(0).integers(126, 130, (64, 64, 3)).astype(np.uint8)
    assert miniature.is_blank(of(np.zeros((9, 9, 3), np.uint8), noise, scene())).tolist() == [True, True, False]


def test_grey_and_sepia_have_one_tone_and_colour_has_not():
    grey = np.repeat((scene() @ [0.3, 0.6, 0.1])[..., None], 3, axis=2)
    sepia = (grey * [1.0, 0.85, 0.65]).astype(np.uint8)
    assert miniature.is_toned(of(grey.astype(np.uint8), sepia, scene())).tolist() == [True, True, False]


def test_content_leaves_out_borders():
    framed = np.pad(scene(), ((15, 15), (20, 20), (0, 0)))
    inner, outer = miniature.content(of(scene(), framed))
    assert inner == 1
    assert outer == pytest.approx((90 / 120) * (120 / 160), abs=0.05)


def test_distance_of_coordinates_is_that_of_correlations():
    small = of(scene(0), scene(1))
    one, other = miniature.coordinates(small).astype(float)
    parts = miniature.reduced(miniature.colours(small), 8).reshape(2, -1, 3)
    centred = (parts - parts.mean(axis=1, keepdims=True)).reshape(2, -1)
    r = centred[0] @ centred[1] / np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum())
    assert ((one - other) ** 2).sum() / miniature.UNIT**2 == pytest.approx(2 * (1 - r), abs=0.01)


def test_sums_of_products_of_coordinates_are_exact_in_single_precision():
    vectors = miniature.coordinates(of(scene()), grey=True).astype(np.int64)
    assert 3 * (vectors**2).sum() < 2**24


def test_perceptual_hash_of_the_mirror_image_is_that_of_the_mirrored_pixels():
    pixels = scene(3)
    own, turned = miniature.perceptual_hashes(pixels)
    assert np.array_equal(np.unpackbits(own).astype(bool), descriptors.perceptual_hash(pixels))
    assert miniature.bits_apart(turned, miniature.perceptual_hashes(pixels[:, ::-1])[0]) == 0


def test_difference_hash_tells_where_it_grows_lighter_to_the_right():
    ramp = np.repeat(np.tile(np.arange(0, 180, 2), (60, 1))[..., None], 3, axis=2).astype(np.uint8)
    assert miniature.difference_hash(ramp).all()
    assert not miniature.difference_hash(ramp[:, ::-1]).any()


def test_blur_makes_a_picture_less_sharp_and_darkness_does_not():
    pixels = scene(4)
    blurred = sum(np.roll(pixels.astype(float), step, 1) for step in range(-3, 4)) / 7
    assert miniature.sharpness(blurred.astype(np.uint8)) < 0.8 * miniature.sharpness(pixels)
    assert miniature.sharpness(pixels // 2) == pytest.approx(miniature.sharpness(pixels), rel=0.05)
    assert miniature.sharpness(np.full((5, 5, 3), 9, np.uint8)) == 0


def test_bits_apart_counts_every_bit():
    assert miniature.bits_apart(np.array([0, 255], np.uint8), np.array([1, 0], np.uint8)) == 9
