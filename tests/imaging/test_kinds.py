import os

import pytest

from leitmotiv.imaging.kinds import HEAD, RefusedError, is_image_name, is_raw_name, sniff
from tests.imaging.makers import encoded, photo


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.png", "a.heic", "a.HIF", "a.avif", "a.NEF", "a.tif", "a.webp"])
def test_a_picture_is_known_by_its_extension_in_any_case(name: str) -> None:
    assert is_image_name(name)
    assert is_image_name(os.fsencode(name))


@pytest.mark.parametrize("name", ["a.txt", "jpg", ".jpg", "a.jpg.part", "a.mp4", "a.xmp", "a"])
def test_other_files_are_not_taken_for_pictures(name: str) -> None:
    assert not is_image_name(name)


def test_raw_files_are_told_from_the_others() -> None:
    assert is_raw_name(b"\xff/IMG_1.CR3")
    assert not is_raw_name(b"IMG_1.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_the_content_decides_whatever_the_name(kind: str) -> None:
    assert sniff(encoded(photo(), kind)[:HEAD], b"letter.txt") == kind


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif", "AVIF"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"IIRO\x08\0\0\0", "RAW"),
        (b"II*\0\x10\0\0\0CR\x02\0", "RAW"),
    ],
)
def test_families_that_share_a_container_are_told_apart(start: bytes, kind: str) -> None:
    assert sniff(start, b"a.jpg") == kind


def test_a_tiff_is_a_raw_file_if_its_name_says_so() -> None:
    start = encoded(photo(), "TIFF")[:HEAD]
    assert (sniff(start, b"a.nef"), sniff(start, b"a.tif")) == ("RAW", "TIFF")


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"Dear Sir or Madam,", "it is not a picture: it looks like text"),
        ("Grüße".encode(), "it is not a picture: it looks like text"),
        (("x" * 63 + "ü").encode()[:64], "it is not a picture: it looks like text"),
        ("Grüße".encode("utf-16"), "it is not a picture: it looks like text"),
        (b"\n <!DOCTYPE html><html>", "it is a web page"),
        (b"\xef\xbb\xbf<svg xmlns=", "SVG drawing"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF document"),
        (b"PK\x03\x04\x14\0", "ZIP archive"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "it is a film"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\0" * 64, "nothing but zeros"),
        (b"\x89PN", "cut short"),
        (b"\xff\xd8", "cut short"),
        (b"\x01\x02\x03\x04\x80\x81", "not a picture of a kind that is supported"),
    ],
)
def test_what_is_no_picture_is_named(start: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        sniff(start, b"a.jpg")
