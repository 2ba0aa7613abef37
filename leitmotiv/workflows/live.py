"""Owns a camera's frames on their way to eyes and back: the controls of memo's application, in its order."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from leitmotiv.imaging import edges
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Controls, Float, Pixels
from leitmotiv.workflows.partial import in_colour

Seen = Callable[[Pixels], Pixels]

PRESETS: dict[str, Controls] = {
    "classic": Controls(),
    "live": Controls(canny_t1=40, canny_t2=120, pre_median=2, post_time_lerp=0.5),
    "drawing": Controls(canny=False, grayscale=True, adaptive_thresh=True, adaptive_thresh_block=10, flip_h=False),
    "dreamy": Controls(canny_t1=40, canny_t2=120, pre_median=4, post_time_lerp=0.9),
}
"""Settings by name: those that the original begins with, and some that fit an occasion."""

ORDER = (
    "flip_v",
    "flip_h",
    "frame_diff",
    "square",
    "grayscale",
    "pre_blur",
    "pre_median",
    "pre_thresh",
    "adaptive_thresh",
    "invert",
    "canny",
    "post_blur",
    "accum",
    "post_thresh",
    "pre_time_lerp",
)
"""Names of the steps before the eyes look, in their order."""


@dataclass
class Film:
    """What one frame leaves to the next; a film begins with an empty one.

    Attributes
    ----------
    raw : (H, W, 3) uint8 or None
        The frame before, flipped: what `frame_diff` takes off.
    accumulated, shown, seen : (H, W[, 3]) float64 or None
        What was accumulated, what the eyes were shown, and what they saw.
    """

    raw: Pixels | None = None
    accumulated: Float | None = None
    shown: Float | None = None
    seen: Float | None = None
    done: list[str] = field(default_factory=list)


def prepare(frame: Pixels, controls: Controls, film: Film, side: int) -> Pixels:
    """What the eyes are shown of a frame.

    Parameters
    ----------
    frame : (H, W, 3) uint8
    controls : Controls
    film : Film
        Taken on to the next frame; `done` holds the steps that acted on this one.
    side : int
        Pixels a side of what the eyes look at: the middle square of the frame is shrunk to it.

    Returns
    -------
    (side, side, 3) uint8
    """
    film.done = []
    image: Pixels = frame
    for name in ORDER:
        made = middle_square(image, side) if name == "square" else _STEPS[name](image, controls, film)
        if made is not None:
            film.done.append(name)
            image = made
    return in_colour(image) if image.ndim == 2 else image


def settle(seen: Pixels, controls: Controls, film: Film) -> Pixels:
    """What the eyes saw, blended with what they saw before (`post_time_lerp`), (H, W, 3) uint8."""
    film.seen = _lerp(film.seen, seen, controls.post_time_lerp)
    return _levels(film.seen)


def look(frame: Pixels, controls: Controls, film: Film, eyes: Seen, side: int) -> tuple[Pixels, Pixels]:
    """One frame through the eyes: what they were shown, and what they saw."""
    shown = prepare(frame, controls, film, side)
    return shown, settle(eyes(shown), controls, film)


def _levels(values: Float) -> Pixels:
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def _lerp(before: Float | None, now: Pixels, share: float) -> Float:
    if before is None or before.shape != now.shape:
        return now.astype(np.float64)
    return before * share + now * (1 - share)


def _frame_diff(image: Pixels, controls: Controls, film: Film) -> Pixels | None:
    before, film.raw = film.raw, image
    if not controls.frame_diff:
        return None
    if before is None or before.shape != image.shape:
        return np.zeros_like(image)
    return np.asarray(np.abs(image.astype(np.int16) - before), np.uint8)


def _accum(image: Pixels, controls: Controls, film: Film) -> Pixels | None:
    if controls.accum_w1 <= 0 or controls.accum_w2 <= 0:
        film.accumulated = None
        return None
    before = film.accumulated
    if before is None or before.shape != image.shape:
        before = np.zeros(image.shape)
    film.accumulated = np.clip(before * controls.accum_w1 + image * controls.accum_w2, 0, 255)
    return _levels(film.accumulated)


def _pre_time_lerp(image: Pixels, controls: Controls, film: Film) -> Pixels | None:
    film.shown = _lerp(film.shown, image, controls.pre_time_lerp)
    return _levels(film.shown) if controls.pre_time_lerp > 0 else None


def _ink(image: Pixels, controls: Controls) -> Pixels:
    ink = edges.below_surroundings(edges.grey(image), controls.adaptive_thresh_block, controls.adaptive_thresh_c)
    return np.where(ink, np.uint8(255), np.uint8(0))


def _edges(image: Pixels, controls: Controls) -> Pixels:
    found = edges.canny(edges.grey(image), controls.canny_t1, controls.canny_t2)
    return np.where(found, np.uint8(255), np.uint8(0))


def _above(image: Pixels, level: int) -> Pixels:
    return np.where(image > level, image, np.uint8(0))


def _black_and_white(image: Pixels, level: int) -> Pixels:
    return np.where(image > level, np.uint8(255), np.uint8(0))


Step = Callable[[Pixels, Controls, Film], Pixels | None]
_STEPS: dict[str, Step] = {
    "flip_v": lambda image, controls, _: image[::-1] if controls.flip_v else None,
    "flip_h": lambda image, controls, _: image[:, ::-1] if controls.flip_h else None,
    "frame_diff": _frame_diff,
    "grayscale": lambda image, controls, _: edges.grey(image) if controls.grayscale else None,
    "pre_blur": lambda image, controls, _: edges.blurred(image, controls.pre_blur) if controls.pre_blur else None,
    "pre_median": lambda image, controls, _: (
        edges.median(edges.grey(image), controls.pre_median) if controls.pre_median else None
    ),
    "pre_thresh": lambda image, controls, _: _above(image, controls.pre_thresh) if controls.pre_thresh else None,
    "adaptive_thresh": lambda image, controls, _: _ink(image, controls) if controls.adaptive_thresh else None,
    "invert": lambda image, controls, _: 255 - image if controls.invert else None,
    "canny": lambda image, controls, _: _edges(image, controls) if controls.canny else None,
    "post_blur": lambda image, controls, _: edges.blurred(image, controls.post_blur) if controls.post_blur else None,
    "accum": _accum,
    "post_thresh": lambda image, controls, _: (
        _black_and_white(image, controls.post_thresh) if controls.post_thresh else None
    ),
    "pre_time_lerp": _pre_time_lerp,
}
