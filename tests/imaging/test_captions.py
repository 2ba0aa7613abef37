"""What a picture's own file says in words, in whatever encoding a program wrote it."""

import io
import os
import struct

import pytest
from PIL import Image

from leitmotiv.imaging.captions import embedded

SPACE = b"x" * 40


def jpeg(description=b"", iptc=()):
    """A picture with these bytes as EXIF's description, and records of IPTC as photo programs write them."""
    out, exif = io.BytesIO(), Image.Exif()
    if description:
        exif[0x010E] = SPACE.decode()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    data = out.getvalue().replace(SPACE, description.ljust(len(SPACE), b"\0"))
    records = b"".join(b"\x1c" + bytes(tag) + struct.pack(">H", len(value)) + value for tag, value in iptc)
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    block += b"\0" * (len(records) % 2)
    segment = b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
    return data[:2] + segment * bool(iptc) + data[2:]


def told(tmp_path, data):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    return list(embedded(os.fsencode(path)).texts)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "utf-16"])
def test_descriptions_are_read_in_the_encoding_they_were_written_in(tmp_path, encoding):
    data = "Zürich, Ã blues".encode(encoding)
    if encoding != "utf-16":  # zero bytes end a text of EXIF
        assert told(tmp_path, jpeg(data)) == [("caption", "Zürich, Ã blues")]
    assert told(tmp_path, jpeg(iptc=[((2, 120), data)])) == [("caption", "Zürich, Ã blues")]


def test_texts_of_other_scripts_and_quotation_marks_of_windows_are_read(tmp_path):
    assert told(tmp_path, jpeg("夕焼けの海".encode())) == [("caption", "夕焼けの海")]
    quoted = "“Dusk” – 5 €"
    assert told(tmp_path, jpeg(quoted.encode("cp1252"))) == [("caption", quoted)]
    words = [((2, 25), one.encode("cp1252")) for one in ("sea", "“x”", "a;b", "sea")]
    assert told(tmp_path, jpeg(iptc=[*words, ((2, 5), b"T")])) == [("title", "T"), ("keywords", "sea; “x”; a,b")]


def test_what_windows_writes_is_read_as_it_stands(tmp_path):
    path, exif = tmp_path / "a.jpg", Image.Exif()
    exif[0x9C9B] = "Ã¼ber".encode("utf-16-le")
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    assert embedded(os.fsencode(path)).texts == (("title", "Ã¼ber"),)


def test_what_cameras_write_by_themselves_and_torn_files_say_nothing(tmp_path):
    assert told(tmp_path, jpeg(b"OLYMPUS DIGITAL CAMERA")) == []
    whole = jpeg(b"a boat", [((2, 120), b"at sea")])
    for end in range(0, 220, 7):
        assert set(told(tmp_path, whole[:end])) <= {("caption", "a boat"), ("caption", "at sea")}
