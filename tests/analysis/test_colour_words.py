import numpy as np
import pytest

from leitmotiv.analysis import colour_search, colour_words
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.named_colours import BROAD, NAMES


def lab(*colours):
    return from_srgb(np.array([[int(one[at : at + 2], 16) for at in (0, 2, 4)] for one in colours], np.uint8), "lab")


def test_every_broad_name_stands_for_something_and_is_one_of_css():
    assert set(NAMES) >= BROAD
    for name in BROAD:
        found = colour_words.kernel(name)
        assert (np.linalg.eigvalsh(found.spread) > 0).all(), name
        assert found is colour_words.kernel(name)


def test_blue_takes_in_skies_and_seas_and_no_other_colour():
    blue = colour_words.kernel("blue")
    inside = colour_search.weigh(blue, lab("82b6e0", "2d6cb6", "173c75", "6587a8"))
    outside = colour_search.weigh(blue, lab("c4242b", "e5b52f", "2f8f4e", "fbfbfa", "0d0d0e", "848484", "7d5636"))
    assert inside.min() > 2 * outside.max()
    css = colour_search.kernel(lab("0000ff")[0])
    assert colour_search.weigh(css, lab("82b6e0", "2d6cb6")).max() < 0.01


@pytest.mark.parametrize(
    ("name", "colour"),
    [("red", "c4242b"), ("green", "5b9a3b"), ("yellow", "f2de48"), ("orange", "ea842a"), ("brown", "7d5636")],
)
def test_a_name_weighs_its_own_colour_most(name, colour):
    own = colour_search.weigh(colour_words.kernel(name), lab(colour))[0]
    others = [
        colour_search.weigh(colour_words.kernel(one), lab(colour))[0]
        for one in ("red", "green", "yellow", "orange", "brown", "blue", "white", "black")
        if one != name
    ]
    assert own > max(others)
