"""Our fit of a picture's mixture beside scikit-learn's, on the same samples with the same prior, on one core.

    python -m benchmarks.fit FOLDER [--pictures 40] [--processes 2]

Takes pictures spread over FOLDER, those that come with scikit-image and scikit-learn (drawings and text on flat
backgrounds among them), and a greyscale copy of every eighth. Prints, for each form of the fit, the median time, how
many times faster it is than scikit-learn (median over the pictures), and by how much the mean log-likelihood of as many
held-out samples lies above scikit-learn's, over all pictures and over those with little or no colour or detail.
"Steps of EM" is the same code with steps that are not lengthened. Last come the fits a second of several processes.
"""

import argparse
import os
import statistics
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import skimage
import sklearn
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
FORMS = {"leitmotiv": {}, "the same, steps of EM": {"relaxation": 1.0}, "leitmotiv, tol 0.05": {"tol": 0.05}}
BUNDLED = {
    Path(skimage.__file__).parent / "data": (
        *("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "camera.png", "coins.png", "moon.png"),
        *("horse.png", "page.png", "text.png", "logo.png", "phantom.png", "color.png", "chessboard_GRAY.png"),
    ),
    Path(sklearn.__file__).parent / "datasets" / "images": ("china.jpg", "flower.jpg"),
}
GREY_EVERY = 8


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


def gather(folder: Path, count: int) -> list[np.ndarray]:
    """Pixels of all pictures, greyscale copies among them."""
    paths = find_pictures(folder, count)
    paths += [place / name for place, names in BUNDLED.items() for name in names if (place / name).is_file()]
    pictures = [load(path) for path in paths]
    return pictures + [
        np.asarray(Image.fromarray(pixels).convert("L").convert("RGB")) for pixels in pictures[::GREY_EVERY]
    ]


def is_plain(pixels: np.ndarray) -> bool:
    """Whether a picture has no colour, or a single colour in more than a third of its pixels."""
    spread = np.ptp(pixels.astype(int), axis=2).max()
    _, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    return bool(spread < 6 or counts.max() > pixels[..., 0].size / 3)


def take_samples(pixels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scaled samples to fit, and as many others to judge by."""
    points, _, _ = ours.draw_samples(pixels, np.random.default_rng(seed), samples=2 * SAMPLES)
    half = len(points) // 2
    return points[:half], points[half:]


def judge(weights: np.ndarray, means: np.ndarray, cholesky: np.ndarray, held_out: np.ndarray) -> float:
    """Mean log density of samples that the fit has not seen, nats."""
    mixture = Mixture(weights, means, cholesky, np.zeros(DIMENSIONS), np.ones(DIMENSIONS))
    return float(ours.log_density(mixture, held_out).mean())


def fit_ours(points: np.ndarray, held_out: np.ndarray, **form: float) -> tuple[float, int, float]:
    """Seconds (the median of three, as each is so short), components, judgement."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        fitted = ours.fit(points, components=COMPONENTS, alpha=ALPHA, **form)
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


def fit_many(points: list[np.ndarray], seconds: float) -> tuple[int, float]:
    """Fit one after the other for some time; how many, and how long it took."""
    ours.warm()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        ours.fit(points[done % len(points)], components=COMPONENTS, alpha=ALPHA)
        done += 1
    return done, time.perf_counter() - start


def measure_rate(points: list[np.ndarray], processes: int) -> float:
    """Fits a second of several processes at once."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(fit_many, points[first::processes], 6.0) for first in range(processes)]
        return sum(done / seconds for done, seconds in (run.result() for run in runs))


def describe(gains: list[float]) -> str:
    error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("nan")
    return f"{statistics.mean(gains):+.4f} ± {error:.4f}" if gains else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None
    if cores:
        os.sched_setaffinity(0, {max(cores)})
    ours.warm()
    pictures = gather(options.folder, options.pictures)
    plain = [is_plain(pixels) for pixels in pictures]
    found: dict[str, list[tuple[float, int, float]]] = {}
    samples = []
    with threadpool_limits(1):
        for number, pixels in enumerate(pictures):
            points, held_out = take_samples(pixels, number)
            samples.append(points)
            for name, form in FORMS.items():
                found.setdefault(name, []).append(fit_ours(points, held_out, **form))
            found.setdefault("scikit-learn", []).append(fit_theirs(points, held_out))
            print(f"\r{number + 1} of {len(pictures)}", end="", file=sys.stderr)

    reference = found["scikit-learn"]
    print(f"\n{len(reference)} pictures, {sum(plain)} grey or flat; {SAMPLES} samples, at most {COMPONENTS} components")
    print(f"{'':22}{'median ms':>10}{'faster':>9}{'components':>12}{'held-out nats a sample, less theirs':>38}", end="")
    print(f"{'grey or flat':>20}")
    for name, rows in found.items():
        ratio = statistics.median(r[0] / row[0] for r, row in zip(reference, rows, strict=True))
        gains = [row[2] - r[2] for r, row in zip(reference, rows, strict=True)]
        milliseconds = 1e3 * statistics.median(row[0] for row in rows)
        components = statistics.mean(row[1] for row in rows)
        some = describe([gain for gain, is_one in zip(gains, plain, strict=True) if is_one])
        print(f"{name:22}{milliseconds:10.1f}{ratio:8.0f}x{components:12.1f}{describe(gains):>38}{some:>20}")
    if cores:
        os.sched_setaffinity(0, cores)
    rate = measure_rate(samples, options.processes)
    print(f"{rate:.0f} fits a second with {options.processes} processes")


if __name__ == "__main__":
    main()
