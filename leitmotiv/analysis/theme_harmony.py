"""Which five colours people like together, learnt from rated themes: a ridge regression on what eyes may notice.

What is noticed does not depend on the order of the colours: lightnesses from dark to light, chroma, how hues gather
along one, two or three directions, and how far the colours lie apart.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.retrieval import Interval
from leitmotiv.analysis.threads import products_on_one, sums_on_one
from leitmotiv.records import Float, Pixels

COLOURS = 5
FEWEST = 50
"""Themes from which on something is learnt."""
_RIDGES = tuple(10.0**power for power in range(-2, 5))
_PAIRS = tuple(combinations(range(COLOURS), 2))
_POINTS, _DRAWS, _HELD = 1500, 500, 5


@dataclass(frozen=True, eq=False)
class Harmony:
    """What was learnt: stars = level + ((features - centre) / scale) · weights.

    Attributes
    ----------
    weights, centre, scale : (F,) float64
    level : float
        Mean stars of the themes.
    """

    weights: Float
    centre: Float
    scale: Float
    level: float


def features(colours: Float) -> Float:
    """What is noticed of themes (N, 5, 3), sRGB from 0 to 1: (N, F) float64."""
    levels = np.rint(255 * np.clip(colours, 0, 1)).astype(np.uint8)
    lab = from_srgb(levels.reshape(-1, 3), "lab").reshape(-1, COLOURS, 3)
    order = np.argsort(lab[..., 0], axis=1, kind="stable")
    lab = np.take_along_axis(lab, order[..., None], axis=1)
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    sums = [np.abs((chroma * np.exp(1j * turns * hue)).sum(axis=1)) for turns in (1, 2, 3)]
    gathered = [one / (chroma.sum(axis=1) + 5) for one in sums]
    apart = np.stack([np.linalg.norm(lab[:, one] - lab[:, other], axis=1) for one, other in _PAIRS], axis=1)
    whole = [light.mean(axis=1), light.std(axis=1), chroma.mean(axis=1), chroma.std(axis=1), chroma.max(axis=1)]
    whole += [lab[..., 1].mean(axis=1), lab[..., 2].mean(axis=1), *gathered]
    whole += [apart.min(axis=1), apart.mean(axis=1), apart.max(axis=1), np.abs(np.diff(light, axis=1)).min(axis=1)]
    found = np.column_stack([light, chroma, np.sort(chroma, axis=1), *whole])
    return np.column_stack([found, np.column_stack(whole) ** 2])


def learn(colours: Float, stars: Float, votes: Float, keys: Sequence[str]) -> tuple[Harmony, Interval]:
    """Learn from themes (N, 5, 3), their mean stars and numbers of votes (N,).

    Returns
    -------
    harmony : Harmony
        From all themes.
    found : Interval
        Rank correlation with the stars of a fifth of the themes, chosen by their keys, from what the others taught;
        a guess that says the same of all has none.

    Raises
    ------
    ValueError
        Fewer than `FEWEST` themes, or all rated alike.
    """
    if len(colours) < FEWEST or np.ptp(stars) < 1e-9:
        raise ValueError(f"{len(colours)} themes teach no harmony: {FEWEST} with different stars are needed")
    seen = features(colours)
    held = np.array([int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % _HELD == 0 for key in keys])
    said = score_of(_fitted(seen[~held], stars[~held], votes[~held]), seen[held])
    truth, rng = stars[held], np.random.default_rng(0)
    draws = [rng.integers(len(truth), size=len(truth)) for _ in range(_DRAWS)]
    drawn = [scipy.stats.spearmanr(said[rows], truth[rows])[0] for rows in draws if np.ptp(truth[rows]) > 0]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return _fitted(seen, stars, votes), Interval(float(scipy.stats.spearmanr(said, truth)[0]), float(low), float(high))


def score(harmony: Harmony, colours: Float) -> Float:
    """Stars that themes (N, 5, 3) would get, (N,)."""
    return score_of(harmony, features(colours))


def score_of(harmony: Harmony, seen: Float) -> Float:
    """The same of what is noticed of them."""
    return np.asarray(harmony.level + (seen - harmony.centre) / harmony.scale @ harmony.weights)


def main_colours(pixels: Pixels) -> Float:
    """Five colours of a picture (H, W, 3) uint8, as a theme: (5, 3) from 0 to 1, the same each time."""
    step = max(1, int(np.sqrt(pixels.shape[0] * pixels.shape[1] / _POINTS)))
    points = pixels[::step, ::step].reshape(-1, 3)
    different = np.unique(points, axis=0)
    if len(different) <= COLOURS:
        return np.asarray(np.resize(different, (COLOURS, 3)) / 255.0)
    from sklearn.cluster import KMeans  # a server would wait for it before its first page

    with sums_on_one():
        groups = KMeans(COLOURS, n_init=1, random_state=0).fit_predict(from_srgb(points, "lab"))
    return np.stack([points[groups == group].mean(axis=0) for group in range(COLOURS)]) / 255.0


def _fitted(seen: Float, stars: Float, votes: Float) -> Harmony:
    centre, scale = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    level = float(np.average(stars, weights=votes))
    from sklearn.linear_model import RidgeCV

    with products_on_one():
        found = RidgeCV(_RIDGES, fit_intercept=False).fit((seen - centre) / scale, stars - level, votes)
    return Harmony(np.asarray(found.coef_, np.float64), centre, scale, level)
