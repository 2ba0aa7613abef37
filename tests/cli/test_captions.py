"""`leitmotiv captions`."""

import json

import pytest

from leitmotiv.cli.main import run as main
from leitmotiv.store.library import Library
from tests.store.making import file, image, mixture


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(tmp_path / "library"))
    with Library.open(tmp_path / "library") as opened:
        for number, name in enumerate(("a.jpg", "b.jpg")):
            (tmp_path / name).write_bytes(b"a picture that nobody opens")
            one = image(number)
            opened.images.add(one, files=[file(bytes(tmp_path / name), one)], thumbnails={}, mixture=mixture(number))
    return tmp_path


def test_captions_are_read_listed_and_forgotten(library, capsys):
    (library / "b.txt").write_text("boats at dawn")
    assert main(["captions", "import", "--json", "--from", "text"]) == 0
    assert json.loads(capsys.readouterr().out)["found"] == {"text": 1}
    assert main(["captions", "list", "--texts"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0] == "text: 1 texts of 1 pictures"
    assert listed[1].endswith("b.jpg: boats at dawn")
    assert main(["captions", "clear", "text"]) == 0
    assert capsys.readouterr().out == "1 texts forgotten\n"
    assert main(["captions", "list"]) == 1
