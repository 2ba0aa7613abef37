"""A sketch as compact text that fits into an address, and back.

``150_50.30.15.10.45.0a5f73_…_gf3e9cf``: the canvas's width in percent of its height, then each blob as x, y (percent of
the canvas), half axes (percent of its longest side), turn in degrees, colour, and its share in percent where that is
not its area; then ``g`` and the colour of the ground where there is one.
"""

import re

from leitmotiv.analysis.sketch import Blob, Sketch
from leitmotiv.errors import UsageError

MOST = 24
"""Most blobs of a sketch."""
_BLOB = re.compile(r"(-?\d{1,3})\.(-?\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.([0-9a-f]{6})(?:\.(\d{1,3}))?")


def read(text: str) -> Sketch:
    """The sketch that a text says.

    Raises
    ------
    UsageError
        It cannot be read, holds no blob or too many, or a blob without an extent.
    """
    head, *parts = text.strip().lower().split("_")
    ground = ""
    if parts and re.fullmatch("g[0-9a-f]{6}", parts[-1]):
        ground = "#" + parts.pop()[1:]
    if not re.fullmatch(r"\d{1,3}", head) or not 20 <= int(head) <= 500:
        raise UsageError(f"The sketch begins with {head!r}, but must begin with its width in percent, 20 to 500.")
    if not parts or len(parts) > MOST:
        raise UsageError(f"A sketch has 1 to {MOST} blobs, but this one has {len(parts)}.")
    return Sketch(tuple(map(_blob, parts)), int(head) / 100, ground)


def _blob(text: str) -> Blob:
    found = _BLOB.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no blob of a sketch; it is written as 50.30.15.10.45.0a5f73.")
    x, y, rx, ry, angle = (int(found[at]) for at in range(1, 6))
    share = int(found[7] or 0)
    if not (1 <= rx <= 200 and 1 <= ry <= 200 and share <= 100):
        raise UsageError(f"The blob {text!r} has half axes or a share that cannot be: 1 to 200, and 0 to 100.")
    return Blob(x / 100, y / 100, rx / 100, ry / 100, float(angle % 180), "#" + found[6], share / 100)


def write(sketch: Sketch) -> str:
    """The text of a sketch, its numbers rounded to whole ones."""
    blobs = [
        ".".join(
            [
                *(str(round(100 * value)) for value in (blob.x, blob.y, blob.rx, blob.ry)),
                str(round(blob.angle) % 180),
                blob.colour[1:],
                *([str(round(100 * blob.share))] if blob.share else []),
            ]
        )
        for blob in sketch.blobs
    ]
    return "_".join([str(round(100 * sketch.aspect)), *blobs, *(["g" + sketch.ground[1:]] if sketch.ground else [])])
