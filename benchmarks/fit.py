"""Our fit of a picture's mixture beside scikit-learn's, on the same samples with the same prior, on one core.

    python benchmarks/fit.py FOLDER [--pictures 40]

Prints, for each form of the fit, the median time, how many times faster it is than scikit-learn (median over the
pictures), and by how much the mean log-likelihood of as many held-out samples lies above scikit-learn's.
"""

import argparse
import os
import statistics
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture
from threadpoolctl import threadpool_limits

from leitmotiv.analysis import mixture as ours
from leitmotiv.records import Mixture

DIMENSIONS = 5
SAMPLES = 5000
COMPONENTS = 50
ALPHA = 0.01
MOST_PASSES = 1000


def find_pictures(folder: Path, count: int) -> list[Path]:
    """Pictures spread evenly over the sorted folder."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not paths:
        raise SystemExit(f"{folder} holds no JPEG or PNG.")
    return [paths[i] for i in np.linspace(0, len(paths) - 1, min(count, len(paths))).astype(int)]


def load(path: Path) -> np.ndarray:
    """sRGB pixels, at most 512 on the longest side."""
    with Image.open(path) as image:
        image.draft("RGB", (512, 512))
        image = image.convert("RGB")
        image.thumbnail((512, 512))
        return np.asarray(image)


def take_samples(pixels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scaled samples to fit, and as many others to judge by."""
    points, _, _ = ours.draw_samples(pixels, np.random.default_rng(seed), samples=2 * SAMPLES)
    half = len(points) // 2
    return points[:half], points[half:]


def judge(weights: np.ndarray, means: np.ndarray, cholesky: np.ndarray, held_out: np.ndarray) -> float:
    """Mean log density of samples that the fit has not seen, nats."""
    mixture = Mixture(weights, means, cholesky, np.zeros(DIMENSIONS), np.ones(DIMENSIONS))
    return float(ours.log_density(mixture, held_out).mean())


def fit_ours(points: np.ndarray, held_out: np.ndarray, tol: float) -> tuple[float, int, float]:
    """Seconds (the median of three, as each is so short), components, judgement."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        fitted = ours.fit(points, components=COMPONENTS, alpha=ALPHA, tol=tol)
        seconds.append(time.perf_counter() - start)
    judgement = judge(fitted.weights, fitted.means, fitted.cholesky, held_out)
    return statistics.median(seconds), len(fitted.weights), judgement


def fit_theirs(points: np.ndarray, held_out: np.ndarray) -> tuple[float, int, float]:
    """The same for scikit-learn's estimator, with its own tolerance, once."""
    estimator = BayesianGaussianMixture(
        n_components=COMPONENTS,
        weight_concentration_prior_type="dirichlet_distribution",
        weight_concentration_prior=ALPHA,
        mean_precision_prior=1,
        mean_prior=np.zeros(DIMENSIONS),
        degrees_of_freedom_prior=DIMENSIONS + 1,
        covariance_prior=np.eye(DIMENSIONS),
        max_iter=MOST_PASSES,
        random_state=0,
    )
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(points)
    seconds = time.perf_counter() - start
    living = int((estimator.weights_ > 0.5 / len(points)).sum())
    cholesky = np.linalg.cholesky(estimator.covariances_)
    return seconds, living, judge(estimator.weights_, estimator.means_, cholesky, held_out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=40)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ours.warm()
    found: dict[str, list[tuple[float, int, float]]] = {}
    with threadpool_limits(1):
        for number, path in enumerate(find_pictures(options.folder, options.pictures)):
            points, held_out = take_samples(load(path), number)
            for tol in (0.5, 0.05):
                found.setdefault(f"leitmotiv, tol {tol}", []).append(fit_ours(points, held_out, tol))
            found.setdefault("scikit-learn", []).append(fit_theirs(points, held_out))

    reference = found["scikit-learn"]
    print(f"{len(reference)} pictures, {SAMPLES} samples of {DIMENSIONS} numbers, at most {COMPONENTS} components")
    print(f"{'':22}{'median ms':>10}{'faster':>9}{'components':>12}{'held-out nats a sample, less theirs':>38}")
    for name, rows in found.items():
        ratio = statistics.median(r[0] / row[0] for r, row in zip(reference, rows, strict=True))
        gains = [row[2] - r[2] for r, row in zip(reference, rows, strict=True)]
        error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("nan")
        milliseconds = 1e3 * statistics.median(row[0] for row in rows)
        components = statistics.mean(row[1] for row in rows)
        gain = f"{statistics.mean(gains):+.4f} ± {error:.4f}"
        print(f"{name:22}{milliseconds:10.1f}{ratio:8.0f}x{components:12.1f}{gain:>38}")


if __name__ == "__main__":
    main()
