"""Whether two pictures show the same thing by their keypoints: matches, and a similarity that most of them agree on.

`imaging.keypoints` finds the points and describes them; here they are only compared. A similarity is a turn, a scale
and a shift; in the plane of complex numbers it is z -> a z + b.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float, Keypoints

_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1).astype(np.uint8)
RATIO = 0.85
"""A match counts only where the second best differs in clearly more bits."""
FARTHEST = 80
"""Bits of 256 in which a match may differ."""
TOLERANCE = 0.02
"""How far from its place a matched point may lie, in units of the longest side."""
DRAWS = 400
SCALES = (0.4, 2.5)
STEEPEST = 0.35
"""Sine of the largest turn that is looked for: copies are turned a little, or not at all."""


def agreeing(one: Keypoints, other: Keypoints, rng: np.random.Generator) -> int:
    """How many matches of two pictures agree on one similarity; two always do, eight hardly ever by chance.

    References
    ----------
    M. A. Fischler and R. C. Bolles, "Random sample consensus", Comm. ACM 24 (1981), with two matches a draw.
    """
    rows, columns = matches(one.descriptors, other.descriptors)
    if len(rows) < 3:
        return len(rows)
    start, end = (_complex(places) for places in (one.places[rows], other.places[columns]))
    first, second = rng.integers(len(rows), size=(2, DRAWS))
    apart = start[second] - start[first]
    usable = np.abs(apart) > 2 * TOLERANCE
    if not usable.any():
        return 0
    first, second, apart = first[usable], second[usable], apart[usable]
    turn = (end[second] - end[first]) / apart
    size = np.abs(turn)
    plausible = (size > SCALES[0]) & (size < SCALES[1]) & (turn.real > 0) & (np.abs(turn.imag) < STEEPEST * size)
    if not plausible.any():
        return 0
    first, turn = first[plausible], turn[plausible]
    shift = end[first] - turn * start[first]
    missed = np.abs(turn[:, None] * start + shift[:, None] - end)
    return int((missed < TOLERANCE).sum(axis=1).max())


def matches(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of (A, 32) and (B, 32) packed descriptors that are each other's best match, and clearly so."""
    if len(one) < 2 or len(other) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    apart = _ONES[one[:, None] ^ other[None]].sum(axis=-1, dtype=np.int64)
    best = apart.argmin(axis=1)
    rows = np.arange(len(one))
    nearest = apart[rows, best]
    second = np.partition(apart, 1, axis=1)[:, 1]
    good = (apart.argmin(axis=0)[best] == rows) & (nearest <= FARTHEST) & (nearest < RATIO * second)
    return rows[good], best[good]


def _complex(places: Float) -> NDArray[np.complex128]:
    return np.asarray(places[:, 0] + 1j * places[:, 1])
