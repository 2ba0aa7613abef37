import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis import colour_regions
from leitmotiv.analysis.colour import from_srgb

RNG = np.random.default_rng(4)


def picture(colours, size=24):
    made = np.array(colours, np.uint8)[RNG.integers(0, len(colours), (size, size))]
    return np.clip(made + RNG.integers(-3, 4, made.shape), 0, 255).astype(np.uint8)


THREE = picture([(250, 240, 230), (20, 30, 40), (150, 40, 40)])


def test_regions_are_the_colours_of_the_picture_from_dark_to_light():
    found = colour_regions.regions(THREE, 3)
    dark = THREE.sum(2) < 150
    assert (found.labels[dark] == 0).all()
    assert (found.labels[THREE.min(2) > 200] == 2).all()
    assert (np.diff(found.centres[:, 0]) > 0).all()


def test_every_pixel_belongs_to_its_nearest_centre_or_nearly():
    found = colour_regions.regions(THREE, 5)
    far = np.linalg.norm(from_srgb(THREE)[:, :, None] - found.centres, axis=-1)
    # Colours of one cell of the coarse grid go together.
    assert (np.take_along_axis(far, found.labels[..., None].astype(int), 2)[..., 0] <= far.min(2) + 6).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 12), st.integers(1, 9), st.integers(1, 9), st.integers(0, 9))
def test_any_picture_has_regions_and_the_same_ones_again(count, height, width, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    found = colour_regions.regions(pixels, count, seed=seed)
    again = colour_regions.regions(pixels, count, seed=seed)
    assert len(found.centres) <= min(count, height * width)
    assert found.labels.max() < len(found.centres)
    np.testing.assert_array_equal(found.labels, again.labels)


def test_a_film_keeps_its_numbers_where_two_regions_are_equally_light():
    frames = [picture([(30, 30, 30), (120 + at % 2, 80, 80), (80, 100 - at % 2, 100)]) for at in range(6)]
    before, red = None, set()
    for frame in frames:
        found = colour_regions.regions(frame, 3, before)
        red.add(int(np.argmax(found.centres[:, 1])))
        before = found.centres
    assert len(red) == 1


def test_regions_of_a_film_that_are_out_of_order_by_far_change_their_numbers():
    before = colour_regions.regions(THREE, 3).centres
    night = colour_regions.regions(picture([(250, 240, 230), (20, 30, 40), (1, 1, 1)]), 3, before[::-1].copy())
    assert (np.diff(night.centres[:, 0]) > 0).all()


def test_the_palette_goes_from_dark_to_light_and_tells_all_colours_apart():
    for count in range(2, 13):
        lab = from_srgb(colour_regions.ordered_palette(count))
        assert (np.diff(lab[:, 0]) > 0).all()
        apart = np.linalg.norm(lab[:, None] - lab, axis=-1) + 99 * np.eye(count)
        assert apart.min() > 9
