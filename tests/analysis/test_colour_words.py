import numpy as np
import pytest

from leitmotiv.analysis import colour_search, colour_words
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.named_colours import BROAD, NAMES
from leitmotiv.analysis.patches import PLACE_OF, Patches
from leitmotiv.analysis.places import NAMED, Box


def lab(*colours):
    return from_srgb(np.array([[int(one[at : at + 2], 16) for at in (0, 2, 4)] for one in colours], np.uint8), "lab")


def so_called(name, *colours):
    return colour_words.inside(name).ravel()[colour_words.cells(*lab(*colours).T)]


def picture(*components):
    """One picture of components: weight, (x, y), colour, and how much each scatters in place and colour."""
    table = np.zeros((21, len(components)), np.float32)
    for at, (weight, place, colour, spread, scatter) in enumerate(components):
        table[:6, at] = [weight, *place, *lab(colour)[0]]
        table[[PLACE_OF[i, i] for i in range(5)], at] = [spread**2] * 2 + [scatter**2] * 3
    return Patches(table, np.zeros(len(components), np.int32), 1)


def test_every_broad_name_stands_for_something_and_is_one_of_css():
    assert set(NAMES) >= BROAD
    for name in BROAD:
        assert colour_words.inside(name).any(), name


def test_blue_takes_in_skies_and_seas_and_no_other_colour():
    assert so_called("blue", "82b6e0", "2d6cb6", "173c75", "6587a8", "0000ff").all()
    blue = colour_words.kernel("blue")
    typical = colour_search.weigh(blue, lab("82b6e0", "2d6cb6", "173c75", "6587a8"))
    assert typical.min() > 2 * colour_search.weigh(blue, lab("c4242b", "e5b52f", "fbfbfa", "848484")).max()
    assert not so_called("blue", "c4242b", "e5b52f", "2f8f4e", "fbfbfa", "0d0d0e", "848484", "7d5636").any()


@pytest.mark.parametrize(
    ("name", "colour"),
    [("red", "c4242b"), ("green", "5b9a3b"), ("yellow", "f2de48"), ("orange", "ea842a"), ("brown", "7d5636")],
)
def test_of_basic_colours_each_has_its_own_name_alone(name, colour):
    basic = ("red", "green", "yellow", "orange", "brown", "blue", "white", "black")
    assert [one for one in basic if so_called(one, colour)[0]] == [name]


def test_the_share_is_how_much_of_the_picture_is_called_so():
    sky = picture((0.4, (0.5, 0.2), "82b6e0", 0.05, 2), (0.6, (0.5, 0.7), "5b9a3b", 0.05, 2))
    assert colour_words.shares(sky, "blue")[0] == pytest.approx(0.4, abs=1e-6)
    assert colour_words.shares(sky, "green")[0] == pytest.approx(0.6, abs=1e-6)
    assert colour_words.shares(sky, "red")[0] == 0.0
    assert colour_words.shares(sky, "blue", NAMED["bottom"])[0] < 0.01
    assert colour_words.shares(sky, "blue", NAMED["top"])[0] == 1.0


def test_a_component_with_a_name_in_part_counts_in_part_and_its_places_add_up():
    half = (lab("82b6e0")[0] + lab("c9c9c9")[0]) / 2
    one = picture((1.0, (0.5, 0.5), "82b6e0", 0.2, 8))
    table = one.table.copy()
    table[3:6, 0] = half
    table[PLACE_OF[4, 0], 0] = 0.2 * 8 * 0.9  # b rises to the right, and blue is where it is low
    mixed = Patches(table, one.owner, 1)
    whole = colour_words.shares(mixed, "blue")[0]
    left, right = Box(0, 0, 0.5, 1), Box(0.5, 0, 0.5, 1)
    sides = [colour_words.shares(mixed, "blue", place)[0] for place in (left, right)]
    assert 0.2 < whole < 0.9
    assert sides[0] > sides[1]
    assert sum(sides) / 2 == pytest.approx(whole, abs=1e-6)
    draws = np.random.default_rng(0).multivariate_normal(half, 64 * np.eye(3), 4000).astype(np.float32)
    exact = colour_words.inside("blue").ravel()[colour_words.cells(*draws.T)].mean()
    assert whole == pytest.approx(exact, abs=0.08)
