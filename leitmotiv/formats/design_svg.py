"""A design as SVG: plain paths and embedded pictures, no text, no script, nothing from elsewhere."""

import base64
from collections.abc import Mapping

from leitmotiv.records import Drawing, Photo, Shape


def written(drawing: Drawing, pictures: Mapping[str, bytes] | None = None) -> str:
    """The text of a drawing; the same drawing gives the same text.

    Parameters
    ----------
    pictures : mapping of str to bytes
        A JPEG or WebP for each picture that the drawing shows; the whole picture.
    """
    fades: dict[tuple[str, str], str] = {}
    body = []
    for part in drawing.parts:
        if isinstance(part, Photo):
            body.append(_photo(part, (pictures or {})[part.image_id]))
        else:
            body.append(_shape(part, fades))
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    stops = "".join(
        f'<linearGradient id="{name}" x2="0" y2="1"><stop stop-color="{one}"/><stop offset="1" stop-color="{two}"/>'
        "</linearGradient>"
        for (one, two), name in fades.items()
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    defs = f"<defs>{stops}</defs>" if stops else ""
    ground = f'<rect width="{drawing.width}" height="{drawing.height}" fill="{drawing.ground}"/>'
    return "\n".join([head, *filter(None, [defs]), ground, *body, "</svg>\n"])


def _shape(shape: Shape, fades: dict[tuple[str, str], str]) -> str:
    fill = shape.fill or "none"
    if shape.fill and shape.fades and shape.fades != shape.fill:
        name = fades.setdefault((shape.fill, shape.fades), f"f{len(fades)}")
        fill = f"url(#{name})"
    told = f' fill="{fill}"'
    if shape.stroke:
        told += (
            f' stroke="{shape.stroke}" stroke-width="{shape.line:.2f}" stroke-linecap="round" stroke-linejoin="round"'
        )
    if shape.opacity < 1:
        told += f' opacity="{shape.opacity:.2f}"'
    return f'<path d="{shape.path}"{told}/>'


def _photo(photo: Photo, data: bytes) -> str:
    """The whole picture, so large and so placed that the wanted part fills the frame, which cuts off the rest."""
    x, y, wide, high = photo.box
    across, down = photo.width / wide, photo.height / high
    kind = "webp" if data[8:12] == b"WEBP" else "png" if data[:4] == b"\x89PNG" else "jpeg"
    frame = f'x="{photo.x:.2f}" y="{photo.y:.2f}" width="{photo.width:.2f}" height="{photo.height:.2f}"'
    placed = f'x="{-x * across:.2f}" y="{-y * down:.2f}" width="{across:.2f}" height="{down:.2f}"'
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return f'<svg {frame}><image {placed} preserveAspectRatio="none" href="{source}"/></svg>'
