"""A measure of plain composition that needs no training: contrast, colour, detail and balance of a picture.

It says nothing of beauty: it keeps designs from being blank, garish or noisy, and stands in where nobody has trained a
critic yet.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.records import Float

PARTS = ("contrast", "colour", "detail", "balance", "variety")
_WANTED = {
    "contrast": (22.0, 12.0),
    "colour": (26.0, 16.0),
    "detail": (7.0, 5.0),
    "balance": (0.0, 0.16),
    "variety": (2.3, 0.9),
}
"""What is best of each part, and the deviation at which it counts e^-1/2; in L*, chroma, L* a step, sides, nats."""


def measured(pictures: NDArray[np.uint8]) -> Float:
    """What is measured of pictures (B, H, W, 3), (B, 5) float64: the parts in their own units."""
    found = np.empty((len(pictures), len(PARTS)))
    for row, picture in enumerate(pictures):
        lab = from_srgb(picture[::4, ::4])
        light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
        rise = np.hypot(np.diff(light, axis=0)[:, :-1], np.diff(light, axis=1)[:-1])
        weight = np.abs(light - np.median(light)) + 0.5 * np.abs(chroma - np.median(chroma)) + 1e-9
        y, x = np.mgrid[: light.shape[0], : light.shape[1]]
        middle = np.array([(weight * y).sum() / light.shape[0], (weight * x).sum() / light.shape[1]]) / weight.sum()
        bins = np.histogramdd(lab.reshape(-1, 3), bins=(10, 8, 8), range=((0, 100), (-80, 80), (-80, 80)))[0].ravel()
        shares = bins[bins > 0] / bins.sum()
        found[row] = (
            light.std(),
            chroma.mean() + 0.5 * chroma.std(),
            rise.mean(),
            float(np.hypot(*(middle - 0.5))),
            -(shares * np.log(shares)).sum(),
        )
    return found


def scores(pictures: NDArray[np.uint8]) -> Float:
    """Scores (B,) from 1 to 10: the mean of how near each part lies to what is best; blank pictures have about 1."""
    values = measured(pictures)
    wanted = np.array([_WANTED[name] for name in PARTS])
    near = np.exp(-(((values - wanted[:, 0]) / wanted[:, 1]) ** 2) / 2)
    whole = near.mean(axis=1) * np.minimum(1, values[:, 0] / 6)  # what has no contrast has nothing
    return np.asarray(1 + 9 * whole)


def blank(pictures: NDArray[np.uint8], share: float = 0.97) -> NDArray[np.bool_]:
    """Whether one colour (within 6 levels) covers nearly all of a picture, (B,)."""
    found = []
    for picture in pictures:
        flat = picture[::2, ::2].reshape(-1, 3).astype(np.int64)
        most = np.median(flat, axis=0)
        found.append(bool((np.abs(flat - most).max(axis=1) <= 6).mean() >= share))
    return np.array(found, bool)
