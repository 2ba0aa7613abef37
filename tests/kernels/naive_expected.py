"""The expected colour at a place, as it is defined, in float64: slow, and to be believed at sight."""

import numpy as np
from scipy.stats import multivariate_normal


def expected(mixture, x, y):
    """E[colour | x, y] of a mixture, raw units."""
    place = np.array([x, y])
    means = mixture.shift + mixture.scale * mixture.means
    covariances = mixture.covariances * mixture.scale[:, None] * mixture.scale
    densities, colours = [], []
    for weight, mean, covariance in zip(mixture.weights, means, covariances, strict=True):
        inner = covariance[:2, :2] + 1e-6 * np.eye(2)
        densities.append(weight * multivariate_normal.pdf(place, mean[:2], inner))
        colours.append(mean[2:] + covariance[2:, :2] @ np.linalg.inv(inner) @ (place - mean[:2]))
    return np.array(densities) @ np.array(colours) / np.sum(densities)
