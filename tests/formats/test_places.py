"""Places are taken out of copies: Pillow finds none after it, and the pixels and all else are the same."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from leitmotiv.formats.places import places_in_text, places_packed, without_place

GPS = 0x8825
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><d exif:GPSLatitude="52,31.2N" exif:GPSAltitude='3'/>
<exif:GPSLongitude>13,24E</exif:GPSLongitude></x:xmpmeta>"""


def tagged(kind: str, **options: object) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.5), 3: "E", 4: (13.0, 24.0, 36.0), 29: "2024:05:09"})
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, exif=exif.tobytes(), quality=60)
    else:
        written = Image.Exif()
        written.load(exif.tobytes())
        image.save(out, kind, exif=written, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp":
        return pillow_heif.open_heif(io.BytesIO(data)).to_pillow()
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_the_place_goes_and_everything_else_stays(kind):
    data = tagged(kind)
    before, after = opened(data), opened(clean := without_place(data))
    assert before.getexif().get_ifd(GPS)[2] == (52.0, 31.0, 12.5)
    assert dict(after.getexif().get_ifd(GPS)) == {}
    assert after.getexif()[0x010F] == "Maker"
    assert len(clean) == len(data)
    np.testing.assert_array_equal(np.asarray(before), np.asarray(after))


def test_no_coordinate_is_left_in_the_bytes():
    data = tagged("JPEG")
    at = data.index(b"2024:05:09")
    assert b"2024:05:09" not in without_place(data)
    assert data[:at].count(b"Maker") == without_place(data).count(b"Maker") == 1


def test_places_in_xmp_are_emptied():
    data = b"before" + XMP + b"after"
    clean = without_place(data)
    assert places_in_text(data)
    assert not places_in_text(clean)
    assert len(clean) == len(data)
    assert clean.startswith(b"before<x:xmpmeta")
    assert b"52,31" not in clean
    assert b"13,24" not in clean


@pytest.mark.parametrize(
    "data", [b"", b"Exif\0\0II*\0", b"II*\0\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n\0\0\0\x04eXIfMM\0*"]
)
def test_broken_files_stay_as_they_are(data):
    assert without_place(data) == data


def test_a_picture_without_a_place_is_the_same():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    assert without_place(out.getvalue()) == out.getvalue()


@pytest.mark.parametrize("seed", range(20))
def test_any_damage_is_survived(seed):
    rng = np.random.default_rng(seed)
    data = bytearray(tagged("JPEG")[:400])
    for at in rng.integers(20, len(data), 30):
        data[at] = rng.integers(256)
    assert len(without_place(bytes(data))) == len(data)


def test_compressed_text_is_told_of():
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    plain, packed = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (8, 8)).save(plain, "PNG")
    Image.new("RGB", (8, 8)).save(packed, "PNG", pnginfo=info)
    assert not places_packed(plain.getvalue())
    assert places_packed(packed.getvalue())


def test_any_prefix_of_a_place_in_xmp_is_emptied_and_long_names_cost_little():
    assert not places_in_text(without_place(XMP.replace(b"exif:", b"x1:")))
    assert without_place(b"<exif:GPS" + b"a" * 200_000) == b"<exif:GPS" + b"a" * 200_000
