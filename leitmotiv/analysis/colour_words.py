"""What people mean by the names of colours: not one colour, but all that would be called so, and how much there is.

CSS says which single colour a name stands for, and those are the corners of a screen: its blue is a vivid one that
skies and seas never have. A name of a basic colour [1]_ stands here for those of the fifty terms of `palette` that it
takes in, a term for whatever is nearest to it. The *share* of a place that has the name is how much of the pictures'
mixtures lies there and is called so: each component is looked at in `POINTS` colours, spread as its own are. How
typical of the name they are is told by a *kernel*, the mean and the covariance of all colours of a screen called so.

References
----------
.. [1] B. Berlin and P. Kay, Basic color terms: their universality and evolution (1969).
"""

from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.analysis import palette
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.colour_search import FAINT, Kernel
from leitmotiv.analysis.patches import PLACE_OF, Patches, Rows
from leitmotiv.analysis.places import Place
from leitmotiv.records import Float

STEPS = 20
"""Levels of red, green and blue each, at which all colours are looked at."""
_SOFT = 4.0
"""Added to the covariance, squared L*a*b* units: no border of a name is sharp."""
VISIBLE = 0.1
"""Share of a place from which on anybody would say that the colour is there."""
SPOT = 0.03
"""The same beside what a picture shows: the colour is mostly that of a thing, which fills a part of the place. Of 17
pairs of a kind and a colour that a person looked at (`benchmarks.colour_names`) 0.69 of what has it plainly stands out
so, with `VISIBLE` 0.52; of what stands out 0.75 plainly has it, in place of 0.87."""
POINTS = 16
"""Colours at which a component is looked at."""
_STEP = 4
"""Side of the cells of L*a*b* within which a colour keeps its name."""
_REACH = 128
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
    """What is typical of a name of `named_colours.BROAD`.

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


@cache
def inside(name: str) -> NDArray[np.bool_]:
    """Which cells of L*a*b* people would call so, (26, 65, 65): steps of four from 0, and from -128 twice.

    Raises
    ------
    KeyError
        It is none of `named_colours.BROAD`.
    """
    terms = _TAKES_IN[_OTHER_NAMES.get(name, name)]
    return np.isin(_called(), terms)


@cache
def _called() -> NDArray[np.str_]:
    """What the middles of the cells are called."""
    light, side = np.arange(0.0, 101, _STEP), np.arange(-_REACH, _REACH + 1.0, _STEP)
    across = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    planes = [palette.called(np.column_stack([np.full(len(across), level), across])) for level in light]
    return np.stack(planes).reshape(len(light), len(side), len(side))


def cells(light: Rows, a: Rows, b: Rows) -> NDArray[np.intp]:
    """The cell of each colour, as a place in `inside` laid flat."""
    last = 2 * _REACH // _STEP
    first = np.clip(np.rint(light / _STEP), 0, 100 // _STEP).astype(np.intp)
    second, third = (np.clip(np.rint((one + _REACH) / _STEP), 0, last).astype(np.intp) for one in (a, b))
    return (first * (last + 1) + second) * (last + 1) + third


@cache
def _points() -> Float:
    """Points of three independent standard normal numbers, (16, 3): their mean is 0 and their covariance 1, exactly."""
    golden = 1.2207440846057596  # the root of x⁴ = x + 1, whose powers part a cube evenly
    steps = golden ** -np.arange(1.0, 4)
    half = scipy.special.ndtri((0.5 + np.outer(np.arange(1, POINTS // 2 + 1), steps)) % 1.0)
    both = np.vstack([half, -half])
    return np.asarray(np.linalg.solve(np.linalg.cholesky(both.T @ both / POINTS), both.T).T)


def shares(patches: Patches, name: str, place: Place | None = None) -> Float:
    """Share of a place (None: of the whole frame) that people would call so, (N,) float64, 0 to 1.

    Of a component that has the name in part, what lies in the place is that of a Gaussian with the mean and covariance
    of that part. The masses of places that part the frame add up to that of the whole.
    """
    called = inside(name).ravel()
    total = np.zeros(len(patches))
    for table, owner in patches.blocks():
        lower = _factor(table)
        hits = _hits(table, lower, called)
        weights = table[0] * hits.mean(axis=0)
        rows = np.flatnonzero(weights > FAINT)
        masses = weights[rows].astype(np.float64)
        if place is not None:
            masses *= place.under(*_where(table[:, rows], [one[rows] for one in lower], hits[:, rows]))
        total += patches.summed(owner[rows], masses)
    return np.clip(total / (1.0 if place is None else place.extent), 0.0, 1.0)


def _factor(table: Rows) -> list[Rows]:
    """Cholesky factor of the components' covariances of colour, row by row; float32 may have rounded one away."""
    s = {(i, j): table[PLACE_OF[i + 2, j + 2]] for i in range(3) for j in range(i + 1)}
    least = np.float32(1e-4)
    ll = np.sqrt(np.maximum(s[0, 0], least))
    al, bl = s[1, 0] / ll, s[2, 0] / ll
    aa = np.sqrt(np.maximum(s[1, 1] - al * al, least))
    ba = (s[2, 1] - bl * al) / aa
    return [ll, al, aa, bl, ba, np.sqrt(np.maximum(s[2, 2] - bl * bl - ba * ba, least))]


def _hits(table: Rows, lower: list[Rows], called: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which colours of each component have the name, (16, B)."""
    ll, al, aa, bl, ba, bb = lower
    hits = np.empty((POINTS, table.shape[1]), bool)
    for at, (x, y, z) in enumerate(_points().astype(np.float32)):
        hits[at] = called[cells(table[3] + ll * x, table[4] + al * x + aa * y, table[5] + bl * x + ba * y + bb * z)]
    return hits


def _where(table: Rows, lower: list[Rows], hits: NDArray[np.bool_]) -> tuple[Float, Float]:
    """Middles (R, 2) and covariances (R, 2, 2), in the frame's coordinates, of what of components has the name."""
    ll, al, aa, bl, ba, bb = (one.astype(np.float64) for one in lower)
    crosses = np.empty((table.shape[1], 2, 3))
    for axis in (0, 1):
        first, second, third = (table[PLACE_OF[colour, axis]].astype(np.float64) for colour in (2, 3, 4))
        one = first / ll
        other = (second - al * one) / aa
        crosses[:, axis] = np.stack([one, other, (third - bl * one - ba * other) / bb], axis=1)
    points = _points()
    part = hits / hits.sum(axis=0)
    means = part.T @ points
    squares = (part.T @ (points[:, :, None] * points[:, None, :]).reshape(POINTS, 9)).reshape(-1, 3, 3)
    gained = squares - means[:, :, None] * means[:, None, :] - np.eye(3)
    spreads = crosses @ gained @ crosses.transpose(0, 2, 1)
    for i, j in ((0, 0), (1, 0), (1, 1)):
        spreads[:, i, j] += table[PLACE_OF[i, j]]
    spreads[:, 0, 0] = np.maximum(spreads[:, 0, 0], 1e-8)
    spreads[:, 0, 1] = spreads[:, 1, 0]
    spreads[:, 1, 1] = np.maximum(spreads[:, 1, 1], spreads[:, 1, 0] ** 2 / spreads[:, 0, 0] + 1e-8)
    middles = table[1:3].T.astype(np.float64) + np.einsum("rij,rj->ri", crosses, means)
    return middles, spreads
