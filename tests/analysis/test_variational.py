import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from leitmotiv.analysis import variational
from leitmotiv.analysis.variational import fit


def clusters(count, seed=0, dimensions=5):
    """Samples of three well separated Gaussians, with their weights, means and covariances."""
    rng = np.random.default_rng(seed)
    weights = np.array([0.5, 0.3, 0.2])
    means = np.eye(3, dimensions) * 3 - 1
    roots = rng.normal(size=(3, dimensions, dimensions)) * 0.1 + np.eye(dimensions) * 0.3
    covariances = roots @ roots.transpose(0, 2, 1)
    numbers = rng.choice(3, count, p=weights)
    points = means[numbers] + np.einsum("nij,nj->ni", roots[numbers], rng.normal(size=(count, dimensions)))
    return points, weights, means, covariances


@pytest.mark.parametrize("dimensions", [2, 3, 5])
def test_a_known_mixture_is_recovered(dimensions):
    points, weights, means, covariances = clusters(4000, dimensions=dimensions)
    fitted = fit(points[:, :dimensions], components=12, tol=1e-3, max_iter=1000)
    assert fitted.converged
    np.testing.assert_allclose(fitted.weights[:3], weights, atol=0.03)
    assert fitted.weights[3:].sum() < 0.02
    order = np.argsort(((means[:, None] - fitted.means[:3]) ** 2).sum(2), axis=1)[:, 0]
    np.testing.assert_allclose(fitted.means[order], means, atol=0.06)
    found = fitted.cholesky[order] @ fitted.cholesky[order].transpose(0, 2, 1)
    np.testing.assert_allclose(found, covariances, atol=0.06)


@pytest.mark.parametrize("dimensions", [3, 5])
def test_the_vector_form_and_the_plain_one_agree(monkeypatch, dimensions):
    points = clusters(1500)[0][:, :dimensions]
    vectors = fit(points, components=10, tol=1e-2)
    monkeypatch.setattr(variational, "_FARTHEST", 0.0)
    plainly = fit(points, components=10, tol=1e-2)
    assert len(vectors.weights) == len(plainly.weights)
    np.testing.assert_allclose(vectors.weights, plainly.weights, atol=1e-3)
    np.testing.assert_allclose(vectors.means, plainly.means, atol=1e-2)
    assert vectors.bounds[-1] == pytest.approx(plainly.bounds[-1], rel=1e-4)


@given(
    arrays(np.float64, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=st.floats(-2, 2)),
    st.integers(1, 8),
    st.sampled_from([1.0, 2.0, 5.0]),
)
def test_a_few_samples_of_any_kind_fit_with_a_bound_that_never_falls(points, components, relaxation):
    fitted = fit(points, components=components, relaxation=relaxation)
    assert fitted.counts.sum() == pytest.approx(len(points))
    assert 1 <= len(fitted.weights) <= components
    rounding = 1e-5 if points.shape[1] in (3, 5) else 1e-9
    assert np.diff(fitted.bounds).min(initial=0) > -rounding * (1 + abs(fitted.bounds).max())


@pytest.mark.parametrize("dimensions", [1, 2, 3, 4, 5, 8])
def test_a_line_of_places_is_found_in_any_number_of_dimensions(dimensions):
    rng = np.random.default_rng(dimensions)
    places = np.array([-3.0, 0.0, 3.0])[:, None] * np.ones(dimensions) / np.sqrt(dimensions)
    points = np.repeat(places, 400, axis=0) + rng.normal(size=(1200, dimensions)) * 0.3
    fitted = fit(points, components=9, tol=1e-3, max_iter=2000)
    np.testing.assert_allclose(fitted.weights[:3], 1 / 3, atol=0.02)
    order = np.argsort(fitted.means[:3, 0])
    np.testing.assert_allclose(fitted.means[order], places, atol=0.06)


@pytest.mark.parametrize("dimensions", [1, 3, 5])
@pytest.mark.parametrize("size", [1e-40, 1e-20, 1e-3, 50.0, 1e6])
def test_samples_of_any_size_fit_with_finite_numbers(dimensions, size):
    points = clusters(300)[0][:, :dimensions] * size
    fitted = fit(points, components=5)
    for values in (fitted.weights, fitted.means, fitted.cholesky, fitted.bounds):
        assert np.isfinite(values).all()
    assert fitted.counts.sum() == pytest.approx(300, rel=1e-5)
    assert np.diff(fitted.bounds).min(initial=0) > -1e-5 * abs(fitted.bounds).max()


def test_a_sample_that_every_component_is_far_from_still_has_one():
    points = clusters(500)[0] * 0.01
    points[0] = 99
    fitted = fit(points, components=4, tol=1e-2)
    assert np.isfinite(fitted.bounds).all()
    assert fitted.counts.sum() == pytest.approx(500, rel=1e-5)


def test_of_several_starts_the_one_with_the_greatest_bound_is_kept():
    points = clusters(900)[0]
    one, many = (fit(points, components=8, starts=count) for count in (1, 6))
    assert many.bounds[-1] > one.bounds[-1]
    np.testing.assert_array_equal(fit(points, components=8, starts=6).means, many.means)


def test_the_same_seed_gives_the_same_bits():
    points = clusters(700)[0]
    one, other = fit(points, components=9, seed=4), fit(points, components=9, seed=4)
    np.testing.assert_array_equal(one.bounds, other.bounds)
    np.testing.assert_array_equal(one.cholesky, other.cholesky)


def test_a_thousand_components_and_a_single_one():
    points = clusters(3000)[0]
    many = fit(points, components=1000)
    assert many.counts.sum() == pytest.approx(3000, rel=1e-5)
    assert np.diff(many.bounds).min() > -0.02
    one = fit(points, components=1)
    np.testing.assert_allclose(one.means, points.mean(0)[None] * 3000 / 3001, atol=1e-5)


def test_samples_too_far_out_for_single_precision_are_fitted_in_double():
    points = clusters(600)[0]
    fitted = fit(points + 5000, components=3)
    assert np.isfinite(fitted.bounds).all()
    assert fitted.counts.sum() == pytest.approx(600)


def test_more_components_than_samples_are_no_error():
    assert len(fit(clusters(4)[0], components=50).weights) <= 4


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (np.empty((0, 5)), {}, "shape"),
        (np.zeros(5), {}, "shape"),
        (np.array([[np.nan, 1.0]]), {}, "finite"),
        (np.array([[np.inf] * 5]), {}, "finite"),
        (np.zeros((4, 2)), {"components": 0}, "components"),
        (np.zeros((4, 2)), {"alpha": 0.0}, "alpha"),
        (np.zeros((4, 2)), {"starts": 0}, "starts"),
        (np.zeros((4, 2)), {"relaxation": 0.5}, "relaxation"),
    ],
)
def test_what_cannot_be_fitted_is_refused(points, options, message):
    with pytest.raises(ValueError, match=message):
        fit(points, **options)
