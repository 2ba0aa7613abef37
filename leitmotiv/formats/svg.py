"""A contact sheet as SVG: one file with its pictures in it, text that stays text, nothing that runs."""

import base64
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from leitmotiv.records import Sheet

SERIF = "Charter, 'Bitstream Charter', Cambria, 'Noto Serif', Georgia, serif"
SANS = "Inter, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


def drawn(sheet: Sheet, thumbnails: Mapping[str, bytes]) -> bytes:
    """Draw a page; `thumbnails` has a JPEG or WebP for each picture on it."""
    ground, ink, quiet = ("#181818", "#ececec", "#979797") if sheet.dark else ("#ffffff", "#191919", "#606060")
    size = f'width="{sheet.width}" height="{sheet.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {sheet.width} {sheet.height}">',
        f'<rect {size} fill="{ground}"/>',
    ]
    for heading in sheet.headings:
        note = f'<tspan dx="14" font-family="{SANS}" font-size="15" fill="{quiet}">{_text(heading.note)}</tspan>'
        parts.append(
            f'<text x="{sheet.margin}" y="{heading.y:.1f}" font-family="{SERIF}" font-size="24" fill="{ink}">'
            f"{_text(heading.text)}{note}</text>"
        )
    for placed in sheet.pictures:
        data = thumbnails[placed.id]
        kind = "webp" if data[8:12] == b"WEBP" else "jpeg"
        box = f'x="{placed.x:.1f}" y="{placed.y:.1f}" width="{placed.width:.1f}" height="{placed.height:.1f}"'
        source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        parts.append(f'<image {box} preserveAspectRatio="xMidYMid slice" href={quoteattr(source)}/>')
        if placed.caption:
            parts.append(
                f'<svg x="{placed.x:.1f}" y="{placed.y + placed.height:.1f}" width="{placed.width:.1f}" height="20">'
                f'<text y="14" font-family="{SANS}" font-size="12" fill="{quiet}">{_text(placed.caption)}</text></svg>'
            )
    parts.append("</svg>\n")
    return "\n".join(parts).encode("utf-8", "replace")


def _text(text: str) -> str:
    return escape("".join(c for c in text if c >= " " and c not in "\ufffe\uffff"))
