import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import exif as tags_module
from leitmotiv.imaging.read import encode, read, read_pixels, shrink, transcode
from leitmotiv.records import Pixels
from tests.imaging.makers import (
    ADOBE_RGB,
    encoded,
    exif,
    ink_profile,
    matrix_profile,
    photo,
    png_header,
)

ORIENTATION, MODEL, ORIGINAL = tags_module.ORIENTATION, tags_module.MODEL, tags_module.ORIGINAL
KINDS = {
    "JPEG": {"quality": 95},
    "PNG": {},
    "WEBP": {"quality": 95},
    "GIF": {},
    "TIFF": {},
    "BMP": {},
    "AVIF": {"quality": 95},
    "HEIC": {"quality": 95},
}


def picture_file(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A file of any kind that is read, HEIC included."""
    if kind != "HEIC":
        return encoded(image, kind, **{**KINDS[kind], **options})
    out = io.BytesIO()
    wanted = options.get("exif")
    pillow_heif.from_pillow(image).save(out, quality=95, exif=wanted.tobytes() if wanted else None)
    return out.getvalue()


@pytest.fixture
def put(tmp_path: Path) -> Any:
    """Write bytes, and hand out the path."""

    def write(data: bytes, name: str = "a.jpg") -> bytes:
        path = tmp_path / name
        path.write_bytes(data)
        return os.fsencode(path)

    return write


def error(pixels: Pixels, image: Image.Image) -> float:
    """Mean absolute difference to what was meant, levels."""
    meant = np.asarray(image.convert("RGB").resize(pixels.shape[1::-1], Image.Resampling.BOX)).astype(float)
    return float(np.abs(meant - pixels).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read(put: Any, kind: str) -> None:
    data = picture_file(photo(), kind)
    picture = read(put(data, "a.bin"))
    assert picture.format == kind
    assert (picture.width, picture.height) == (96, 64)
    assert error(picture.pixels, photo()) < 6
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert picture.size == len(data)
    assert not picture.pixels.flags.writeable


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_of_an_animation_the_first_frame_is_read(put: Any, kind: str) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ((200, 30, 30), (30, 200, 30))]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    picture = read(put(data))
    assert picture.pixels[15, 20].tolist() == pytest.approx([200, 30, 30], abs=8)
    assert (picture.width, picture.height) == (40, 30)


def test_of_a_jpeg_with_several_pictures_the_first_is_read(put: Any) -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in ((200, 30, 30), (30, 200, 30))]
    path = put(encoded(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    for picture in (read(path), read(path, working_size=50, thumbnails=(40,))):
        assert picture.pixels[9, 9].tolist() == pytest.approx([200, 30, 30], abs=8)
        assert (picture.format, picture.width) == ("JPEG", 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(put: Any, kind: str, orientation: int) -> None:
    back = {6: 8, 8: 6}.get(orientation, orientation)
    stored = tags_module.turned(photo(), back)
    picture = read(put(picture_file(stored, kind, exif=exif({ORIENTATION: orientation}))), thumbnails=(32,))
    assert (picture.width, picture.height) == (96, 64)
    assert picture.pixels.shape == (64, 96, 3)
    assert error(picture.pixels, photo()) < 6
    thumbnail = Image.open(io.BytesIO(picture.thumbnails[32]))
    assert thumbnail.size == (32, 22)
    assert error(np.asarray(thumbnail), photo()) < 8


def test_a_large_jpeg_is_decoded_small_and_true(put: Any) -> None:
    large = photo(4000, 3000)
    picture = read(put(encoded(large, "JPEG", quality=90)))
    assert (picture.width, picture.height) == (4000, 3000)
    assert picture.pixels.shape == (375, 500, 3)
    assert error(picture.pixels, large) < 2


@pytest.mark.parametrize("size", [(1536, 1024), (4300, 100), (700, 2100), (8000, 40)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_working_size_is_met(put: Any, kind: str, size: tuple[int, int]) -> None:
    large = photo(*size)
    picture = read(put(encoded(large, kind)), working_size=300)
    assert max(picture.pixels.shape) == 300
    assert error(picture.pixels, large) < 4


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_smallest_and_narrowest_pictures_are_read(put: Any, kind: str, size: tuple[int, int]) -> None:
    picture = read(put(encoded(photo(*size), kind)))
    assert (picture.width, picture.height) == size
    assert picture.pixels.size >= 3
    assert max(picture.pixels.shape[:2]) == min(512, max(size))


def test_thumbnails_are_never_enlarged(put: Any) -> None:
    for size, expected in (((96, 64), [(96, 64)] * 2), ((400, 300), [(256, 192), (400, 300)])):
        picture = read(put(encoded(photo(*size), "PNG")))
        assert [Image.open(io.BytesIO(picture.thumbnails[s])).size for s in (256, 512)] == expected
    assert Image.open(io.BytesIO(picture.thumbnails[256])).format == "JPEG"


def test_thumbnails_are_as_large_as_wanted_even_where_less_is_looked_at(put: Any) -> None:
    picture = read(put(encoded(photo(1200, 900), "PNG")), working_size=64)
    assert max(picture.pixels.shape) == 64
    assert Image.open(io.BytesIO(picture.thumbnails[512])).size == (512, 384)


def test_thumbnails_look_like_the_picture(put: Any) -> None:
    picture = read(put(encoded(photo(1200, 900), "JPEG")))
    for data in picture.thumbnails.values():
        assert error(np.asarray(Image.open(io.BytesIO(data))), photo(1200, 900)) < 3


def test_the_pixel_hash_is_blind_to_metadata_alone(put: Any) -> None:
    plain = read(put(encoded(photo(), "PNG")))
    tagged = read(put(encoded(photo(), "PNG", exif=exif({MODEL: "M"})), "b.png"))
    other = read(put(encoded(photo(96, 65), "PNG"), "c.png"))
    assert plain.sha256 != tagged.sha256
    assert plain.pixel_hash == tagged.pixel_hash != other.pixel_hash


def test_the_pixel_hash_is_as_documented(put: Any) -> None:
    picture = read(put(encoded(photo(1000, 500), "PNG")))
    expected = hashlib.sha256(b"1000x500\n" + picture.pixels.tobytes()).hexdigest()
    assert picture.pixel_hash == expected


def test_the_colour_is_the_mean_of_the_pixels(put: Any) -> None:
    picture = read(put(encoded(photo(), "PNG")))
    red, green, blue = np.asarray(photo()).reshape(-1, 3).mean(0).round().astype(int)
    assert picture.colour == f"#{red:02x}{green:02x}{blue:02x}"


def test_the_time_and_facts_come_from_the_file(put: Any) -> None:
    made = exif({MODEL: "Box"}, {ORIGINAL: "2020:05:06 07:08:09", tags_module.ISO: 100})
    picture = read(put(encoded(photo(), "JPEG", exif=made)))
    assert (picture.taken.at, picture.taken.source) == (datetime(2020, 5, 6, 7, 8, 9), "exif")
    assert picture.facts == {"Camera": "Box", "ISO": "100"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "HEIC", "AVIF"])
def test_tags_are_found_in_every_kind(put: Any, kind: str) -> None:
    picture = read(put(picture_file(photo(), kind, exif=exif({MODEL: "Box"}))))
    assert picture.facts == {"Camera": "Box"}


def test_without_exif_the_time_is_that_of_the_file(put: Any) -> None:
    path = put(encoded(photo(), "PNG"))
    os.utime(path, ns=(0, 1_600_000_000_250_000_000))
    picture = read(path)
    assert picture.taken.source == "file"
    assert picture.taken.at == datetime(2020, 9, 13, 12, 26, 40, 250_000, tzinfo=UTC)
    assert picture.mtime_ns == 1_600_000_000_250_000_000


def test_an_embedded_profile_becomes_srgb(put: Any) -> None:
    image = Image.new("RGB", (1200, 900), (100, 180, 100))
    data = encoded(image, "JPEG", quality=95, icc_profile=matrix_profile(ADOBE_RGB, 2.2))
    red, green, _ = read(put(data)).pixels[0, 0].tolist()
    assert red < 90
    assert green == pytest.approx(181, abs=4)


def test_a_broken_profile_is_ignored(put: Any) -> None:
    data = encoded(Image.new("RGB", (20, 20), (100, 180, 100)), "PNG", icc_profile=b"broken" * 40)
    assert read(put(data)).pixels[0, 0].tolist() == [100, 180, 100]


def cmyk(adobe: bool, **options: Any) -> bytes:
    """A JPEG of pure cyan: with Adobe's mark its inks are stored inverted, without it straight."""
    stored = Image.new("CMYK", (64, 48), (255, 0, 0, 0))
    if adobe:
        return encoded(stored, "JPEG", quality=95, **options)
    data = encoded(Image.eval(stored, lambda ink: 255 - ink), "JPEG", quality=95, **options)
    mark = data.index(b"\xff\xee")
    return data[:mark] + data[mark + 2 + int.from_bytes(data[mark + 2 : mark + 4], "big") :]


@pytest.mark.parametrize("adobe", [True, False], ids=["Adobe, inverted", "straight"])
def test_inks_are_read_whichever_way_they_are_stored(put: Any, adobe: bool) -> None:
    red, green, blue = read(put(cmyk(adobe))).pixels[20, 20].tolist()
    assert red < 40
    assert min(green, blue) > 200


def test_the_profile_of_a_press_decides_about_its_inks(put: Any) -> None:
    red_ink = {
        (c, m, y, k): (100.0 - 50 * c - 15 * (m + y) - 20 * k, 70.0 * c, 50.0 * c)
        for c, m, y, k in np.ndindex(2, 2, 2, 2)
    }
    for adobe in (True, False):
        red, green, _ = read(put(cmyk(adobe, icc_profile=ink_profile(red_ink)))).pixels[20, 20].tolist()
        assert red > 180
        assert green < 60


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.jpg",
        b'"quo\'tes".jpg',
        "\N{SUNRISE} \N{COMBINING ACUTE ACCENT}.jpg".encode(),
        b"\xff\xfe invalid.jpg",
        b"-rf *;?.jpg",
        b"x" * 250 + b".jpg",
    ],
)
def test_any_name_that_the_system_allows_is_read(tmp_path: Path, name: bytes) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    try:
        Path(os.fsdecode(path)).write_bytes(encoded(photo(), "PNG"))
    except OSError:
        pytest.skip("this file system refuses the name")
    assert read(path).width == 96
    Path(os.fsdecode(path)).write_bytes(b"")
    with pytest.raises(ImageReadError, match="it is empty") as caught:
        read(path)
    assert caught.value.path == path.decode("utf-8", "replace")


def refusal(path: bytes, **options: Any) -> str:
    with pytest.raises(ImageReadError) as caught:
        read(path, **options)
    return caught.value.reason


def outcome(path: bytes) -> str:
    """The hash of the pixels, or the first words of the refusal; nothing else may happen."""
    try:
        return read(path, max_megapixels=4).pixel_hash
    except ImageReadError as error:
        found = re.search("cut short|damaged|not a picture|not supported|megapixels|film", error.reason)
        return found[0] if found else f"unexpected: {error.reason}"


def test_an_empty_file_is_called_so(put: Any) -> None:
    assert refusal(put(b"")) == "it is empty (0 bytes)"


def test_a_text_named_like_a_picture_is_called_so(put: Any) -> None:
    assert refusal(put(b"Dear diary,\n")) == "it is not a picture: it looks like text"


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_is_refused_or_whole(put: Any, kind: str) -> None:
    rng = np.random.default_rng(0)
    noisy = np.asarray(photo()) + rng.integers(-20, 20, (64, 96, 3))
    data = picture_file(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)), kind)
    whole = read(put(data)).pixel_hash
    for share in (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99):
        path = put(data[: int(len(data) * share)])
        assert outcome(path) in (whole, "cut short", "damaged")


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("filler", [b"", b"\0"], ids=["missing", "zeros"])
def test_half_a_jpeg_is_not_a_half_grey_picture(put: Any, options: dict[str, Any], filler: bytes) -> None:
    data = encoded(photo(1200, 900), "JPEG", quality=95, **options)
    half = len(data) // 2
    assert refusal(put(data[:half] + filler * half)) == "it is cut short"
    assert read(put(data + b"\0" * 5000)).width == 1200


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "HEIC"])
def test_a_copy_broken_off_leaves_zeros_and_is_refused(put: Any, kind: str) -> None:
    rng = np.random.default_rng(0)
    data = picture_file(Image.fromarray(rng.integers(0, 255, (200, 200, 3), np.uint8)), kind)
    assert "cut short" in refusal(put(data[: len(data) // 2].ljust(len(data), b"\0")))


def test_a_large_webp_of_one_colour_ends_in_zeros_and_is_read(put: Any) -> None:
    data = encoded(Image.new("RGB", (4000, 3000), (128, 128, 128)), "WEBP")
    assert not any(data[-1000:])
    assert read(put(data)).width == 4000


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_of_megapixels_holds_for_every_kind(put: Any, kind: str) -> None:
    path = put(picture_file(photo(200, 100), kind))
    assert read(path, max_megapixels=0.02).width == 200
    assert refusal(path, max_megapixels=0.01) == "0.02 megapixels, more than the limit of 0.01 (max_megapixels)"


def test_a_bomb_is_refused_before_it_is_decoded(put: Any) -> None:
    reason = "1,000 megapixels, more than the limit of 300 (max_megapixels)"
    assert refusal(put(png_header(100_000, 10_000))) == reason
    assert "megapixels" in refusal(put(png_header(2**31 - 1, 2**31 - 1)))
    gif = b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
    assert "4,294.9 megapixels" in refusal(put(gif))
    jpeg = bytearray(encoded(photo(), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 65000, 65000)
    assert "4,225 megapixels" in refusal(put(bytes(jpeg)))
    bmp = bytearray(encoded(photo(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 40000, 40000)
    assert "1,600 megapixels" in refusal(put(bytes(bmp)))
    webp = bytearray(encoded(photo(), "WEBP", exif=exif({MODEL: "M"})))
    webp[24:30] = (65534).to_bytes(3, "little") + (65534).to_bytes(3, "little")
    assert "megapixels" in refusal(put(bytes(webp)))


def test_a_frame_larger_than_its_canvas_counts(put: Any) -> None:
    gif = b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0" + struct.pack("<HH", 60000, 60000) + b"\0\2\2D\1\0;"
    assert "megapixels" in refusal(put(gif))


def test_the_limit_may_be_raised_beyond_pillows_own(put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for kind in KINDS:
        assert read(put(picture_file(photo(), kind))).width == 96
    assert Image.MAX_IMAGE_PIXELS == 100


def test_a_missing_file_a_folder_and_a_nameless_one_are_refused(tmp_path: Path) -> None:
    assert refusal(os.fsencode(tmp_path / "gone.jpg")) == "it is no longer there"
    assert refusal(os.fsencode(tmp_path)) == "it is a folder"
    assert refusal(b"a\0b.jpg") == "no file can have this name"
    assert "too long" in refusal(b"x" * 5000)


def test_links_are_followed_and_broken_ones_called_so(put: Any, tmp_path: Path) -> None:
    put(encoded(photo(), "PNG"), "real.png")
    for name, target in (("good", "real.png"), ("broken", "nowhere"), ("loop", "loop")):
        (tmp_path / name).symlink_to(target)
    assert read(os.fsencode(tmp_path / "good")).width == 96
    assert refusal(os.fsencode(tmp_path / "broken")) == "it is a broken link"
    assert refusal(os.fsencode(tmp_path / "loop")) == "it is a link that leads back to itself"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_and_devices_are_never_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "a.jpg"
    os.mkfifo(pipe)
    assert "pipe, socket or device" in refusal(os.fsencode(pipe))
    assert "pipe, socket or device" in refusal(b"/dev/zero")


AS_NOBODY = """
import os, pwd, sys
from leitmotiv.errors import ImageReadError
from leitmotiv.imaging.read import read
os.setgid(pwd.getpwnam("nobody").pw_gid)
os.setuid(pwd.getpwnam("nobody").pw_uid)
try:
    read(os.fsencode(sys.argv[1]))
except ImageReadError as error:
    print(error.reason, end="")
"""


def test_a_file_that_this_user_may_not_read_is_refused(put: Any, tmp_path: Path) -> None:
    path = Path(os.fsdecode(put(encoded(photo(), "PNG"))))
    path.chmod(0)
    if os.getuid() != 0:
        assert refusal(os.fsencode(path)) == "permission denied"
        return
    pytest.importorskip("pwd").getpwnam("nobody")
    run = subprocess.run([sys.executable, "-c", AS_NOBODY, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout == "permission denied"


@pytest.mark.parametrize("kind", KINDS)
def test_damage_of_any_sort_is_a_plain_error_or_a_picture(put: Any, kind: str) -> None:
    whole = picture_file(photo(), kind, exif=exif({MODEL: "M", ORIENTATION: 6}))
    rng = np.random.default_rng(len(whole))
    outcomes = set()
    for _ in range(60):
        data = bytearray(whole)
        # Headers are where damage does most.
        for at in rng.integers(0, rng.choice([100, 400, len(data)]), rng.integers(1, 8)):
            data[min(at, len(data) - 1)] = rng.integers(256)
        outcomes.add(outcome(put(bytes(data))))
    assert len(outcomes) > 1
    assert not any(one.startswith("unexpected") for one in outcomes), outcomes


def test_no_warning_of_a_decoder_leaks(put: Any, recwarn: pytest.WarningsRecorder) -> None:
    broken = encoded(photo(), "JPEG", exif=exif({MODEL: "M" * 20}))
    at = broken.index(b"Exif")
    for data in (
        broken[: at + 14] + b"\xff\xff" + broken[at + 16 :],
        encoded(photo().convert("P"), "PNG", transparency=b"\0"),
    ):
        assert read(put(data)).width == 96
    assert not recwarn


def test_threads_read_at_the_same_time(put: Any) -> None:
    paths = [put(picture_file(photo(), kind), f"a.{kind}") for kind in KINDS]
    alone = {path: read(path).pixel_hash for path in paths}
    found: list[tuple[bytes, str]] = []

    def work(offset: int) -> None:
        for number in range(len(paths)):
            path = paths[(number + offset) % len(paths)]
            found.append((path, read(path).pixel_hash))

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 * len(paths)
    assert all(alone[path] == pixel_hash for path, pixel_hash in found)


def test_large_files_are_read_without_standing_in_memory(put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(encoded(photo(600, 400), "TIFF"), "a.tif")
    in_memory = read(path)
    monkeypatch.setattr("leitmotiv.imaging.source.IN_MEMORY", 1000)
    streamed = read(path)
    assert (streamed.sha256, streamed.pixel_hash) == (in_memory.sha256, in_memory.pixel_hash)
    for kind in KINDS:
        assert read(put(picture_file(photo(), kind))).width == 96


def test_pixels_come_whole_or_as_small_as_wanted(put: Any) -> None:
    path = put(encoded(photo(300, 200), "PNG"))
    assert np.array_equal(read_pixels(path), np.asarray(photo(300, 200)))
    assert read_pixels(Path(os.fsdecode(path)), max_size=30).shape == (20, 30, 3)
    with pytest.raises(ImageReadError, match="megapixels"):
        read_pixels(path, max_megapixels=0.05)


@pytest.mark.parametrize(("name", "worst"), [("PNG", 0.0), ("WEBP", 4.0), ("JPEG", 4.0)])
def test_pixels_survive_their_encoding(name: Any, worst: float) -> None:
    data = encode(np.asarray(photo()), name, quality=90)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == name
        assert error(np.asarray(photo()), image) <= worst


def test_shrinking_keeps_small_pictures() -> None:
    pixels = np.asarray(photo(300, 200))
    assert shrink(pixels, 300) is pixels
    assert shrink(pixels, 100).shape == (67, 100, 3)
    assert shrink(pixels[:, ::-1], 100).shape == (67, 100, 3)


def test_a_browser_gets_a_webp_of_what_it_cannot_show(put: Any) -> None:
    data = transcode(put(picture_file(photo(300, 200), "HEIC", exif=exif({ORIENTATION: 6}))), 100)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "WEBP"
        assert image.size == (67, 100)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that a worker has after it has read a JPEG."""
    script = (
        "import io, sys, tempfile; from leitmotiv.imaging.read import read; from PIL import Image\n"
        "with tempfile.NamedTemporaryFile(suffix='.jpg') as file:\n"
        "    Image.new('RGB', (900, 600)).save(file, 'JPEG'); file.flush(); read(file.name.encode())\n"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("heavy", ["skimage", "rawpy", "pillow_heif", "tifffile", "scipy", "sklearn", "numba"])
def test_a_worker_loads_only_what_it_needs(loaded: set[str], heavy: str) -> None:
    assert "leitmotiv.imaging.read" in loaded
    assert heavy not in loaded
