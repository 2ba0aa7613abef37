import subprocess
import sys

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from leitmotiv.analysis.mixture import fit_image, log_density, sample
from leitmotiv.records import Mixture


def scene(height=90, width=120):
    """A sky over a meadow, with a sun."""
    y, x = np.mgrid[:height, :width] / height
    pixels = np.where((y < 0.5)[..., None], [90, 150, 230], [40, 130, 30]) + 20 * np.sin(9 * x)[..., None]
    pixels[(x - 0.9) ** 2 + (y - 0.2) ** 2 < 0.01] = [250, 240, 120]
    return pixels.clip(0, 255).astype(np.uint8)


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def halves():
    pixels = np.full((40, 60, 3), 20, np.uint8)
    pixels[:, 30:] = 230
    return pixels


PICTURES = {
    "one pixel": np.full((1, 1, 3), 200, np.uint8),
    "two pixels": np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8),
    "one colour": np.full((60, 80, 3), (200, 30, 90), np.uint8),
    "two colours": halves(),
    "noise": noise(100, 100),
    "grey": np.repeat(noise(80, 60)[..., :1], 3, axis=2),
    "an object on white": np.where((noise(90, 90) < 3).any(2)[..., None], [90, 60, 30], 255).astype(np.uint8),
    "a strip": noise(1, 300),
    "a pole": noise(300, 1),
    "a scene": scene(),
}


def assert_sound(mixture):
    assert len(mixture) >= 1
    assert mixture.weights.sum() == pytest.approx(1)
    assert (mixture.weights > 0).all()
    assert (np.diff(mixture.weights) <= 0).all()
    assert (mixture.scale > 0).all()
    assert mixture.aspect > 0
    for values in (mixture.weights, mixture.means, mixture.cholesky, mixture.shift, mixture.scale):
        assert values.dtype == np.float64
        assert np.isfinite(values).all()
    np.testing.assert_array_equal(np.triu(mixture.cholesky, 1), 0)
    assert (np.diagonal(mixture.cholesky, axis1=1, axis2=2) > 0).all()


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("space", ["lab", "rgb", "yuv"])
def test_every_sort_of_picture_fits_without_a_warning(name, space):
    mixture = fit_image(PICTURES[name], colour_space=space, samples=1500)
    assert_sound(mixture)
    assert mixture.colour_space == space


@pytest.mark.parametrize("name", ["one pixel", "one colour", "two colours", "grey", "a scene"])
def test_the_mean_of_the_mixture_is_the_mean_of_the_picture(name):
    pixels = PICTURES[name]
    mixture = fit_image(pixels, colour_space="rgb", blur=0.0)
    mean = mixture.shift + mixture.scale * (mixture.weights @ mixture.means)
    np.testing.assert_allclose(mean[2:], pixels.mean((0, 1)) / 255, atol=0.02)
    if pixels.size > 3:
        np.testing.assert_allclose(mean[:2], 0.5, atol=0.02)


@pytest.mark.parametrize("name", PICTURES)
def test_places_are_in_units_of_the_longest_side_about_the_middle(name):
    pixels = PICTURES[name]
    mixture = fit_image(pixels, blur=0.0)
    height, width = pixels.shape[:2]
    assert mixture.aspect == width / height
    assert mixture.frame == (width / max(width, height), height / max(width, height))
    np.testing.assert_allclose(mixture.shift[:2], 0.5, atol=0.02)
    # Places all over a side are as wide as a uniform distribution.
    np.testing.assert_allclose(mixture.scale[:2], np.array(mixture.frame) / np.sqrt(12), rtol=0.03)


def test_turning_a_picture_turns_its_places():
    pixels = np.full((40, 90, 3), 20, np.uint8)
    pixels[:, 60:] = 230
    wide, tall = fit_image(pixels), fit_image(np.ascontiguousarray(pixels.transpose(1, 0, 2)))
    for mixture, along, across in ((wide, 0, 1), (tall, 1, 0)):
        raw = mixture.shift + mixture.scale * mixture.means
        bright = raw[:, 2] > 50
        assert (raw[bright][:, along] > 0.5 + 1 / 6).all()
        assert np.abs(raw[:, across] - 0.5).max() < 40 / 90 / 2


def test_halves_of_a_picture_lie_where_they_are():
    mixture = fit_image(halves(), colour_space="rgb", blur=0.0)
    raw = mixture.shift + mixture.scale * mixture.means
    dark = raw[:, 2] < 0.5
    assert mixture.weights[dark].sum() == pytest.approx(0.5, abs=0.02)
    assert (raw[dark, 0] < 0.5).all()
    assert (raw[~dark, 0] > 0.5).all()
    np.testing.assert_allclose(raw[dark, 2:], 20 / 255, atol=0.05)


def test_grey_and_flat_pictures_keep_several_components():
    assert len(fit_image(PICTURES["grey"])) > 3
    assert len(fit_image(scene(60, 60).mean(2, keepdims=True).repeat(3, 2).astype(np.uint8))) > 3


def test_the_same_picture_and_seed_give_the_same_bits_and_another_seed_others():
    one, again, other = fit_image(scene()), fit_image(scene()), fit_image(scene(), seed=1)
    np.testing.assert_array_equal(one.means, again.means)
    np.testing.assert_array_equal(one.cholesky, again.cholesky)
    assert one.means.shape != other.means.shape or (one.means != other.means).any()


def test_pixels_may_be_read_only_or_a_view_and_stay_as_they_are():
    pixels = scene()
    pixels.flags.writeable = False
    view = np.ascontiguousarray(pixels[:, ::-1])[:, ::-1]
    np.testing.assert_array_equal(fit_image(view).means, fit_image(pixels).means)
    np.testing.assert_array_equal(pixels, scene())


def test_fewer_samples_and_components_are_asked_for_and_obeyed():
    mixture = fit_image(scene(), components=3, samples=200)
    assert_sound(mixture)
    assert len(mixture) <= 3


@pytest.mark.parametrize("shape", [(5, 5), (0, 4, 3), (4, 4, 4)])
def test_pixels_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"must have \(height, width, 3\)"):
        fit_image(np.zeros(shape, np.uint8))


def made_mixture():
    rng = np.random.default_rng(3)
    cholesky = np.tril(rng.normal(size=(4, 5, 5)) * 0.2) + np.eye(5)
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    scale = np.array([0.3, 0.3, 20.0, 8.0, 12.0])
    return Mixture(weights, rng.normal(size=(4, 5)), cholesky, rng.normal(size=5), scale)


def test_log_density_is_that_of_the_gaussians_in_raw_units():
    mixture = made_mixture()
    points = sample(mixture, 50, np.random.default_rng(0))
    means = mixture.shift + mixture.scale * mixture.means
    covariances = mixture.covariances * np.outer(mixture.scale, mixture.scale)
    densities = [multivariate_normal(*pair).logpdf(points) for pair in zip(means, covariances, strict=True)]
    expected = logsumexp(np.log(mixture.weights)[:, None] + densities, axis=0)
    np.testing.assert_allclose(log_density(mixture, points), expected, rtol=1e-10)


def test_log_density_far_away_is_finite():
    assert np.isfinite(log_density(made_mixture(), np.full((1, 5), 1e6))).all()


def test_samples_have_the_mean_and_covariance_of_the_mixture():
    mixture = made_mixture()
    points = (sample(mixture, 40000, np.random.default_rng(1)) - mixture.shift) / mixture.scale
    mean = mixture.weights @ mixture.means
    second = np.einsum(
        "k,kij->ij", mixture.weights, mixture.covariances + mixture.means[:, :, None] * mixture.means[:, None]
    )
    np.testing.assert_allclose(points.mean(0), mean, atol=0.05)
    np.testing.assert_allclose(np.cov(points.T), second - np.outer(mean, mean), atol=0.1)


def test_sampling_nothing_gives_nothing():
    assert sample(made_mixture(), 0, np.random.default_rng(0)).shape == (0, 5)


def test_workers_start_without_scikit_learn_scikit_image_or_the_statistics_of_scipy():
    statement = (
        "import sys, leitmotiv.analysis.mixture; "
        "print([name for name in ('sklearn', 'skimage', 'scipy.stats', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
