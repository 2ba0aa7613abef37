"""Samples and labels on which the vector form of the mixture is compared with its naive twin."""

import numpy as np

from leitmotiv.kernels import mixture, seeding
from leitmotiv.kernels.posterior import Prior
from leitmotiv.kernels.simd import size_of_gaussian

COMPONENTS = 6
PASSES = 6
RELAXATIONS = (1.0, 2.0)


def samples():
    """Samples (N, 5) or (N, 3) by name: ordinary, tiny and degenerate."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(4, 5)) * 2
    ordinary = centres[rng.integers(4, size=700)] + rng.normal(size=(700, 5)) * rng.uniform(0.2, 1, 5)
    far = np.concatenate([rng.normal(size=(150, 5)) * 0.01, [[90, -90, 90, -90, 90]], [[-95.0] * 5]])
    return {
        "ordinary": ordinary,
        "one block": ordinary[: mixture.BLOCK],
        "one more than a block": ordinary[: mixture.BLOCK + 1],
        "one": ordinary[:1],
        "three": ordinary[:3],
        "all the same": np.full((40, 5), 0.5),
        "two places": np.repeat([[1.0] * 5, [-1.0] * 5], 20, axis=0),
        "a line": np.linspace(-1.7, 1.7, 300)[:, None] * np.ones(5),
        "far and sharp": far,
        "three coordinates": ordinary[:, :3],
        "three coordinates, all the same": np.full((40, 3), 0.5),
    }


def labels(count):
    """A label below `COMPONENTS` for each sample, all of them used if there are enough samples."""
    return np.arange(count) * 7 % min(COMPONENTS, count)


def prior(components=COMPONENTS, dimensions=5):
    """The prior of pictures."""
    return Prior(0.01, 1.0, dimensions + 1.0, np.eye(dimensions), components)


def run_blocks(points, numbers, *, passes=PASSES, drop=0.0, tolerance=0.0, relaxation=1.0):
    """Fit from labels: counts, means, scatters W⁻¹, bounds."""
    (count, dimensions), components = points.shape, int(numbers.max()) + 1
    padded = -(-count // mixture.BLOCK) * mixture.BLOCK
    rows, given = np.zeros((dimensions, padded), np.float32), np.zeros(padded, np.float32)
    rows[:, :count], given[:count] = points.T, numbers
    blocks = np.zeros((padded // mixture.BLOCK, dimensions, mixture.BLOCK), np.float32)
    weights = np.zeros((len(blocks), mixture.BLOCK), np.float32)
    seeding.sort_columns(rows, count, given, components, blocks, weights)
    moments = np.zeros((components, size_of_gaussian(dimensions)))
    seeding.sum_moments(rows, count, given, moments)
    bounds, means = np.zeros(passes), np.zeros((components, dimensions))
    lowers = np.zeros((components, dimensions, dimensions))
    rules, belief = mixture.Rules(drop, tolerance, relaxation), prior(dimensions=dimensions)
    k, done, _ = mixture.fit_blocks(blocks, weights, moments, belief, rules, (0,) * dimensions, bounds, means, lowers)
    return moments[:k, 0], means[:k], lowers[:k] @ lowers[:k].transpose(0, 2, 1), bounds[:done]


def fits():
    """What the kernel makes of all samples, with steps as EM takes them and with longer ones."""
    found = {}
    for name, points in samples().items():
        for relaxation in RELAXATIONS:
            fitted = run_blocks(points, labels(len(points)), relaxation=relaxation)
            for part, values in zip(("counts", "means", "scatters", "bounds"), fitted, strict=True):
                found[f"{name}, {relaxation}: {part}"] = values
    return found
