"""What leaves a library: tables, trees, sheets, arrays, sites; read again by the programs they are for."""

import csv
import io
import json
import os
import sys
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

from leitmotiv.errors import MissingExtraError, UsageError
from leitmotiv.records import Rating
from leitmotiv.settings import Settings
from leitmotiv.workflows import copying, export, own, sheets, shelf, sidecars
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.measuring import compared
from leitmotiv.workflows.places import outside_photos, write_file
from leitmotiv.workflows.rows import NAMES
from leitmotiv.workflows.selecting import select
from leitmotiv.workflows.session import Session

from .pictures import folder_of, picture

COUNT = 13
GPS = 0x8825


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    photos = folder_of(folder / "photos", COUNT - 1)
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0)})
    (photos / "deep").mkdir()
    picture(40).save(photos / "deep" / "p001.jpg", exif=exif)
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        build_index(opened)
        yield opened


def by_name(session: Session, text: str) -> tuple[str, ...]:
    return select(session, f"name:{text}", sort="name")


def test_a_table_has_a_row_for_each_picture_and_no_path(session):
    ids = select(session)
    text = b"".join(export.table(session, ids, "csv"))
    found = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert tuple(found[0]) == NAMES
    assert [row["id"] for row in found] == list(ids)
    assert all(row["trend_name"] for row in found)
    assert b"photos" not in text


def test_json_lines_say_the_same_with_paths_where_asked(session):
    ids = select(session)
    lines = [json.loads(line) for line in b"".join(export.table(session, ids, "jsonl", paths=True)).splitlines()]
    assert [line["id"] for line in lines] == list(ids)
    assert {Path(line["path"]).name for line in lines} == {f"p{n:03}.jpg" for n in range(COUNT - 1)}
    exemplars = [line for line in lines if line["divergence"] == 0]
    assert len(exemplars) == len({line["trend"] for line in lines})


def test_paths_are_told_byte_for_byte(session):
    ids = select(session, sort="name")
    plain = b"".join(export.path_list(session, ids)).split(b"\n")
    null = b"".join(export.path_list(session, ids, null=True)).split(b"\0")
    assert plain == null
    assert len(plain) == COUNT + 1
    assert all(os.path.exists(path) for path in plain[:-1])  # noqa: PTH110


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere file names are text.")
def test_odd_paths_survive(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for number, name in enumerate((b"line\nbreak.jpg", b"caf\xe9.jpg", '📷 "q",;.jpg'.encode())):
        picture(number).save(os.fsdecode(os.fsencode(photos) + b"/" + name))
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        ids = select(opened)
        with pytest.raises(UsageError, match=r"line\\nbreak.jpg holds a line break. Use -0"):
            list(export.path_list(opened, ids))
        assert os.fsencode(photos) + b"/caf\xe9.jpg\0" in b"".join(export.path_list(opened, ids, null=True))
        rows = list(
            csv.DictReader(io.StringIO(b"".join(export.table(opened, ids, "csv", paths=True)).decode(), newline=""))
        )
        assert {row["name"] for row in rows} == {"line\nbreak.jpg", "caf\ufffd.jpg", '📷 "q",;.jpg'}
        assert [bool(row["path_base64"]) for row in rows] == ["\ufffd" in row["name"] for row in rows]
        done = copying.copy(opened, copying.plan(opened, ids, "nothing"), tmp_path / "out")
        assert (done.done, done.failed) == (3, ())
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "caf_.jpg", "line_break.jpg", "📷 _q_,;.jpg"
        ]  # fmt: skip


def test_a_tree_has_a_folder_for_each_trend_and_no_place(session, tmp_path):
    plans = copying.plan(session, select(session))
    done = copying.copy(session, plans, tmp_path / "tree")
    assert (done.done, done.total, done.failed) == (COUNT, COUNT, ())
    files = sorted(path for path in (tmp_path / "tree").rglob("*") if path.is_file())
    assert len(files) == COUNT
    assert all(path.parent.name.startswith("cluster-") or path.parent.name == "alone" for path in files)
    for path in files:
        with Image.open(path) as copy:
            assert not dict(copy.getexif().get_ifd(GPS))


def test_pictures_of_one_name_get_numbers(session):
    targets = [one.target for one in copying.plan(session, by_name(session, "p001.jpg"), "nothing")]
    assert sorted(targets) == ["p001 (2).jpg", "p001.jpg"]


@pytest.mark.parametrize("how", ["hardlink", "symlink"])
def test_links_are_the_originals(session, tmp_path, how):
    ids = by_name(session, "p002.jpg")
    copying.copy(session, copying.plan(session, ids, "year"), tmp_path / "tree", how=how)
    (made,) = (tmp_path / "tree").rglob("*.jpg")
    (original,) = session.library.images.many(ids)
    assert made.samefile(os.fsdecode(original.paths[0]))
    assert made.is_symlink() == (how == "symlink")
    assert made.parent.name == f"{original.taken.at:%Y}"


def test_a_place_is_kept_where_asked(session, tmp_path):
    ids = select(session, "folder:deep")
    copying.copy(session, copying.plan(session, ids, "month"), tmp_path / "tree", keep_place=True)
    (made,) = (tmp_path / "tree").rglob("*.jpg")
    with Image.open(made) as copy:
        assert copy.getexif().get_ifd(GPS)[2] == (52.0, 31.0, 12.0)


def test_nothing_is_written_among_photos_or_over_files(session, tmp_path):
    (photos, _, _) = session.library.folders.list()[0]
    inside = Path(os.fsdecode(photos)) / "new"
    with pytest.raises(UsageError, match="nothing is written out there"):
        copying.copy(session, [], inside)
    (tmp_path / "link").symlink_to(os.fsdecode(photos))
    with pytest.raises(UsageError, match="nothing is written out there"):
        outside_photos(session, tmp_path / "link" / "x.csv")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        copying.copy(session, [], tmp_path / "full")
    with pytest.raises(UsageError, match="already"):
        write_file(tmp_path / "full" / "mine", [b"x"])
    with pytest.raises(UsageError, match="no folder"):
        write_file(tmp_path / "none" / "x.csv", [b"x"])
    assert (tmp_path / "full" / "mine").read_text() == "mine"
    assert not inside.exists()


def test_a_file_that_vanished_is_named_and_the_others_come(tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        (photos / "p001.jpg").unlink()
        done = copying.copy(opened, copying.plan(opened, select(opened), "nothing"), tmp_path / "out")
    assert done.done == 2
    assert [name for name, _ in done.failed] == ["p001.jpg"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b:c?.jpg", "a_b_c_.jpg"),
        ("con.jpg", "_con.jpg"),
        ("  .jpg", "_.jpg"),
        ("x" * 200 + ".jpeg", "x" * 75 + ".jpeg"),
        ("ends. ", "ends"),
        ("a\nb", "a_b"),
    ],
)
def test_names_fit_every_file_system(name, expected):
    assert copying.safe(name) == expected


def test_a_sheet_holds_every_picture_inside_its_page(session):
    images = session.library.images.many(select(session))
    pages = sheets.lay_out([sheets.Group("dusk", "13", tuple(images * 60))], width=900, row=120)
    assert len(pages) > 1
    assert sum(len(page.pictures) for page in pages) == COUNT * 60
    for page in pages:
        assert page.height <= sheets.TALLEST + 120 + 2 * sheets.MARGIN
        for one in page.pictures:
            assert one.x >= page.margin - 1e-6
            assert one.x + one.width <= page.width - page.margin + 1e-6
            assert one.y + one.height <= page.height
        rows = {}
        for one in page.pictures:
            rows.setdefault(one.y, []).append(one)
        for row in rows.values():
            for left, right in pairwise(row):
                assert right.x - left.x - left.width == pytest.approx(sheets.GAP)
    with pytest.raises(UsageError, match="at most 5,000 pictures"):
        sheets.lay_out([sheets.Group("", "", tuple(images * 400))])


def test_a_sheet_is_painted_and_drawn(session):
    ids = select(session)
    (png,) = export.sheet(session, ids, "png", width=800, row=100)
    with Image.open(io.BytesIO(png)) as page:
        assert page.width == 800
        assert np.asarray(page).std() > 20
    (svg,) = export.sheet(session, ids, "svg", dark=False, captions=False)
    root = fromstring(svg)
    assert len(root.findall("{http://www.w3.org/2000/svg}image")) == COUNT
    assert b"p001" not in svg


def test_arrays_come_back_as_they_are_stored(session):
    ids = select(session, sort="added")
    (data,) = export.arrays(session, ids, "npz").values()
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        assert found["ids"].tolist() == list(ids)
        for row, mixture in enumerate(session.library.mixtures.many(ids)):
            part = slice(*found["offsets"][row : row + 2])
            np.testing.assert_array_equal(found["weights"][part], mixture.weights)
            np.testing.assert_array_equal(found["cholesky"][part], mixture.cholesky)
            np.testing.assert_array_equal(found["shift"][row], mixture.shift)
        matrix = found["divergences"]
        assert matrix.shape == (COUNT, COUNT)
        np.testing.assert_array_equal(matrix, matrix.T)
        stored = compared(session)
        places = [stored.ids.index(image_id) for image_id in ids]
        np.testing.assert_array_equal(matrix, stored["values"][np.ix_(places, places)])
        origin = json.loads(str(found["origin"]))
    assert origin["settings"]["seed"] == 0
    assert "library" not in origin["settings"]


def test_parquet_is_read_by_pyarrow(session):
    ids = select(session)
    files = export.arrays(session, ids, "parquet")
    pictures = pyarrow.parquet.read_table(io.BytesIO(files["pictures.parquet"]))
    pairs = pyarrow.parquet.read_table(io.BytesIO(files["pairs.parquet"]))
    assert pictures["id"].to_pylist() == list(ids)
    assert len(pairs) == COUNT * (COUNT - 1) // 2
    assert json.loads(pictures.schema.metadata[b"leitmotiv"])["leitmotiv"]
    (first,) = session.library.mixtures.many(ids[:1])
    np.testing.assert_array_equal(np.array(pictures["means"][0].as_py()), first.means)


def test_without_pyarrow_the_extra_is_named(session, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"leitmotiv\[parquet\]"):
        export.arrays(session, select(session), "parquet")


def test_a_site_holds_every_trend_and_tells_no_name(session):
    with zipfile.ZipFile(
        io.BytesIO(export.static_site(session, select(session), title="A </script> title"))
    ) as archive:
        names = archive.namelist()
        text = archive.read("leitmotiv/data.js").decode()
        data = json.loads(text.removeprefix("window.LEITMOTIV = ").removesuffix(";\n"))
        everything = b"".join(archive.read(name) for name in names if name.endswith((".js", ".html", ".txt")))
    assert "</script" not in text
    assert data["title"] == "A </script> title"
    assert len(data["pictures"]) == COUNT
    assert str(data["shown"]) in data["cuts"]
    for groups in data["cuts"].values():
        assert sorted(row for group in groups for row in group["members"]) == list(range(COUNT))
    assert {f"leitmotiv/images/{size}/{one[0]}" for size in (256, 512) for one in data["pictures"]} <= set(names)
    assert b"p001" not in everything
    assert b"photos" not in everything
    again = export.static_site(session, select(session), title="A </script> title")
    assert again == export.static_site(session, select(session), title="A </script> title")


def test_sidecars_are_planned_written_and_read_again(tmp_path):
    photos = folder_of(tmp_path / "photos", 4)
    (photos / "p001.xmp").write_bytes(
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="2"/></rdf:RDF></x:xmpmeta>'
    )
    (photos / "p002.jpg.xmp").write_bytes(b"not xml")
    before = {path.name: path.read_bytes() for path in photos.glob("*.jpg")}
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        ids = select(opened, sort="name")
        said = sidecars.read(opened, ids)
        assert (said.found, dict(said.changed)) == (1, {ids[1]: Rating(stars=2)})
        assert [name.rpartition("/")[2] for name, _ in said.failed] == ["p002.jpg.xmp"]
        assert opened.library.ratings.all() == {ids[1]: Rating(stars=2)}
        own.rate(opened, ids[:3], stars=4, label="green")
        plans = sidecars.plan(opened, ids)
        assert [(one.name.rpartition("/")[2], one.action) for one in plans] == [
            ("p000.jpg.xmp", "new"), ("p001.xmp", "changed"), ("p002.jpg.xmp", "failed")
        ]  # fmt: skip
        assert not (photos / "p000.jpg.xmp").exists()
        done = sidecars.write(plans)
        assert [one.action for one in done] == ["new", "changed", "failed"]
        assert (photos / "p002.jpg.xmp").read_bytes() == b"not xml"
        assert [one.action for one in sidecars.plan(opened, ids[:2])] == ["same", "same"]
        own.undo(opened)
        own.undo(opened)
        assert opened.library.ratings.all() == {}
        again = sidecars.read(opened, ids)
        assert dict(again.changed) == {one: Rating(stars=4, label="green") for one in ids[:2]}
        assert own.undo(opened) == "ratings of 2 pictures from sidecars"
    assert {path.name: path.read_bytes() for path in photos.glob("*.jpg")} == before
    assert not list(photos.glob(".*"))


def test_a_sidecar_that_came_since_the_preview_is_left_alone(tmp_path):
    photos = folder_of(tmp_path / "photos", 1)
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        ids = select(opened)
        own.rate(opened, ids, stars=1)
        plans = sidecars.plan(opened, ids, naming="full")
        (photos / "p000.jpg.xmp").write_text("somebody else's")
        (done,) = sidecars.write(plans)
        assert (done.action, done.reason) == ("failed", "it changed since the preview")
        assert (photos / "p000.jpg.xmp").read_text() == "somebody else's"
        sidecars.write(sidecars.plan(opened, ids, naming="stem", to=tmp_path / "away", trends=True))
    assert [path.name for path in (tmp_path / "away").iterdir()] == ["p000.xmp"]


@pytest.mark.parametrize("kind", sorted(shelf.KINDS))
def test_pages_write_everything_into_the_folder_of_exports(session, kind):
    own.rate(session, select(session)[:2], stars=3)
    made = shelf.make(session, {"kind": kind, "sort": "name"})
    assert made in shelf.listed(session)
    assert shelf.path(session, made.name).stat().st_size == made.size > 0
    again = shelf.make(session, {"kind": kind})
    assert again.name != made.name
    shelf.remove(session, again.name)
    assert again not in shelf.listed(session)
    assert not [path for path in (session.settings.library / "exports").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"kind": "pdf"}, "kind is 'pdf'"),
        ({}, "kind is 'None'"),
        ({"kind": "csv", "title": "x"}, "csv has no option 'title'"),
        ({"kind": "csv", "paths": "yes"}, "must be true or false"),
        ({"kind": "pictures", "by": "taste"}, "by is 'taste'"),
        ({"kind": "csv", "q": "year:1800"}, "nothing to write out"),
    ],
)
def test_wishes_that_there_are_not_are_refused(session, parameters, match):
    with pytest.raises(UsageError, match=match):
        shelf.make(session, parameters)


@pytest.mark.parametrize("name", ["../leitmotiv.db", ".x.part", "none.csv", "/etc/passwd", ""])
def test_no_name_leads_out_of_the_folder_of_exports(session, name):
    with pytest.raises(UsageError, match="no export"):
        shelf.path(session, name)


def test_what_others_said_of_pictures_not_rated_here_stays(tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    theirs = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" xmp:Label="Rot">'
        b'<dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Bag>'
        b"<rdf:li>lake</rdf:li><rdf:li>dawn, red</rdf:li></rdf:Bag>"
        b"</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    (photos / "p000.jpg.xmp").write_bytes(theirs)
    (photos / "p001.jpg.xmp").write_bytes(theirs.replace(b' xmp:Rating="4"', b""))
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        ids = select(opened, sort="name")
        assert sidecars.plan(opened, ids) == []
        build_index(opened)
        for one in sidecars.plan(opened, ids[:1], trends=True):
            assert b'xmp:Rating="4"' in one.data
            assert b"Rot" in one.data
        own.rate(opened, ids[1:], stars=5, label="green")
        said = sidecars.read(opened, ids)
        assert dict(said.changed) == {ids[0]: Rating(stars=4)}
        assert dict(said.keywords) == dict.fromkeys(ids, ("lake", "dawn, red"))
        assert select(opened, "keyword:lake", sort="name") == ids
        assert sidecars.read(opened, ids).keywords == {}
        assert own.undo(opened) == "ratings and keywords of 2 pictures from sidecars"
        assert select(opened, "keyword:lake") == ()
        sidecars.read(opened, ids)
        assert opened.library.ratings.all()[ids[1]] == Rating(stars=5, label="green")
