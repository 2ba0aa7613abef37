"""What pages show of mixtures: ellipses, the expected colours, sampled dots, the average of many, their palette.

It makes pixels and plain values; how they are framed, stored or written is for others.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import to_srgb
from leitmotiv.analysis.mixture import sample
from leitmotiv.analysis.palette import colour_name, hexadecimal, palette
from leitmotiv.kernels import expected
from leitmotiv.kernels.simd import size_of_gaussian
from leitmotiv.records import ColourSpace, Ellipse, Float, Mixture, Pixels

__all__ = ["average_image", "blobs", "colour_name", "ellipses", "expected_image", "palette", "sampled_image", "warm"]

DOT = 1 / 256
"""Radius of a sampled dot, as a share of the longest side."""
_THINNEST = 1e-3
_BITS = np.log2(np.e)


def ellipses(mixture: Mixture) -> tuple[Ellipse, ...]:
    """The components as they lie in the frame, heaviest first."""
    means = mixture.shift + mixture.scale * mixture.means
    covariances = _raw_covariances(mixture)
    colours = to_srgb(means[:, 2:], mixture.colour_space)
    return tuple(
        Ellipse(
            x=float(means[k, 0]),
            y=float(means[k, 1]),
            xx=float(covariances[k, 0, 0]),
            xy=float(covariances[k, 0, 1]),
            yy=float(covariances[k, 1, 1]),
            colour=hexadecimal(colours[k]),
            weight=float(mixture.weights[k]),
        )
        for k in np.argsort(-mixture.weights, kind="stable")
    )


def blobs(mixture: Mixture, most: int = 6) -> NDArray[np.uint8]:
    """The heaviest components in one byte a number, for the place of a picture that is still to come.

    Returns
    -------
    (k, 8) uint8
        Centre x and y in the frame's own width and height; the two radii (1.5 standard deviations) in units of the
        longest side; the direction of the first, 0 to 255 for 0 to pi, clockwise; red, green, blue. Widest first.
    """
    chosen = np.argsort(-mixture.weights, kind="stable")[:most]
    means = (mixture.shift + mixture.scale * mixture.means)[chosen]
    covariances = _raw_covariances(mixture)[chosen, :2, :2]
    xx, xy, yy = covariances[:, 0, 0], covariances[:, 0, 1], covariances[:, 1, 1]
    middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    axes = 1.5 * np.sqrt(np.maximum(0.0, np.stack([middle + radius, middle - radius], axis=1)))
    turned = np.mod(np.arctan2(2 * xy, xx - yy) / 2, np.pi) / np.pi
    places = (means[:, :2] - 0.5) / mixture.frame + 0.5
    numbers = np.column_stack([places, axes, turned])
    widest = np.argsort(-axes[:, 0] * axes[:, 1], kind="stable")
    packed = np.column_stack([np.rint(255 * np.clip(numbers, 0, 1)), to_srgb(means[:, 2:], mixture.colour_space)])
    return packed[widest].astype(np.uint8)


def expected_image(mixture: Mixture, width: int, height: int) -> Pixels:
    r"""The colour that the mixture expects at every place, (height, width, 3) uint8 sRGB.

    .. math:: E[c | x] = \sum_k r_k(x) (m_k^c + S_k^{cx} (S_k^{xx})^{-1} (x - m_k^x)),
              \quad r_k(x) \propto w_k N(x; m_k^x, S_k^{xx})

    with x a place of the frame: each component is a plane of colour, and reigns where it lies. A frame of another
    shape than the picture's shows what is expected beyond its edges, or cuts them off.
    """
    return average_image([mixture], None, width, height)


def average_image(mixtures: Sequence[Mixture], weights: Sequence[float] | None, width: int, height: int) -> Pixels:
    """The average picture of several: the expected colour under their pooled mixture, (height, width, 3) uint8 sRGB.

    Parameters
    ----------
    weights : sequence of float, optional
        What each mixture counts for; all the same without it.

    Raises
    ------
    ValueError
        No mixture, an empty frame, or mixtures in different colour spaces.
    """
    spaces: set[ColourSpace] = {mixture.colour_space for mixture in mixtures}
    if len(spaces) != 1 or width < 1 or height < 1:
        raise ValueError(f"A {width} x {height} picture cannot be drawn from {len(mixtures)} mixtures in {spaces}.")
    shares = np.ones(len(mixtures)) if weights is None else np.asarray(weights, np.float64)
    if not (shares.min() >= 0 < shares.max() < np.inf):
        raise ValueError(f"Mixtures cannot count for {shares.tolist()}: no less than 0, and not all for nothing.")
    parts = [_planes(mixture, share) for mixture, share in zip(mixtures, shares, strict=True)]
    places, planes = (np.concatenate(values) for values in zip(*parts, strict=True))
    padded = -(-width // expected.WIDTH) * expected.WIDTH
    columns, rows = _middles(padded, width, max(width, height)), _middles(height, height, max(width, height))
    out = np.empty((height, 3, len(columns)), np.float32)
    expected.draw(places, planes, columns, rows, out)
    return to_srgb(out[:, :, :width].transpose(0, 2, 1).astype(np.float64), spaces.pop())


def _middles(count: int, side: int, longest: int) -> NDArray[np.float32]:
    """Raw places of the middles of the first `count` pixels of a side, (count,); the frame's own middle is 0.5."""
    return ((np.arange(count) + 0.5 - side / 2) / longest + 0.5).astype(np.float32)


def _raw_covariances(mixture: Mixture) -> Float:
    factors = mixture.scale[:, None] * mixture.cholesky
    return np.asarray(factors @ factors.transpose(0, 2, 1))


def _planes(mixture: Mixture, share: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each component lies, and its plane of colour, as `kernels.expected.draw` reads them."""
    kept = share * mixture.weights > 0
    means = (mixture.shift + mixture.scale * mixture.means)[kept]
    covariances = _raw_covariances(mixture)[kept]
    covariances[:, 0, 0] += _THINNEST**2
    covariances[:, 1, 1] += _THINNEST**2
    factors = np.linalg.cholesky(covariances[:, :2, :2])
    a, b, c = factors[:, 0, 0], factors[:, 1, 0], factors[:, 1, 1]
    whitening = np.zeros((len(means), 2, 2))
    whitening[:, 0, 0], whitening[:, 1, 0], whitening[:, 1, 1] = 1 / a, -b / (a * c), 1 / c
    slopes = covariances[:, 2:, :2] @ whitening.transpose(0, 2, 1) @ whitening
    levels = means[:, 2:] - np.einsum("kij,kj->ki", slopes, means[:, :2])
    planes = np.concatenate([levels[:, :, None], slopes], axis=2).reshape(-1, 9)
    whitening *= np.sqrt(_BITS / 2)
    places = np.empty((len(means), size_of_gaussian(2)))
    places[:, 0] = np.log2(share * mixture.weights[kept] / (a * c))
    places[:, 1:3] = -np.einsum("kij,kj->ki", whitening, means[:, :2])
    places[:, 3:] = whitening[:, *np.tril_indices(2)]
    return places.astype(np.float32), planes.astype(np.float32)


def sampled_image(mixture: Mixture, width: int, height: int, n: int, rng: np.random.Generator) -> Pixels:
    """`n` points drawn from the mixture as dots of their colour, (height, width, 4) uint8 sRGB with opacity.

    Between the dots it is transparent, so that they stand on the ground of whatever shows them; points beyond the
    frame are left out.
    """
    points = sample(mixture, n, rng)
    longest = max(width, height)
    radius = DOT * longest
    reach = np.arange(-int(radius + 0.5), int(radius + 0.5) + 1)
    down, right = (offset.ravel() for offset in np.meshgrid(reach, reach, indexing="ij"))
    inside = down**2 + right**2 <= (radius + 0.3) ** 2
    rows = np.floor((points[:, 1] - 0.5) * longest + height / 2).astype(np.int64)[:, None] + down[inside]
    columns = np.floor((points[:, 0] - 0.5) * longest + width / 2).astype(np.int64)[:, None] + right[inside]
    colours = np.broadcast_to(to_srgb(points[:, 2:], mixture.colour_space)[:, None], (*rows.shape, 3))
    shown = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[rows[shown], columns[shown], :3] = colours[shown]
    pixels[rows[shown], columns[shown], 3] = 255
    return pixels


def warm() -> None:
    """Compile the kernel of this module, or read it from the cache."""
    one = Mixture(np.ones(1), np.zeros((1, 5)), np.eye(5)[None], np.zeros(5), np.ones(5))
    expected_image(one, 1, 1)
