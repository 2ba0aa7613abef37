"""Pictures that are copies of one another."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records.arrays import Float


@dataclass(frozen=True, eq=False)
class Keypoints:
    """Corners of a picture and what lies around each.

    Attributes
    ----------
    places : (M, 2) float64
        x and y in units of the longest side.
    descriptors : (M, 32) uint8
        256 comparisons of the surroundings, packed.
    """

    places: Float
    descriptors: NDArray[np.uint8]


@dataclass(frozen=True)
class Copy:
    """A pair of pictures of which one was made from the other, or both from a third.

    Attributes
    ----------
    left, right : str
        Image ids, in their own order.
    kind : str
        "exact" (the same pixels under other bytes) or "near".
    score : float
        Log odds that they are copies, as the model has it.
    sure : bool
        Whether it groups by itself; else it is only suggested.
    mirrored, grey : bool
        Whether one had to be mirrored, or the colours left aside.
    inside : str
        "left" or "right": which of them lies within the other, at `box`; "" for whole frames.
    box : tuple of float
        Left, top, width and height in shares of the sides of the other picture.
    correlation, divergence : float
        Of the best windows, and the look's own, nats.
    bits : int
        In which the perceptual hashes differ, of 64.
    keypoints : int or None
        Matches that agree on one similarity; None where nobody had to look.
    """

    left: str
    right: str
    kind: Literal["exact", "near"]
    score: float
    sure: bool
    mirrored: bool = False
    grey: bool = False
    inside: Literal["left", "right", ""] = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    correlation: float = 1.0
    divergence: float = 0.0
    bits: int = 0
    keypoints: int | None = None
