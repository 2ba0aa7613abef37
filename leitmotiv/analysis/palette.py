"""The main colours of pictures: how much of each there is, where it lies, and what a person would call it."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.colour import from_srgb, to_srgb
from leitmotiv.records import Float, Mixture, Pixels, Swatch

SAME = 7.0
"""Colours nearer than this in L*a*b* are one swatch."""
_MOST = 160
_ACCENT = 0.6
_ASIDE = 0.08
_UNEVEN = (0.24, 0.325)
_SPECK = 0.08
_PALE = 8.0

# What people call colours in pictures; a name stands for whatever is nearest to it.
_TERMS = {
    "black": "#0d0d0e",
    "charcoal": "#35383b",
    "dark grey": "#565656",
    "grey": "#848484",
    "silver grey": "#b4b5b7",
    "pale grey": "#d6d6d5",
    "white": "#fbfbfa",
    "cream": "#f3e9cf",
    "beige": "#d6c5a5",
    "warm grey": "#8f857a",
    "sand brown": "#b39569",
    "ochre": "#b5832e",
    "brown": "#7d5636",
    "dark brown": "#44301f",
    "earth brown": "#5f4a38",
    "rust": "#a2481f",
    "terracotta": "#bd6b4b",
    "peach": "#eab592",
    "skin pink": "#d8a08c",
    "orange": "#ea842a",
    "golden yellow": "#e5b52f",
    "yellow": "#f2de48",
    "pale yellow": "#f1e7a4",
    "olive": "#6d6b2e",
    "dark olive": "#3d3f22",
    "moss green": "#64793f",
    "grass green": "#5b9a3b",
    "forest green": "#22452b",
    "green": "#2f8f4e",
    "pale green": "#b6d0a4",
    "sage green": "#93a284",
    "mint green": "#a5dcc3",
    "teal": "#1e7877",
    "turquoise": "#4bb9b6",
    "sky blue": "#82b6e0",
    "pale blue": "#c2d6e6",
    "blue": "#2d6cb6",
    "vivid blue": "#1546d8",
    "lavender blue": "#7d85cb",
    "steel blue": "#6587a8",
    "deep blue": "#173c75",
    "night blue": "#131d35",
    "green grey": "#616a58",
    "dark green": "#2b3526",
    "brown grey": "#5f5750",
    "slate grey": "#5c6874",
    "blue grey": "#94a2b0",
    "violet": "#6a499c",
    "lilac": "#b8a2d3",
    "purple": "#5d2559",
    "magenta": "#b82f7d",
    "pink": "#e59cb4",
    "pale pink": "#f0d2d6",
    "red": "#c4242b",
    "dark red": "#6f1720",
    "wine red": "#472028",
}


def hexadecimal(colour: Pixels) -> str:
    """A colour (3,) uint8 as "#rrggbb"."""
    return "#" + "".join(f"{int(level):02x}" for level in colour)


def palette(mixtures: Sequence[Mixture], n: int = 6) -> tuple[Swatch, ...]:
    """The main colours of one picture, or of several that count equally; largest share first.

    The components of the mixtures are joined two by two in L*a*b*, always those whose joining changes colours least
    (Ward's criterion; a component counts with a power of its weight below 1, so that a small bright accent can stay),
    until at most `n` are left and none are alike.

    Raises
    ------
    ValueError
        No mixture, or n < 1.
    """
    if not mixtures or n < 1:
        raise ValueError(f"A palette of {n} colours cannot be drawn from {len(mixtures)} mixtures.")
    groups = _merge(_group(np.concatenate([_gather(mixture) for mixture in mixtures])), n)
    groups = groups[np.argsort(-groups[:, 0], kind="stable")]
    shares = groups[:, 0] / groups[:, 0].sum()
    colours = to_srgb(groups[:, 1:4], "lab")
    return tuple(
        Swatch(hexadecimal(colour), float(share), _place(group[4:]))
        for colour, share, group in zip(colours, shares, groups, strict=True)
    )


def _gather(mixture: Mixture) -> Float:
    """One row for each component: weight, L*a*b*, mean of x and y, mean of x² and y², as shares of the frame."""
    means = mixture.shift + mixture.scale * mixture.means
    spreads = ((mixture.scale[:, None] * mixture.cholesky) ** 2).sum(axis=2)[:, :2] / np.square(mixture.frame)
    places = (means[:, :2] - 0.5) / mixture.frame + 0.5
    colours = means[:, 2:]
    if mixture.colour_space != "lab":
        colours = from_srgb(to_srgb(colours, mixture.colour_space), "lab")
    weights = mixture.weights / mixture.weights.sum()
    return np.column_stack([weights, colours, places, places**2 + spreads])


def _group(rows: Float) -> Float:
    """At most `_MOST` rows: those that share a cell of a grid in L*a*b* joined, the grid made coarser as needed."""
    size = SAME / 2
    groups = rows
    while len(groups) > _MOST:
        cells, members = np.unique(np.floor(rows[:, 1:4] / size), axis=0, return_inverse=True)
        weights = np.bincount(members.ravel(), rows[:, 0], len(cells))
        sums = [np.bincount(members.ravel(), rows[:, 0] * column, len(cells)) for column in rows.T[1:]]
        groups = np.column_stack([weights, *(total / weights for total in sums)])
        size *= 1.5
    return groups


def _merge(groups: Float, n: int) -> Float:
    """Join the two groups that cost least until at most `n` are left, and then those that are alike."""
    groups = groups.copy()
    distances, costs = np.full((2, len(groups), len(groups)), np.inf)
    for row in range(1, len(groups)):
        _measure(groups, row, np.arange(row), distances, costs)
    alive = np.arange(len(groups))
    while len(alive) > 1:
        few = len(alive) <= n
        a, b = divmod(int((distances if few else costs).argmin()), len(groups))
        if few and distances[a, b] >= SAME**2:
            break
        weight = groups[a, 0] + groups[b, 0]
        groups[a, 1:] = (groups[a, 0] * groups[a, 1:] + groups[b, 0] * groups[b, 1:]) / weight
        groups[a, 0] = weight
        for table in (distances, costs):
            table[b] = table[:, b] = np.inf
        alive = alive[alive != b]
        _measure(groups, a, alive[alive != a], distances, costs)
    return groups[alive]


def _measure(groups: Float, row: int, others: NDArray[np.int64], distances: Float, costs: Float) -> None:
    """Squared distances of one colour to others, and what joining them costs, into both triangles."""
    apart = ((groups[others, 1:4] - groups[row, 1:4]) ** 2).sum(axis=1)
    here, there = groups[row, 0] ** _ACCENT, groups[others, 0] ** _ACCENT
    distances[row, others] = distances[others, row] = apart
    costs[row, others] = costs[others, row] = apart * (here * there / (here + there))


def _place(moments: Float) -> str:
    """Where in the frame something lies, from its mean and mean square of x and y."""
    x, y = moments[:2]
    words = []
    if abs(x - 0.5) > _ASIDE:
        words.append("left" if x < 0.5 else "right")
    if abs(y - 0.5) > _ASIDE:
        words.append("above" if y < 0.5 else "below")
    if words:
        return ", ".join(words)
    spread = np.sqrt(max(0.0, float((moments[2:] - moments[:2] ** 2).mean())))
    return ("middle", "all over", "around")[int(np.searchsorted(_UNEVEN, spread))]


def colour_name(swatches: Sequence[Swatch]) -> str:
    """Two colours of a palette and how they lie, in plain words: "deep blue over sand brown".

    Only what the palette tells is said: colours by the nearest of some fifty terms, and their places.
    """
    shares: dict[str, float] = {}
    places: dict[str, str] = {}
    for swatch in swatches:
        word = term(swatch.colour)
        shares[word] = shares.get(word, 0.0) + swatch.share
        places.setdefault(word, swatch.place)
    if not shares:
        return "no colour"
    first, *others = sorted(shares, key=lambda word: (-shares[word], word))
    if not others or shares[first] > 0.85:
        return first
    second = others[0]
    if "above" in places[first] and "below" in places[second]:
        return f"{first} over {second}"
    if "below" in places[first] and "above" in places[second]:
        return f"{second} over {first}"
    if places[second] == "middle" and places[first] in ("around", "all over"):
        return f"{second} on {first}"
    if places[first] == "middle" and places[second] == "around":
        return f"{first} on {second}"
    return f"{first} and {second}"


def lightness(swatches: Sequence[Swatch]) -> float:
    """Mean lightness of a palette, L* from 0 (black) to 100 (white)."""
    whole = sum(swatch.share for swatch in swatches) or 1.0
    return float(sum(swatch.share * _lab(swatch.colour)[0] for swatch in swatches) / whole)


def term(colour: str) -> str:
    """What a person would call a colour "#rrggbb"."""
    names, colours = _terms()
    return names[int(((colours - _lab(colour)) ** 2).sum(axis=1).argmin())]


def called(colours: Float) -> list[str]:
    """What a person would call colours (N, 3) L*a*b*."""
    names, terms = _terms()
    return [names[at] for at in ((colours[:, None] - terms) ** 2).sum(axis=2).argmin(axis=1)]


@lru_cache(maxsize=1)
def _terms() -> tuple[list[str], Float]:
    """The terms in the order of the alphabet, and their colours, (T, 3) L*a*b*."""
    names = sorted(_TERMS)
    return names, np.array([_lab(_TERMS[name]) for name in names])


def _lab(colour: str) -> Float:
    return from_srgb(np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8), "lab")


def characteristic(swatches: Sequence[Swatch]) -> str:
    """The colour of a palette that one would remember, "#rrggbb": vivid before large, but not a speck."""
    if not swatches:
        return "#808080"
    large = [swatch for swatch in swatches if swatch.share >= _SPECK] or list(swatches)

    def weight(swatch: Swatch) -> float:
        _, a, b = _lab(swatch.colour)
        return float((_PALE + np.hypot(a, b)) * np.sqrt(swatch.share))

    return max(large, key=weight).colour


def nearest(colours: Sequence[str], swatches: Sequence[Swatch]) -> tuple[int, ...]:
    """Which swatch of a palette each colour ("#rrggbb") is nearest to in L*a*b*: positions in `swatches`.

    Raises
    ------
    ValueError
        The palette is empty.
    """
    if not swatches:
        raise ValueError("No colour is near to an empty palette.")
    wanted = np.array([_lab(colour) for colour in colours]).reshape(-1, 1, 3)
    there = np.array([_lab(swatch.colour) for swatch in swatches])
    return tuple(((wanted - there) ** 2).sum(axis=2).argmin(axis=1).tolist())
