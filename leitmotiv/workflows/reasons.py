"""Why a critic scores a picture as it does: which part raises it, which measure lowers it, and bars."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from leitmotiv.analysis import critic as learning
from leitmotiv.analysis import heat, histograms, technical_critic
from leitmotiv.analysis import technical as measures
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Critic, Float, Float32, Pixels
from leitmotiv.workflows import critiques, harmonies, technical
from leitmotiv.workflows.session import Session

STRONGEST = 6
_WORDS = {
    "sharpness": "how sharp its sharpest parts are",
    "sharpness_everywhere": "how sharp it is as a whole",
    "blur": "how little is lost by blurring it",
    "noise": "noise",
    "colour_noise": "noise of colours",
    "brightness": "brightness",
    "contrast": "contrast",
    "dark_end": "its darkest parts",
    "bright_end": "its brightest parts",
    "clipped_dark": "what is beyond black",
    "clipped_bright": "what is beyond white",
    "blocks": "blocks of compression",
    "even_steps": "neighbours of one level",
    "gaps": "levels that are missing",
    "information": "how much there is to see",
    "plain": "plain parts",
    "broken": "what is missing below",
    "one_direction": "detail that lacks in one direction",
    "weak_direction": "detail across",
    **{f"weakest_{scale}": "sharpness where it is weakest, as shake leaves it" for scale in range(3)},
    **{f"anisotropy_{scale}": "sharpness unlike in two directions" for scale in range(3)},
    "dark_channel": "haze",
    "local_range": "contrast of its parts",
    "strong_range": "contrast of its strongest parts",
    "lower": "its darker half",
    "middle": "its middle tones",
    "upper": "its brighter half",
    "at_white": "what is at white",
    "at_black": "what is at black",
    "lopsided": "rows or columns alike at one side",
    "torn": "rows or columns that do not go on",
    "lost": "blocks that are missing",
}
_TEXTURE = "the texture of fine detail"


@dataclass(frozen=True, eq=False)
class Reasons:
    """What a critic says of one picture, and why.

    Attributes
    ----------
    score, deviation : float
    shares : (10,) float64
    parts : (7, 7) float64 or None
        By how much the score is higher with each part of the seen square than without it, exactly; None of a critic
        that judges the whole.
    moved : tuple of (words, float)
        By how much each measure moves the score beside an ordinary one, the strongest first; empty of other critics.
    bars : tuple of (words, text, share)
    flags : tuple of (flag, what it means)
    """

    score: float
    deviation: float
    shares: Float
    parts: Float | None
    moved: tuple[tuple[str, float], ...]
    bars: tuple[tuple[str, str, float], ...]
    flags: tuple[tuple[str, str], ...]


def explain(session: Session, critic: Critic, pixels: Pixels) -> Reasons:
    """Why a critic scores a picture, (H, W, 3) uint8, upright sRGB, as it does.

    Raises
    ------
    MissingExtraError
        The critic needs the backbone, and its weights are not installed or damaged.
    """
    numbers = technical.of_pixels(pixels)
    parts: Float | None = None
    moved: tuple[tuple[str, float], ...] = ()
    if critic.lift is not None:
        shares = technical_critic.shares(critic, numbers[None])[0]
        moved = _moved(critic, numbers)
    else:
        seen = critiques.backbone(session, critic).features(network_input(pixels)[None])
        shares = learning.predict(critic.weights, critic.bias, seen.pooled)[0]
        parts = without_each(critic, seen.map[0])
    score, deviation = float(histograms.means(shares)), float(histograms.deviations(shares))
    flags, bars = technical.flagged(numbers), technical.bars(numbers, harmonies.bar(session, pixels))
    return Reasons(score, deviation, shares, parts, moved, bars, flags)


def of_picture(session: Session, critic: Critic, image_id: str) -> Reasons:
    """As `explain`, of a picture of the library by its full id; from its file, else from its thumbnail.

    Raises
    ------
    ImageReadError
        Neither can be read.
    MissingExtraError
    """
    return explain(session, critic, pixels_of(session, image_id))


def pixels_of(session: Session, image_id: str) -> Pixels:
    """The pixels of a picture of the library at 512 a side."""
    return technical.shown(session, session.library.images.get(image_id))


def pixels_of_file(session: Session, path: Path) -> Pixels:
    """The pixels of a file at 512 a side.

    Raises
    ------
    ImageReadError
    """
    return reading.read_pixels(path, max_size=measures.SIDE, max_megapixels=session.settings.max_megapixels)


def without_each(critic: Critic, seen: Float32) -> Float:
    """By how much the score of a map (H, W, D) is higher with each cell than with the mean of the others alone, (H, W).

    Pooled features are the mean over the cells: leaving one out needs no second look, and is exact.
    """
    cells = seen.reshape(-1, seen.shape[2]).astype(np.float64)
    whole = cells.mean(axis=0)
    left = (whole * len(cells) - cells) / (len(cells) - 1)
    scores = histograms.means(learning.predict(critic.weights, critic.bias, np.vstack([whole[None], left])))
    return np.asarray((scores[0] - scores[1:]).reshape(seen.shape[:2]))


def coloured(parts: Float) -> bytes:
    """A map as a PNG to lay over the seen square: bright raises the score, dark lowers it; 0.5 is no matter."""
    most = max(float(np.abs(parts).max()), 1e-9)
    side = 224
    return reading.encode(heat.coloured(heat.enlarged(0.5 + parts / most / 2, side)), "PNG")


def form(found: Reasons) -> dict[str, Any]:
    """Reasons as JSON has them."""
    return {
        "score": found.score,
        "deviation": found.deviation,
        "histogram": found.shares.tolist(),
        "parts": None if found.parts is None else np.round(found.parts, 5).tolist(),
        "moved": [{"what": words, "by": round(by, 3)} for words, by in found.moved],
        "flags": [name for name, _ in found.flags],
        "bars": {words: text for words, text, _ in found.bars},
    }


def _moved(critic: Critic, numbers: Float32) -> tuple[tuple[str, float], ...]:
    """How far the score moves when a measure is as it is in an ordinary picture; texture is taken as one."""
    lift = critic.lift
    if lift is None:
        return ()
    ordinary = np.sign(lift.centre) * np.expm1(np.abs(lift.centre))
    named = {int(column): place for place, column in enumerate(lift.columns) if column < len(measures.NAMES)}
    rows, words = [numbers], []
    for column, place in named.items():
        changed = numbers.copy()
        changed[column] = ordinary[place]
        rows.append(changed)
        words.append(_WORDS[measures.NAMES[column]])
    texture = numbers.copy()
    rest = [place for place, column in enumerate(lift.columns) if column >= len(measures.NAMES)]
    texture[lift.columns[rest]] = ordinary[rest]
    scores = histograms.means(technical_critic.shares(critic, np.stack([*rows, texture])))
    found = sorted(zip([*words, _TEXTURE], scores[0] - scores[1:], strict=True), key=lambda one: -abs(one[1]))
    return tuple((name, float(moved)) for name, moved in found[:STRONGEST] if abs(moved) >= 0.05)
