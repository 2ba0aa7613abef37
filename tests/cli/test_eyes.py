"""`leitmotiv eyes`, from a selection to films."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from leitmotiv.cli import eyes_options
from leitmotiv.cli.main import main
from leitmotiv.settings import Settings
from leitmotiv.workflows import eyes, partial
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of
from tests.workflows.watched import fill


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)
    with Session(replace(Settings(), library=tmp_path / "library")) as session:
        fill(session.library, tmp_path / "photos", 12)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["eyes", *map(str, arguments)])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return run


def test_eyes_are_made_and_see_pictures_and_films(run, tmp_path):
    assert (partial.KINDS, partial.COLOURS, tuple(map(int, eyes_options.SIDES))) == (
        eyes_options.KINDS[:-1],
        eyes_options.COLOURS,
        eyes.SIDES,
    )
    assert run("list")[0] == 1
    assert run("make", "name:p000,p006", "--name", "Reds", "--shown", "blur", "--side", 32)[0] == 0
    assert run("make", "name:p001,p007", "--name", "Blues", "--way", "palette", "--side", 32)[0] == 0
    nearest = run("make", "colour:teal", "--side", 32, "--quiet")[2]
    assert nearest == "Nothing stands out for 'colour:teal': it was made of the 12 pictures that come nearest.\n"
    run("delete", "colour-teal")
    frames = folder_of(tmp_path / "frames", 3)
    (frames / "p003.jpg").write_bytes(b"no picture")
    code, out, err = run(
        "apply", frames, "--of", "name:p002", "--eyes", "reds", "--eyes", "blues", "-o", "seen", "--json"
    )
    assert (code, len(json.loads(out)["files"])) == (3, 4)
    assert "p003.jpg" in err
    with Image.open(tmp_path / "seen" / "p002.png") as image:
        assert image.size == (256 * 2 + 4, 256)
    assert run("apply", frames / "p003.jpg", "--eyes", "reds", "-o", "none", "--quiet")[:2] == (3, "")
    code, out, err = run("animate", frames, "-o", "film.gif", "--eyes", "reds", "--size", 32, "--quiet")
    assert (code, "ends early: 3 of about 4" in err) == (3, True)
    (frames / "p003.jpg").unlink()
    code, out, _ = run("animate", "film.gif", "-o", "film.mp4", "--eyes", "reds", "--beside", "--json")
    assert (code, json.loads(out)["frames"]) == (0, 3)
    assert run("animate", "film.mp4", "-o", "film", "--eyes", "reds", "--smoothing", 0.9, "--size", 32)[0] == 0
    first, last = (np.asarray(Image.open(tmp_path / "film" / f"frame-0000{at}.png")) for at in (1, 3))
    assert first.shape == (32, 32, 3)
    assert np.abs(first.astype(int) - last).mean() < 40
    assert run("animate", "film.mp4", "-o", "film.gif")[0] == 2
    assert run("animate", "film.mp4", "-o", "film.avi")[0] == 2
    assert run("animate", "nowhere.mp4", "-o", "a.gif")[0] == 3


def test_eyes_are_renamed_taken_out_taken_in_and_removed(run, tmp_path):
    run("make", "name:p000,p006", "--name", "Reds", "--side", 32)
    assert run("rename", "reds", "Sunsets")[0] == 0
    assert "edges" in run("show", "sunsets")[1]
    assert run("export", "Sunsets", "-o", "a.eyes")[0] == 0
    assert run("export", "Sunsets", "-o", "a.eyes")[0] == 2
    assert json.loads(run("import", "a.eyes", "--json")[1])["name"] == "Sunsets 2"
    assert run("delete", "sunsets-2")[1] == "sunsets-2 is removed.\n"
    assert run("delete", "sunsets")[1] == "reds is removed.\n"
    assert run("delete", "sunsets")[0] == 1
    assert run("apply", "x" * 8, "--eyes", "reds", "-o", "seen")[0] == 1
    assert "seed: 0" in run("show", run("make", "", "--name", "All", "--side", 32) and "all")[1]
    code, out, _ = run("pairs", "export", "", "pairs", "--side", 32)
    assert (code, out) == (2, "")
    (tmp_path / "b.eyes").write_bytes(b"x")
    assert run("import", "b.eyes")[0] == 2
