"""A box of a picture: its mixture by itself, and as places of colour that other pictures may hold."""

import math

import numpy as np
import scipy

from leitmotiv.analysis.colour import to_lab
from leitmotiv.analysis.colour_search import kernel
from leitmotiv.analysis.places import Box, Oval
from leitmotiv.analysis.sketch import Part
from leitmotiv.records import Float, Mixture

MOST = 10
"""Most components of a region that are looked for one by one; the lightest are left out."""
_NEGLIGIBLE = 1e-3
_THIN = 1e-9


def restrict(mixture: Mixture, box: Box) -> Mixture | None:
    r"""The mixture of what lies in a box, in the box's own frame; None where the mixture has nothing there.

    Every component is cut at the sides of the box, x first and then y, and keeps its mean and covariance. For a
    standardised coordinate t cut to (a, b), with Z = Φ(b) − Φ(a) and φ the normal density, they are [1]_

    .. math:: E[t] = \frac{φ(a) - φ(b)}{Z}, \quad Var[t] = 1 + \frac{a φ(a) - b φ(b)}{Z} - E[t]^2

    and the other coordinates follow by regression on t: exact for one direction, close for both.

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), section 13.10.1.
    """
    frame = np.asarray(mixture.frame)
    weights = mixture.weights.copy()
    means = mixture.shift + mixture.scale * mixture.means
    factors = mixture.scale[:, None] * mixture.cholesky
    covariances = factors @ factors.transpose(0, 2, 1)
    left, right, top, bottom = box.edges
    for axis, low, high in ((0, left, right), (1, top, bottom)):
        sides = [(side - 0.5) * frame[axis] + 0.5 for side in (low, high)]
        weights = weights * _cut(means, covariances, axis, *sides)
        kept = weights > _NEGLIGIBLE * weights.max() if len(weights) else weights > 0
        weights, means, covariances = weights[kept], means[kept], covariances[kept]
        if not len(weights) or weights.sum() < 1e-6:
            return None
    order = np.argsort(-weights, kind="stable")
    return _framed(mixture, box, weights[order] / weights.sum(), means[order], covariances[order])


def _cut(means: Float, covariances: Float, axis: int, low: float, high: float) -> Float:
    """Cut Gaussians along an axis, in place; returns how much is left of each."""
    deviation = np.sqrt(covariances[:, axis, axis])
    a, b = (low - means[:, axis]) / deviation, (high - means[:, axis]) / deviation
    left = scipy.special.ndtr(b) - scipy.special.ndtr(a)
    safe = np.maximum(left, 1e-12)
    heights = [np.exp(-0.5 * np.square(np.clip(side, -40, 40))) / math.sqrt(2 * math.pi) for side in (a, b)]
    edge = [np.clip(side, -40, 40) * height for side, height in zip((a, b), heights, strict=True)]
    moved = (heights[0] - heights[1]) / safe
    variance = np.clip(1 + (edge[0] - edge[1]) / safe - moved**2, 1e-6, 1.0)
    slopes = covariances[:, :, axis] / deviation[:, None]
    means += slopes * moved[:, None]
    covariances += slopes[:, :, None] * slopes[:, None, :] * (variance - 1)[:, None, None]
    return np.asarray(left)


def _framed(mixture: Mixture, box: Box, weights: Float, means: Float, covariances: Float) -> Mixture:
    """Make the box the whole frame."""
    width, height = np.array([box.width, box.height]) * mixture.frame
    longest, aspect = max(width, height), width / height
    middle = (np.array([box.x + box.width / 2, box.y + box.height / 2]) - 0.5) * mixture.frame + 0.5
    stretch = np.array([1 / longest, 1 / longest, 1, 1, 1])
    means, covariances = means * stretch, covariances * np.outer(stretch, stretch)
    means[:, :2] += 0.5 - middle / longest
    covariances += _THIN * np.eye(5)
    factors = np.asarray(np.linalg.cholesky(covariances), np.float64)
    return Mixture(weights, means, factors, np.zeros(5), np.ones(5), mixture.colour_space, aspect)


def parts(region: Mixture, box: Box) -> list[Part]:
    """The heaviest components of a region as places of colour in the frame that it was cut from."""
    frame, corner = np.asarray(region.frame), np.array([box.x, box.y])
    size = np.array([box.width, box.height])
    means = region.shift + region.scale * region.means
    factors = region.scale[:, None] * region.cholesky
    covariances = factors @ factors.transpose(0, 2, 1)
    heaviest = np.argsort(-region.weights, kind="stable")[:MOST]
    weights = np.sqrt(region.weights[heaviest])
    found = []
    for row, weight in zip(heaviest, weights / weights.sum(), strict=True):
        x, y = corner + size * ((means[row, :2] - 0.5) / frame + 0.5)
        shape = covariances[row, :2, :2] * np.outer(size / frame, size / frame)
        colour = kernel(to_lab(means[row, 2:], region.colour_space))
        found.append(Part(colour, Oval(x, y, shape[0, 0], shape[1, 0], shape[1, 1]), float(weight)))
    return found


def shifts(box: Box, steps: int = 5) -> Float:
    """Where a box may lie in the frame, as moves from where it is, (T, 2): the first is none."""
    found = [(0.0, 0.0)]
    across = np.linspace(0, 1 - box.width, 1 if box.width > 0.95 else steps)
    down = np.linspace(0, 1 - box.height, 1 if box.height > 0.95 else steps)
    found += [(float(x) - box.x, float(y) - box.y) for y in down for x in across]
    return np.array(found)
