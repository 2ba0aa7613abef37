"""Pictures as Gaussian mixtures over place and colour, and what such a mixture says; it reads no file.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.variational import Fit, expect, fit, tabulate
from leitmotiv.kernels.blur import WIDTH, blur_columns_at, blur_rows
from leitmotiv.records import ColourSpace, Float, Mixture, Pixels

__all__ = ["Fit", "draw_samples", "fit", "fit_image", "log_density", "sample", "shortened", "warm"]

_DITHER = {"lab": 0.7, "rgb": 0.007, "yuv": 0.007}
"""Standard deviation of the noise added to each colour coordinate, in its units: below what an eye tells apart."""

_TRUNCATE = 4.0  # half-width of the blur's filter, in sigmas
_PARTS = 2.0**24
_LEAST = float(np.finfo(np.float16).smallest_normal)
_NEGLIGIBLE = 1e-3  # weight of a component, as a share of the largest, below which a picture does without it


def fit_image(
    pixels: Pixels,
    *,
    seed: int = 0,
    blur: float = 0.006,
    samples: int = 5000,
    components: int = 50,
    alpha: float = 0.01,
    colour_space: ColourSpace = "lab",
) -> Mixture:
    """Describe a picture as a mixture of Gaussians over place and colour.

    The picture is blurred, and some of its pixels are taken without replacement. A pixel is an area: its sample
    lies anywhere in it. Colours get noise too small to see, so that a coordinate that does not vary (the colours
    of a greyscale picture) still has a width, and does not pull all components into one.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        Upright sRGB.
    seed : int
        Of the samples, the noise and the starting centres.
    blur : float
        Sigma of the Gaussian, as a share of the longest side; edges are repeated.
    samples : int
        How many pixels to take; all of them where there are fewer.
    components : int
        Most components.
    alpha : float
        Dirichlet concentration of each component.
    colour_space : str
        "lab", "rgb" or "yuv".

    Returns
    -------
    Mixture
        In the picture's own scaled space; components below a thousandth of the heaviest are left out. Its numbers are
        `shortened`.
    """
    rng = np.random.default_rng(seed)
    points, shift, scale = draw_samples(pixels, rng, blur=blur, samples=samples, colour_space=colour_space)
    fitted = fit(points, components=components, alpha=alpha, seed=seed)
    kept = fitted.weights >= _NEGLIGIBLE * fitted.weights[0]
    weights = fitted.weights[kept] / fitted.weights[kept].sum()
    aspect = pixels.shape[1] / pixels.shape[0]
    mixture = Mixture(weights, fitted.means[kept], fitted.cholesky[kept], shift, scale, colour_space, aspect)
    return shortened(mixture)


def shortened(mixture: Mixture) -> Mixture:
    """The same mixture in numbers of few bits, so that a library of many pictures stays small.

    Weights become multiples of 2^-24 that sum to exactly 1, means and factors the nearest float16: a divergence moves
    by less than 1e-4 nats. A mixture that float16 does not hold, as one without extent, stays as it is.
    """
    with np.errstate(over="ignore"):
        means, cholesky = mixture.means.astype(np.float16), mixture.cholesky.astype(np.float16)
    least = np.diagonal(cholesky, axis1=1, axis2=2)
    if not (np.isfinite(means).all() and np.isfinite(cholesky).all() and (least >= _LEAST).all()):
        return mixture
    weights = np.rint(mixture.weights * _PARTS)
    weights[0] += _PARTS - weights.sum()
    order = np.argsort(-weights, kind="stable")
    return Mixture(
        weights[order] / _PARTS,
        means[order].astype(np.float64),
        cholesky[order].astype(np.float64),
        mixture.shift,
        mixture.scale,
        mixture.colour_space,
        mixture.aspect,
    )


def draw_samples(
    pixels: Pixels,
    rng: np.random.Generator,
    *,
    blur: float = 0.006,
    samples: int = 5000,
    colour_space: ColourSpace = "lab",
) -> tuple[Float, Float, Float]:
    """Take (x, y, colour) samples of a picture in random order; see `fit_image` for the parameters.

    Returns
    -------
    points : (N, 5) float64
        In the scaled space: about zero mean and unit variance.
    shift, scale : (5,) float64
        The map back to raw points, ``shift + scale * points``; the scale is never 0.
    """
    # A copy, as records share arrays that cannot be written, and those would be compiled for anew.
    pixels = np.array(pixels, np.uint8, order="C")
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise ValueError(f"pixels have the shape {pixels.shape}, but must have (height, width, 3).")
    height, width, _ = pixels.shape
    chosen = rng.choice(height * width, min(samples, height * width), replace=False)
    rows, columns = np.divmod(chosen, width)
    longest = max(height, width)
    levels = _blur_at(pixels, blur * longest, rows, columns)
    x, y = ((places + 0.5 - side / 2) / longest + 0.5 for places, side in ((columns, width), (rows, height)))
    raw = np.column_stack([x, y, from_srgb(levels, colour_space)])

    dither = _DITHER[colour_space]
    noise = np.empty_like(raw)
    noise[:, :2] = rng.uniform(-0.5, 0.5, (len(raw), 2)) / longest
    noise[:, 2:] = rng.normal(0, dither, (len(raw), 3))
    pixel = 1 / (math.sqrt(12) * longest)
    widths = np.array([pixel, pixel, dither, dither, dither])
    each = np.ascontiguousarray(raw.T)  # sums along rows of memory, in a sixth of the time
    shift, scale = each.mean(1), np.sqrt(each.var(1) + widths**2)
    return (raw + noise - shift) / scale, shift, scale


def _blur_at(pixels: Pixels, sigma: float, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float32]:
    """Levels at some pixels of the blurred picture, (S, 3) float32."""
    taps = np.exp(-0.5 * (np.arange(int(_TRUNCATE * sigma + 0.5) + 1) / max(sigma, 1e-9)) ** 2)
    taps /= taps[0] + 2 * taps[1:].sum()
    taps = taps.astype(np.float32)
    height, width, channels = pixels.shape
    lines = np.empty((height, -(-width * channels // WIDTH) * WIDTH), np.float32)
    values = np.empty((len(rows), channels), np.float32)
    blur_rows(pixels, taps, lines)
    blur_columns_at(lines, taps, rows, columns, values)
    return values


def log_density(mixture: Mixture, points: NDArray[np.floating[Any]]) -> Float:
    """Logarithm of a mixture's density at raw points.

    Parameters
    ----------
    mixture : Mixture
    points : (N, D) float
        Raw: x and y in units of the longest side, colour in the units of the mixture's space.

    Returns
    -------
    (N,) float64
        Nats, for the density over raw units.
    """
    scaled = np.ascontiguousarray((np.asarray(points, np.float64) - mixture.shift) / mixture.scale)
    heights = np.log(mixture.weights) - np.log(np.diagonal(mixture.cholesky, axis1=1, axis2=2)).sum(1)
    heights -= 0.5 * len(mixture.shift) * math.log(2 * math.pi)
    _, density = expect(scaled, tabulate(heights, mixture.means, mixture.cholesky))
    return np.asarray(density - np.log(mixture.scale).sum())


def sample(mixture: Mixture, n: int, rng: np.random.Generator) -> Float:
    """Draw raw points from a mixture, (n, D) float64; some may lie outside the frame or the colours of sRGB."""
    components = rng.choice(len(mixture), n, p=mixture.weights)
    normal = rng.standard_normal((n, mixture.means.shape[1]))
    scaled = mixture.means[components] + np.einsum("nij,nj->ni", mixture.cholesky[components], normal)
    return np.asarray(mixture.shift + mixture.scale * scaled)


def warm() -> None:
    """Compile every kernel that a fit needs, or load it from the cache."""
    rng = np.random.default_rng(0)
    mixture = fit_image(rng.integers(0, 256, (8, 8, 3)).astype(np.uint8), components=2)
    log_density(mixture, sample(mixture, 2, rng))
    fit(rng.normal(size=(8, 2)), components=2)
