import numpy as np
import pytest

from leitmotiv.analysis import descriptors
from leitmotiv.analysis.colour import from_srgb


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


SHAPES = [(1, 1), (1, 90), (90, 1), (8, 8), (31, 17), (60, 80)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_of_any_shape_has_descriptions(shape):
    pixels = noise(*shape)
    assert descriptors.thumbnail(pixels).shape == (192,)
    assert (descriptors.histogram(pixels) ** 2).sum() == pytest.approx(1)
    assert descriptors.perceptual_hash(pixels).shape == (64,)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_thumbnail_of_one_colour_is_that_colour(shape):
    pixels = np.full((*shape, 3), (200, 30, 90), np.uint8)
    found = descriptors.thumbnail(pixels).reshape(8, 8, 3)
    np.testing.assert_allclose(found, np.broadcast_to(from_srgb(pixels[0, 0], "lab"), (8, 8, 3)))


def test_a_thumbnail_has_the_means_of_its_parts():
    pixels = noise(8, 8)
    np.testing.assert_allclose(descriptors.thumbnail(pixels).reshape(8, 8, 3), from_srgb(pixels, "lab"))
    large = pixels.repeat(5, axis=0).repeat(3, axis=1)
    np.testing.assert_allclose(descriptors.thumbnail(large), descriptors.thumbnail(pixels))


def test_a_histogram_forgets_places_and_a_thumbnail_does_not():
    pixels = noise(40, 60)
    turned = pixels[::-1, ::-1]
    np.testing.assert_allclose(descriptors.histogram(pixels), descriptors.histogram(turned))
    assert np.abs(descriptors.thumbnail(pixels) - descriptors.thumbnail(turned)).max() > 1


def test_every_colour_falls_into_a_box():
    levels = np.array([0, 128, 255], np.uint8)
    corners = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    assert (descriptors.histogram(corners) > 0).sum() > 10


def test_a_hash_stays_where_a_picture_is_brighter_or_smaller():
    y, x = np.mgrid[:64, :64] / 64
    grey = 90 + 60 * np.sin(5 * x + 2 * y) * np.cos(4 * y)
    pixels = np.repeat(grey[..., None], 3, axis=2)
    one, brighter, smaller, other = (
        descriptors.perceptual_hash(values.clip(0, 255).astype(np.uint8))
        for values in (pixels, pixels * 1.2, pixels[::2, ::2], noise(64, 64).astype(float))
    )
    assert (one != brighter).sum() < 8
    assert (one != smaller).sum() < 12
    assert (one != other).sum() > 16


def test_squared_distances_are_those_of_the_rows_and_of_bits_how_many_differ():
    rows = np.random.default_rng(0).normal(size=(6, 4))
    np.testing.assert_allclose(
        descriptors.squared_distances(rows), ((rows[:, None] - rows) ** 2).sum(axis=2), atol=1e-9
    )
    bits = rows > 0
    np.testing.assert_array_equal(descriptors.squared_distances(bits), (bits[:, None] != bits).sum(axis=2))
