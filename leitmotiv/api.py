"""The public Python classes and functions; `import leitmotiv` offers the same names."""

import os
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from leitmotiv import records
from leitmotiv.records import Clusters, Float, Pixels
from leitmotiv.settings import Settings, load
from leitmotiv.workflows import calculate
from leitmotiv.workflows.library import Library, open_library
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.workflows.calculate import VariationalGaussianMixture, affinity_propagation
    from leitmotiv.workflows.cavlib import CAV, TrainingImage, compute_activations, train_cav

__all__ = [
    "CAV",
    "Clusters",
    "Library",
    "Mixture",
    "TrainingImage",
    "VariationalGaussianMixture",
    "activation",
    "affinity_propagation",
    "bhattacharyya_distance",
    "cauchy_schwarz_divergence",
    "cluster",
    "compute_activations",
    "fit_image",
    "js_divergence",
    "js_matrix",
    "kl_monte_carlo",
    "kl_variational",
    "open_library",
    "read_image",
    "relative_matrix",
    "train_cav",
]


class Mixture(records.Mixture):
    """A picture as a Gaussian mixture over (x, y, colour), with what can be asked of it.

    See `leitmotiv.records.Mixture` for the attributes. Points are raw: x and y in units of the longest side
    about a middle of (0.5, 0.5), colour in the units of `colour_space`.

    Examples
    --------
    >>> import numpy as np
    >>> from leitmotiv import fit_image
    >>> mixture = fit_image(np.full((32, 48, 3), (200, 60, 30), np.uint8))
    >>> float(mixture.weights.sum())
    1.0
    """

    def sample(self, n: int, *, rng: np.random.Generator | None = None) -> Float:
        """Draw n raw points, (n, 5) float64; without `rng` the same ones each time."""
        return calculate.sample(self, n, rng or np.random.default_rng(0))

    def log_density(self, points: ArrayLike) -> Float:
        """Log density of (N, 5) raw points, (N,) float64, nats."""
        return calculate.log_density(self, np.asarray(points, np.float64))

    def expected_image(self, width: int, height: int) -> Pixels:
        """The expected colour at every place, E[colour | x, y], as (height, width, 3) uint8 sRGB."""
        return calculate.expected_image(self, width, height)


def read_image(path: str | os.PathLike[str]) -> Pixels:
    """Read a picture file upright and in sRGB, (H, W, 3) uint8.

    Raises
    ------
    leitmotiv.errors.ImageReadError
        The file is no readable picture; the text says why.
    """
    return calculate.read_image(Path(path), _settings().max_megapixels)


def activation(image: str | os.PathLike[str] | Pixels) -> np.ndarray[Any, Any]:
    """What the backbone makes of a picture: what it shows, as numbers (the layer `lite0_pooled`).

    Parameters
    ----------
    image : path or (H, W, 3) uint8
        A file, or upright sRGB pixels. Of either the middle square is seen.

    Returns
    -------
    (1280,) float32
        Each from 0 to 6. Pictures of like things have a high cosine.

    Raises
    ------
    leitmotiv.errors.MissingExtraError
        The weights of the network are not installed, or damaged.
    leitmotiv.errors.ImageReadError
        The file is no readable picture.
    """
    return calculate.activation(Path(image) if isinstance(image, str | os.PathLike) else np.asarray(image), _session())


def fit_image(pixels: Pixels, *, seed: int = 0, **options: Any) -> Mixture:
    """Fit a picture with a variational-Bayes Gaussian mixture (Bishop, PRML, 10.2).

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        sRGB; shrunk to the working size first.
    seed : int
        Of the sampling and of the start; the same seed gives the same mixture.
    **options
        blur, samples, components, alpha, colour_space: as the settings of these names.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError(f"pixels must be (H, W, 3) uint8 and not empty, not {pixels.shape} {pixels.dtype}")
    fitted = calculate.fit_pixels(pixels, _settings(), seed=seed, **options)
    return Mixture(**{f.name: getattr(fitted, f.name) for f in fields(fitted)})


def js_divergence(a: records.Mixture, b: records.Mixture) -> float:
    """Jensen-Shannon divergence of two pictures in nats, over the shared spaces that the settings choose; 0 to ln 2."""
    return calculate.js_divergence(a, b, _settings())


def js_matrix(mixtures: Sequence[records.Mixture], *, threads: int | None = None) -> np.ndarray[Any, Any]:
    """All pairwise divergences, (N, N) float32, nats; the same for every number of threads."""
    settings = _settings()
    return calculate.js_matrix(mixtures, settings, threads or settings.cores)


def bhattacharyya_distance(a: records.Mixture, b: records.Mixture) -> float:
    """Bhattacharyya distance of two pictures by their components, nats; 0 for equal ones, without an upper end.

    The formula and its source: `leitmotiv.analysis.measures.bhattacharyya_distance`.
    """
    return calculate.bhattacharyya_distance(a, b, _settings())


def cauchy_schwarz_divergence(a: records.Mixture, b: records.Mixture) -> float:
    """Cauchy-Schwarz divergence of two pictures in closed form, nats; 0 for equal ones, without an upper end.

    The formula and its source: `leitmotiv.analysis.measures.cauchy_schwarz_divergence`.
    """
    return calculate.cauchy_schwarz_divergence(a, b, _settings())


def kl_monte_carlo(
    a: records.Mixture, b: records.Mixture, *, points: int = 10_000, rng: np.random.Generator | None = None
) -> tuple[float, float]:
    """Kullback-Leibler divergence of a from b, from random points of a: the estimate and its standard error, nats.

    The formula and its source: `leitmotiv.analysis.measures.kl_monte_carlo`. Without `rng` the points are the same
    each time.
    """
    return calculate.kl_monte_carlo(a, b, _settings(), points=points, rng=rng or np.random.default_rng(0))


def kl_variational(a: records.Mixture, b: records.Mixture) -> float:
    """Kullback-Leibler divergence of a from b, by the variational approximation of Hershey and Olsen, nats.

    The formula and its source: `leitmotiv.analysis.measures.kl_variational`.
    """
    return calculate.kl_variational(a, b, _settings())


def relative_matrix(matrix: ArrayLike, *, ids: Sequence[str] | None = None) -> np.ndarray[Any, Any]:
    """Relative divergences of pictures, which rankings and trends of a library go by, from those in nats.

    Parameters
    ----------
    matrix : (N, N) float
        Jensen-Shannon divergences, nats, as of `js_matrix` or `Library.divergences`.
    ids : sequence of str, optional
        They choose the 128 witnesses among more pictures; with those of a library the answer is the library's.

    Returns
    -------
    (N, N) float32
        From 0, the same, over 0.5, as far as two such pictures usually are, to 1. Symmetric, with a zero diagonal.
    """
    values = np.asarray(matrix, np.float32)
    if values.ndim != 2 or len(values) != values.shape[1] or (ids is not None and len(set(ids)) != len(values)):
        raise ValueError(f"matrix must be (N, N), with N different ids, and is {values.shape}.")
    return calculate.relative_matrix(values, ids)


def cluster(matrix: ArrayLike, *, ids: Sequence[str] | None = None, preference: float | None = None) -> Clusters:
    """Group pictures by their distances, and join the groups in a tree.

    Parameters
    ----------
    matrix : (N, N) float
        Divergences in nats, or relative ones (`relative_matrix`), by which a library groups.
    ids : sequence of str, optional
        Names of the rows.
    preference : float, optional
        What one more group costs, in the unit of `matrix`; larger ones give fewer groups. Without it one is found.
    """
    return calculate.cluster(np.asarray(matrix), ids=ids, preference=preference)


@cache
def _session() -> Session:
    """What the functions share that ask a network: it is loaded once; no library is opened."""
    return Session(_settings(), create=False)


def _settings() -> Settings:
    return load({}, environ=os.environ)


def __getattr__(name: str) -> Any:
    # These import scikit-learn, which the rest does not need.
    if name in ("VariationalGaussianMixture", "affinity_propagation"):
        return getattr(calculate, name)
    if name in ("CAV", "TrainingImage", "compute_activations", "train_cav"):
        return getattr(import_module("leitmotiv.workflows.cavlib"), name)
    raise AttributeError(f"module 'leitmotiv.api' has no attribute {name!r}")
