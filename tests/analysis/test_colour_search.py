import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import colour_search, patches
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.mixture import fit_image, sample
from leitmotiv.analysis.places import NAMED, Box, Oval
from leitmotiv.records import Mixture
from tests.analysis.looks import in_frame, mixture, patchwork

PLACES = [None, *NAMED.values(), Box(0.1, 0.3, 0.25, 0.5), Oval.drawn(0.4, 0.6, 0.3, 0.1, 30, 1.5)]
DRAWN = 200_000


def lab(red: int, green: int, blue: int) -> np.ndarray:
    return from_srgb(np.array([red, green, blue], np.uint8))


def counted(points: np.ndarray, aspect: float, kernel, place) -> float:
    """The mass by its definition: the mean over points of a mixture of kernel times place."""
    counts = colour_search.weigh(kernel, points[:, 2:])
    xy = in_frame(points, aspect)
    if isinstance(place, Box):
        left, right, top, bottom = place.edges
        counts = counts * ((xy[:, 0] > left) & (xy[:, 0] < right) & (xy[:, 1] > top) & (xy[:, 1] < bottom))
    elif place is not None:
        apart = xy - [place.x, place.y]
        inverse = np.linalg.inv([[place.xx, place.xy], [place.xy, place.yy]])
        counts = counts * np.exp(-0.5 * np.einsum("ni,ij,nj->n", apart, inverse, apart))
    return float(counts.mean())


@pytest.mark.parametrize("aspect", [1.5, 0.6])
def test_masses_equal_their_definition_by_sampling(aspect):
    for seed in range(3):
        one = mixture(seed, aspect=aspect)
        table = patches.gather([one])
        points = sample(one, DRAWN, np.random.default_rng(seed))
        near = (one.shift + one.scale * one.means)[0, 2:]
        for colour in (near, lab(128, 128, 128), lab(10, 95, 115)):
            kernel = colour_search.kernel(colour)
            for place in PLACES:
                expected = counted(points, aspect, kernel, place)
                assert colour_search.masses(table, kernel, place)[0] == pytest.approx(expected, abs=4e-3)


def test_places_that_part_the_frame_add_up_to_the_whole():
    table = patches.gather([mixture(seed) for seed in range(20)])
    kernel = colour_search.kernel(lab(120, 120, 110))
    whole = colour_search.masses(table, kernel)
    for parts in (
        [Box(0, 0, 0.3, 1), Box(0.3, 0, 0.7, 1)],
        [NAMED[name] for name in ("top-left", "top-right", "bottom-left", "bottom-right")],
        [Box(x / 3, y / 3, 1 / 3, 1 / 3) for x in range(3) for y in range(3)],
    ):
        summed = sum(colour_search.masses(table, kernel, part) for part in parts)
        assert summed == pytest.approx(whole, abs=1e-3)
    assert whole.max() > 0.02


def test_more_of_a_colour_is_a_larger_share():
    pictures = [
        patchwork((60, 60, 60), ((200, 40, 40), slice(0, 80), slice(0, wide))) for wide in (0, 12, 24, 48, 96, 120)
    ]
    table = patches.gather([fit_image(one) for one in pictures])
    (found,) = colour_search.shares(table, [colour_search.kernel(lab(200, 40, 40))])
    assert (np.diff(found) > 0).all()
    assert found[0] < 0.01
    assert found[-1] > 0.85


def test_a_dot_of_three_percent_is_found_where_it_is():
    red = (200, 30, 30)
    dot = patchwork((90, 110, 90), (red, slice(8, 25), slice(95, 112)))  # 289 of 9,600 pixels
    plain = patchwork((90, 110, 90))
    table = patches.gather([fit_image(dot), fit_image(plain)])
    kernel = colour_search.kernel(lab(*red))
    (share,) = colour_search.shares(table, [kernel])
    assert share[0] == pytest.approx(0.03, abs=0.012)
    assert share[1] < 0.001
    assert colour_search.agreement(share, 0.03)[0] > 0.9 > 0.1 > colour_search.agreement(share, 0.03)[1]
    there, elsewhere = (colour_search.shares(table, [kernel], NAMED[name])[0, 0] for name in ("top-right", "bottom"))
    assert there > 0.07
    assert elsewhere < 0.002


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 1))
def test_scores_lie_between_0_and_1_and_follow_the_share(one, other, wanted):
    low, high = np.array([min(one, other)]), np.array([max(one, other)])
    for score in (colour_search.presence, lambda share: colour_search.agreement(share, wanted, "least")):
        assert 0 <= score(low)[0] <= score(high)[0] <= 1 + 1e-12
    assert colour_search.agreement(np.array([wanted]), wanted)[0] == pytest.approx(1)
    assert colour_search.agreement(low, wanted, "most")[0] >= colour_search.agreement(high, wanted, "most")[0] - 1e-12


def test_a_kernel_is_round_for_grey_and_follows_hue_for_a_vivid_colour():
    grey = colour_search.kernel(lab(128, 128, 128)).spread
    assert grey[1, 1] == pytest.approx(grey[2, 2], rel=0.01)
    vivid = colour_search.kernel(np.array([50.0, 60.0, 60.0]))
    towards, around = np.array([0, 1, 1]) / np.sqrt(2), np.array([0, -1, 1]) / np.sqrt(2)
    assert towards @ vivid.spread @ towards > around @ vivid.spread @ around > grey[1, 1]
    assert colour_search.weigh(vivid, vivid.centre) == 1


def test_other_colour_spaces_find_the_same_colours():
    pixels = patchwork(
        (60, 60, 60), ((200, 40, 40), slice(0, 80), slice(0, 40)), ((40, 60, 190), slice(60, 80), slice(60, 120))
    )
    table = patches.gather([fit_image(pixels, colour_space=space) for space in ("lab", "rgb", "yuv")])
    (share,) = colour_search.shares(table, [colour_search.kernel(lab(200, 40, 40))])
    assert share == pytest.approx(np.full(3, share[0]), abs=0.03)
    assert share[0] == pytest.approx(1 / 3, abs=0.06)


def test_tables_join_and_part_without_a_change():
    ones = [mixture(seed, components=2 + seed % 3) for seed in range(7)]
    kernel, whole = colour_search.kernel(lab(120, 120, 110)), patches.gather(ones)
    by_parts = patches.gather_in_parts(lambda ids: [ones[int(one)] for one in ids], [str(at) for at in range(7)], 3)
    assert np.array_equal(whole.table, by_parts.table)
    assert np.array_equal(whole.owner, by_parts.owner)
    rows = np.array([5, 0, 5, 3])
    some = patches.chosen(whole, rows)
    assert colour_search.masses(some, kernel) == pytest.approx(colour_search.masses(whole, kernel)[rows])
    assert len(patches.gather([])) == 0
    assert colour_search.masses(patches.gather([]), kernel).shape == (0,)


def test_a_flat_component_is_no_accident():
    flat = Mixture(
        np.ones(1),
        np.zeros((1, 5)),
        np.diag([0.2, 1e-9, 1e-9, 1e-9, 1e-9])[None],
        np.array([0.5, 0.5, 50, 0, 0]),
        np.ones(5),
    )
    table = patches.gather([flat])
    found = [colour_search.masses(table, colour_search.kernel(np.array([50.0, 0, 0])), place)[0] for place in PLACES]
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(1, abs=1e-3)
