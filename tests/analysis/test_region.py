import numpy as np
import pytest

from leitmotiv.analysis import divergence, patches, region, sketch
from leitmotiv.analysis.mixture import fit_image, sample
from leitmotiv.analysis.places import Box
from tests.analysis.looks import in_frame, mixture, patchwork

BOX = Box(0.2, 0.3, 0.4, 0.5)


def test_a_restricted_mixture_has_the_moments_of_what_lies_in_the_box():
    for seed in range(3):
        one = mixture(seed, aspect=1.5)
        cut = region.restrict(one, BOX)
        points = sample(one, 400_000, np.random.default_rng(seed))
        xy = in_frame(points, 1.5)
        inside = (xy[:, 0] > 0.2) & (xy[:, 0] < 0.6) & (xy[:, 1] > 0.3) & (xy[:, 1] < 0.8)
        means = cut.shift + cut.scale * cut.means
        own = in_frame(sample(cut, 100_000, np.random.default_rng(0)), cut.aspect)
        assert cut.weights @ means[:, 2:] == pytest.approx(points[inside, 2:].mean(0), abs=1.0)
        assert own.mean(0) == pytest.approx((xy[inside].mean(0) - [0.2, 0.3]) / [0.4, 0.5], abs=0.03)
        assert own.std(0) == pytest.approx(xy[inside].std(0) / [0.4, 0.5], abs=0.04)
        assert cut.aspect == pytest.approx(1.5 * 0.4 / 0.5)


def test_the_whole_frame_restricts_nothing():
    one = mixture(1)
    assert divergence.js_divergence(one, region.restrict(one, Box(0, 0, 1, 1))) < 1e-4


def test_a_box_without_anything_has_no_mixture():
    corner = fit_image(patchwork((90, 90, 90)))
    squeezed = type(corner)(
        corner.weights, corner.means, corner.cholesky * 1e-3, corner.shift, corner.scale, "lab", corner.aspect
    )
    assert region.restrict(squeezed, Box(0.001, 0.001, 0.002, 0.002)) is None


def test_a_region_cut_from_the_mixture_is_near_the_one_fitted_to_its_pixels():
    pixels = patchwork(
        (90, 90, 90), ((200, 40, 40), slice(20, 50), slice(30, 60)), ((40, 60, 190), slice(50, 70), slice(30, 90))
    )
    whole, cropped = fit_image(pixels), fit_image(np.ascontiguousarray(pixels[24:64, 24:72]))
    cut, other = region.restrict(whole, BOX), region.restrict(whole, Box(0.6, 0.0, 0.4, 0.5))
    assert divergence.js_divergence(cut, cropped) < 0.5 * divergence.js_divergence(other, cropped)


def test_the_parts_of_a_region_lie_in_its_box_and_its_picture_holds_them():
    pixels = patchwork((90, 90, 90), ((200, 40, 40), slice(20, 50), slice(30, 60)))
    one = fit_image(pixels)
    parts = region.parts(region.restrict(one, BOX), BOX)
    assert sum(part.weight for part in parts) == pytest.approx(1)
    assert all(0.15 < part.place.x < 0.65 and 0.25 < part.place.y < 0.85 for part in parts)
    table = patches.gather([one, fit_image(patchwork((90, 90, 90)))])
    own, plain = sketch.held(table, parts, np.zeros((1, 2)))[0]
    assert own > plain


def test_shifts_keep_the_box_in_the_frame_and_begin_with_none():
    moves = region.shifts(BOX)
    assert tuple(moves[0]) == (0, 0)
    assert (moves + np.array([BOX.x, BOX.y]) >= -1e-12).all()
    assert (moves + np.array([BOX.x + BOX.width, BOX.y + BOX.height]) <= 1 + 1e-12).all()
    assert len(region.shifts(Box(0, 0, 1, 1))) == 2
