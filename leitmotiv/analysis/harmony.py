"""Colours that go together, in a space where equal steps look equal (OKLCH), from nine numbers between 0 and 1.

References
----------
.. [1] B. Ottosson, A perceptual color space for image processing (2020): OKLab and its matrices.
"""

import math
from collections.abc import Sequence

import numpy as np

from leitmotiv.records import Float

GENES = 9
"""Numbers that a theme is made of."""
_LMS_OF_LAB = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
)
_RGB_OF_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)
_ACCENTS = (180.0, 150.0, 210.0, 120.0, 240.0, 30.0, 330.0)
"""Hues of an accent beside the main one, in degrees: opposite, split, triad, neighbour."""


def colour(lightness: float, chroma: float, hue: float) -> str:
    """A colour of OKLCH as "#rrggbb"; its chroma is lowered until sRGB has it, lightness and hue stay.

    Parameters
    ----------
    lightness : float
        0 black to 1 white.
    chroma : float
        0 grey to about 0.3.
    hue : float
        Degrees.

    Examples
    --------
    >>> colour(1, 0, 0), colour(0.6279, 0.2577, 29.23)
    ('#ffffff', '#ff0000')
    """
    low, high = 0.0, max(0.0, chroma)
    values = _rgb(lightness, high, hue)
    if not _inside(values):
        for _ in range(16):
            middle = (low + high) / 2
            low, high = (middle, high) if _inside(_rgb(lightness, middle, hue)) else (low, middle)
        values = _rgb(lightness, low, hue)
    levels = np.rint(255 * np.clip(values, 0, 1)).astype(int)
    return "#{:02x}{:02x}{:02x}".format(*levels)


def _rgb(lightness: float, chroma: float, hue: float) -> Float:
    angle = math.radians(hue)
    lab = np.array([lightness, chroma * math.cos(angle), chroma * math.sin(angle)])
    linear = _RGB_OF_LMS @ (_LMS_OF_LAB @ lab) ** 3
    return np.asarray(
        np.where(linear > 0.0031308, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055, 12.92 * linear)
    )


def _inside(values: Float) -> bool:
    return bool((values > -1e-3).all() and (values < 1 + 1e-3).all())


class Theme:
    """Colours of one drawing: a ramp from far to near, and an accent.

    Parameters
    ----------
    genes : sequence of nine float
        0 to 1: hue, drift of the hue along the ramp, chroma, light end, dark end, kind of accent, its chroma, its
        lightness, and whether the far end is dark (above 0.72).
    """

    def __init__(self, genes: Sequence[float]) -> None:
        hue, drift, chroma, light, dark, accent, force, tone, night = genes
        self._hue = 360 * hue
        self._drift = 150 * (drift - 0.5)
        self._chroma = 0.025 + 0.115 * chroma
        self._light = 0.78 + 0.19 * light
        self._dark = 0.14 + 0.24 * dark
        self._accent = self._hue + _ACCENTS[min(len(_ACCENTS) - 1, int(accent * len(_ACCENTS)))]
        self._force = 0.11 + 0.11 * force
        self._tone = 0.55 + 0.27 * tone
        self.night = night > 0.72

    def at(self, place: float, lift: float = 0.0, vivid: float = 1.0) -> str:
        """The colour at a place of the ramp, 0 far to 1 near; light and dark ends are quieter than the middle."""
        near = 1 - place if self.night else place
        lightness = self._light + (self._dark - self._light) * near + lift
        chroma = self._chroma * vivid * (0.35 + 0.65 * math.sin(math.pi * min(1.0, 0.12 + 0.8 * near)))
        return colour(min(0.985, max(0.06, lightness)), chroma, self._hue + self._drift * place)

    def ramp(self, count: int) -> list[str]:
        """`count` colours from far to near."""
        return [self.at(place / max(1, count - 1)) for place in range(count)]

    def accent(self, lift: float = 0.0) -> str:
        """The colour that stands against the others."""
        return colour(min(0.95, max(0.25, self._tone + lift)), self._force, self._accent)

    def five(self) -> list[str]:
        """Ground, two of the ramp, the accent, and ink."""
        return [self.at(0.0, 0.02, 0.6), self.at(0.38), self.at(0.68), self.accent(), self.at(1.0)]
