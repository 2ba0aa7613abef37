"""A contact sheet as PNG."""

import io
from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont, ImageOps

from leitmotiv.records import Sheet


def paint(sheet: Sheet, thumbnails: Mapping[str, bytes]) -> bytes:
    """Paint a page; `thumbnails` has a JPEG or WebP for each picture on it."""
    ground, ink, quiet = ("#181818", "#ececec", "#979797") if sheet.dark else ("#ffffff", "#191919", "#606060")
    page = Image.new("RGB", (sheet.width, sheet.height), ground)
    draw = ImageDraw.Draw(page)
    large, middle, small = (ImageFont.load_default(size) for size in (24, 15, 12))
    for heading in sheet.headings:
        draw.text((sheet.margin, heading.y), heading.text, ink, large, anchor="ls")
        end = sheet.margin + draw.textlength(heading.text, large) + 14
        draw.text((end, heading.y), heading.note, quiet, middle, anchor="ls")
    for placed in sheet.pictures:
        # both edges are rounded, not the size: neighbours keep their gap
        left, top = round(placed.x), round(placed.y)
        size = round(placed.x + placed.width) - left, round(placed.y + placed.height) - top
        with Image.open(io.BytesIO(thumbnails[placed.id])) as thumbnail:
            page.paste(ImageOps.fit(thumbnail.convert("RGB"), size, Image.Resampling.LANCZOS), (left, top))
        if placed.caption:
            text = _fitted(placed.caption, size[0], draw, small)
            draw.text((left, top + size[1] + 14), text, quiet, small, anchor="ls")
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _fitted(
    text: str, width: int, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> str:
    """A text cut to a width, with an ellipsis."""
    if draw.textlength(text, font) <= width:
        return text
    while text and draw.textlength(f"{text}…", font) > width:
        text = text[:-1]
    return f"{text}…"
