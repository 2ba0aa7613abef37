"""`leitmotiv metadata` on a real library: import, list, export, forget."""

import json
from dataclasses import replace

import pytest

from leitmotiv.cli.main import main
from leitmotiv.settings import Settings
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, image_id, mixture


@pytest.fixture
def library(tmp_path, monkeypatch):
    folder = tmp_path / "library"
    with Session(replace(Settings(), library=folder)) as opened:
        for number in range(3):
            one = image(number)
            held = [file(f"/art/p{number}.jpg".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={}, mixture=mixture(number))
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(folder))
    return folder


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code or 0


def test_a_table_is_tried_imported_listed_written_and_forgotten(library, tmp_path, capsys):
    table = tmp_path / "artists.csv"
    table.write_text("file;artist;year made\np0.jpg;Monet;1907\np2.jpg;Manet;1868\nx.jpg;Nobody;1\n")
    assert run("metadata", "import", table, "--dry-run", "--json") == 0
    tried = json.loads(capsys.readouterr().out)
    assert tried["dry_run"]
    assert tried["columns"] == [
        {"name": "artist", "kind": "text", "values": 2},
        {"name": "year made", "kind": "number", "values": 2},
    ]
    assert run("metadata", "list") == 1
    assert run("metadata", "import", table) == 0
    said = capsys.readouterr().out
    assert "2 of 3 rows found their picture by 'file'" in said
    assert "1 rows left out, since no picture has the key: x.jpg" in said
    assert run("metadata", "list", "--json") == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["columns"]] == ["artist", "year made"]
    out = tmp_path / "out.csv"
    assert run("metadata", "export", out) == 0
    lines = out.read_text("utf-8").splitlines()
    assert lines[:2] == ["id,path,artist,year made", f"{image_id(0)},/art/p0.jpg,Monet,1907"]
    assert run("metadata", "forget", "artist") == 0
    assert run("metadata", "forget", "artist") == 2
    assert "There is no column 'artist'. There are: year made" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_in_one_line(library, capsys):
    assert run("metadata", "import", "nowhere.csv") == 2
    assert "nowhere.csv cannot be read" in capsys.readouterr().err
