"""What people mean by the names of colours: not one colour, but all that would be called so, as a kernel over L*a*b*.

CSS says which single colour a name stands for, and those are the corners of a screen: its blue is a vivid one that
skies and seas never have. A name of a basic colour [1]_ stands here for those of the fifty terms of `palette` that it
takes in, a term for whatever is nearest to it; of all colours that a screen can show the mean and the covariance of
these are the kernel.

References
----------
.. [1] B. Berlin and P. Kay, Basic color terms: their universality and evolution (1969).
"""

from functools import cache

import numpy as np

from leitmotiv.analysis import palette
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.colour_search import Kernel

STEPS = 20
"""Levels of red, green and blue each, at which all colours are looked at."""
_SOFT = 4.0
"""Added to the covariance, squared L*a*b* units: no border of a name is sharp."""
_TAKES_IN = {
    "black": ("black", "charcoal"),
    "grey": ("charcoal", "dark grey", "grey", "silver grey", "slate grey", "warm grey"),
    "white": ("white", "pale grey", "cream"),
    "red": ("red", "dark red", "wine red"),
    "orange": ("orange", "rust", "terracotta"),
    "yellow": ("yellow", "golden yellow", "pale yellow"),
    "green": (
        *("green", "grass green", "forest green", "moss green", "pale green", "sage green", "mint green"),
        *("olive", "dark olive", "dark green"),
    ),
    "blue": (
        *("blue", "vivid blue", "sky blue", "steel blue", "deep blue", "night blue", "lavender blue"),
        "pale blue",
    ),
    "purple": ("purple", "violet", "lilac"),
    "pink": ("pink", "pale pink", "magenta"),
    "brown": ("brown", "dark brown", "earth brown", "sand brown", "rust"),
    "beige": ("beige", "cream", "sand brown"),
    "turquoise": ("turquoise", "teal"),
    "navy": ("deep blue", "night blue"),
    "gold": ("golden yellow", "ochre"),
    "maroon": ("wine red", "dark red"),
}
_OTHER_NAMES = {"gray": "grey", "violet": "purple", "teal": "turquoise", "cyan": "turquoise", "aqua": "turquoise"}


@cache
def kernel(name: str) -> Kernel:
    """What a name of `named_colours.BROAD` stands for.

    Raises
    ------
    KeyError
        It is none of them.
    """
    terms = _TAKES_IN[_OTHER_NAMES.get(name, name)]
    level = np.linspace(0, 255, STEPS).astype(np.uint8)
    cube = np.stack(np.meshgrid(level, level, level, indexing="ij"), axis=-1).reshape(-1, 3)
    colours = from_srgb(cube, "lab")
    called = colours[np.isin(palette.called(colours), terms)]
    return Kernel(called.mean(axis=0), np.cov(called.T) + _SOFT * np.eye(3))
