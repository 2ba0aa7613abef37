"""Owns a mixture as a picture: the colour that it expects at each place."""

import numpy as np

from leitmotiv.analysis.colour import to_srgb
from leitmotiv.records import Mixture, Pixels


def drawn(mixture: Mixture, width: int, height: int) -> Pixels:
    """The mean colour given the place, at the middle of each pixel.

    Every component tells a colour that changes linearly over the frame (its covariance of colour and place); they are
    weighed by how likely each is at that place.

    Parameters
    ----------
    mixture : Mixture
        Over (x, y, colour).
    width, height : int
        Pixels; the frame is stretched to them.

    Returns
    -------
    (height, width, 3) uint8
    """
    wide, high = mixture.frame
    x = 0.5 + wide * ((np.arange(width) + 0.5) / width - 0.5)
    y = 0.5 + high * ((np.arange(height) + 0.5) / height - 0.5)
    raw = np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=-1).reshape(-1, 2)
    places = (raw - mixture.shift[:2]) / mixture.scale[:2]
    heights = np.empty((len(mixture), len(places)))
    colours = np.empty((len(mixture), len(places), 3))
    for number, (mean, covariance) in enumerate(zip(mixture.means, mixture.covariances, strict=True)):
        inverse = np.linalg.inv(covariance[:2, :2])
        off = places - mean[:2]
        heights[number] = np.log(mixture.weights[number]) - 0.5 * np.einsum("ni,ij,nj->n", off, inverse, off)
        heights[number] += 0.5 * np.log(np.linalg.det(inverse))
        colours[number] = mean[2:] + off @ (covariance[2:, :2] @ inverse).T
    shares = np.exp(heights - heights.max(0))
    shares /= shares.sum(0)
    total = np.einsum("kn,knc->nc", shares, colours)
    values = mixture.shift[2:] + mixture.scale[2:] * total
    return to_srgb(values, mixture.colour_space).reshape(height, width, 3)
