"""The mathematics for those who bring their own arrays: each function hands over to `analysis` or `imaging`."""

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import divergence, measures, tree, views
from leitmotiv.analysis.mixture import log_density, sample
from leitmotiv.analysis.views import expected_image
from leitmotiv.imaging import read as reading
from leitmotiv.records import Clusters, Mixture, Pixels
from leitmotiv.settings import Settings
from leitmotiv.workflows import activations
from leitmotiv.workflows.correcting import corrected
from leitmotiv.workflows.fitting import fit_pixels
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.analysis.affinity import affinity_propagation
    from leitmotiv.analysis.estimator import VariationalGaussianMixture

__all__ = [
    "VariationalGaussianMixture",
    "activation",
    "affinity_propagation",
    "bhattacharyya_distance",
    "cauchy_schwarz_divergence",
    "cluster",
    "expected_image",
    "fit_pixels",
    "js_divergence",
    "js_matrix",
    "kl_monte_carlo",
    "kl_variational",
    "log_density",
    "read_image",
    "sample",
    "views",
]


def read_image(path: Path, max_megapixels: float) -> Pixels:
    """Pixels of a file, (H, W, 3) uint8, upright, sRGB."""
    return reading.read_pixels(os.fsencode(path), max_megapixels=max_megapixels)


def js_divergence(a: Mixture, b: Mixture, settings: Settings) -> float:
    """Divergence of two pictures, nats."""
    return divergence.js_divergence(a, b, look(settings))


def js_matrix(mixtures: Sequence[Mixture], settings: Settings, threads: int) -> NDArray[np.float32]:
    """All pairwise divergences, (N, N), nats."""
    return divergence.js_matrix(mixtures, look=look(settings), threads=threads)


def bhattacharyya_distance(a: Mixture, b: Mixture, settings: Settings) -> float:
    """Bhattacharyya distance of two pictures, nats."""
    return measures.bhattacharyya_distance(a, b, look=look(settings))


def cauchy_schwarz_divergence(a: Mixture, b: Mixture, settings: Settings) -> float:
    """Cauchy-Schwarz divergence of two pictures, nats."""
    return measures.cauchy_schwarz_divergence(a, b, look=look(settings))


def kl_monte_carlo(
    a: Mixture, b: Mixture, settings: Settings, *, points: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Kullback-Leibler divergence of a from b by Monte Carlo, and its standard error, nats."""
    return measures.kl_monte_carlo(a, b, rng=rng, points=points, look=look(settings))


def kl_variational(a: Mixture, b: Mixture, settings: Settings) -> float:
    """Kullback-Leibler divergence of a from b by the variational approximation, nats."""
    return measures.kl_variational(a, b, look=look(settings))


def relative_matrix(matrix: NDArray[np.float32], ids: Sequence[str] | None) -> NDArray[np.float32]:
    """All relative divergences, (N, N) float32, from those in nats."""
    return corrected(matrix, "relative", ids)


def cluster(matrix: NDArray[Any], *, ids: Sequence[str] | None, preference: float | None) -> Clusters:
    """Clusters and their tree of a divergence matrix (N, N), in any unit."""
    return tree.cluster(matrix, ids=ids, preference=preference)


def activation(picture: Path | Pixels, session: Session) -> NDArray[np.float32]:
    """What the backbone makes of a file or of pixels, (1280,) float32."""
    pixels = read_image(picture, session.settings.max_megapixels) if isinstance(picture, Path) else picture
    return np.asarray(activations.of_pixels(session, pixels).pooled[0])


def __getattr__(name: str) -> Any:
    homes = {"affinity_propagation": "affinity", "VariationalGaussianMixture": "estimator"}
    if name in homes:
        return getattr(import_module(f"leitmotiv.analysis.{homes[name]}"), name)
    raise AttributeError(name)
