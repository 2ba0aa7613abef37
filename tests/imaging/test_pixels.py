import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from leitmotiv.imaging import pixels
from tests.imaging.makers import ADOBE_RGB, grey_profile, matrix_profile, photo


def array(image: Image.Image, **options: Any) -> np.ndarray[Any, Any]:
    return np.asarray(pixels.srgb(image, **options)).astype(int)


def transparent(image: Image.Image, alpha: int) -> Image.Image:
    image.putalpha(alpha)
    return image


@pytest.mark.parametrize(
    "image",
    [
        photo(),
        photo().convert("L"),
        photo().convert("1"),
        photo().convert("P"),
        photo().convert("LA"),
        photo().convert("RGBA"),
        photo().convert("CMYK"),
        photo().convert("YCbCr"),
        photo().convert("I"),
        photo().convert("F"),
        photo().convert("I;16"),
        photo().convert("PA"),
        photo().convert("RGBa"),
        photo().convert("La"),
    ],
    ids=lambda image: image.mode,
)
@pytest.mark.parametrize("target", [None, 32, 5])
def test_every_mode_becomes_rgb_of_the_wanted_size(image: Image.Image, target: int | None) -> None:
    out = pixels.srgb(image, target)
    assert out.mode == "RGB"
    assert max(out.size) == (target or 96)


def test_plain_rgb_is_left_as_it_is() -> None:
    assert np.array_equal(array(photo()), np.asarray(photo()))


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)[None]
    assert np.array_equal(array(Image.fromarray(ramp))[0, :, 0], np.arange(256))


def test_a_large_picture_is_scaled_as_a_small_one() -> None:
    levels = np.arange(65536, dtype=np.uint16)
    small = [pixels.scaled(part, (0.0, 4095.0)) for part in np.split(levels, 4)]
    large = pixels.scaled(np.tile(levels, 2), (0.0, 4095.0))
    assert np.array_equal(large, np.tile(np.concatenate(small), 2))


def test_floats_between_0_and_1_are_taken_as_black_to_white() -> None:
    levels = array(Image.fromarray(np.array([[0.25, 0.5, 0.75]], np.float32)))
    assert levels[0, :, 0].tolist() == [64, 128, 191]


def test_other_floats_are_spread_over_their_own_range() -> None:
    values = np.array([[-100.0, 0.0, 300.0, math.nan, math.inf]], np.float32)
    assert array(Image.fromarray(values))[0, :, 0].tolist() == [0, 64, 255, 0, 255]


def test_integers_without_an_agreed_white_are_spread_over_their_own_range() -> None:
    values = np.array([[-1000, 0, 1000]], np.int32)
    assert array(Image.fromarray(values))[0, :, 0].tolist() == [0, 128, 255]


def test_one_level_without_a_scale_is_mid_grey() -> None:
    assert array(Image.fromarray(np.full((2, 2), 7.5, np.float32)))[0, 0].tolist() == [128] * 3


@given(st.lists(st.floats(width=32), min_size=1, max_size=8))
def test_any_floats_give_finite_levels_in_their_order(values: list[float]) -> None:
    levels = array(Image.fromarray(np.array([values], np.float32)))[0, :, 0]
    ordered = [(value, level) for value, level in zip(values, levels, strict=True) if not math.isnan(value)]
    assert [level for _, level in sorted(ordered)] == sorted(level for _, level in ordered)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGBa"])
def test_the_fully_transparent_is_mid_grey(mode: str) -> None:
    image = transparent(Image.new("RGB", (4, 4), (255, 0, 0)), 0).convert(mode)
    assert array(image)[0, 0].tolist() == [128] * 3


def test_half_transparent_red_is_half_way_to_grey() -> None:
    image = transparent(Image.new("RGB", (4, 4), (255, 0, 0)), 128)
    assert array(image)[0, 0].tolist() == pytest.approx([192, 64, 64], abs=1)


@pytest.mark.parametrize(
    ("mode", "colour", "key"),
    [("L", 7, 7), ("RGB", (9, 8, 7), (9, 8, 7)), ("1", 1, 255)],
)
def test_a_colour_declared_transparent_is_mid_grey(mode: str, colour: Any, key: Any) -> None:
    image = Image.new(mode, (2, 2), colour)
    image.info["transparency"] = key
    assert array(image)[0, 0].tolist() == [128] * 3


@pytest.mark.parametrize("key", [1, b"\xff\x00\xff"])
def test_a_transparent_palette_entry_is_mid_grey(key: int | bytes) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 0), 1)
    image.info["transparency"] = key
    assert array(image)[0].tolist() == [[10, 20, 30], [128, 128, 128]]


def test_transparency_and_shrinking_do_not_mix_in_hidden_colours() -> None:
    image = transparent(Image.new("RGB", (64, 64), (255, 0, 0)), 0)
    image.paste((0, 0, 255, 255), (0, 0, 32, 64))
    small = array(image, target=2)
    assert small[0, 0].tolist() == pytest.approx([0, 0, 255], abs=14)
    assert small[0, 1].tolist() == pytest.approx([128, 128, 128], abs=14)


def test_grey_under_transparency_stays_mid_grey_whatever_the_profile() -> None:
    image = transparent(Image.new("RGB", (2, 2), (100, 180, 100)), 0)
    image.info["icc_profile"] = matrix_profile(ADOBE_RGB, 1.0)
    assert array(image)[0, 0].tolist() == [128] * 3


def test_an_embedded_profile_is_applied_to_palettes_and_to_alpha_too() -> None:
    profile = matrix_profile(ADOBE_RGB, 2.2)
    seen = []
    for image in (
        Image.new("RGB", (2, 2), (100, 180, 100)),
        Image.new("RGB", (2, 2), (100, 180, 100)).quantize(2),
        transparent(Image.new("RGB", (2, 2), (100, 180, 100)), 255),
    ):
        image.info["icc_profile"] = profile
        seen.append(array(image)[0, 0].tolist())
    assert seen[0] == seen[1] == seen[2] != [100, 180, 100]


def test_a_grey_profile_is_applied_with_and_without_alpha() -> None:
    for image in (Image.new("L", (2, 2), 55), transparent(Image.new("L", (2, 2), 55), 255)):
        image.info["icc_profile"] = grey_profile(1.0)
        assert array(image)[0, 0].tolist() == pytest.approx([128] * 3, abs=2)


def test_lab_pictures_are_converted() -> None:
    image = Image.new("LAB", (2, 2), (255, 128, 128))
    assert array(image)[0, 0].tolist() == pytest.approx([255] * 3, abs=2)


def test_bands_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ranged = photo(300, 200).convert("F").point(lambda level: level * 3 - 7)
    for image in (photo(300, 200), photo(300, 200).convert("RGBA"), photo(300, 200).convert("P"), ranged):
        for target in (None, 31):
            whole = array(image, target=target)
            with monkeypatch.context() as patch:
                patch.setattr(pixels, "_BAND", 300 * 16)
                assert np.array_equal(array(image, target=target), whole)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 100))
def test_fit_keeps_the_proportions_and_never_enlarges(width: int, height: int, size: int) -> None:
    out = pixels.fit(Image.new("RGB", (width, height)), size)
    assert max(out.size) == min(size, max(width, height))
    ratio = max(out.size) / max(width, height)
    assert out.size == (max(1, round(width * ratio)), max(1, round(height * ratio)))


def test_fit_keeps_the_mean() -> None:
    image = photo(301, 200)
    small = np.asarray(pixels.fit(image, 40)).reshape(-1, 3).mean(0)
    assert small == pytest.approx(np.asarray(image).reshape(-1, 3).mean(0), abs=1)
