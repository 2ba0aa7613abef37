import numpy as np
import pytest

from leitmotiv.analysis import mixture, transport
from leitmotiv.analysis.colour import from_srgb, to_srgb
from leitmotiv.analysis.transport import Colours

RNG = np.random.default_rng(6)


def colours(seed, count=4):
    rng = np.random.default_rng(seed)
    roots = rng.normal(0, 4, (count, 3, 3))
    weights = rng.dirichlet(np.ones(count))
    means = rng.uniform([20, -30, -30], [80, 30, 30], (count, 3))
    return Colours(weights, means, roots @ roots.transpose(0, 2, 1) + 4 * np.eye(3))


def drawn(one, count, rng=RNG):
    at = rng.choice(len(one.weights), count, p=one.weights)
    normal = rng.standard_normal((count, 3))
    return one.means[at] + np.einsum("nij,nj->ni", np.linalg.cholesky(one.covariances)[at], normal)


def test_the_distance_is_a_metric_and_0_only_to_itself():
    a, b, c = colours(1), colours(2), colours(3, 6)
    assert transport.distance(a, a) < 1e-3
    assert transport.distance(a, b) == pytest.approx(transport.distance(b, a), rel=1e-6)
    assert transport.distance(a, c) <= transport.distance(a, b) + transport.distance(b, c) + 1e-9
    assert transport.distance(a, b) > 1


def test_between_two_gaussians_it_is_the_formula_of_bures():
    a, b = colours(1, 1), colours(2, 1)
    values = np.linalg.eigvals(a.covariances[0] @ b.covariances[0]).real
    squared = np.square(a.means - b.means).sum() + np.trace(a.covariances[0] + b.covariances[0])
    assert transport.distance(a, b) ** 2 == pytest.approx(squared - 2 * np.sqrt(values).sum(), rel=1e-6)


def test_colours_carried_to_their_own_mixture_stay_where_they_are():
    one = colours(4)
    pixels = to_srgb(drawn(one, 400)).reshape(20, 20, 3)
    assert np.abs(transport.carry(pixels, one, one).astype(int) - pixels).max() <= 2


def test_colours_carried_to_another_mixture_have_its_mean_and_spread():
    a, b = colours(4), colours(5)
    pixels = to_srgb(drawn(a, 40_000)).reshape(200, 200, 3)
    moved = from_srgb(transport.carry(pixels, a, b)).reshape(-1, 3)
    mean = b.weights @ b.means
    off = b.means - mean
    spread = np.einsum("k,kij->ij", b.weights, b.covariances) + np.einsum("k,ki,kj->ij", b.weights, off, off)
    np.testing.assert_allclose(moved.mean(0), mean, atol=2.5)
    # A colour goes to the mean of what its component may become, which is narrower than all that it may become.
    assert 0.4 < np.trace(np.cov(moved.T)) / np.trace(spread) < 1.2


def test_many_pictures_are_brought_down_to_few_colours_of_the_same_mean():
    fits = [
        mixture.fit_image(RNG.integers(low, low + 60, (16, 16, 3)).astype(np.uint8), components=4, seed=low)
        for low in (0, 60, 120, 180)
    ]
    all_of_them, few = transport.colours_of(fits, 99), transport.colours_of(fits, 3)
    assert len(few.weights) == 3
    assert few.weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(few.weights @ few.means, all_of_them.weights @ all_of_them.means, atol=1e-9)


def test_no_picture_has_no_colours():
    with pytest.raises(ValueError, match="no picture"):
        transport.colours_of([])
