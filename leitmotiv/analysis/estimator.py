"""The variational mixture as a scikit-learn estimator; the only module of the analysis that needs scikit-learn.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2.
"""

import sys
import warnings
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_triangular
from scipy.special import digamma, entr, gammaln
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from leitmotiv.analysis.threads import products_on_one
from leitmotiv.analysis.variational import Posterior, Prior, expect, maximise, tabulate
from leitmotiv.records import Float

_STARTS = ("kmeans", "k-means++", "random", "random_from_data")


@dataclass(frozen=True)
class _Run:
    """One initialisation, carried to its end."""

    posterior: Posterior | None  # None leaves the last solution as it is
    bounds: list[float]
    converged: bool


class VariationalGaussianMixture(DensityMixin, BaseEstimator):  # type: ignore[misc]
    """Variational Bayesian Gaussian mixture with a Dirichlet prior and full covariances.

    The parameters, their defaults and the attributes are those of `sklearn.mixture.BayesianGaussianMixture`, with
    one difference: `weight_concentration_prior_type` is "dirichlet_distribution" by default, as it is the only
    kind there is here. The same start leads through the same numbers; only the time differs.

    Parameters
    ----------
    n_components : int, default=1
        Most components; the data may leave some of them without weight.
    covariance_type : {"full"}, default="full"
    tol : float, default=1e-3
        Gain of the lower bound, nats, below which to stop.
    reg_covar : float, default=1e-6
        Added to the diagonal of each component's empirical covariance.
    max_iter : int, default=100
        With 0, the start is the result.
    n_init : int, default=1
        How many starts to try; the one with the greatest lower bound is kept.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}, default="kmeans"
    weight_concentration_prior_type : {"dirichlet_distribution"}, default="dirichlet_distribution"
    weight_concentration_prior : float, default=None
        alpha0 of each component; None means 1 / n_components.
    mean_precision_prior : float, default=None
        beta0; None means 1.
    mean_prior : (D,) array-like, default=None
        m0; None means the mean of the data.
    degrees_of_freedom_prior : float, default=None
        nu0, above D - 1; None means D.
    covariance_prior : (D, D) array-like, default=None
        W0⁻¹; None means the covariance of the data.
    random_state : int, RandomState instance or None, default=None
    warm_start : bool, default=False
        Whether `fit` goes on from the last solution.
    verbose : int, default=0
        1 tells of starts and of every `verbose_interval`-th pass on standard output, 2 of the gains as well.
    verbose_interval : int, default=10

    Attributes
    ----------
    weights_ : (K,) float64
    means_ : (K, D) float64
    covariances_ : (K, D, D) float64
        W⁻¹ / nu of each component.
    precisions_ : (K, D, D) float64
    precisions_cholesky_ : (K, D, D) float64
        Upper triangular P with P Pᵀ the precision.
    converged_ : bool
    n_iter_ : int
    lower_bound_ : float
        On the log evidence, nats, up to a constant of the data and the prior.
    lower_bounds_ : list of float
        At each pass of the best start.
    weight_concentration_prior_, mean_precision_prior_, degrees_of_freedom_prior_ : float
    mean_prior_ : (D,) float64
    covariance_prior_ : (D, D) float64
    weight_concentration_, mean_precision_, degrees_of_freedom_ : (K,) float64
    n_features_in_ : int
    feature_names_in_ : (D,) object
        If the columns of X have names.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [4, 2], [12, 4], [10, 7]])
    >>> mixture = VariationalGaussianMixture(n_components=2, random_state=0).fit(X)
    >>> labels = mixture.predict([[0, 0], [12, 5]])
    >>> bool(labels[0] != labels[1])
    True
    """

    def __init__(
        self,
        *,
        n_components: int = 1,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weight_concentration_prior_type: str = "dirichlet_distribution",
        weight_concentration_prior: float | None = None,
        mean_precision_prior: float | None = None,
        mean_prior: ArrayLike | None = None,
        degrees_of_freedom_prior: float | None = None,
        covariance_prior: ArrayLike | None = None,
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weight_concentration_prior_type = weight_concentration_prior_type
        self.weight_concentration_prior = weight_concentration_prior
        self.mean_precision_prior = mean_precision_prior
        self.mean_prior = mean_prior
        self.degrees_of_freedom_prior = degrees_of_freedom_prior
        self.covariance_prior = covariance_prior
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval

    def fit(self, X: ArrayLike, y: object = None) -> "VariationalGaussianMixture":
        """Fit the mixture to samples.

        Parameters
        ----------
        X : (N, D) array-like
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Fewer samples than components, a parameter out of its range, or a covariance that is singular.
        """
        self.fit_predict(X)
        return self

    def fit_predict(self, X: ArrayLike, y: object = None) -> NDArray[np.intp]:
        """Fit the mixture to samples, and tell the component that answers most for each, (N,) int."""
        points = validate_data(self, X, dtype=np.float64, order="C", ensure_min_samples=2)
        self._check_choices()
        if len(points) < self.n_components:
            raise ValueError(
                f"There are n_samples = {len(points)} samples, but at least n_components = {self.n_components} "
                "are needed."
            )
        self._set_prior(points)
        goes_on = self.warm_start and hasattr(self, "converged_")
        random_state = check_random_state(self.random_state)
        centred = points - self.mean_prior_
        runs: list[_Run] = []
        for number in range(1 if goes_on else self.n_init):
            self._report(1, f"Start {number}.")
            if goes_on:
                runs.append(self._run(centred, self._table(), None, self.lower_bound_))
            else:
                start = self._maximise(centred, self._choose_start(points, random_state))
                runs.append(self._run(centred, start.table, start, -np.inf))
        # The first of equals, as max() takes; without a pass there is no bound to go by, and the last start stands.
        best = max(runs, key=lambda run: run.bounds[-1]) if self.max_iter else runs[-1]
        self._store(best)
        if not best.converged and self.max_iter:
            warnings.warn(
                f"The best of {len(runs)} starts did not converge within max_iter = {self.max_iter} passes to "
                f"tol = {self.tol}. Raise either, or choose another start.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self.predict(points)

    def _run(self, centred: Float, table: Float, posterior: Posterior | None, bound: float) -> _Run:
        bounds: list[float] = []
        converged = False
        while len(bounds) < self.max_iter and not converged:
            responsibilities, _ = expect(centred, table)
            posterior = self._maximise(centred, responsibilities)
            table = posterior.table
            before, bound = bound, _lower_bound(posterior, responsibilities)
            bounds.append(bound)
            converged = abs(bound - before) < self.tol
            if len(bounds) % self.verbose_interval == 0:
                self._report(1, f"  Pass {len(bounds)}." + f" Gain {bound - before:.5f}." * (self.verbose > 1))
        self._report(1, f"Converged: {converged}. Lower bound: {bound:.5f}.")
        return _Run(posterior, bounds, converged)

    def _maximise(self, centred: Float, responsibilities: Float) -> Posterior:
        posterior = maximise(centred, responsibilities, self._prior(), widening=self.reg_covar)
        if not np.isfinite(posterior.scatters).all():
            raise ValueError(
                "The covariance of a component is singular: its samples are too few or lie in a plane. "
                "Use fewer components, raise reg_covar, or scale the data."
            )
        return posterior

    def _choose_start(self, points: Float, random_state: np.random.RandomState) -> Float:
        """Responsibilities to start from, (N, K) float64."""
        count, components = len(points), self.n_components
        if self.init_params == "random":
            shares = random_state.uniform(size=(count, components))
            return np.asarray(shares / shares.sum(axis=1, keepdims=True))
        responsibilities = np.zeros((count, components))
        if self.init_params == "kmeans":
            with products_on_one():  # it limits threads itself, and would bring back what others limited meanwhile
                labels = KMeans(n_clusters=components, n_init=1, random_state=random_state).fit(points).labels_
            responsibilities[np.arange(count), labels] = 1
            return responsibilities
        if self.init_params == "k-means++":
            _, chosen = kmeans_plusplus(points, components, random_state=random_state)
        else:
            chosen = random_state.choice(count, size=components, replace=False)
        responsibilities[chosen, np.arange(components)] = 1
        return responsibilities

    def _prior(self) -> Prior:
        return Prior(
            float(self.weight_concentration_prior_),
            float(self.mean_precision_prior_),
            float(self.degrees_of_freedom_prior_),
            np.array(self.covariance_prior_, np.float64, order="C"),
            int(self.n_components),
        )

    def _store(self, run: _Run) -> None:
        self.converged_ = run.converged
        self.n_iter_ = len(run.bounds)
        self.lower_bounds_ = run.bounds
        self.lower_bound_ = run.bounds[-1] if run.bounds else -np.inf
        if run.posterior is None:
            return
        posterior = run.posterior
        self.weight_concentration_ = self.weight_concentration_prior_ + posterior.counts
        self.mean_precision_ = self.mean_precision_prior_ + posterior.counts
        self.degrees_of_freedom_ = posterior.freedom
        self.weights_ = posterior.weights
        self.means_ = posterior.means + self.mean_prior_
        factors = posterior.cholesky
        self.covariances_ = factors @ factors.transpose(0, 2, 1)
        identity = np.eye(self.n_features_in_)
        self.precisions_cholesky_ = np.array([solve_triangular(factor, identity, lower=True).T for factor in factors])
        self.precisions_ = self.precisions_cholesky_ @ self.precisions_cholesky_.transpose(0, 2, 1)

    def _table(self) -> Float:
        """Expected log densities about the prior mean, from the attributes (Bishop 10.46, 10.64 to 10.66)."""
        dimensions = self.n_features_in_
        factors = np.asarray(np.linalg.cholesky(self.covariances_), np.float64)
        log_weights = digamma(self.weight_concentration_) - digamma(self.weight_concentration_.sum())
        freedom = self.degrees_of_freedom_
        log_precisions = digamma(0.5 * (freedom[:, None] - np.arange(dimensions))).sum(1)
        log_precisions -= dimensions * np.log(0.5 * freedom)
        log_precisions -= 2 * np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(1)
        spread = dimensions * (np.log(2 * np.pi) + 1 / self.mean_precision_)
        heights = log_weights + 0.5 * (log_precisions - spread)
        return tabulate(heights, self.means_ - self.mean_prior_, factors)

    def _expect(self, X: ArrayLike) -> tuple[Float, Float]:
        check_is_fitted(self)
        points = validate_data(self, X, dtype=np.float64, order="C", reset=False)
        return expect(points - self.mean_prior_, self._table())

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Tell the component that answers most for each row of (N, D) X, (N,) int."""
        return np.asarray(self._expect(X)[0].argmax(axis=1))

    def predict_proba(self, X: ArrayLike) -> Float:
        """Tell how much each component answers for each row of (N, D) X, (N, K) float64, rows sum to 1."""
        return self._expect(X)[0]

    def score_samples(self, X: ArrayLike) -> Float:
        """Expected log density of each row of (N, D) X, (N,) float64, nats."""
        return self._expect(X)[1]

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean of `score_samples`, nats."""
        return float(self.score_samples(X).mean())

    def sample(self, n_samples: int = 1) -> tuple[Float, NDArray[np.intp]]:
        """Draw samples from the Gaussians with the expected parameters.

        Parameters
        ----------
        n_samples : int, default=1

        Returns
        -------
        X : (n_samples, D) float64
        y : (n_samples,) int
            The component that each comes from, ascending.
        """
        check_is_fitted(self)
        if n_samples < 1:
            raise ValueError(f"n_samples is {n_samples}, but must be at least 1.")
        random_state = check_random_state(self.random_state)
        sizes = random_state.multinomial(n_samples, self.weights_)
        labels = np.repeat(np.arange(len(sizes)), sizes)
        normal = random_state.standard_normal((n_samples, self.n_features_in_))
        factors = np.linalg.cholesky(self.covariances_)
        return self.means_[labels] + np.einsum("nij,nj->ni", factors[labels], normal), labels

    def _check_choices(self) -> None:
        for name, allowed in (
            ("covariance_type", ("full",)),
            ("weight_concentration_prior_type", ("dirichlet_distribution",)),
            ("init_params", _STARTS),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}, but must be one of {', '.join(allowed)}.")
        for name, kind, least in (
            ("n_components", Integral, 1),
            ("tol", Real, 0),
            ("reg_covar", Real, 0),
            ("max_iter", Integral, 0),
            ("n_init", Integral, 1),
            ("verbose_interval", Integral, 1),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, kind) or not float(value) >= least:
                raise ValueError(f"{name} is {value!r}, but must be a number ({kind.__name__}) of at least {least}.")

    def _set_prior(self, points: Float) -> None:
        dimensions = points.shape[1]
        self.weight_concentration_prior_ = _positive(self, "weight_concentration_prior", 1.0 / self.n_components)
        self.mean_precision_prior_ = _positive(self, "mean_precision_prior", 1.0)
        freedom = self.degrees_of_freedom_prior_ = _positive(self, "degrees_of_freedom_prior", dimensions)
        if not freedom > dimensions - 1:
            least = f"greater than {dimensions - 1}, but got {freedom:.3f}."
            raise ValueError(f"The parameter 'degrees_of_freedom_prior' should be {least}")
        self.mean_prior_ = _shaped(self.mean_prior, points.mean(axis=0), "mean_prior")
        covariance = np.atleast_2d(np.cov(points.T))
        self.covariance_prior_ = _shaped(self.covariance_prior, covariance, "covariance_prior")
        if self.covariance_prior is not None:
            symmetric = np.allclose(self.covariance_prior_, self.covariance_prior_.T)
            if not symmetric or np.linalg.eigvalsh(self.covariance_prior_).min() <= 0:
                raise ValueError("covariance_prior must be symmetric and positive definite.")

    def _report(self, level: int, message: str) -> None:
        # scikit-learn promises a verbose fit on standard output, and a notebook shows it there.
        if self.verbose >= level:
            sys.stdout.write(message + "\n")


def _positive(estimator: BaseEstimator, name: str, default: float) -> float:
    value = getattr(estimator, name)
    if value is None:
        return default
    if not isinstance(value, Real) or not float(value) > 0:
        raise ValueError(f"{name} is {value!r}, but must be a number above 0, or None.")
    return float(value)


def _shaped(value: ArrayLike | None, default: Float, name: str) -> Float:
    if value is None:
        return default
    array: Float = check_array(value, dtype=np.float64, ensure_2d=False)
    if array.shape != default.shape:
        raise ValueError(f"{name} has the shape {array.shape}, but the data ask for {default.shape}.")
    return array


def _lower_bound(posterior: Posterior, responsibilities: Float) -> float:
    """Bound after the M-step: entropy of the responsibilities, less the log norms of the posterior (Bishop 10.70)."""
    dimensions = posterior.means.shape[1]
    concentration = posterior.prior.concentration + posterior.counts
    freedom, precision = posterior.freedom, posterior.prior.precision + posterior.counts
    log_determinants = 2 * np.log(np.diagonal(posterior.scatters, axis1=1, axis2=2)).sum(1)
    wishart = 0.5 * freedom * (log_determinants - dimensions * np.log(2))
    wishart -= gammaln(0.5 * (freedom[:, None] - np.arange(dimensions))).sum(1)
    dirichlet = gammaln(concentration.sum()) - gammaln(concentration).sum()
    bound = entr(responsibilities).sum() - wishart.sum() - dirichlet - 0.5 * dimensions * np.log(precision).sum()
    return float(bound)
