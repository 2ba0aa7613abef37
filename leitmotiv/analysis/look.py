"""What a divergence depends on beside the two mixtures: the shared spaces, the smoothing, the points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import ColourSpace
from leitmotiv.settings import Spaces

Divergences = NDArray[np.float32]
_CENTRED: dict[Spaces, float] = {"both": 0.7, "centred": 1.0, "common": 0.0}
"""What the centred space counts for. With both, 0.7 was chosen on altered pictures; see docs/how-it-works.md."""


@dataclass(frozen=True)
class Space:
    """Where the common space has its origin and what its units are, raw: x, y, and the three colour channels."""

    shift: tuple[float, float, float, float, float]
    scale: tuple[float, float, float, float, float]


# The constants are those of benchmarks.spaces, rounded: the middle between 800 photos of 25 categories of Caltech
# 101 (many on white: L 53 +- 30, a 1 +- 12, b 5 +- 19) and 178 landscapes, people and animals (L 47 +- 25, a 1 +- 12,
# b 8 +- 22). x and y have one unit, so that shapes keep their proportions: on the former theirs were 0.27 and 0.25, and
# over pictures of 3 to 2 it is 0.25. Retrieval hardly feels them: a tenth more or less of a scale changes precision by
# less than 0.005.
@dataclass(frozen=True)
class Look:
    """What a divergence depends on beside the two mixtures; two libraries agree where their looks are equal.

    Attributes
    ----------
    points : int
        Points per picture.
    smoothing : float
        h, in units of the shared spaces.
    spaces : str
        "both", "centred" or "common": over which the divergence is taken.
    lab, rgb, yuv : Space
        The constants for each colour space.
    revision : int
        Grows whenever the same mixtures would get another divergence.
    """

    points: int = 240
    smoothing: float = 0.3
    spaces: Spaces = "both"
    lab: Space = Space((0.5, 0.5, 50.0, 1.0, 6.0), (0.25, 0.25, 28.0, 12.0, 20.0))
    rgb: Space = Space((0.5, 0.5, 0.49, 0.48, 0.44), (0.25, 0.25, 0.29, 0.28, 0.30))
    yuv: Space = Space((0.5, 0.5, 0.48, -0.02, 0.01), (0.25, 0.25, 0.28, 0.07, 0.08))
    revision: int = 2

    def __post_init__(self) -> None:
        if self.points < 1 or not 0 <= self.smoothing < np.inf:
            raise ValueError(f"A look needs points >= 1 and a finite smoothing >= 0, not {self}.")
        if self.spaces not in _CENTRED:
            raise ValueError(f"spaces is {self.spaces!r}, but must be both, centred or common.")

    def space(self, colour_space: ColourSpace) -> Space:
        """The constants for mixtures of this colour space."""
        return {"lab": self.lab, "rgb": self.rgb, "yuv": self.yuv}[colour_space]

    def combine(self, parts: Divergences) -> Divergences:
        """Make one divergence of those in the centred and in the common space.

        Parameters
        ----------
        parts : (..., 2) float32
            Nats.

        Returns
        -------
        (...) float32
            Nats, from 0 to ln 2: their weighted mean.
        """
        share = np.float32(_CENTRED[self.spaces])
        return share * parts[..., 0] + (np.float32(1) - share) * parts[..., 1]


DEFAULT = Look()
