"""Small pictures side by side with a line under each, as PNG: batches of designs, winners, truth beside prediction."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont, ImageOps

from leitmotiv.records import Pixels

INK, QUIET, MARK = "#ececec", "#979797", "#f2c744"
GROUND = "#181818"
SIDE, GAP, LINE, MARGIN, HEAD = 168, 8, 22, 20, 44


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture of a sheet.

    Attributes
    ----------
    pixels : (H, W, 3) uint8 or None
        None leaves the place empty.
    text, note : str
        Under it, at the left and at the right.
    colour : str
        Of the text.
    framed, faded : bool
    """

    pixels: Pixels | None
    text: str
    note: str = ""
    colour: str = INK
    framed: bool = False
    faded: bool = False


def paint(tiles: Sequence[Tile], columns: int, title: str = "", side: int = SIDE) -> bytes:
    """A sheet as PNG: rows of `columns` tiles, each whole in a square of `side` pixels."""
    rows = -(-len(tiles) // columns)
    head = HEAD if title else MARGIN
    width = 2 * MARGIN + columns * (side + GAP) - GAP
    page = Image.new("RGB", (width, head + rows * (side + LINE + GAP) + MARGIN - GAP), GROUND)
    draw = ImageDraw.Draw(page)
    large, small = ImageFont.load_default(20), ImageFont.load_default(13)
    if title:
        draw.text((MARGIN, 30), title, INK, large, anchor="ls")
    for place, tile in enumerate(tiles):
        x = MARGIN + (place % columns) * (side + GAP)
        y = head + (place // columns) * (side + LINE + GAP)
        left, top, right, bottom = x, y, x + side, y + side
        if tile.pixels is not None:
            shown = ImageOps.contain(Image.fromarray(tile.pixels), (side, side), Image.Resampling.LANCZOS)
            if tile.faded:
                shown = Image.blend(shown, Image.new("RGB", shown.size, GROUND), 0.72)
            left, top = x, y + side - shown.height
            right, bottom = left + shown.width, y + side
            page.paste(shown, (left, top))
        if tile.framed:
            draw.rectangle((left - 3, top - 3, right + 2, bottom + 2), outline=MARK, width=3)
        draw.text((x, y + side + 15), tile.text, tile.colour, small, anchor="ls")
        draw.text((x + side, y + side + 15), tile.note, QUIET, small, anchor="rs")
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=6)
    return out.getvalue()
