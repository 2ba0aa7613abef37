"""Technical measures follow the damage that is done, whatever the picture shows, and flags name it."""

import numpy as np
import pytest
from skimage import data
from skimage.transform import rotate

from benchmarks import damage
from leitmotiv.analysis import technical, wholeness
from leitmotiv.imaging.read import shrink


@pytest.fixture(scope="module", params=["chelsea", "coffee"])
def picture(request) -> np.ndarray:
    return shrink(np.asarray(getattr(data, request.param)())[..., :3], 320)


def value(pixels: np.ndarray, name: str) -> float:
    return float(technical.column(technical.measure(pixels)[None], name)[0])


def flagged(pixels: np.ndarray) -> set[str]:
    held = technical.flags(technical.measure(pixels)[None])[0]
    return {name for name, one in zip(technical.FLAGS, held, strict=True) if one}


@pytest.mark.parametrize(
    ("kind", "name", "sign", "flag"),
    [
        ("gaussian blur", "sharpness", -1, "blurred"),
        ("defocus", "sharpness", -1, "blurred"),
        ("white noise", "noise", 1, "noisy"),
        ("JPEG", "blocks", 1, "compressed"),
        ("under-exposure", "bright_end", -1, "dark"),
        ("over-exposure", "clipped_bright", 1, "clipped"),
        ("banding", "gaps", 1, None),
        ("cut off", "broken", 1, "broken"),
    ],
)
def test_a_measure_follows_its_damage_and_sets_its_flag(picture, kind, name, sign, flag):
    does = (damage.TAUGHT | damage.HELD_OUT)[kind]
    rng = np.random.default_rng(1)
    hurt = [does(picture, strength, rng) for strength in (1, 3, 5)]
    values = [sign * value(one, name) for one in (picture, *hurt)]
    assert values[0] <= values[1] + 1e-3
    assert values[1] < values[2]
    assert values[2] < values[3] or kind == "banding"  # three levels are fewer, and their gaps wider, than the range
    if flag:
        assert flag not in flagged(picture)
        assert flag in flagged(hurt[-1])


def test_what_leans_is_told_in_degrees(picture):
    room = np.full((240, 320, 3), 90, np.uint8)
    for at in range(20, 320, 40):
        room[30:210, at : at + 12] = 200
    assert value(room, "tilt") == pytest.approx(0, abs=0.5)
    for degrees in (-7.0, -3.0, 4.0):
        turned = (255 * rotate(room, degrees, mode="edge")).astype(np.uint8)[30:-30, 40:-40]
        assert value(turned, "tilt") == pytest.approx(-degrees, abs=0.75)
        assert "tilted" in flagged(turned)
    assert "tilted" not in flagged(room)


def test_blank_pages_are_empty_and_all_measures_are_numbers(picture):
    rng = np.random.default_rng(0)
    for name, one in damage.degenerate(picture, rng).items():
        numbers = technical.measure(one)
        assert numbers.shape == (technical.WIDTH,)
        assert np.isfinite(numbers).all(), name
        if name in ("white", "black", "grey", "one colour"):
            assert "empty" in flagged(one)
    for shape in ((1, 1, 3), (1, 500, 3), (40, 3, 3)):
        assert np.isfinite(technical.measure(rng.integers(256, size=shape, dtype=np.uint8))).all()


def test_a_margin_of_paper_is_whitespace_and_no_flaw(picture):
    framed = damage.with_margin(picture, 0.2)
    assert value(framed, "whitespace") == pytest.approx(0.36, abs=0.05)
    assert flagged(framed) <= flagged(picture) | {"tilted"}


def test_a_plain_margin_is_cut_away_before_anything_is_judged(picture):
    for share, level in ((0.06, 255), (0.14, 255), (0.1, 0)):
        np.testing.assert_array_equal(wholeness.without_margins(damage.on_paper(picture, share, level)), picture)
        framed = damage.on_paper(damage.on_paper(picture, share, 255 - level), share, level)
        np.testing.assert_array_equal(wholeness.without_margins(framed), picture)
    assert wholeness.without_margins(picture) is picture
    low = picture.copy()
    low[-40:] = 255  # at one side alone: something is missing, it is no margin
    assert wholeness.without_margins(low) is low
    blank = np.full((60, 80, 3), 9, np.uint8)
    assert wholeness.without_margins(blank) is blank


def test_what_is_torn_lost_hazy_or_shaken_is_measured(picture):
    rng = np.random.default_rng(2)
    whole = technical.measure(picture)[None]
    for kind, name, sign in (
        ("torn rows", "torn", 1),
        ("lost blocks", "lost", 1),
        ("cut off", "lopsided", 1),
        ("motion", "weakest_1", -1),
        ("motion", "anisotropy_0", -1),
        ("haze", "dark_channel", 1),
        ("haze", "strong_range", -1),
    ):
        hurt = value((damage.TAUGHT | damage.HELD_OUT)[kind](picture, 4, rng), name)
        assert sign * hurt > sign * float(technical.column(whole, name)[0]), (kind, name)
    assert value(np.swapaxes(damage.degenerate(picture, rng)["torn rows"], 0, 1).copy(), "torn") > 0.1
    assert float(technical.column(whole, "torn")[0]) < 0.02
    assert float(technical.column(whole, "lost")[0]) < 0.01


@pytest.mark.parametrize(("white", "black", "said"), [(0.2, 0, "white"), (0, 0.5, "black"), (0.2, 0.5, "both")])
def test_what_is_clipped_is_said_with_its_end(white, black, said):
    measures = np.zeros(technical.WIDTH)
    measures[technical.NAMES.index("clipped_bright")] = white
    measures[technical.NAMES.index("clipped_dark")] = black
    assert technical.flags(measures[None])[0, technical.FLAGS.index("clipped")]
    words = technical.meaning(measures, "clipped")
    assert ("beyond white" in words, "beyond black" in words) == (said != "black", said != "white")
