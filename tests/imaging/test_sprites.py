"""Sheets: each picture in its own cell, the small sheets the same as the large ones, and no picture breaks one."""

import io

import numpy as np
from PIL import Image

from leitmotiv.imaging import sprites


def picture(colour, size=(90, 60), format="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format, quality=95)
    return file.getvalue()


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int64)


def cell(values, place, side):
    across = sprites.SIDE // side
    y, x = divmod(place, across)
    return values[y * side : (y + 1) * side, x * side : (x + 1) * side]


def test_each_picture_fills_its_whole_cell_and_no_other():
    colours = [(200, 40, 40), (30, 160, 60), (40, 60, 210)]
    drawn = pixels(sprites.sheet([picture(colour) for colour in colours]))
    assert drawn.shape == (sprites.SIDE, sprites.SIDE, 3)
    for place, colour in enumerate(colours):
        assert np.abs(cell(drawn, place, sprites.LARGE) - colour).max() < 12
    assert cell(drawn, 3, sprites.LARGE).max() < 12


def test_a_missing_or_broken_picture_leaves_its_cell_black():
    drawn = pixels(sprites.sheet([None, b"this is no picture", picture((250, 250, 250), (20, 300), "WEBP")]))
    assert cell(drawn, 0, sprites.LARGE).max() < 12
    assert cell(drawn, 1, sprites.LARGE).max() < 12
    assert cell(drawn, 2, sprites.LARGE).min() > 240


def test_a_small_sheet_holds_large_ones_cell_by_cell():
    red, blue = sprites.sheet([picture((200, 40, 40))] * sprites.EACH), sprites.sheet([picture((40, 60, 210))])
    drawn = pixels(sprites.joined([red, None, blue]))
    side = sprites.SIDE // 4
    assert np.abs(drawn[4 : side - 4, 4 : side - 4] - (200, 40, 40)).max() < 14
    assert drawn[: side - 4, side + 4 : 2 * side - 4].max() < 14
    third = drawn[:side, 2 * side : 3 * side]
    assert np.abs(third[2:14, 2:14] - (40, 60, 210)).max() < 24
    assert third[20:, 20:].max() < 14
