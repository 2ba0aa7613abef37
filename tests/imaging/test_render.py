"""SVG to pixels: where things lie, what is transparent, and what is no SVG."""

import numpy as np
import pytest

from leitmotiv.imaging import render, tile_sheet

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20" {}>'


def test_pixels_are_where_the_svg_puts_them():
    found = render.pixels(HEAD.format("") + '<rect width="20" height="20" fill="#ff0000"/></svg>', 80, 40)
    assert found.shape == (40, 80, 3)
    assert (found[:, :39] == (255, 0, 0)).all()
    assert (found[:, 41:] == 255).all()


def test_a_drawing_is_stretched_to_another_shape_if_it_says_so():
    text = HEAD.format('preserveAspectRatio="none"') + '<rect width="40" height="10" fill="#0000ff"/></svg>'
    found = render.pixels(text, 32, 32)
    assert (found[:15] == (0, 0, 255)).all()
    assert (found[17:] == 255).all()


def test_what_is_no_svg_is_refused():
    with pytest.raises(ValueError, match="unknown token"):
        render.png("no picture", 8, 8)


def test_a_sheet_has_a_place_for_every_tile():
    from leitmotiv.imaging.read import decoded

    red = np.full((10, 20, 3), (250, 0, 0), np.uint8)
    tiles = [
        tile_sheet.Tile(red, "6.0", framed=True),
        tile_sheet.Tile(red, "5.0", faded=True),
        tile_sheet.Tile(None, ""),
    ]
    page = decoded(tile_sheet.paint(tiles, 2, "Title", side=40))
    assert page.shape[:2] == (44 + 2 * (40 + 22 + 8) + 20 - 8, 2 * 20 + 2 * 48 - 8)
    middle = page[44 + 30, 20 + 20].tolist(), page[44 + 30, 20 + 48 + 20].tolist()
    assert middle[0] == [250, 0, 0]
    assert 60 < middle[1][0] < 120
