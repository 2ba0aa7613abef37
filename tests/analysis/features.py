"""Features as the backbone might give them: kinds that share channels, not negative, many of them zero."""

import numpy as np

WIDTH = 96


def kinds(count: int, each: int, *, noise: float = 0.8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(count * each, WIDTH) float16 features and the kind of each row."""
    rng = np.random.default_rng(seed)
    marks = rng.gamma(0.5, 1.0, (count, WIDTH)) * (rng.random((count, WIDTH)) < 0.35)
    truth = np.repeat(np.arange(count), each)
    values = marks[truth] * rng.gamma(4, 0.25, (len(truth), WIDTH)) + noise * rng.gamma(0.4, 1.0, (len(truth), WIDTH))
    return np.minimum(values, 6).astype(np.float16), truth


def average_precision(scores: np.ndarray, wanted: np.ndarray) -> float:
    hits = wanted[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())
