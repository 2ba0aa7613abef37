import inspect
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture
from sklearn.utils.estimator_checks import parametrize_with_checks

from leitmotiv.analysis.estimator import VariationalGaussianMixture

OPTIONS = {
    "defaults": {"n_components": 4},
    "own priors": {
        "n_components": 3,
        "mean_prior": [1.0, 0.0, -1.0],
        "covariance_prior": np.diag([1.0, 2.0, 3.0]),
        "degrees_of_freedom_prior": 7,
        "mean_precision_prior": 0.3,
        "weight_concentration_prior": 2.0,
        "reg_covar": 1e-2,
    },
    "random start": {"n_components": 5, "init_params": "random", "n_init": 3},
    "k-means++ start": {"n_components": 4, "init_params": "k-means++"},
    "start from samples": {"n_components": 4, "init_params": "random_from_data"},
    "no pass": {"n_components": 3, "max_iter": 0},
}


def samples():
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=(200, 3)), rng.normal(size=(100, 3)) * 0.3 + 3])


def fit_both(max_iter, **options):
    """Our estimator and scikit-learn's, from the same start."""
    options = {"random_state": 0, "max_iter": max_iter, **options}
    theirs = BayesianGaussianMixture(weight_concentration_prior_type="dirichlet_distribution", **options)
    ours = VariationalGaussianMixture(**options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return ours.fit(samples()), theirs.fit(samples())


@parametrize_with_checks([VariationalGaussianMixture(), VariationalGaussianMixture(n_components=2, max_iter=500)])
def test_it_keeps_scikit_learns_contract(estimator, check):
    # The checks warn on purpose: of data that do not converge, and of what they cannot check here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("max_iter", [1, 200])
@pytest.mark.parametrize("name", OPTIONS)
def test_it_finds_what_scikit_learns_estimator_finds(name, max_iter):
    ours, theirs = fit_both(**{"max_iter": max_iter, **OPTIONS[name]})
    assert vars(ours).keys() == vars(theirs).keys()
    for attribute in (attribute for attribute in vars(theirs) if attribute.endswith("_")):
        np.testing.assert_allclose(getattr(ours, attribute), getattr(theirs, attribute), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(ours.score_samples(samples()), theirs.score_samples(samples()), rtol=1e-9)
    np.testing.assert_allclose(ours.predict_proba(samples()), theirs.predict_proba(samples()), atol=1e-9)
    np.testing.assert_array_equal(ours.predict(samples()), theirs.predict(samples()))
    assert ours.score(samples()) == pytest.approx(theirs.score(samples()))


def test_parameters_and_defaults_are_scikit_learns_but_for_the_distribution():
    ours = inspect.signature(VariationalGaussianMixture).parameters
    theirs = inspect.signature(BayesianGaussianMixture).parameters
    assert list(ours) == list(theirs)
    different = {name for name in ours if ours[name].default != theirs[name].default}
    assert different == {"weight_concentration_prior_type"}
    assert ours["weight_concentration_prior_type"].default == "dirichlet_distribution"


def test_every_component_keeps_its_row_even_without_weight():
    fitted = VariationalGaussianMixture(n_components=8, weight_concentration_prior=1e-3, max_iter=1000, random_state=0)
    fitted.fit(samples())
    assert fitted.means_.shape == (8, 3)
    assert fitted.covariances_.shape == fitted.precisions_.shape == (8, 3, 3)
    assert (fitted.weights_ > 0.01).sum() < 8
    np.testing.assert_allclose(
        fitted.precisions_ @ fitted.covariances_, np.broadcast_to(np.eye(3), (8, 3, 3)), atol=1e-8
    )


def test_the_lower_bound_never_falls():
    fitted = VariationalGaussianMixture(n_components=6, max_iter=1000, random_state=1).fit(samples())
    assert fitted.converged_
    assert len(fitted.lower_bounds_) == fitted.n_iter_
    assert fitted.lower_bounds_[-1] == fitted.lower_bound_
    assert np.diff(fitted.lower_bounds_).min() > -1e-6


def test_the_best_of_several_starts_is_kept():
    def bound(n_init):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            options = {"n_components": 5, "init_params": "random", "random_state": 3, "n_init": n_init}
            return VariationalGaussianMixture(**options).fit(samples()).lower_bound_

    assert bound(6) >= bound(1)


def test_a_warm_start_goes_on_where_the_last_fit_stopped():
    whole = VariationalGaussianMixture(n_components=4, max_iter=30, tol=0, random_state=0)
    parts = VariationalGaussianMixture(n_components=4, max_iter=10, tol=0, random_state=0, warm_start=True)
    with pytest.warns(ConvergenceWarning):
        whole.fit(samples())
    for _ in range(3):
        with pytest.warns(ConvergenceWarning):
            parts.fit(samples())
    np.testing.assert_allclose(parts.means_, whole.means_, rtol=1e-9)
    assert parts.lower_bound_ == pytest.approx(whole.lower_bound_)


def test_too_few_passes_are_a_convergence_warning():
    with pytest.warns(ConvergenceWarning, match="did not converge within max_iter = 2 passes to tol = 0.001"):
        VariationalGaussianMixture(n_components=4, max_iter=2, random_state=0).fit(samples())


def test_samples_come_from_the_components_with_their_labels():
    fitted = VariationalGaussianMixture(n_components=2, max_iter=500, random_state=0).fit(samples())
    points, labels = fitted.sample(4000)
    assert points.shape == (4000, 3)
    assert (np.diff(labels) >= 0).all()
    for k in range(2):
        assert (labels == k).mean() == pytest.approx(fitted.weights_[k], abs=0.03)
        np.testing.assert_allclose(points[labels == k].mean(0), fitted.means_[k], atol=0.1)
    with pytest.raises(ValueError, match="n_samples is 0"):
        fitted.sample(0)


def test_predictions_follow_attributes_that_were_set_by_hand():
    fitted = VariationalGaussianMixture(n_components=2, max_iter=500, random_state=0).fit(samples())
    before = fitted.predict(samples())
    fitted.means_ = fitted.means_[::-1]
    fitted.covariances_ = fitted.covariances_[::-1]
    for name in ("weight_concentration_", "mean_precision_", "degrees_of_freedom_"):
        setattr(fitted, name, getattr(fitted, name)[::-1])
    np.testing.assert_array_equal(fitted.predict(samples()), 1 - before)


def test_a_verbose_fit_tells_of_starts_and_passes(capsys):
    fitted = VariationalGaussianMixture(
        n_components=2, max_iter=500, n_init=2, verbose=2, verbose_interval=2, random_state=0
    )
    fitted.fit(samples())
    told = capsys.readouterr().out
    assert "Start 1." in told
    assert "Pass 2. Gain" in told
    assert "Converged: True." in told


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"covariance_type": "diag"}, "covariance_type is 'diag', but must be one of full"),
        ({"weight_concentration_prior_type": "dirichlet_process"}, "must be one of dirichlet_distribution"),
        ({"init_params": "hope"}, "init_params is 'hope'"),
        ({"n_components": 0}, "n_components is 0"),
        ({"n_components": 2.5}, "n_components is 2.5"),
        ({"tol": -1.0}, "tol is -1.0"),
        ({"weight_concentration_prior": 0}, "weight_concentration_prior is 0"),
        ({"degrees_of_freedom_prior": 2.0}, "should be greater than 2, but got 2.000"),
        ({"mean_prior": [0.0]}, "mean_prior has the shape"),
        ({"covariance_prior": -np.eye(3)}, "covariance_prior must be symmetric and positive definite"),
        ({"n_components": 301}, "n_samples = 300 samples, but at least n_components = 301"),
    ],
)
def test_what_it_cannot_do_it_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        VariationalGaussianMixture(**options).fit(samples())


def test_a_singular_covariance_is_named():
    flat = samples() * [1, 1, 0]
    with pytest.raises(ValueError, match="covariance of a component is singular"):
        VariationalGaussianMixture(n_components=2, reg_covar=0, random_state=0).fit(flat)
