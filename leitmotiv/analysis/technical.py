"""Technical measures of a picture: sharpness, noise, exposure, clipping, blocks, tilt, information, and what is broken.

They are taken of pictures at 512 pixels: what is told is how a picture looks at that size.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.analysis import scenes, wholeness
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.records import Float, Float32, Pixels

SIDE = 512
"""Longest side of a picture as it is measured, pixels."""
VERSION = f"technical/3 {SIDE}px"
NAMES = (
    "sharpness",
    "sharpness_everywhere",
    "blur",
    "noise",
    "colour_noise",
    "brightness",
    "contrast",
    "dark_end",
    "bright_end",
    "clipped_dark",
    "clipped_bright",
    "blocks",
    "even_steps",
    "gaps",
    "information",
    "plain",
    "broken",
    "tilt",
    "tilt_sure",
    "whitespace",
    "colourfulness",
    "harmony",
    "symmetry",
    "one_direction",
    "weak_direction",
    *(f"{name}_{scale}" for scale in range(3) for name in ("weakest", "anisotropy")),
    "dark_channel",
    "local_range",
    "strong_range",
    "lower",
    "middle",
    "upper",
    "at_white",
    "at_black",
    "lopsided",
    "torn",
    "lost",
)
"""Measures with names, in the order in which they are stored; statistics of natural scenes follow."""
WIDTH = len(NAMES) + scenes.SCALES * (scenes.PER_SCALE + 1)
FLAGS = (
    "blurred",
    "noisy",
    "dark",
    "bright",
    "clipped",
    "compressed",
    "tilted",
    "empty",
    "broken",
)
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_STEEP = 0.5  # degrees of a bin
_LEAST_TILT, _MOST_TILT, _SURE = 1.5, 12.0, 3.5


@dataclass(frozen=True)
class Limit:
    """When a flag is set: a measure beyond a value, in words that say what it means."""

    measure: str
    above: float | None = None
    below: float | None = None
    words: str = ""


def measure(pixels: Pixels) -> Float32:
    """All measures of upright sRGB pixels (H, W, 3) uint8: (WIDTH,) float32, all finite.

    Margins are cut away first; what is left should have at most `SIDE` a side, see `room`. Whether a part is missing,
    and whitespace, are told of the whole.
    """
    whole, pixels = _planes(pixels), wholeness.without_margins(pixels)
    planes = _planes(pixels)
    light = _light(planes)
    small = pixels[:: max(1, len(pixels) // 96), :: max(1, pixels.shape[1] // 96)]
    lab = from_srgb(small.reshape(-1, 3), "lab").reshape(*small.shape[:2], 3)
    lowest, highest = planes.min(axis=0), planes.max(axis=0)
    flat = _plain(planes)
    spread = np.quantile(light[::2, ::2], (0.02, 0.98))
    sharp, everywhere = scenes.edges(light)
    step, none = scenes.blocks(light)
    tilt, sure = _tilt(light)
    weak, tensors = scenes.directions(light), scenes.tensors(light)
    ranges, quarters = scenes.ranges(light), np.quantile(light[::2, ::2], (0.25, 0.5, 0.75))
    told = {
        "sharpness": sharp,
        "sharpness_everywhere": everywhere,
        "blur": scenes.blur(light),
        "noise": scenes.noise(light),
        "colour_noise": scenes.noise((planes[0] - planes[2]).astype(np.float32)),
        "brightness": float(lab[..., 0].mean()),
        "contrast": float(lab[..., 0].std()),
        "dark_end": float(spread[0]),
        "bright_end": float(spread[1]),
        "clipped_dark": _clipped(highest <= 3, flat),
        "clipped_bright": _clipped(lowest >= 252, flat),
        "blocks": step,
        "even_steps": none,
        "gaps": _gaps(light),
        "information": _information(light),
        "plain": float(flat.mean()),
        "broken": wholeness.broken(whole),
        "tilt": tilt,
        "tilt_sure": sure,
        "whitespace": float((_plain(whole) & (whole.min(axis=0) >= 240)).mean()),
        "colourfulness": _colourfulness(small),
        "harmony": _harmony(lab),
        "symmetry": _symmetry(lab[..., 0]),
        "one_direction": weak[0],
        "weak_direction": weak[1],
        **{f"weakest_{scale}": tensors[scale, 0] for scale in range(3)},
        **{f"anisotropy_{scale}": tensors[scale, 1] for scale in range(3)},
        "dark_channel": scenes.dark_channel(lowest),
        "local_range": ranges[0],
        "strong_range": ranges[1],
        "lower": float(quarters[0]),
        "middle": float(quarters[1]),
        "upper": float(quarters[2]),
        "at_white": float((planes >= 254).mean()),
        "at_black": float((planes <= 1).mean()),
        "lopsided": wholeness.lopsided(whole),
        "torn": wholeness.torn(light),
        "lost": wholeness.lost(light),
    }
    found = scenes.scene(light)
    values = np.concatenate([[told[name] for name in NAMES], found.bands, found.normalised.ravel()])
    return np.asarray(np.nan_to_num(values, posinf=1e6, neginf=-1e6), np.float32)


def room(pixels: Pixels) -> int:
    """How many pixels a side a picture needs so that `SIDE` are left of it without its margins.

    A picture is not sharper for being printed smaller: beside its paper it is seen as large as without.
    """
    inner = wholeness.without_margins(pixels)
    return SIDE if inner is pixels else math.ceil(SIDE * max(pixels.shape[:2]) / max(inner.shape[:2]))


def column(measures: NDArray[np.floating], name: str) -> Float:
    """One named measure of rows (N, WIDTH)."""
    return np.asarray(measures[..., NAMES.index(name)], np.float64)


def _planes(pixels: Pixels) -> wholeness.PLANES:
    return np.ascontiguousarray(np.moveaxis(pixels, 2, 0)).astype(np.int16)


def _light(planes: wholeness.PLANES) -> Float32:
    return np.asarray(np.tensordot(_LUMA, planes.astype(np.float32), axes=1), np.float32)


def _plain(planes: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Pixels (H, W) of one colour with their neighbours to the right and below, a level of noise aside."""
    plain = np.ones(planes.shape[1:], bool)
    plain[:, :-1] &= np.abs(np.diff(planes, axis=2)).max(axis=0) <= 1
    plain[:-1] &= np.abs(np.diff(planes, axis=1)).max(axis=0) <= 1
    return plain


def _clipped(ends: NDArray[np.bool_], flat: NDArray[np.bool_]) -> float:
    """Share of pixels at an end of the range; an end that fills the frame's edges is paper, and counts a quarter."""
    rim = np.concatenate([ends[0], ends[-1], ends[:, 0], ends[:, -1]])
    share = float(ends.mean())
    return share * (0.25 if rim.mean() > 0.6 and flat[ends].mean() > 0.5 else 1.0)


def _gaps(light: Float32) -> float:
    """Share of the levels between both ends that hold less than a fifth of what their neighbours hold."""
    counts = np.bincount(np.clip(light, 0, 255).astype(np.uint8).ravel(), minlength=256).astype(np.float64)
    below = counts.cumsum() / light.size
    first, last = int(np.searchsorted(below, 0.01)), int(np.searchsorted(below, 0.99))
    inside = counts[first : last + 1]
    if len(inside) < 8:
        return 1.0
    around = scipy.ndimage.gaussian_filter1d(counts, 3.0)[first : last + 1]
    return float((inside < 0.2 * around).mean())


def _information(light: Float32) -> float:
    """Entropy of the differences between neighbours, bits."""
    steps = np.clip(np.diff(light, axis=1) + 128, 0, 255).astype(np.uint8)
    shares = np.bincount(steps.ravel(), minlength=256) / max(1, steps.size)
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0


def _tilt(light: Float32) -> tuple[float, float]:
    """Degrees by which upright and level edges lean, clockwise, and how much these stand out among all edges."""
    across, down = scipy.ndimage.sobel(light, axis=1), scipy.ndimage.sobel(light, axis=0)
    strength = np.hypot(across, down)
    strong = strength > max(40.0, float(np.quantile(strength[::3, ::3], 0.85)))
    if strong.sum() < 200:
        return 0.0, 0.0
    angle = np.rad2deg(np.arctan2(down[strong], across[strong]))
    folded = (angle + 45) % 90 - 45
    bins = round(90 / _STEEP)
    counts = np.bincount(
        np.clip(((folded + 45) / _STEEP).astype(np.int64), 0, bins - 1), strength[strong], minlength=bins
    )
    smooth = scipy.ndimage.gaussian_filter1d(counts / counts.sum(), 1.5, mode="wrap") * bins
    centre = (np.arange(bins) + 0.5) * _STEEP - 45
    near = np.abs(centre) <= _MOST_TILT
    peak = int(np.flatnonzero(near)[np.argmax(smooth[near])])
    return float(centre[peak]), float(smooth[peak] / (np.median(smooth) + 0.1))


def _colourfulness(pixels: Pixels) -> float:
    """Spread and strength of opponent colours, after Hasler and Süsstrunk; 0 is grey, above 80 very colourful."""
    red, green, blue = np.moveaxis(pixels.astype(np.float32), 2, 0)
    first, second = red - green, (red + green) / 2 - blue
    return float(np.hypot(first.std(), second.std()) + 0.3 * np.hypot(first.mean(), second.mean()))


def _harmony(lab: Float) -> float:
    """Share of chroma that lies in two opposite sectors of 60 degrees of hue, the best there are; 1 without colour."""
    chroma = np.hypot(lab[..., 1], lab[..., 2]).ravel()
    hue = np.rad2deg(np.arctan2(lab[..., 2], lab[..., 1])).ravel() % 180
    weights = np.bincount((hue / 10).astype(np.int64) % 18, np.where(chroma > 8, chroma, 0), minlength=18)
    if weights.sum() < 1e-9:
        return 1.0
    sums = sum(np.roll(weights, shift) for shift in range(6))
    return float(np.max(sums) / weights.sum())


def _symmetry(light: Float) -> float:
    """Correlation of the lightness with its mirror image, left and right, at least 0."""
    centred = light - light.mean()
    size = float((centred**2).sum())
    return 0.0 if size < 1e-6 * light.size else max(0.0, float((centred * centred[:, ::-1]).sum()) / size)


_BLACK = 0.35
"""Share of a picture that may be beyond black: more of it is night or shadow than is of white."""

LIMITS: Mapping[str, Limit] = {
    "blurred": Limit("sharpness", below=0.2, words="nothing in it is sharp at 512 pixels"),
    "noisy": Limit("noise", above=4.0, words="even its quiet places are grainy"),
    "dark": Limit("bright_end", below=90.0, words="even its brightest places are dark"),
    "bright": Limit("dark_end", above=150.0, words="even its darkest places are bright"),
    "clipped": Limit("clipped_bright", above=0.12, words="much of it is beyond white or black"),
    "compressed": Limit("blocks", above=0.8, words="the blocks of strong compression show"),
    "tilted": Limit("tilt_sure", above=_SURE, words="its lines lean"),
    "empty": Limit("information", below=1.2, words="next to nothing is to be seen"),
    "broken": Limit("broken", above=0.08, words="its lower part is missing"),
}


def flags(measures: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which flags hold for rows (N, WIDTH): (N, len(FLAGS)), in the order of `FLAGS`."""
    kept = np.zeros((len(measures), len(FLAGS)), bool)
    for place, name in enumerate(FLAGS):
        limit = LIMITS[name]
        values = column(measures, limit.measure)
        kept[:, place] = values > limit.above if limit.above is not None else values < (limit.below or 0.0)
    tilt = np.abs(column(measures, "tilt"))
    kept[:, FLAGS.index("tilted")] &= (tilt >= _LEAST_TILT) & (tilt <= _MOST_TILT)
    kept[:, FLAGS.index("clipped")] |= column(measures, "clipped_dark") > _BLACK
    kept[:, FLAGS.index("blurred")] &= ~kept[:, FLAGS.index("empty")]
    return kept


def meaning(measures: NDArray[np.floating], name: str) -> str:
    """What a flag that holds means for one picture (WIDTH,), in words; of clipping, which end."""
    limit = LIMITS[name]
    if name != "clipped":
        return limit.words
    white = float(column(measures, "clipped_bright")) > (limit.above or 0.0)
    black = float(column(measures, "clipped_dark")) > _BLACK
    if white and black:
        return "much of it is beyond white, and much beyond black"
    return "much of it is beyond black" if black else "much of it is beyond white"
