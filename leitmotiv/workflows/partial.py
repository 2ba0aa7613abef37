"""Owns what eyes are given to look at: part of a picture, made the same way in training and ever after."""

import zlib
from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis import colour_regions, drawing, mixture
from leitmotiv.errors import UsageError
from leitmotiv.imaging import edges
from leitmotiv.records import Float, Mixture, Partial, Pixels

KINDS = ("edges", "sobel", "drawing", "regions", "blur", "small", "grey", "mixture")
"""Kinds that lose something of a picture."""
WHOLE = "whole"
IN_COLOUR = frozenset({"regions", "blur", "small", "mixture", WHOLE})
"""Kinds whose pixels have colours; the others are grey."""
COLOURS = ("ordered", "mean", "random")
FEWEST, MOST = 2, 12
"""Regions of a picture."""
STEEPEST = 2040.0
"""What the slopes of a picture add up to at most: two of Sobel's, 4 x 255 each."""
REACH = 0.03
"""Of the surroundings that ink is compared with, as a share of the longest side."""
INK = 6.0
"""Levels that ink is darker than its surroundings."""


@dataclass(frozen=True, eq=False)
class Glimpse:
    """Part of a picture, and what the next frame of a film begins with.

    Attributes
    ----------
    pixels : (H, W, 3) uint8
    centres : (K, 3) float64 or None
        Of regions, L*a*b*.
    """

    pixels: Pixels
    centres: Float | None = None


def check(partial: Partial) -> Partial:
    """The same, where it can be done.

    Raises
    ------
    UsageError
        An unknown kind or palette, or a number out of range.
    """
    for name, value, known in (("kind", partial.kind, (*KINDS, WHOLE)), ("colours", partial.colours, COLOURS)):
        if value not in known:
            raise UsageError(f"{name} is {value!r}, but must be one of {', '.join(known)}.")
    if not FEWEST <= partial.regions <= MOST:
        raise UsageError(f"regions is {partial.regions}, but must lie between {FEWEST} and {MOST}.")
    if not 0 < partial.size <= 0.5:
        raise UsageError(f"size is {partial.size:g}, but must be above 0 and at most 0.5 of the longest side.")
    for name, threshold in (("low", partial.low), ("high", partial.high)):
        if not 0 <= threshold <= STEEPEST:
            raise UsageError(f"{name} is {threshold:g}, but must lie between 0 and {STEEPEST:,.0f}.")
    return partial


def glimpse(
    pixels: Pixels,
    partial: Partial,
    before: Glimpse | None = None,
    *,
    seed: int = 0,
    fitted: Mixture | None = None,
) -> Glimpse:
    """Take what a kind of partial information keeps of a picture.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
    partial : Partial
        Checked.
    before : Glimpse, optional
        Of the frame before, in a film: regions begin there and keep their numbers.
    seed : int
        Of regions and of their random colours.
    fitted : Mixture, optional
        The picture's own, where it is known; else it is fitted to these pixels.

    Returns
    -------
    Glimpse
        As large as the picture.
    """
    side = max(pixels.shape[:2])
    if partial.kind == WHOLE:
        return Glimpse(pixels)
    if partial.kind == "regions":
        return _regions(pixels, partial, before, seed)
    if partial.kind == "blur":
        return Glimpse(edges.smooth(pixels, partial.size * side))
    if partial.kind == "small":
        return Glimpse(edges.shrunk(pixels, max(1, round(partial.size * side))))
    if partial.kind == "mixture":
        own = mixture.fit_image(pixels) if fitted is None else fitted
        return Glimpse(drawing.drawn(own, pixels.shape[1], pixels.shape[0]))
    if partial.kind == "edges":
        return Glimpse(in_colour(np.where(edges.canny(pixels, partial.low, partial.high), np.uint8(255), np.uint8(0))))
    if partial.kind == "sobel":
        return Glimpse(in_colour(edges.sobel(pixels)))
    levels = edges.grey(pixels)
    if partial.kind == "drawing":
        ink = edges.below_surroundings(levels, max(1, round(REACH * side)), INK)
        levels = np.where(ink, np.uint8(255), np.uint8(0))
    return Glimpse(in_colour(levels))


def in_colour(levels: Pixels) -> Pixels:
    """Levels (H, W) as a grey picture (H, W, 3)."""
    return np.repeat(levels[..., None], 3, axis=2)


def _regions(pixels: Pixels, partial: Partial, before: Glimpse | None, seed: int) -> Glimpse:
    start = None if before is None else before.centres
    found = colour_regions.regions(pixels, partial.regions, start, seed)
    count = len(found.centres)
    if partial.colours == "mean":
        palette = colour_regions.mean_colours(found)
    elif partial.colours == "random":
        # drawn by the picture, too: the same palette for all of them would have a meaning
        palette = colour_regions.random_palette(count, seed ^ zlib.crc32(pixels.tobytes()))
    else:
        palette = colour_regions.ordered_palette(count)
    return Glimpse(colour_regions.drawn(found, palette), found.centres)
