"""Owns the keypoints of a picture: corners that stay where they are when it is cropped, turned a little or scaled."""

import warnings

import numpy as np
from skimage.feature import ORB

from leitmotiv.records import Keypoints, Pixels

COUNT = 200
LEVELS = 6
THRESHOLD = 0.04
_LUMA = np.array([0.299, 0.587, 0.114])
LEAST = 60
"""Pixels that the shorter side needs: a corner is described by what lies up to 15 pixels around it."""


def keypoints(pixels: Pixels) -> Keypoints:
    """The strongest corners of (H, W, 3) uint8 sRGB, best at about 256 pixels; none where there are none.

    References
    ----------
    E. Rublee et al., "ORB: an efficient alternative to SIFT or SURF", ICCV 2011.
    """
    height, width = pixels.shape[:2]
    nothing = Keypoints(np.zeros((0, 2)), np.zeros((0, 32), np.uint8))
    if min(height, width) < LEAST:
        return nothing
    detector = ORB(n_keypoints=COUNT, n_scales=LEVELS, fast_threshold=THRESHOLD)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of levels without a corner
            detector.detect_and_extract(pixels @ _LUMA / 255)
    except (RuntimeError, ValueError, IndexError):  # how scikit-image says that it found no corner
        return nothing
    places = detector.keypoints[:, ::-1] / max(height, width)
    return Keypoints(np.ascontiguousarray(places, np.float64), np.packbits(detector.descriptors, axis=1))
