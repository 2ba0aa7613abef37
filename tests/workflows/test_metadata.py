"""Catalogues: matched with pictures, told apart by kind, filtered, sorted, undone and written out again."""

import io
import json
from dataclasses import replace

import pytest

from leitmotiv.errors import UsageError
from leitmotiv.formats import catalogues
from leitmotiv.settings import Settings
from leitmotiv.workflows import metadata, own
from leitmotiv.workflows.facets import facets
from leitmotiv.workflows.selecting import ordered, select
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, image_id, mixture

PATHS = (b"/art/one/Lily.jpg", b"/art/one/pond.jpg", b"/art/two/pond.jpg", b"/art/two/night.jpg", b"/art/x.y.png")
TABLE = """Bild;Artist;Year made;Seen on;Subjects;Note
Lily.jpg;Monet;1907;2024-05-09;water; one
one/pond;Manet;1868,5;01.06.2024;water;green;
two/pond.jpg;Cézanne, Paul;-30;2023-12;"garden; tree";"a ""quoted"" note"
nowhere.jpg;Nobody;1;2020-01-01;none;
pond.jpg;Both;1;2020-01-01;none;
Lily.jpg;Again;1;2020-01-01;none;
"""
TABLE = TABLE.replace(";water; one", ';"water; light";one').replace(";water;green;", ';"water; green";')


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        for number, path in enumerate(PATHS):
            one = image(number)
            opened.library.images.add(one, files=[file(path, one)], thumbnails={}, mixture=mixture(number))
        yield opened


def write(tmp_path, text, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def numbers(session, text, sort="added"):
    return [[image_id(number) for number in range(5)].index(one) for one in select(session, text, sort=sort)]


@pytest.fixture
def imported(session, tmp_path):
    return metadata.keep(session, write(tmp_path, TABLE))


def test_rows_find_their_pictures_and_every_other_row_is_named(imported):
    assert (imported.key, imported.rows, imported.matched) == ("Bild", 6, 3)
    assert (imported.missing, imported.ambiguous, imported.repeated) == (("nowhere.jpg",), ("pond.jpg",), ("Lily.jpg",))
    assert "3 of 6 rows" in str(imported)


def test_kinds_are_told_from_the_values(imported):
    kinds = {one.name: one.kind for one in imported.columns}
    assert kinds == {"Artist": "text", "Year made": "number", "Seen on": "date", "Subjects": "list", "Note": "text"}
    entries = {one.name: one.entries for one in imported.columns}
    assert entries["Year made"] == {image_id(0): 1907.0, image_id(1): 1868.5, image_id(2): -30.0}
    assert entries["Seen on"] == {image_id(0): "2024-05-09", image_id(1): "2024-06-01", image_id(2): "2023-12"}
    assert entries["Subjects"][image_id(2)] == ["garden", "tree"]
    assert entries["Note"] == {image_id(0): "one", image_id(2): 'a "quoted" note'}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("artist:monet", [0]),
        ("artist:m?net", [0, 1]),
        ("artist:none", [3, 4]),
        ("-artist:none", [0, 1, 2]),
        ('"year made":>=1868', [0, 1]),
        ('"Year Made":-50..0', [2]),
        ('"seen on":2024', [0, 1]),
        ('"seen on":2024-05', [0]),
        ('"seen on":<2024', [2]),
        ('"seen on":>=2024-06', [1]),
        ('"seen on":2023..2024-05', [0, 2]),
        ("subjects:water", [0, 1]),
        ("subjects:water -artist:monet", [1]),
        ('note:"=one"', [0]),
    ],
)
def test_columns_are_filters(session, imported, text, expected):
    assert numbers(session, text) == expected


def test_columns_are_orders_and_what_is_not_known_comes_last(session, imported):
    assert numbers(session, "", "year made")[:3] == [2, 1, 0]
    assert numbers(session, "", "-Year made")[:3] == [0, 1, 2]
    assert set(numbers(session, "", "-Year made")[3:]) == {3, 4}
    assert [one.key for one in ordered(session, "", sort="artist").sections] == ["Cézanne, Paul", "Manet", "Monet", ""]
    assert [one.key for one in ordered(session, "", sort="-seen on").sections] == ["2024", "2023", ""]


def test_counts_of_a_column_are_what_its_filters_find(session, imported):
    found = {facet.title: facet for facet in facets(session, "", 50) if facet.title}
    assert set(found) == {"Artist", "Year made", "Seen on", "Subjects", "Note"}
    for facet in found.values():
        for one in facet.values:
            assert len(select(session, one.line)) == one.count, one.line


def test_an_import_is_taken_back_by_one_undo_and_a_filter_of_it_is_then_unknown(session, imported):
    own.keep_selection(session, "old masters", query='"year made":<1900')
    assert own.undo(session) == "selection old masters kept"
    assert own.undo(session) == "5 columns of table.csv imported"
    with pytest.raises(UsageError, match="There is no filter artist:"):
        select(session, "artist:monet")
    own.redo(session)
    assert numbers(session, "artist:monet") == [0]


def test_a_second_table_adds_to_columns_and_replace_makes_them_anew(session, imported, tmp_path):
    more = write(tmp_path, "file,artist\nnight.jpg,Seurat\nLily.jpg,Claude Monet\n", "more.csv")
    metadata.keep(session, more)
    found = {one.name: one.entries for one in metadata.columns(session)}
    assert found["Artist"] == {
        image_id(0): "Claude Monet", image_id(1): "Manet", image_id(2): "Cézanne, Paul", image_id(3): "Seurat"
    }  # fmt: skip
    metadata.keep(session, more, replacing=True)
    assert len(metadata.columns(session)[0].entries) == 2
    assert [one.name for one in metadata.columns(session)][:2] == ["Artist", "Year made"]


def test_a_dry_run_changes_nothing(session, tmp_path):
    assert len(metadata.preview(session, write(tmp_path, TABLE)).columns) == 5
    assert metadata.columns(session) == []


def test_a_column_called_like_a_filter_gets_another_name(session, tmp_path):
    done = metadata.keep(session, write(tmp_path, "id,year,rating\n" + f"{image_id(1)},1900,x\n"))
    assert done.renamed == {"year": "catalogue year", "rating": "catalogue rating"}
    assert numbers(session, '"catalogue year":1900') == [1]


def test_the_key_can_be_named_and_a_wrong_one_is_said(session, tmp_path):
    table = write(tmp_path, "name,other\nx.y,pond\n")
    assert metadata.preview(session, table, key="NAME").matched == 1
    with pytest.raises(UsageError, match=r"No row of .* finds a picture by the column 'other'"):
        metadata.preview(session, table, key="other")
    with pytest.raises(UsageError, match="The columns are: name, other"):
        metadata.preview(session, table, key="third")


def test_what_was_written_out_can_be_imported_again(session, imported, tmp_path):
    before = {one.name: (one.kind, one.entries) for one in metadata.columns(session)}
    out = tmp_path / "out.csv"
    assert metadata.export(session, out, io.BytesIO()) == 3
    metadata.forget(session, ["artist", "Year made", "seen on", "subjects", "note"])
    assert metadata.columns(session) == []
    done = metadata.keep(session, out)
    after = {one.name: (one.kind, one.entries) for one in metadata.columns(session)}
    assert (done.key, after) == ("id", before)


def test_forgetting_an_unknown_column_names_those_that_there_are(session, imported):
    with pytest.raises(UsageError, match=r"There is no column .artists.\. There are: Artist, Year made"):
        metadata.forget(session, ["note", "artists"])
    assert len(metadata.columns(session)) == 5


def test_one_picture_says_what_the_catalogues_say_of_it(session, imported):
    told = dict(metadata.told(session, image_id(0)))
    assert told == {
        "Artist": "Monet", "Year made": "1907", "Seen on": "2024-05-09", "Subjects": "water; light", "Note": "one"
    }  # fmt: skip
    assert metadata.told(session, image_id(4)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_any_usual_encoding(tmp_path, encoding):
    sheet = catalogues.read(write(tmp_path, "file\tname\r\na.jpg\tCézanne\r\n", "t.tsv", encoding))
    assert (sheet.names, sheet.rows) == (("file", "name"), (("a.jpg", "Cézanne"),))
    assert sheet.encoding == {"utf-16": "utf-16", "cp1252": "windows-1252"}.get(encoding, "utf-8")


def test_json_and_json_lines_are_tables_too(tmp_path):
    rows = [{"file": "a.jpg", "tags": ["x", "y"], "on": True}, {"file": "b.jpg", "n": 3}]
    expected = (("a.jpg", "x; y", "yes", ""), ("b.jpg", "", "", "3"))
    for text in (json.dumps(rows), "\n".join(map(json.dumps, rows))):
        sheet = catalogues.read(write(tmp_path, text, "t.jsonl"))
        assert (sheet.names, sheet.rows) == (("file", "tags", "on", "n"), expected)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "has no rows"),
        ("file,artist\n", "has no rows"),
        ("file,artist\na,b,c\n", "row 2 has 3 values, but there are 2 columns"),
        ('file,artist\n"a,b\n', "is no table"),
        ("{broken", "is no table"),
        ("[1, 2]", "must be an object"),
        ("a\0b", "is no text"),
    ],
)
def test_what_is_no_table_is_said(tmp_path, text, match):
    with pytest.raises(UsageError, match=match):
        catalogues.read(write(tmp_path, text))


def test_columns_without_or_with_the_same_name_are_told_apart(tmp_path):
    assert catalogues.read(write(tmp_path, 'a,A,,"b ""c"""\n1,2,3,4\n')).names == ("a", "A 2", "column 3", "b 'c'")
