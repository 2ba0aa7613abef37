"""What pages show of eyes: pictures of the library through them, pictures that were dropped, frames of a camera."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.imaging import given
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Controls, Eyes, Image, Partial, Pixels
from leitmotiv.workflows import eyes as looking
from leitmotiv.workflows import live, lookers, selecting
from leitmotiv.workflows.measuring import ready
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.partial import IN_COLOUR, Glimpse, check, glimpse
from leitmotiv.workflows.session import Session

Part = Literal["shown", "seen", "truth"]
PARTS: tuple[Part, ...] = ("shown", "seen", "truth")
FRAME_MEGAPIXELS = 40.0
OWN = Controls(canny=False, pre_median=0)
"""Controls that leave it to the eyes what they are shown: the same as in their making."""
RANGES: dict[str, tuple[float, float, float]] = {
    "pre_blur": (0, 50, 1),
    "pre_median": (0, 50, 1),
    "pre_thresh": (0, 255, 1),
    "adaptive_thresh_block": (1, 100, 1),
    "adaptive_thresh_c": (-100, 100, 1),
    "canny_t1": (0, 500, 1),
    "canny_t2": (0, 500, 1),
    "post_blur": (0, 50, 1),
    "accum_w1": (0, 1, 0.1),
    "accum_w2": (0, 1, 0.1),
    "post_thresh": (0, 255, 1),
    "pre_time_lerp": (0, 1, 0.05),
    "post_time_lerp": (0, 1, 0.05),
}
"""Least, most and step of each control that is a number; the others are on or off."""


@dataclass
class Reel:
    """A camera's film through one pair of eyes, from frame to frame.

    Attributes
    ----------
    film : live.Film
    taken : Glimpse or None
        What was shown of the frame before, where the eyes take it themselves.
    seen : Sight or None
        Of the frame before.
    """

    film: live.Film
    taken: Glimpse | None = None
    seen: lookers.Sight | None = None


def sights(session: Session, count: int = 6) -> tuple[Image, ...]:
    """Some pictures to look at: spread evenly over the library, the same each time."""
    ids = selecting.select(session)
    rows: list[int] = (
        np.unique(np.linspace(0, len(ids) - 1, min(count, len(ids))).round().astype(int)).tolist() if ids else []
    )
    found = {one.id: one for one in session.library.images.many([ids[row] for row in rows])}
    return tuple(found[ids[row]] for row in rows if ids[row] in found)


def images(session: Session, ids: Sequence[str]) -> list[Image]:
    """Those of some pictures that the library still has."""
    return session.library.images.many(ids)


def usable(session: Session, eyes: Eyes) -> bool:
    """Whether they can see yet: a network that still learns has no graph before it is exported."""
    return lookers.WANTED[eyes.way] in session.library.eyes.parts(eyes.id)


def stamp(session: Session, eyes: Eyes) -> str:
    """Another one whenever the eyes are others."""
    return "-".join(map(str, session.library.eyes.stamp(eyes.id)))


def sample(session: Session, eyes: Eyes, name: str) -> bytes:
    """A sample of a training, as PNG.

    Raises
    ------
    NotFoundError
    """
    return session.library.eyes.part(eyes.id, name)


def sight(session: Session, eyes: Eyes, image_id: str, part: Part) -> bytes:
    """A picture of the library through eyes, a part of it, as PNG.

    Raises
    ------
    ImageNotFoundError, ImageReadError, EyesError, MissingExtraError, CompilingError
    """

    def make() -> Mapping[str, bytes]:
        ready(session)
        seen = lookers.see(session, eyes, looking.pixels_of(session, image_id, eyes.side))
        return {name: reading.encode(getattr(seen, name), "PNG") for name in PARTS}

    key = ("sight", eyes.id, session.library.eyes.stamp(eyes.id), image_id)
    return remember(session, key, make, lane=True)[part]


def version(session: Session, eyes: Eyes) -> str:
    """Another one whenever they would see something else; a new name changes nothing."""
    parts = dict(session.library.eyes.vouched(eyes.id))
    told = json.dumps([eyes.partial.as_json(), eyes.side, eyes.card.get("seed", 0), sorted(parts.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def kept(session: Session, eyes: Eyes, image_id: str) -> bytes:
    """A picture of the library as eyes see it, as WebP; made once, and kept on the disk for as long as both are here.

    Raises
    ------
    ImageNotFoundError, ImageReadError, EyesError, MissingExtraError, CompilingError
    DiskFullError, PermissionDeniedError
    """
    sights, now = session.library.sights, version(session, eyes)
    found = sights.get(eyes.id, now, image_id)
    if found is None:
        ready(session)
        with session.lane:
            pixels = looking.pixels_of(session, image_id, eyes.side)
            found = reading.encode(lookers.see(session, eyes, pixels).seen, "WEBP")
        sights.put(eyes.id, now, image_id, found)
    return found


def shown(session: Session, image_id: str, partial: Partial, side: int) -> bytes:
    """What eyes of a kind would be shown of a picture of the library, as PNG.

    Raises
    ------
    ImageNotFoundError, ImageReadError, UsageError, CompilingError
    """
    check(partial)

    def make() -> bytes:
        ready(session)
        pixels = middle_square(looking.pixels_of(session, image_id, side), side)
        return reading.encode(glimpse(pixels, partial).pixels, "PNG")

    return remember(session, ("partial", image_id, partial, side), make, lane=True)


def look(session: Session, eyes: Eyes, data: bytes) -> bytes:
    """A picture that was dropped: what is shown of it, what is seen, what is there, side by side in one PNG.

    Raises
    ------
    ImageReadError, EyesError, MissingExtraError, CompilingError
    """
    pixels = _pixels(session, data)
    ready(session)
    with session.lane:
        seen = lookers.see(session, eyes, pixels)
    return _row(seen.shown, seen.seen, seen.truth)


def frame(session: Session, eyes: Eyes, data: bytes, film: str, controls: Controls, *, own: bool) -> bytes:
    """A frame of a camera: what is shown of it and what is seen, side by side in one PNG; it is kept nowhere.

    Parameters
    ----------
    film : str
        A name for frames that follow each other; what one leaves to the next is kept for a few films.
    own : bool
        Whether the eyes are shown what they were made with; the controls act before that. Without, what the controls
        make of a frame is what they are shown.

    Raises
    ------
    ImageReadError, EyesError, MissingExtraError, CompilingError
    """
    pixels = _pixels(session, data)
    ready(session)
    stamp = session.library.eyes.stamp(eyes.id)
    reel: Reel = remember(session, ("film", film, eyes.id, stamp, own), lambda: Reel(live.Film()))
    with session.lane:
        looks = lookers.looker(session, eyes)
        prepared = live.prepare(pixels, _for_own(controls, eyes) if own else controls, reel.film, eyes.side)
        if own:
            reel.taken = glimpse(prepared, eyes.partial, reel.taken)
            prepared = reel.taken.pixels
        reel.seen = looks.look(prepared, reel.seen)
        return _row(prepared, live.settle(reel.seen.pixels, controls, reel.film))


def read_controls(values: Mapping[str, str]) -> tuple[Controls, bool]:
    """Controls as an address has them, and whether eyes are shown what they were made with (`own`, which is usual).

    Without `preset` those of `OWN`, with it those of its name; others in their place by name.

    Raises
    ------
    UsageError
        No such preset, or a value out of range.
    """
    preset = values.get("preset", "own")
    if preset not in ("own", *live.PRESETS):
        raise UsageError(f"preset is {preset[:40]!r}, but must be own, {', '.join(live.PRESETS)}.")
    own = preset == "own"
    changes: dict[str, Any] = {}
    for field in fields(Controls):
        text = values.get(field.name)
        if text is not None:
            changes[field.name] = _switch(field.name, text) if field.name not in RANGES else _number(field.name, text)
    return replace(OWN if own else live.PRESETS[preset], **changes), own


def smoothing(text: str) -> float:
    """A share of the frame before, as an address has it.

    Raises
    ------
    UsageError
    """
    return min(0.95, float(_number("post_time_lerp", text)))


def _for_own(controls: Controls, eyes: Eyes) -> Controls:
    """Steps that would take away what these eyes are shown are left out."""
    calm = replace(controls, canny=False, adaptive_thresh=False, post_thresh=0)
    return replace(calm, grayscale=False, pre_median=0) if eyes.partial.kind in IN_COLOUR else calm


def _switch(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise UsageError(f"{name} is {text[:40]!r}, but must be 0 or 1.")
    return text == "1"


def _number(name: str, text: str) -> float | int:
    least, most, step = RANGES[name]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise UsageError(f"{name} is {text[:40]!r}, but must be a number from {least:g} to {most:g}.")
    return value if step < 1 else round(value)


def _pixels(session: Session, data: bytes) -> Pixels:
    if not data:
        raise ImageReadError("The picture", "it is empty")
    most = min(FRAME_MEGAPIXELS, session.settings.max_megapixels)
    try:
        return given.pixels_of(io.BytesIO(data), max_megapixels=most)
    except ImageReadError as error:
        raise ImageReadError("The picture cannot be looked at", error.reason) from error


def _row(*pictures: Pixels) -> bytes:
    return reading.encode(np.concatenate(pictures, axis=1), "PNG")
