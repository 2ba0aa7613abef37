"""The divergence of two pictures, as it is defined, in float64: slow, and to be believed at sight."""

import numpy as np
from scipy.special import xlogy
from scipy.stats import multivariate_normal


def place(mixture, look):
    """Weights, means and smoothed covariances of a mixture in the common space."""
    space = look.space(mixture.colour_space)
    stretch = mixture.scale / np.array(space.scale)
    means = (mixture.shift + mixture.scale * mixture.means - np.array(space.shift)) / np.array(space.scale)
    covariances = mixture.covariances * stretch[:, None] * stretch + max(look.smoothing, 1e-3) ** 2 * np.eye(5)
    return mixture.weights, means, covariances


def density(picture, points):
    """Of a mixture (weights, means, covariances) at points (n, 5)."""
    return sum(weight * multivariate_normal.pdf(points, mean, cov) for weight, mean, cov in zip(*picture, strict=True))


def information(p, q):
    """ln 2 - H(p / (p + q)), nats: what a point with these two densities tells of which of them it came from."""
    share = p / (p + q)
    return np.log(2) + xlogy(share, share) + xlogy(1 - share, 1 - share)


def divergences(a, b, points_a, points_b, look):
    """Of mixtures a and b, each with points (n, 5) of its own, drawn about its own mean; centred and common."""
    a, b = place(a, look), place(b, look)
    centre_a, centre_b = a[0] @ a[1], b[0] @ b[1]
    a_centred, b_centred = (a[0], a[1] - centre_a, a[2]), (b[0], b[1] - centre_b, b[2])
    centred = [
        information(density(a_centred, points_a), density(b_centred, points_a)),
        information(density(a_centred, points_b), density(b_centred, points_b)),
    ]
    common = [
        information(density(a, points_a + centre_a), density(b, points_a + centre_a)),
        information(density(a, points_b + centre_b), density(b, points_b + centre_b)),
    ]
    return np.mean(centred), np.mean(common)


def monte_carlo(a, b, count, look, rng):
    """The definition itself, (KL(a, m) + KL(b, m)) / 2, from `count` independent points of each; common, centred."""

    def draw(picture):
        weights, means, covariances = picture
        chosen = rng.choice(len(weights), count, p=weights)
        normal = rng.standard_normal((count, 5))
        return means[chosen] + np.einsum("nij,nj->ni", np.linalg.cholesky(covariances)[chosen], normal)

    a, b = place(a, look), place(b, look)
    found = []
    for shift_a, shift_b in ((0, 0), (a[0] @ a[1], b[0] @ b[1])):
        p, q = (a[0], a[1] - shift_a, a[2]), (b[0], b[1] - shift_b, b[2])
        values = []
        for one, other in ((p, q), (q, p)):
            points = draw(one)
            own, their = density(one, points), density(other, points)
            values.append(np.log(2 * own / (own + their)).mean())
        found.append(np.mean(values))
    return found
