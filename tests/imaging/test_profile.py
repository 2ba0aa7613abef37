import numpy as np
import pytest
from PIL import Image, ImageCms

from leitmotiv.imaging.profile import to_srgb
from tests.imaging.makers import ADOBE_RGB, SRGB, grey_profile, ink_profile, matrix_profile

INKS = {
    (c, m, y, k): (100.0 - 20 * (c + m + y) - 35 * k, 60.0 * (m - c), 60.0 * (y - m))
    for c, m, y, k in np.ndindex(2, 2, 2, 2)
}


def pixel(image: Image.Image) -> tuple[int, ...]:
    return tuple(np.asarray(image)[0, 0].tolist())


def test_srgb_needs_no_transform() -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert to_srgb(own, "RGB") is None
    assert to_srgb(None, "RGB") is None


def test_a_wide_gamut_becomes_more_colourful_and_keeps_its_greys() -> None:
    transform = to_srgb(matrix_profile(ADOBE_RGB, 2.2), "RGB")
    assert transform is not None
    red, green, _ = pixel(transform(Image.new("RGB", (1, 1), (100, 180, 100))))
    assert red < 90
    assert green == pytest.approx(181, abs=3)
    assert pixel(transform(Image.new("RGB", (1, 1), (128, 128, 128)))) == pytest.approx((127, 127, 127), abs=2)


def test_an_adobe_rgb_colour_has_its_textbook_srgb_value() -> None:
    # Linear light of (120, 140, 160) by gamma 2.2 and Adobe's matrix, then sRGB's inverse matrix and curve.
    linear = (np.array([120, 140, 160]) / 255) ** (563 / 256)
    xyz = linear @ np.array(ADOBE_RGB)
    rgb = xyz @ np.linalg.inv(np.array(SRGB))
    expected = 255 * np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * np.abs(rgb) ** (1 / 2.4) - 0.055)
    transform = to_srgb(matrix_profile(ADOBE_RGB, 2.2), "RGB")
    assert transform is not None
    assert pixel(transform(Image.new("RGB", (1, 1), (120, 140, 160)))) == pytest.approx(expected, abs=2)


def test_a_grey_profile_of_another_gamma_changes_the_middle_alone() -> None:
    transform = to_srgb(grey_profile(1.0), "L")
    assert transform is not None
    levels = [pixel(transform(Image.new("L", (1, 1), level)))[0] for level in (0, 55, 255)]
    assert levels == pytest.approx([0, 128, 255], abs=2)


def test_a_press_profile_decides_how_inks_look() -> None:
    transform = to_srgb(ink_profile(INKS), "CMYK")
    assert transform is not None
    assert pixel(transform(Image.new("CMYK", (1, 1), (0, 0, 0, 0)))) == pytest.approx((255, 255, 255), abs=3)
    lab = Image.new("LAB", (1, 1))
    lab.putpixel((0, 0), (round(2.55 * 80), 128 + 60, 128 - 60))
    magenta = pixel(transform(Image.new("CMYK", (1, 1), (0, 255, 0, 0))))
    assert magenta == pytest.approx(pixel(lab.convert("RGB")), abs=4)


@pytest.mark.parametrize("broken", [b"", b"junk", b"\0" * 128, matrix_profile(SRGB, 1.8)[:150]])
def test_a_broken_profile_is_ignored(broken: bytes) -> None:
    assert to_srgb(broken, "RGB") is None


def test_a_profile_of_another_mode_is_ignored() -> None:
    assert to_srgb(grey_profile(1.0), "RGB") is None
    assert to_srgb(matrix_profile(ADOBE_RGB, 2.2), "L") is None
    assert to_srgb(ink_profile(INKS), "RGB") is None
