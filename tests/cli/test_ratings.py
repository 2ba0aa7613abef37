"""`leitmotiv ratings` for sets that others gave: import, sets, forget."""

import json

import pytest

from leitmotiv.cli.main import main
from leitmotiv.settings import Settings
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, mixture


@pytest.fixture
def library(tmp_path, monkeypatch):
    folder = tmp_path / "library"
    with Session(Settings(library=folder)) as opened:
        one = image(0)
        opened.library.images.add(one, files=[file(b"/art/p0.jpg", one)], thumbnails={}, mixture=mixture(0))
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(folder))
    return folder


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code or 0


def test_a_set_is_tried_imported_listed_and_removed(library, tmp_path, capsys):
    table = tmp_path / "club.csv"
    table.write_text("image,rater,stars\np0.jpg,ann,4\nlost.jpg,bob,2\nlost.jpg,bob,9\n")
    assert run("ratings", "import", table, "--format", "csv", "--scale", "5", "--dry-run") == 0
    assert "Nothing was kept." in capsys.readouterr().err
    assert run("ratings", "sets") == 1
    capsys.readouterr()
    assert run("ratings", "import", table, "--format", "csv", "--scale", "5", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["pictures"], told["raters"]) == ("club", 1, 2)
    assert told["left_out"]["missing"] == [{"key": "lost.jpg", "reason": "the library has no such picture"}]
    assert [one["key"] for one in told["left_out"]["corrupt"]] == ["lost.jpg"]
    assert run("ratings", "sets") == 0
    assert capsys.readouterr().out.startswith("club: csv, 2 items, 1 with their picture, 2 votes of 2 raters")
    assert run("ratings", "forget", "club") == 0
    assert run("ratings", "forget", "club") == 1


def test_a_file_of_another_form_is_said_in_one_line(library, tmp_path, capsys):
    (tmp_path / "labels.json").write_text("{}")
    assert run("ratings", "import", tmp_path / "labels.json", "--format", "idealo") == 2
    assert "is no list of objects with image_id and label" in capsys.readouterr().err
