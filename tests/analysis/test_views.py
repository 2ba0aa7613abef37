import numpy as np
import pytest

from leitmotiv.analysis import views
from leitmotiv.analysis.colour import from_srgb, to_srgb
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.records import Mixture
from tests.kernels.divergence_cases import mixture

RED, BLUE, GREY = (from_srgb(np.array(rgb, np.uint8)) for rgb in ([200, 30, 40], [20, 60, 180], [128, 128, 128]))


def patches(*parts, colour_space="lab"):
    """A mixture of round patches (weight, x, y, radius, colour) of one colour each."""
    factors = np.zeros((len(parts), 5, 5))
    for factor, (_, _, _, radius, _) in zip(factors, parts, strict=True):
        factor[range(5), range(5)] = [radius, radius, 0.01, 0.01, 0.01]
    weights = np.array([part[0] for part in parts], float)
    means = np.array([[x, y, *colour] for _, x, y, _, colour in parts])
    return Mixture(weights / weights.sum(), means, factors, np.zeros(5), np.ones(5), colour_space)


ONE = patches((1, 0.5, 0.5, 0.3, RED))
HALVES = patches((0.6, 0.5, 0.25, 0.15, BLUE), (0.4, 0.5, 0.75, 0.15, RED))


# Ellipses.


def test_ellipses_lie_where_the_components_do_heaviest_first():
    given = mixture(3, 7)
    order = np.random.default_rng(0).permutation(7)
    unsorted = Mixture(given.weights[order], given.means[order], given.cholesky[order], given.shift, given.scale)
    found = views.ellipses(unsorted)
    assert [ellipse.weight for ellipse in found] == given.weights.tolist()
    raw = given.covariances * given.scale[:, None] * given.scale
    for k, ellipse in enumerate(found):
        assert (ellipse.x, ellipse.y) == pytest.approx((given.shift + given.scale * given.means[k])[:2])
        assert (ellipse.xx, ellipse.xy, ellipse.yy) == pytest.approx((raw[k, 0, 0], raw[k, 0, 1], raw[k, 1, 1]))


def test_an_ellipse_has_the_mean_colour_of_its_component():
    assert [ellipse.colour for ellipse in views.ellipses(HALVES)] == ["#143cb4", "#c81e28"]


# The expected colour.


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 40), (40, 1), (33, 17), (64, 48)])
def test_one_component_of_one_colour_expects_it_everywhere(width, height):
    found = views.expected_image(ONE, width, height)
    assert found.shape == (height, width, 3)
    assert found.dtype == np.uint8
    assert (found == to_srgb(RED)).all()


def test_a_component_whose_colour_goes_with_x_is_a_gradient():
    factor = np.zeros((5, 5))
    factor[range(5), range(5)] = [0.29, 0.29, 1, 0.1, 0.1]
    factor[2, 0] = 29.0
    given = Mixture(np.ones(1), np.array([[0.5, 0.5, 50, 0, 0]]), factor[None], np.zeros(5), np.ones(5))
    found = from_srgb(views.expected_image(given, 101, 3))
    np.testing.assert_allclose(found[1, :, 0], 50 + 100 * (np.arange(101) + 0.5 - 50.5) / 101, atol=0.5)
    np.testing.assert_allclose(found[0], found[2], atol=1e-9)


def test_each_patch_reigns_where_it_lies_and_the_border_is_smooth():
    found = views.expected_image(HALVES, 30, 200)
    np.testing.assert_allclose(found[:50].astype(int), np.broadcast_to(to_srgb(BLUE), (50, 30, 3)), atol=4)
    np.testing.assert_allclose(found[-50:].astype(int), np.broadcast_to(to_srgb(RED), (50, 30, 3)), atol=4)
    steps = np.abs(np.diff(found.astype(int), axis=0)).max()
    assert 0 < steps < 25


def test_a_frame_of_another_size_shows_the_same():
    given = mixture(8, 12, 0.4)
    large, small = views.expected_image(given, 96, 72), views.expected_image(given, 32, 24)
    # The middle pixel of each 3 x 3 lies where the pixel of the small frame does.
    np.testing.assert_allclose(large[1::3, 1::3].astype(int), small.astype(int), atol=1)


SHAPES = {"landscape": (30, 60), "portrait": (60, 30), "square": (40, 40), "strip": (2, 200), "pole": (200, 2)}


def two_halves(height, width):
    """Blue and red, side by side along the longest side."""
    pixels = np.full((height, width, 3), (20, 60, 180), np.uint8)
    far = (slice(None), slice(width // 2, None)) if width >= height else (slice(height // 2, None),)
    pixels[far] = (200, 30, 40)
    return pixels


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_picture_of_any_shape_is_drawn_as_it_is(shape):
    pixels = two_halves(*shape)
    fitted = fit_image(pixels, blur=0.0)
    drawn = views.expected_image(fitted, shape[1], shape[0])
    assert np.abs(drawn.astype(int) - pixels).mean() < 12
    dots = views.sampled_image(fitted, 4 * shape[1], 4 * shape[0], 4000, np.random.default_rng(0))
    wanted = pixels.repeat(4, axis=0).repeat(4, axis=1)
    seen = dots[..., 3] > 0
    assert seen.mean() > 0.1
    assert np.median(np.abs(dots[seen, :3].astype(int) - wanted[seen])) < 12


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_ellipses_of_a_picture_of_any_shape_lie_in_its_frame(shape):
    fitted = fit_image(two_halves(*shape), blur=0.0)
    width, height = fitted.frame
    for ellipse in views.ellipses(fitted):
        assert abs(ellipse.x - 0.5) < width / 2
        assert abs(ellipse.y - 0.5) < height / 2
        assert ellipse.xx < width**2 / 12 * 1.3
        assert ellipse.yy < height**2 / 12 * 1.3


def test_one_pixel_is_drawn_in_its_colour():
    fitted = fit_image(np.full((1, 1, 3), (90, 160, 60), np.uint8))
    assert np.abs(views.expected_image(fitted, 20, 20).astype(int) - (90, 160, 60)).max() < 12


def test_a_frame_of_another_shape_cuts_off_what_lies_beyond():
    fitted = fit_image(two_halves(30, 60), blur=0.0)
    whole, cut = views.expected_image(fitted, 64, 32), views.expected_image(fitted, 64, 16)
    np.testing.assert_array_equal(cut, whole[8:24])


# The average picture.


def test_the_average_of_one_picture_or_of_copies_is_what_it_expects():
    given = mixture(8, 12, 0.4)
    wanted = views.expected_image(given, 40, 30)
    np.testing.assert_array_equal(views.average_image([given], None, 40, 30), wanted)
    np.testing.assert_allclose(views.average_image([given] * 3, None, 40, 30).astype(int), wanted.astype(int), atol=1)


def test_the_average_of_two_flat_pictures_has_the_mean_colour():
    blue = patches((1, 0.5, 0.5, 0.3, BLUE))
    assert (views.average_image([ONE, blue], None, 8, 6) == to_srgb((RED + BLUE) / 2)).all()
    assert (views.average_image([ONE, blue], [3, 1], 8, 6) == to_srgb(0.75 * RED + 0.25 * BLUE)).all()
    assert (views.average_image([ONE, blue], [1, 0], 8, 6) == to_srgb(RED)).all()


def test_what_has_no_average_is_refused():
    rgb = patches((1, 0.5, 0.5, 0.3, (1, 0, 0)), colour_space="rgb")
    for mixtures, width, height in (([], 8, 8), ([ONE, rgb], 8, 8), ([ONE], 0, 8), ([ONE], 8, -1)):
        with pytest.raises(ValueError, match="cannot be drawn"):
            views.average_image(mixtures, None, width, height)
    for weights in ([0, 0], [1, -1], [1, float("nan")], [1, float("inf")]):
        with pytest.raises(ValueError, match="cannot count for"):
            views.average_image([ONE, ONE], weights, 8, 8)


def test_pictures_in_rgb_are_drawn_in_rgb():
    rgb = patches((1, 0.5, 0.5, 0.3, (1, 0.5, 0)), colour_space="rgb")
    assert (views.expected_image(rgb, 5, 4) == [255, 128, 0]).all()


# Sampled dots.


def test_dots_have_the_colours_of_the_mixture_and_nothing_is_between_them():
    found = views.sampled_image(HALVES, 256, 192, 3000, np.random.default_rng(0))
    assert found.shape == (192, 256, 4)
    clear = found[..., 3] == 0
    assert not found[clear].any()
    assert (found[~clear, 3] == 255).all()
    assert 0.2 < clear.mean() < 0.9
    upper, lower = found[:48, :, :3][~clear[:48]], found[-48:, :, :3][~clear[-48:]]
    np.testing.assert_allclose(upper.mean(axis=0), to_srgb(BLUE), atol=3)
    np.testing.assert_allclose(lower.mean(axis=0), to_srgb(RED), atol=3)


def test_the_same_generator_draws_the_same_dots():
    first, again, other = (views.sampled_image(HALVES, 64, 48, 200, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize(("width", "height", "n"), [(1, 1, 10), (300, 1, 50), (64, 48, 0)])
def test_odd_frames_and_no_points_draw_too(width, height, n):
    found = views.sampled_image(ONE, width, height, n, np.random.default_rng(0))
    assert found.shape == (height, width, 4)
    assert found.any() == (n > 0)


def test_points_beyond_the_frame_are_not_shown():
    beyond = patches((1, 3, 3, 0.1, RED))
    assert not views.sampled_image(beyond, 50, 50, 500, np.random.default_rng(0)).any()
