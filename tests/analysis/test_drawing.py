import numpy as np

from leitmotiv.analysis import drawing, mixture
from leitmotiv.analysis.colour import from_srgb, to_srgb

RNG = np.random.default_rng(2)


def halves(height=40, width=60):
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (30, 60, 120)
    pixels[:, width // 2 :] = (220, 190, 120)
    return pixels


def test_a_picture_of_two_halves_is_drawn_as_two_halves():
    made = drawing.drawn(mixture.fit_image(halves(), seed=1), 60, 40)
    assert made.shape == (40, 60, 3)
    off = np.linalg.norm(from_srgb(made) - from_srgb(halves()), axis=-1)
    assert np.median(off) < 6


def test_the_colour_of_a_place_is_the_mean_of_samples_there():
    fitted = mixture.fit_image(RNG.integers(0, 256, (24, 24, 3)).astype(np.uint8), components=3, seed=0)
    points = mixture.sample(fitted, 400_000, RNG)
    made = drawing.drawn(fitted, 8, 8)
    near = (np.abs(points[:, 0] - 4.5 / 8) < 0.06) & (np.abs(points[:, 1] - 2.5 / 8) < 0.06)
    expected = to_srgb(points[near, 2:].mean(0))
    assert np.abs(made[2, 4].astype(int) - expected).max() <= 12
