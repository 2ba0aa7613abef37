"""Sheets of small pictures, many in one file, for pages that show thousands at once; it reads encoded pictures only.

Every picture fills its whole cell, whatever its shape, so that nothing is wasted: who draws it gives it its shape back.
"""

import io
from collections.abc import Sequence

from PIL import Image

from leitmotiv.records import Pixels

SIDE = 1024
"""Pixels of every sheet: no phone has a smaller limit, and one is 4 MB where it is drawn."""
LARGE, SMALL = 64, 16
"""Pixels of a cell in the two kinds of sheets."""
ACROSS = SIDE // LARGE
EACH = ACROSS**2
"""Pictures of a sheet with large cells: row by row."""
JOINED = (LARGE // SMALL) ** 2
"""Sheets with large cells that one with small cells holds: row by row, each as it was, only smaller."""
QUALITY = 80


def sheet(pictures: Sequence[bytes | Pixels | None], side: int = LARGE) -> bytes:
    """Put pictures, each a file or pixels, into cells of `side` pixels, as JPEG; None leaves a cell black.

    A picture that cannot be read leaves its cell black, too.
    """
    drawn = Image.new("RGB", (ACROSS * side, ACROSS * side))
    for place, data in enumerate(pictures):
        if data is not None:
            y, x = divmod(place, ACROSS)
            drawn.paste(_cell(data, side), (x * side, y * side))
    return _jpeg(drawn)


def joined(sheets: Sequence[bytes | None]) -> bytes:
    """Put `JOINED` sheets with large cells into one with small cells; a sheet may have small ones already."""
    drawn = Image.new("RGB", (SIDE, SIDE))
    across = LARGE // SMALL
    for place, data in enumerate(sheets):
        if data is not None:
            y, x = divmod(place, across)
            with Image.open(io.BytesIO(data)) as whole:
                small = whole.reduce(across) if whole.width == SIDE else whole
                drawn.paste(small, (x * SIDE // across, y * SIDE // across))
    return _jpeg(drawn)


def _cell(data: bytes | Pixels, side: int) -> Image.Image:
    if not isinstance(data, bytes):
        return Image.fromarray(data).resize((side, side), Image.Resampling.BOX)
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", (side, side))  # a quarter of the work, where a JPEG is four times as large
            return picture.convert("RGB").resize((side, side), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError):
        return Image.new("RGB", (side, side))


def _jpeg(drawn: Image.Image) -> bytes:
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=QUALITY, subsampling=0)  # else colours run into the next cell
    return file.getvalue()
