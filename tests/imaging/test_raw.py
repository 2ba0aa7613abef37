import os
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging.read import read, read_pixels
from leitmotiv.records import Pixels
from tests.imaging.makers import dng, photo

BLUE = 200


def written(folder: Path, data: bytes, name: str = "a.dng") -> bytes:
    path = folder / name
    path.write_bytes(data)
    return os.fsencode(path)


def corners(pixels: Pixels) -> Any:
    """Which corners are redder and greener than the middle, from the upper left clockwise."""
    red, green = pixels[..., 0].astype(int), pixels[..., 1].astype(int)
    places = [(4, 4), (4, -5), (-5, -5), (-5, 4)]
    return [(red[at] > np.median(red), green[at] > np.median(green)) for at in places]


def test_the_embedded_preview_is_read(tmp_path: Path) -> None:
    picture = read(written(tmp_path, dng()))
    assert picture.format == "RAW"
    assert (picture.width, picture.height) == (640, 480)
    assert picture.pixels.shape == (240, 320, 3)
    assert np.abs(picture.pixels[..., 2].astype(int) - BLUE).max() < 12


@pytest.mark.parametrize("preview", [None, (80, 60)], ids=["none", "too small"])
def test_without_a_useful_preview_half_the_size_is_developed(tmp_path: Path, preview: tuple[int, int] | None) -> None:
    picture = read(written(tmp_path, dng(preview=preview)))
    assert picture.pixels.shape == (240, 320, 3)
    assert (picture.width, picture.height) == (640, 480)
    assert corners(picture.pixels) == corners(np.asarray(photo(320, 240)))


def test_a_preview_that_is_large_enough_for_what_is_wanted_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, dng(preview=(80, 60)))
    small = read_pixels(path, max_size=64)
    assert max(small.shape) == 64
    assert np.abs(small[..., 2].astype(int) - BLUE).max() < 12


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_preview_and_development_stand_upright_alike(tmp_path: Path, orientation: int) -> None:
    shown = read(written(tmp_path, dng(orientation=orientation), "a.dng"))
    developed = read(written(tmp_path, dng(orientation=orientation, preview=None), "b.dng"))
    assert shown.pixels.shape == developed.pixels.shape
    assert (shown.width, shown.height) == (developed.width, developed.height)
    assert (shown.width > shown.height) == (orientation < 5)
    assert corners(shown.pixels) == corners(developed.pixels)


def test_camera_and_time_come_from_the_raw_file_itself(tmp_path: Path) -> None:
    picture = read(written(tmp_path, dng()))
    assert picture.facts["Camera"] == "Maker Model One"
    assert picture.taken.source == "exif"
    assert picture.taken.at == datetime(2021, 3, 4, 5, 6, 7)


def test_a_raw_file_is_recognised_under_a_wrong_name(tmp_path: Path) -> None:
    assert read(written(tmp_path, dng(), "a.tif")).format == "RAW"


def test_the_limit_counts_the_pixels_of_the_sensor(tmp_path: Path) -> None:
    with pytest.raises(ImageReadError, match=r"0.3072 megapixels, more than the limit of 0.3 \(max_megapixels\)"):
        read(written(tmp_path, dng()), max_megapixels=0.3)


@pytest.mark.parametrize("name", ["a.dng", "a.nef", "a.cr3", "a.raw"])
def test_a_damaged_raw_file_is_refused_plainly(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImageReadError, match=r"it is (damaged|cut short)"):
        read(written(tmp_path, b"II*\0\x08\0\0\0" + b"\xff" * 200, name))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_raw_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    data = dng(preview=None)
    with pytest.raises(ImageReadError, match="it is cut short"):
        read(written(tmp_path, data[: int(len(data) * share)]))
