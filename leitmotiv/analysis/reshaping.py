"""Mixtures of a picture that was mirrored or lost its colours, made from the mixture of the picture itself."""

from dataclasses import replace

import numpy as np

from leitmotiv.records import ColourSpace, Float, Mixture

_FLAT = 1e-3
"""Standard deviation, in the picture's own scaled space, of what has no extent any more."""
_TO_GREY: dict[ColourSpace, Float] = {
    "lab": np.diag([1.0, 0.0, 0.0]),
    "yuv": np.diag([1.0, 0.0, 0.0]),
    "rgb": np.tile([0.299, 0.587, 0.114], (3, 1)),
}


def reshaped(mixture: Mixture, *, mirrored: bool = False, grey: bool = False) -> Mixture:
    """The mixture of the mirrored picture, of the grey one, or of both at once.

    Raw x has its middle at 0.5, so mirroring is x -> 1 - x; greying is linear in each colour space. Both are exact but
    for a trace of extent, which keeps covariances positive definite.
    """
    raw = np.eye(mixture.means.shape[1])
    shift = np.zeros(len(raw))
    if mirrored:
        raw[0, 0], shift[0] = -1.0, 1.0
    if grey:
        raw[2:5, 2:5] = _TO_GREY[mixture.colour_space]
    change = raw * mixture.scale / mixture.scale[:, None]
    offset = (raw @ mixture.shift + shift - mixture.shift) / mixture.scale
    means = mixture.means @ change.T + offset
    factors = change @ mixture.cholesky
    covariances = factors @ factors.transpose(0, 2, 1) + _FLAT**2 * np.eye(len(raw))
    return replace(mixture, means=means, cholesky=np.asarray(np.linalg.cholesky(covariances), np.float64))
