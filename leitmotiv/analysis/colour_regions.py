"""Owns pictures in a few colours: k means of their colours in L*a*b*, numbered from dark to light, steady in a film.

References
----------
.. [1] D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import from_srgb, to_srgb
from leitmotiv.records import Float, Pixels, Regions

STEPS = 24
"""Most rounds of Lloyd; far fewer where the centres of the frame before are near."""
STILL = 0.05
"""L*a*b* units: centres that move less are where they belong."""
APART = 4.0
"""L* units that two regions of a film have to be out of order before they change their numbers."""
_BITS = 5


def regions(pixels: Pixels, count: int, before: Float | None = None, seed: int = 0) -> Regions:
    """Divide a picture into areas of like colour.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    count : int
        How many regions; fewer where the picture has fewer colours.
    before : (K, 3) float64, optional
        Centres of the frame before: where K is `count` the search begins there and regions keep their numbers, until
        their lightness is out of order by more than `APART`.
    seed : int

    Returns
    -------
    Regions
    """
    bins, counts, member = _bins(pixels)
    count = min(count, len(bins))
    warm = before is not None and len(before) == count
    centres = np.array(before) if warm and before is not None else _spread(bins, counts, count, seed)
    for _ in range(STEPS):
        nearest = _nearest(bins, centres)
        moved = _means(bins, counts, nearest, centres)
        step = float(np.abs(moved - centres).max())
        centres = moved
        if step < STILL:
            break
    order = _in_order(centres, APART if warm else 0.0)
    centres = centres[order]
    labels = _nearest(bins, centres)[member].reshape(pixels.shape[:2])
    return Regions(labels.astype(np.uint8), centres)


def drawn(found: Regions, palette: Pixels) -> Pixels:
    """Each region in its colour of a palette (K or more, 3) uint8; (H, W, 3) uint8."""
    return palette[found.labels]


def mean_colours(found: Regions) -> Pixels:
    """The palette of the regions' own mean colours, (K, 3) uint8."""
    return to_srgb(found.centres)


def ordered_palette(count: int) -> Pixels:
    """Colours from dark to light whose hue goes round once, so that each is told from all others; (K, 3) uint8."""
    at = np.linspace(0, 1, max(count, 2))[:count]
    lightness = 12 + 80 * at
    chroma = 36 * np.sin(np.pi * (0.12 + 0.76 * at))
    hue = np.pi * (1.65 - 1.9 * at)
    return to_srgb(np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1))


def random_palette(count: int, seed: int) -> Pixels:
    """Colours that say nothing of their regions, (K, 3) uint8."""
    return np.random.default_rng(seed).integers(0, 256, (count, 3)).astype(np.uint8)


def _bins(pixels: Pixels) -> tuple[Float, Float, NDArray[np.intp]]:
    """Mean colour and number of pixels of each occupied cell of a coarse grid of sRGB, and each pixel's cell."""
    flat = pixels.reshape(-1, 3)
    coarse = (flat >> (8 - _BITS)).astype(np.int64)
    key = (coarse[:, 0] << (2 * _BITS)) | (coarse[:, 1] << _BITS) | coarse[:, 2]
    used, member = np.unique(key, return_inverse=True)
    counts = np.bincount(member, minlength=len(used)).astype(np.float64)
    sums = np.stack([np.bincount(member, flat[:, at], len(used)) for at in range(3)], axis=-1)
    return from_srgb(sums / counts[:, None]), counts, member


def _spread(bins: Float, counts: Float, count: int, seed: int) -> Float:
    """Centres by k-means++: each drawn by its squared distance to those before."""
    rng = np.random.default_rng(seed)
    chosen = [int(np.argmax(counts))]
    far = np.square(bins - bins[chosen[0]]).sum(1)
    while len(chosen) < count:
        chances = far * counts
        chosen.append(int(rng.choice(len(bins), p=chances / chances.sum())))
        far = np.minimum(far, np.square(bins - bins[chosen[-1]]).sum(1))
    return bins[chosen]


def _nearest(bins: Float, centres: Float) -> NDArray[np.intp]:
    return np.asarray(np.argmin(np.square(centres).sum(1) - 2 * bins @ centres.T, axis=1), np.intp)


def _means(bins: Float, counts: Float, nearest: NDArray[np.intp], centres: Float) -> Float:
    """Means of the members; a centre without any stays where it is."""
    weight = np.bincount(nearest, counts, len(centres))
    sums = np.stack([np.bincount(nearest, counts * bins[:, at], len(centres)) for at in range(3)], axis=-1)
    return np.where(weight[:, None] > 0, sums / np.maximum(weight, 1e-12)[:, None], centres)


def _in_order(centres: Float, margin: float) -> NDArray[np.intp]:
    """From dark to light, where only those change places that are out of order by more than the margin."""
    order = list(range(len(centres)))
    for place in range(1, len(order)):
        at = place
        while at > 0 and centres[order[at - 1], 0] > centres[order[at], 0] + margin:
            order[at - 1], order[at] = order[at], order[at - 1]
            at -= 1
    return np.array(order, np.intp)
