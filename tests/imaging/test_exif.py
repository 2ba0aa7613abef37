import io
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from leitmotiv.imaging import exif
from tests.imaging.makers import encoded, photo
from tests.imaging.makers import exif as made

NOON = 1_700_000_000_123_456_789


def test_the_time_of_the_shutter_wins_with_its_fraction_and_zone() -> None:
    tags = {
        exif.DATE_TIME: "2024:01:01 00:00:00",
        exif.ORIGINAL: "2023:06:07 08:09:10",
        exif.SUBSEC_ORIGINAL: "25",
        exif.OFFSET_ORIGINAL: "+05:30",
    }
    taken = exif.taken(tags, NOON)
    zone = timezone(timedelta(hours=5, minutes=30))
    assert taken.at == datetime(2023, 6, 7, 8, 9, 10, 250_000, tzinfo=zone)
    assert taken.at.utcoffset() == timedelta(hours=5, minutes=30)
    assert taken.source == "exif"


def test_without_a_zone_the_time_is_naive() -> None:
    assert exif.taken({exif.ORIGINAL: "2023:06:07 08:09:10"}, NOON).at == datetime(2023, 6, 7, 8, 9, 10)


@pytest.mark.parametrize(
    ("tag", "subsec", "offset"),
    [
        (exif.ORIGINAL, exif.SUBSEC_ORIGINAL, exif.OFFSET_ORIGINAL),
        (exif.DIGITIZED, exif.SUBSEC_DIGITIZED, exif.OFFSET_DIGITIZED),
        (exif.DATE_TIME, exif.SUBSEC, exif.OFFSET),
    ],
)
def test_each_date_has_a_fraction_and_zone_of_its_own(tag: int, subsec: int, offset: int) -> None:
    tags = {tag: "2023:06:07 08:09:10", subsec: "5", offset: "-02:00"}
    expected = datetime(2023, 6, 7, 8, 9, 10, 500_000, tzinfo=timezone(timedelta(hours=-2)))
    assert exif.taken(tags, NOON).at == expected


def test_a_date_falls_back_to_the_next_where_it_is_invalid() -> None:
    tags = {
        exif.ORIGINAL: "0000:00:00 00:00:00",
        exif.DIGITIZED: "2020:02:30 01:01:01",
        exif.DATE_TIME: "2020:02:03 04:05",
    }
    assert exif.taken(tags, NOON).at == datetime(2020, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "",
        "yesterday",
        "2020:13:01 00:00:00",
        "2020:01:01 25:00:00",
        b"\xff\xfe",
        7,
        None,
    ],
)
def test_an_invalid_date_leaves_the_time_of_the_file(text: Any) -> None:
    taken = exif.taken({exif.ORIGINAL: text}, NOON)
    assert taken.source == "file"
    assert taken.at == datetime(2023, 11, 14, 22, 13, 20, 123_456, tzinfo=UTC)
    assert taken.at.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5)),
        ("2020/01/02 03:04:05", datetime(2020, 1, 2, 3, 4, 5)),
        (b"2020:01:02 03:04:05\0", datetime(2020, 1, 2, 3, 4, 5)),
        ("2020:01:02 03:04:60", datetime(2020, 1, 2, 3, 4, 59)),
    ],
)
def test_common_misspellings_of_a_date_are_read(text: Any, expected: datetime) -> None:
    assert exif.taken({exif.ORIGINAL: text}, NOON).at == expected


@pytest.mark.parametrize("offset", ["", "   :  ", "+99:00", "here", 5])
def test_an_invalid_zone_is_no_zone(offset: Any) -> None:
    tags = {exif.ORIGINAL: "2020:01:02 03:04:05", exif.OFFSET_ORIGINAL: offset}
    assert exif.taken(tags, NOON).at == datetime(2020, 1, 2, 3, 4, 5)


def test_a_file_time_beyond_all_calendars_is_no_failure() -> None:
    assert exif.taken({}, 10**30).at.tzinfo is not None


def test_facts_read_like_the_back_of_a_camera() -> None:
    tags = {
        exif.MAKE: "NIKON CORPORATION",
        exif.MODEL: "NIKON D750\0\0\0",
        exif.LENS_MODEL: "24-70mm f/2.8",
        exif.EXPOSURE_TIME: IFDRational(1, 250),
        exif.F_NUMBER: Fraction(28, 10),
        exif.ISO: (400,),
        exif.FOCAL_LENGTH: 35.0,
        exif.FOCAL_LENGTH_35: 52,
    }
    assert exif.facts(tags) == {
        "Camera": "NIKON D750",
        "Lens": "24-70mm f/2.8",
        "Exposure": "1/250 s",
        "Aperture": "f/2.8",
        "ISO": "400",
        "Focal length": "35 mm (like 52 mm)",
    }


@pytest.mark.parametrize(
    ("tags", "facts"),
    [
        ({exif.MAKE: "Apple", exif.MODEL: "iPhone 12"}, {"Camera": "Apple iPhone 12"}),
        ({exif.MODEL: "X100"}, {"Camera": "X100"}),
        ({exif.MAKE: "Sony"}, {"Camera": "Sony"}),
        ({exif.EXPOSURE_TIME: 2.5}, {"Exposure": "2.5 s"}),
        ({exif.EXPOSURE_TIME: 30}, {"Exposure": "30 s"}),
        ({exif.SHUTTER_SPEED: 8.0}, {"Exposure": "1/256 s"}),
        ({exif.APERTURE: 4.0}, {"Aperture": "f/4"}),
        ({exif.ISO: 65535, exif.SENSITIVITY: 102400}, {"ISO": "102400"}),
        ({exif.FOCAL_LENGTH: 50, exif.FOCAL_LENGTH_35: 50}, {"Focal length": "50 mm"}),
    ],
)
def test_facts_are_told_as_far_as_they_are_known(tags: dict[int, Any], facts: dict[str, str]) -> None:
    assert exif.facts(tags) == facts


@pytest.mark.parametrize("value", [None, "", b"\xff", "n/a", (), IFDRational(1, 0), float("nan"), 0, -1, object()])
def test_a_senseless_number_is_left_out(value: Any) -> None:
    numbers = (exif.EXPOSURE_TIME, exif.F_NUMBER, exif.ISO, exif.FOCAL_LENGTH, exif.FOCAL_LENGTH_35)
    assert exif.facts(dict.fromkeys(numbers, value)) == {}


def test_text_is_cleaned_of_what_a_terminal_would_obey() -> None:
    assert exif.facts({exif.MODEL: "Evil\x1b[31m\n Cam\u202e" + "x" * 500})["Camera"].startswith("Evil [31m Cam")
    assert len(exif.facts({exif.MODEL: "x" * 500})["Camera"]) <= 120


@given(
    st.dictionaries(
        st.sampled_from(range(0x829A, 0xA436)),
        st.one_of(st.text(), st.binary(), st.integers(), st.floats(), st.tuples()),
    )
)
def test_no_tags_whatever_raise_an_error(tags: dict[int, Any]) -> None:
    assert exif.taken(tags, 0).source in ("exif", "file")
    assert all(isinstance(text, str) and text for text in exif.facts(tags).values())
    assert exif.orientation(tags) == 1


@pytest.mark.parametrize("value", [0, 9, -1, "x", None, (), b"\1", 65535])
def test_an_invalid_orientation_is_upright(value: Any) -> None:
    assert exif.orientation({exif.ORIENTATION: value}) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_undoes_what_the_camera_did(orientation: int) -> None:
    # How a camera stores an upright picture under each orientation, by the table of the EXIF standard.
    stored = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    upright = np.asarray(photo(7, 5))
    image = Image.fromarray(np.ascontiguousarray(stored[orientation](upright)))
    assert np.array_equal(np.asarray(exif.turned(image, orientation)), upright)
    assert exif.turned_size(image.size, orientation) == (7, 5)


def test_tags_of_both_directories_are_found() -> None:
    data = encoded(photo(), "JPEG", exif=made({exif.MODEL: "M"}, {exif.ISO: 200}))
    with Image.open(io.BytesIO(data)) as image:
        tags = exif.tags_of(image)
    assert (tags[exif.MODEL], tags[exif.ISO]) == ("M", 200)


def test_broken_tags_are_no_tags() -> None:
    image = photo()
    image.info["exif"] = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40
    assert exif.facts(exif.tags_of(image)) == {}


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag>'
    b"<rdf:li>lake</rdf:li><rdf:li>Monet; style</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def iptc(*words):
    records = b"".join(b"\x1c\x02\x19" + len(word).to_bytes(2, "big") + word for word in words)
    block = b"8BIM\x04\x04\x00\x00" + len(records).to_bytes(4, "big") + records + b"\0" * (len(records) % 2)
    body = b"Photoshop 3.0\0" + block
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def reopened(data):
    return exif.facts(exif.tags_of(Image.open(io.BytesIO(data)))).get("Keywords")


def test_keywords_come_from_xmp_iptc_and_exif_each_once():
    tags = Image.Exif()
    tags[exif.XP_KEYWORDS] = "Lake;sky".encode("utf-16-le") + b"\0\0"
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=XMP, exif=tags)
    data = out.getvalue()
    assert reopened(data[:2] + iptc(b"\xc3\xa9t\xc3\xa9", b"lake", b"No\xebl") + data[2:]) == (
        "lake; Monet, style; été; Noël; sky"
    )


@pytest.mark.parametrize("xmp", [b"", b"no xml", b"<x/>", XMP.replace(b"rdf:Bag>", b"rdf:Sack>"), XMP[:120]])
def test_broken_keywords_are_none(xmp):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", xmp=xmp)
    assert reopened(out.getvalue()) in (None, "lake; Monet, style")


def test_keywords_of_png_webp_and_tiff_are_read():
    for kind in ("WEBP", "PNG"):
        out = io.BytesIO()
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode())
        Image.new("RGB", (8, 8)).save(out, kind, **({"xmp": XMP} if kind == "WEBP" else {"pnginfo": info}))
        assert reopened(out.getvalue()) == "lake; Monet, style"
