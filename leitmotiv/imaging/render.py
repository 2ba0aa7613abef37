"""Owns resvg: SVG to pixels, without fonts, files or a network, the same on every machine."""

import io

import numpy as np
import resvg_py
from PIL import Image

from leitmotiv.records import Pixels


def png(svg: str, width: int, height: int) -> bytes:
    """A picture of width x height pixels as PNG; a drawing of another shape is stretched to it.

    Raises
    ------
    ValueError
        The text is no SVG.
    """
    drawn: bytes = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True)
    return drawn


def pixels(svg: str, width: int, height: int) -> Pixels:
    """The same as (height, width, 3) uint8, sRGB; what is transparent is white.

    Raises
    ------
    ValueError
        The text is no SVG.
    """
    with Image.open(io.BytesIO(png(svg, width, height))) as image:
        whole = image.convert("RGBA").resize((width, height), Image.Resampling.BICUBIC)
    ground = Image.new("RGBA", whole.size, "white")
    return np.array(Image.alpha_composite(ground, whole).convert("RGB"))
