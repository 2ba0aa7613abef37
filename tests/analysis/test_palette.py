import numpy as np
import pytest

from leitmotiv.analysis.mixture import fit_image
from leitmotiv.analysis.palette import colour_name, nearest, palette
from leitmotiv.records import Mixture, Swatch
from tests.analysis.test_views import BLUE, GREY, HALVES, ONE, RED, patches
from tests.kernels.divergence_cases import mixture

LIGHT = np.array([1.0, 0, 0])
WHITE, BLACK = np.array([100.0, 0, 0]), np.array([0.0, 0, 0])


@pytest.mark.parametrize("n", [1, 3, 6, 20])
@pytest.mark.parametrize("count", [1, 4, 60])
def test_shares_sum_to_1_and_fall(n, count):
    found = palette([mixture(seed, 1 + seed % 9) for seed in range(count)], n)
    shares = [swatch.share for swatch in found]
    assert 1 <= len(found) <= n
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    assert min(shares) > 0


def test_one_colour_is_one_swatch():
    (found,) = palette([ONE])
    assert (found.colour, found.share, found.place) == ("#c81e28", 1.0, "all over")


def test_two_colours_keep_their_shares_and_places():
    found = palette([HALVES])
    assert [(swatch.colour, swatch.place) for swatch in found] == [("#143cb4", "above"), ("#c81e28", "below")]
    assert [swatch.share for swatch in found] == pytest.approx([0.6, 0.4])


def test_like_colours_are_one_swatch_and_unlike_ones_are_not():
    near = patches((1, 0.2, 0.5, 0.1, GREY), (1, 0.8, 0.5, 0.1, GREY + 3 * LIGHT))
    assert len(palette([near])) == 1
    unlike = patches((1, 0.2, 0.5, 0.1, GREY), (1, 0.8, 0.5, 0.1, GREY + 20 * LIGHT))
    assert len(palette([unlike])) == 2


def test_a_small_bright_accent_stays_where_greys_could_be_joined():
    greys = [(1, 0.5, 0.5, 0.3, GREY + step * LIGHT) for step in (-24, -8, 8, 24)]
    found = palette([patches(*greys, (0.1, 0.5, 0.5, 0.05, RED))], 4)
    assert "#c81e28" in {swatch.colour for swatch in found}


def test_the_order_of_components_and_pictures_does_not_matter():
    given = [mixture(seed, 5) for seed in range(3)]
    reverse = [
        Mixture(m.weights[::-1].copy(), m.means[::-1].copy(), m.cholesky[::-1].copy(), m.shift, m.scale)
        for m in reversed(given)
    ]
    for one, other in zip(palette(given), palette(reverse), strict=True):
        assert (one.colour, one.place) == (other.colour, other.place)
        assert one.share == pytest.approx(other.share)


def test_pictures_count_equally():
    blue = patches((1, 0.5, 0.5, 0.3, BLUE), (1, 0.5, 0.5, 0.2, BLUE))
    assert [swatch.share for swatch in palette([ONE, blue])] == pytest.approx([0.5, 0.5])


def test_colours_in_rgb_are_the_same_colours():
    rgb = patches((1, 0.5, 0.5, 0.3, np.array([200, 30, 40]) / 255), colour_space="rgb")
    assert palette([rgb])[0].colour == "#c81e28"


@pytest.mark.parametrize(
    ("x", "y", "radius", "place"),
    [
        (0.5, 0.2, 0.2, "above"),
        (0.5, 0.8, 0.2, "below"),
        (0.2, 0.5, 0.2, "left"),
        (0.8, 0.45, 0.2, "right"),
        (0.2, 0.9, 0.1, "left, below"),
        (0.9, 0.1, 0.1, "right, above"),
        (0.5, 0.5, 0.1, "middle"),
        (0.48, 0.53, 0.29, "all over"),
        (0.5, 0.5, 0.4, "around"),
    ],
)
def test_a_place_is_said_in_plain_words(x, y, radius, place):
    assert palette([patches((1, x, y, radius, RED))])[0].place == place


@pytest.mark.parametrize("shape", [(30, 60), (60, 30), (3, 120), (120, 3)])
def test_places_are_those_of_the_pictures_own_frame(shape):
    pixels = np.full((*shape, 3), (20, 60, 180), np.uint8)
    pixels[shape[0] // 2 :] = (200, 30, 40)
    if shape[0] > 3:
        found = {swatch.colour: swatch.place for swatch in palette([fit_image(pixels, blur=0.0)])}
        assert sorted(found.values()) == ["above", "below"]
    plain = palette([fit_image(np.full((*shape, 3), 130, np.uint8))])
    assert [swatch.place for swatch in plain] == ["all over"]


def test_what_has_no_palette_is_refused():
    with pytest.raises(ValueError, match="6 colours cannot be drawn from 0"):
        palette([])
    with pytest.raises(ValueError, match="0 colours"):
        palette([ONE], 0)


@pytest.mark.parametrize(
    ("swatches", "name"),
    [
        ((), "no colour"),
        ((("#000000", 1.0, "all over"),), "black"),
        ((("#ffffff", 0.9, "all over"), ("#000000", 0.1, "middle")), "white"),
        ((("#2d6cb6", 0.6, "above"), ("#b39569", 0.4, "below")), "blue over sand brown"),
        ((("#b39569", 0.6, "left, below"), ("#2d6cb6", 0.4, "right, above")), "blue over sand brown"),
        ((("#ffffff", 0.7, "around"), ("#c4242b", 0.3, "middle")), "red on white"),
        ((("#c4242b", 0.6, "middle"), ("#ffffff", 0.4, "around")), "red on white"),
        ((("#ffffff", 0.6, "left"), ("#c4242b", 0.4, "right")), "white and red"),
        ((("#ffffff", 0.4, "left"), ("#f8f8f8", 0.3, "right"), ("#000000", 0.3, "below")), "white and black"),
    ],
)
def test_two_colours_and_how_they_lie_make_a_name(swatches, name):
    assert colour_name([Swatch(*values) for values in swatches]) == name


def test_a_picture_is_named_by_its_palette():
    assert colour_name(palette([HALVES])) == "vivid blue over red"
    assert colour_name(palette([patches((2, 0.5, 0.5, 0.4, WHITE), (1, 0.5, 0.5, 0.1, BLACK))])) == "black on white"


def test_colours_belong_to_the_nearest_swatch():
    swatches = (Swatch("#d02020", 0.6, "above"), Swatch("#2040c0", 0.4, "below"))
    assert nearest(["#2040c0", "#e04030", "#101060"], swatches) == (1, 0, 1)
    assert nearest([], swatches) == ()
    with pytest.raises(ValueError, match="empty palette"):
        nearest(["#000000"], ())
