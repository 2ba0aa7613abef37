"""leitmotiv finds the recurring trends in a collection of photos; this module re-exports `leitmotiv.api`, lazily."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

__all__ = [  # noqa: RUF022 - in the order of the documentation
    "read_image",
    "fit_image",
    "Mixture",
    "activation",
    "js_divergence",
    "js_matrix",
    "bhattacharyya_distance",
    "cauchy_schwarz_divergence",
    "kl_monte_carlo",
    "kl_variational",
    "relative_matrix",
    "cluster",
    "Clusters",
    "affinity_propagation",
    "VariationalGaussianMixture",
    "train_cav",
    "TrainingImage",
    "compute_activations",
    "CAV",
    "open_library",
    "Library",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("leitmotiv.api"), name)
    raise AttributeError(f"module 'leitmotiv' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
