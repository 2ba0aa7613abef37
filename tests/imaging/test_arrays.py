import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging.read import read, read_pixels
from tests.imaging.makers import encoded, photo


def stored(folder: Path, values: Any, **options: Any) -> bytes:
    path = folder / "a.tif"
    tifffile.imwrite(path, values, **options)
    return os.fsencode(path)


UNIT = np.asarray(photo()).astype(np.float64) / 255


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colour_in_floats_is_read_as_it_was_meant(tmp_path: Path, kind: str, planar: str) -> None:
    values = UNIT.astype(kind)
    values = values if planar == "contig" else np.ascontiguousarray(values.transpose(2, 0, 1))
    path = stored(tmp_path, values, photometric="rgb", planarconfig=planar)
    assert np.abs(read_pixels(path).astype(int) - np.asarray(photo())).max() <= 1


def test_colour_in_other_floats_is_spread_over_one_range_for_all_channels(tmp_path: Path) -> None:
    values = np.zeros((2, 3, 3), np.float32)
    values[0, 0], values[1, 2] = (-50, 0, 50), (150, 100, 0)
    assert read_pixels(stored(tmp_path, values, photometric="rgb"))[0, 0].tolist() == [0, 64, 128]


@pytest.mark.parametrize("kind", ["uint8", "uint16"])
def test_colour_of_any_layout_is_scaled(tmp_path: Path, kind: str) -> None:
    values = np.asarray(photo()).astype(kind) * (257 if kind == "uint16" else 1)
    values = values.astype(kind)
    for options in ({}, {"planarconfig": "separate"}, {"compression": "zlib"}, {"tile": (16, 16)}):
        given = values.transpose(2, 0, 1) if "planarconfig" in options else values
        path = stored(tmp_path, np.ascontiguousarray(given), photometric="rgb", **options)
        assert np.abs(read_pixels(path).astype(int) - np.asarray(photo())).max() <= 1


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_white_may_be_counted_down_to_black(tmp_path: Path, kind: str) -> None:
    top = 1.0 if kind == "float32" else np.iinfo(kind).max
    values = np.linspace(0, top, 64).astype(kind).reshape(8, 8)
    straight = read_pixels(stored(tmp_path, values, photometric="minisblack")).astype(int)
    inverted = read_pixels(stored(tmp_path, values, photometric="miniswhite")).astype(int)
    assert np.abs(straight + inverted - 255).max() <= 1
    assert straight[0, 0, 0] == 0


def test_alpha_in_floats_lies_over_mid_grey(tmp_path: Path) -> None:
    values = np.zeros((4, 4, 4), np.float32)
    values[..., 0] = 1.0
    values[:2, :, 3] = 1.0
    pixels = read_pixels(stored(tmp_path, values, photometric="rgb", extrasamples=["unassalpha"]))
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert pixels[3, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize("kind", ["int8", "int16", "uint32", "int32", "uint64", "float64", "complex64"])
def test_any_number_type_of_grey_grows_from_black_to_white(tmp_path: Path, kind: str) -> None:
    values = (np.arange(100) - (50 if kind.startswith("int") else 0)).astype(kind).reshape(10, 10)
    levels = read_pixels(stored(tmp_path, values, photometric="minisblack"))[..., 0].ravel().astype(int)
    assert (levels[0], levels[-1]) == (0, 255)
    assert (np.diff(levels) >= 0).all()


def test_of_a_volume_and_of_many_pages_the_first_is_shown(tmp_path: Path) -> None:
    values = np.zeros((3, 20, 30), np.float64)
    values[0], values[0, :, :10] = 0.5, 0.25
    assert read_pixels(stored(tmp_path, values, photometric="minisblack"))[0, [0, -1], 0].tolist() == [64, 128]


def test_many_channels_are_shown_by_their_first_three(tmp_path: Path) -> None:
    values = np.zeros((8, 8, 7), np.float32)
    values[..., 2] = 1.0
    path = stored(tmp_path, values, photometric="rgb", planarconfig="contig")
    assert read_pixels(path)[0, 0].tolist() == [0, 0, 255]


def test_the_limit_holds_before_the_decoding(tmp_path: Path) -> None:
    path = stored(tmp_path, np.zeros((1000, 1100, 3), np.float32), photometric="rgb")
    with pytest.raises(ImageReadError, match=r"1.1 megapixels, more than the limit of 1 \(max_megapixels\)"):
        read(path, max_megapixels=1)
    path = stored(tmp_path, np.zeros((100, 100, 50), np.float64), photometric="minisblack", planarconfig="contig")
    with pytest.raises(ImageReadError, match="channels take more memory"):
        read(path, max_megapixels=0.02)


def test_a_large_picture_is_reduced(tmp_path: Path) -> None:
    big = np.broadcast_to(np.linspace(0, 1, 2000)[None, :, None], (900, 2000, 3)).astype(np.float32)
    picture = read(stored(tmp_path, big, photometric="rgb"))
    assert picture.pixels.shape == (230, 512, 3)
    assert (picture.width, picture.height, picture.format) == (2000, 900, "TIFF")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    path = Path(os.fsdecode(stored(tmp_path, UNIT.astype(np.float32), photometric="rgb", compression="zlib")))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ImageReadError, match=r"it is (cut short|damaged)"):
        read(os.fsencode(path))


def test_remarks_on_a_damaged_file_do_not_reach_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(encoded(photo(600, 400), "TIFF", compression="tiff_adobe_deflate")[:-20])
    script = (
        "import sys; from leitmotiv.imaging.read import read\n"
        "try: read(sys.argv[1].encode())\n"
        "except Exception as error: print(type(error).__name__)"
    )
    run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("ImageReadError\n", "")
