"""Captions of a library: read from everywhere, kept by source, resumed, found, shown, forgotten."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from leitmotiv.errors import UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import captions
from leitmotiv.workflows.selecting import select
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, image_id, mixture

NAMES = ("old_harbour.jpg", "IMG_0002.jpg", "IMG_0003.jpg", "IMG_0004.jpg")


@pytest.fixture
def session(tmp_path):
    photos = tmp_path / "dusk photos"
    photos.mkdir()
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        for number, name in enumerate(NAMES):
            exif = Image.Exif()
            if number == 2:
                exif[0x010E] = "Two #redFoxes at play"
            picture = Image.fromarray(np.full((8, 8, 3), 40 * number, np.uint8))
            picture.save(photos / name, exif=exif)
            one = image(number)
            path = bytes(photos / name)
            opened.library.images.add(one, files=[file(path, one)], thumbnails={}, mixture=mixture(number))
        yield opened


@pytest.fixture
def photos(session, tmp_path):
    return tmp_path / "dusk photos"


def texts(session):
    kept = captions.by_picture(session)
    return [kept.get(image_id(number), "") for number in range(len(NAMES))]


def test_captions_come_from_beside_inside_and_names_and_are_read_once(session, photos):
    (photos / "old_harbour.txt").write_text("A harbour at night.\nde.utf8=Ein Hafen.\n")
    (photos / "IMG_0002.jpg.json").write_text(json.dumps({"caption": "boats", "tags": ["sea"]}))
    (photos / "IMG_0004.txt").write_bytes(b"\0\1\2")
    done = captions.read_beside(session)
    assert texts(session) == ["A harbour at night", "boats. sea", "Two red Foxes at play", "dusk"]
    assert dict(done.found) == {"text": 1, "json": 2, "picture": 1, "name": 5}
    assert [path.rpartition("/")[2] for path in done.none] == ["IMG_0004.jpg"]
    assert [(path.rpartition("/")[2], why) for path, why in done.failed] == [("IMG_0004.txt", "it is no text")]
    assert captions.told(session, image_id(2)) == [("Caption", "Two #redFoxes at play")]
    assert captions.read_beside(session).same == 4
    (photos / "IMG_0004.txt").write_text("a lone gull")
    again = captions.read_beside(session)
    assert (again.same, texts(session)[3]) == (3, "a lone gull")
    assert list(select(session, "caption:foxes")) == [image_id(2)]
    assert image_id(3) in select(session, "-caption:none")


def test_pictures_that_are_away_keep_what_was_read_of_them(session, photos, tmp_path):
    (photos / "old_harbour.txt").write_text("A harbour at night.")
    captions.read_beside(session)
    before = texts(session)
    photos.rename(tmp_path / "unplugged")
    done = captions.read_beside(session)
    assert (done.away, done.same, sum(done.found.values())) == (4, 0, 0)
    assert "4 are not there now; what was read of them before stays" in str(done)
    assert texts(session) == before
    assert captions.read_beside(session, kinds=["name"]).away == 0


def test_what_is_beside_a_picture_and_is_no_small_file_is_told(session, photos):
    os.mkfifo(photos / "IMG_0002.txt")
    (photos / "IMG_0003.txt").mkdir()
    (photos / "IMG_0004.json").write_bytes(b"[" + b" " * 3_000_000 + b"]")
    done = captions.read_beside(session)
    assert [(path.rpartition("/")[2], why.partition(" (")[0]) for path, why in done.failed] == [
        ("IMG_0002.txt", "it is no file"),
        ("IMG_0003.txt", "it is no file"),
        ("IMG_0004.json", "it is larger than any caption"),
    ]


def test_names_that_were_asked_for_are_captions(session):
    done = captions.read_beside(session, kinds=["name"])
    assert "without" not in str(done)
    assert (done.none, sum(done.found.values())) == ([], 5)
    again = captions.read_beside(session, again=True)
    assert "3 without a caption but their names" in str(again)


def test_a_table_tells_of_pictures_by_name_and_is_replaced_by_its_next_version(session, tmp_path):
    table = tmp_path / "told.csv"
    table.write_text("file,caption\nold_harbour,Nets\nIMG_0002.jpg,the of\nnowhere.jpg,x y\nIMG_0003.jpg,Foxes\n")
    done = captions.read_table(session, table)
    assert (done.missing, done.none, texts(session)) == (["nowhere.jpg"], ["IMG_0002.jpg"], ["Nets", "", "Foxes", ""])
    table.write_text("file,caption\nold_harbour,Ships\nIMG_0002.jpg,Ships\n")
    done = captions.read_table(session, table)
    assert (done.alike, done.replaced) == ("Ships", 2)
    assert "2 texts that the same file said before are replaced" in str(done)
    assert texts(session) == ["Ships", "Ships", "", ""]
    other = tmp_path / "elsewhere" / "told.csv"
    other.parent.mkdir()
    other.write_text("file,caption\nIMG_0003.jpg,Foxes\n")
    assert captions.read_table(session, other).replaced == 0
    assert texts(session) == ["Ships", "Ships", "Foxes", ""]
    assert [one.name for one in captions.sources(session)] == sorted([str(other), str(table)])
    captions.clear(session, [str(other)])
    table.write_text("file,caption\nnowhere.jpg,x y\n")
    with pytest.raises(UsageError, match=r"None of the 1 captions .* names a picture of this library \(nowhere.jpg\)"):
        captions.read_table(session, table)
    with pytest.raises(UsageError, match="No caption comes from 'nix'"):
        captions.clear(session, ["nix"])
    assert captions.clear(session) == 2
    assert captions.sources(session) == []
