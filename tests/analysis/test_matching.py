import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from leitmotiv.analysis import matching
from leitmotiv.analysis.divergence import js_divergence
from leitmotiv.analysis.look import Look
from leitmotiv.analysis.matching import divide, explain, join, match
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.records import Mixture
from tests.kernels.divergence_cases import mixture

MIXTURES = [mixture(seed, 1 + seed % 6) for seed in range(24)]
PAIRS = list(zip(MIXTURES[::2], MIXTURES[1::2], strict=True))


def gaussian(mean, widths):
    """One component with raw moments."""
    return Mixture(
        np.ones(1),
        np.zeros((1, 5)),
        np.diag(np.asarray(widths, float))[None],
        np.asarray(mean, float),
        np.ones(5),
    )


def painted(above, below, seed=0):
    """A picture of two halves."""
    pixels = np.empty((60, 90, 3), np.uint8)
    pixels[:30], pixels[30:] = above, below
    noise = np.random.default_rng(seed).normal(0, 3, pixels.shape)
    return fit_image((pixels + noise).clip(0, 255).astype(np.uint8), components=8)


# What the divergence is made of.


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_parts_add_up_to_the_divergence_that_rankings_show(a, b):
    parts = explain(a, b).parts
    assert parts.whole == pytest.approx(js_divergence(a, b), abs=2e-5)
    assert parts.place + parts.colour + parts.together == pytest.approx(parts.whole, abs=1e-6)
    assert parts.by_place + parts.by_colour == pytest.approx(parts.whole, abs=1e-6)


@pytest.mark.parametrize("spaces", ["both", "centred", "common"])
def test_the_parts_follow_the_spaces_of_the_look(spaces):
    look = Look(spaces=spaces)
    assert explain(*PAIRS[3], look).parts.whole == pytest.approx(js_divergence(*PAIRS[3], look), abs=2e-5)


@hypothesis.given(
    seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    counts=st.tuples(st.integers(1, 6), st.integers(1, 6)),
)
@hypothesis.settings(max_examples=25)
def test_both_ways_are_the_same(seeds, counts):
    a, b = (mixture(seed, count) for seed, count in zip(seeds, counts, strict=True))
    there, back = explain(a, b), explain(b, a)
    assert there.parts.whole == pytest.approx(back.parts.whole, abs=1e-6)
    assert there.parts.place == pytest.approx(back.parts.place, abs=1e-6)
    assert there.met == pytest.approx(back.met, abs=1e-6)
    assert {(m.one, m.other): round(m.mass, 6) for m in there.matches if m.mass > 1e-5} == {
        (m.other, m.one): round(m.mass, 6) for m in back.matches if m.mass > 1e-5
    }


@pytest.mark.parametrize("given", MIXTURES[:8])
def test_a_picture_is_nothing_apart_from_itself_and_meets_itself_whole(given):
    found = explain(given, given)
    assert (found.parts.whole, found.parts.place, found.parts.colour, found.parts.together) == (0, 0, 0, 0)
    assert found.met == pytest.approx(1, abs=1e-6)
    assert [(m.one, m.other) for m in found.matches] == [(m.one, m.one) for m in found.matches]
    assert {m.one: m.mass for m in found.matches} == pytest.approx(dict(enumerate(given.weights)), abs=1e-9)


def test_each_marginal_alone_is_less_than_the_whole():
    look = Look(points=1000)
    for a, b in PAIRS[:6]:
        for parts in divide(a, b, look):
            assert max(parts.place, parts.colour) <= parts.whole + 4e-3


def test_another_colour_in_the_same_place_is_colour_alone():
    a, b = gaussian([0.5, 0.5, 30, 0, 0], [0.2, 0.2, 3, 3, 3]), gaussian([0.5, 0.5, 80, 0, 0], [0.2, 0.2, 3, 3, 3])
    centred, common = divide(a, b)
    assert common.place == pytest.approx(0, abs=1e-9)
    assert common.colour == pytest.approx(common.whole, rel=1e-6)
    assert centred.whole == pytest.approx(0, abs=1e-9)


def test_another_place_of_the_same_colour_is_place_alone():
    a, b = gaussian([0.2, 0.5, 50, 0, 0], [0.1, 0.1, 3, 3, 3]), gaussian([0.8, 0.5, 50, 0, 0], [0.1, 0.1, 3, 3, 3])
    _, common = divide(a, b)
    assert common.colour == pytest.approx(0, abs=1e-9)
    assert common.place == pytest.approx(common.whole, rel=1e-6) != 0


def test_a_picture_turned_upside_down_differs_only_in_where_its_colours_lie():
    upright, turned = painted((90, 140, 220), (120, 80, 40)), painted((120, 80, 40), (90, 140, 220))
    parts = explain(upright, turned).parts
    assert parts.whole > 0.3
    assert parts.together / parts.whole > 0.9
    assert abs(parts.colour) < 0.03
    assert abs(parts.place) < 0.03


def test_the_divergence_of_a_marginal_equals_quadrature():
    a, b = gaussian([0.4, 0.5, 50, 0, 0], [0.1] * 2 + [5] * 3), gaussian([0.6, 0.5, 50, 0, 0], [0.15] * 2 + [5] * 3)
    look = Look(points=4000)
    grid = np.linspace(-1, 2, 900)
    x, y = np.meshgrid(grid, grid)
    widths = [np.hypot(width, look.smoothing * look.lab.scale[0]) for width in (0.1, 0.15)]
    p, q = (
        np.exp(-((x - middle) ** 2 + (y - 0.5) ** 2) / (2 * width**2)) / (2 * np.pi * width**2)
        for middle, width in zip((0.4, 0.6), widths, strict=True)
    )
    r = p / (p + q)
    told = np.log(2) + r * np.log(r) + (1 - r) * np.log1p(-r)
    expected = ((p + q) / 2 * told).sum() * (grid[1] - grid[0]) ** 2
    assert divide(a, b, look)[1].place == pytest.approx(expected, rel=0.01)


# Which components meet.


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_all_mass_of_both_pictures_meets(a, b):
    matches = match(a, b)
    for side, given in (("one", a), ("other", b)):
        sums = np.zeros(len(given))
        for found in matches:
            sums[getattr(found, side)] += found.mass
        assert sums == pytest.approx(given.weights / given.weights.sum(), abs=1e-7)
    assert sum(found.share for found in matches) == pytest.approx(1)
    assert len(matches) <= len(a) + len(b) - 1


def test_what_meets_its_like_is_no_more_than_the_pictures_have_in_common():
    for a, b in PAIRS:
        found = explain(a, b)
        assert found.parts.whole <= 1 - found.met + 0.01


def test_no_other_plan_keeps_more_likeness():
    a, b = mixture(3, 2), mixture(8, 2)
    found = explain(a, b)
    likeness = np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            pair = match(_only(a, i), _only(b, j), Look(spaces="common"))
            likeness[i, j] = pair[0].likeness
    common = match(a, b, Look(spaces="common"))
    w, v = a.weights / a.weights.sum(), b.weights / b.weights.sum()
    low, high = max(0.0, w[0] - v[1]), min(w[0], v[0])
    best = max(
        t * likeness[0, 0]
        + (w[0] - t) * likeness[0, 1]
        + (v[0] - t) * likeness[1, 0]
        + (1 - w[0] - v[0] + t) * likeness[1, 1]
        for t in np.linspace(low, high, 101)
    )
    assert sum(one.mass * one.likeness for one in common) == pytest.approx(best, abs=1e-6)
    assert found.met <= 1


def _only(given, k):
    return Mixture(np.ones(1), given.means[[k]], given.cholesky[[k]], given.shift, given.scale, given.colour_space)


def test_two_pictures_of_one_component_have_one_match_with_all_of_the_share():
    a, b = gaussian([0.3, 0.5, 50, 0, 0], [0.1] * 2 + [5] * 3), gaussian([0.5, 0.5, 60, 10, 0], [0.1] * 2 + [5] * 3)
    (found,) = match(a, b, Look(spaces="common"))
    assert (found.mass, found.share) == (1, 1)
    assert found.likeness == pytest.approx(found.place * found.colour, rel=1e-6)
    variance = 0.1**2 + (0.3 * 0.25) ** 2
    assert found.place == pytest.approx(np.exp(-(0.2**2) / (8 * variance)), rel=1e-5)


def test_pictures_of_one_flat_colour_can_be_explained():
    red, blue = (fit_image(np.full((40, 60, 3), colour, np.uint8)) for colour in ((200, 30, 30), (30, 30, 200)))
    found = explain(red, blue)
    assert found.parts.colour > abs(found.parts.place)
    assert found.parts.whole == pytest.approx(js_divergence(red, blue), abs=2e-5)
    assert explain(red, red).met == pytest.approx(1, abs=1e-6)


def test_mixtures_of_different_colour_spaces_are_refused():
    other = Mixture(np.ones(1), np.zeros((1, 5)), np.eye(5)[None], np.zeros(5), np.ones(5), "rgb")
    with pytest.raises(ValueError, match="cannot be compared"):
        explain(MIXTURES[0], other)


# Meetings.


def test_a_sky_meets_a_sky_and_a_ground_a_ground():
    found = explain(painted((90, 140, 220), (120, 80, 40)), painted((100, 150, 215), (110, 85, 50), seed=1))
    for meeting in found.meetings:
        assert (meeting.one.y < 0.5) == (meeting.other.y < 0.5)
        assert meeting.place > 0.5


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_joining_matches_loses_no_share(a, b):
    matches = match(a, b)
    meetings = join(a, b, matches, most=3)
    assert len(meetings) == min(3, len(matches))
    assert sum(meeting.share for meeting in meetings) == pytest.approx(1)
    assert sum(meeting.one.weight for meeting in meetings) == pytest.approx(1)
    assert sorted(found for meeting in meetings for found in ((m.one, m.other) for m in meeting.matches)) == sorted(
        (m.one, m.other) for m in matches
    )


def test_one_meeting_has_the_moments_of_the_whole_picture():
    a, b = MIXTURES[5], MIXTURES[5]
    (meeting,) = join(a, b, match(a, b), most=1)
    means = a.shift + a.scale * a.means
    mean = a.weights @ means
    factors = a.scale[:, None] * a.cholesky
    covariance = np.einsum("k,kij->ij", a.weights, factors @ factors.transpose(0, 2, 1))
    covariance += np.einsum("k,ki,kj->ij", a.weights, means - mean, means - mean)
    assert (meeting.one.x, meeting.one.y) == pytest.approx(tuple(mean[:2]))
    assert (meeting.one.xx, meeting.one.xy, meeting.one.yy) == pytest.approx(
        (covariance[0, 0], covariance[0, 1], covariance[1, 1])
    )
    assert matching.MEETINGS == 6
