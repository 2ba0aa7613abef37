"""`leitmotiv board` from the first picture to the exported concept; what needs the network is asked once."""

import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from leitmotiv.cli.main import command, run
from tests.workflows.kinds import KINDS
from tests.workflows.pictures import folder_of
from tests.workflows.synthetic import image_id

KIND = [image_id(number) for number in range(0, 40, KINDS)]
OTHER = image_id(1)


@pytest.fixture
def board(tmp_path, seen_library):
    shutil.copytree(seen_library, tmp_path / "library")

    def ask(*arguments, code=0):
        line = ["--library", str(tmp_path / "library"), "--quiet", "board", *map(str, arguments)]
        done = CliRunner().invoke(command, line, standalone_mode=False)
        if code:
            assert done.exit_code == code or done.exception.exit_code == code, done.output
            return str(done.exception)
        assert done.exception is None, (done.output, done.exception)
        return done.stdout

    return ask


def test_a_board_is_made_trained_corrected_and_exported(board, tmp_path):
    assert "There is no file nope.jpg" in board("create", "dawn", "nope.jpg", code=1)
    board("create", "dusk", *KIND[:3], "--not", OTHER, "--words", "blue hour")
    board("weigh", "dusk", "2", KIND[0][:12])
    for line in (("remove", "dusk"), ("weigh", "dusk", "2")):
        assert "There is no file gone.jpg" in board(*line, "gone.jpg", code=1)
    assert "learnt from 3 that it is, 1 that it is not" in board("train", "dusk")
    lines = board("rank", "dusk", "-n", 7).splitlines()
    assert len(lines) == 7
    form = json.loads(board("rank", "dusk", "-n", 7, "--json"))
    assert {one["id"] for one in form["results"]} == set(KIND[3:])
    board("add", "dusk", form["results"][0]["id"])
    board("add", "dusk", image_id(2), "--not")
    board("remove", "dusk", image_id(2))
    assert json.loads(board("train", "dusk", "--name", "better", "--json"))["snapshots"][0]["positives"] == 4
    told = board("show", "dusk")
    assert "blue hour" in told
    assert "better" in told
    for ending in ("cav", "json", "html"):
        board("export", "dusk", tmp_path / f"dusk.{ending}")
    assert "ends" not in board("export", "dusk", tmp_path / "dusk.exe", code=2)
    board("import", tmp_path / "dusk.cav", "--name", "again")
    board("export", "again", tmp_path / "again.cav")
    assert (tmp_path / "again.cav").read_bytes() == (tmp_path / "dusk.cav").read_bytes()
    assert board("rank", tmp_path / "dusk.cav", "-n", 3, "--paths").count("/nowhere/") == 3
    assert board("rank", "dusk", "--minus", "again", "-n", 3).count("/nowhere/") == 3
    assert f"+ {form['results'][0]['id'][:12]}" in board("snapshot", "dusk", 1, "--compare", 2)
    assert "first" in board("snapshot", "dusk", 1, "--name", "first")
    assert len(json.loads(board("snapshot", "dusk", 2, "--remove", "--json"))["snapshots"]) == 1
    assert "a snapshot of board dusk removed" in board("undo")
    board("snapshot", "dusk", 1, code=2)
    board("restore", "dusk", "--snapshot", 1)
    assert len(json.loads(board("show", "dusk", "--json"))["positive"]) == 3


def test_what_cannot_be_read_is_named_and_nothing_is_put_on_a_board(board, tmp_path):
    board("create", "dusk", KIND[0])
    (tmp_path / "nowhere.jpg").symlink_to(tmp_path / "gone")
    (tmp_path / "folder").mkdir()
    for name in ("folder", "nowhere.jpg"):
        assert f"{tmp_path / name}: " in board("add", "dusk", KIND[1], tmp_path / name, code=3)
    board("create", "dawn", tmp_path / "folder", code=3)
    form = json.loads(board("list", "--json"))["boards"]
    assert [[one["id"] for one in each["positive"]] for each in form] == [KIND[:1]]


def test_boards_are_listed_named_copied_and_thrown_away(board):
    board("create", "dusk", KIND[0])
    board("duplicate", "dusk")
    board("rename", "dusk copy", "dawn")
    board("draw", "dawn", 3)
    assert board("show", "dawn").count("  drawn") == 3
    assert [line.split()[1] for line in board("list").splitlines()] == ["dawn", "dusk"]
    board("delete", "dawn")
    assert "dawn" not in board("list")
    assert "in the trash" in board("list", "--trash")
    board("restore", 2)
    board("delete", "dawn", "--for-good")
    board("list", "--trash", code=1)
    assert "no board 'dawn'" in board("rank", "dawn", code=1)


def test_files_are_ranked_by_a_concept_alone_without_a_library(board, tmp_path, capfd, monkeypatch):
    photos = folder_of(tmp_path / "photos", 5)
    board("create", "dusk", *KIND[:2])
    board("add", "dusk", photos / "p000.jpg", photos / "p001.jpg")
    board("train", "dusk")
    board("export", "dusk", tmp_path / "dusk.cav")
    (photos / "broken.jpg").write_bytes(b"text")
    none = ["--library", str(tmp_path / "none"), "--quiet"]
    assert run([*none, "board", "rank", str(tmp_path / "dusk.cav"), str(photos), "--json"]) == 3
    out = capfd.readouterr()
    form = json.loads(out.out)
    scores = [one["score"] for one in form["results"]]
    assert (len(scores), scores) == (5, sorted(scores, reverse=True))
    assert [one["path"].rpartition("/")[2] for one in form["failed"]] == ["broken.jpg"]
    assert not (tmp_path / "none").exists()


def test_a_picture_is_inspected_and_its_best_crop_is_written_in_all_its_pixels(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("LEITMOTIV_WORKERS", "1")
    photos = folder_of(tmp_path / "photos", 1)
    wide = np.zeros((600, 1200, 3), np.uint8)
    with Image.open(photos / "p000.jpg") as small:
        wide[:, 700:] = np.asarray(small.resize((500, 600)))
    Image.fromarray(wide).save(photos / "wide.jpg", quality=95)
    at = ["--library", str(tmp_path / "library"), "--quiet"]
    picture, out = str(photos / "wide.jpg"), tmp_path / "crop.jpg"
    assert run([*at, "add-directory", str(photos)]) == 0
    assert run([*at, "board", "create", "red", str(photos / "p000.jpg")]) == 0
    assert run([*at, "board", "train", "red"]) == 0
    capfd.readouterr()
    assert run([*at, "board", "crop", "red", picture, "-o", str(out), "--json"]) == 0
    best = json.loads(capfd.readouterr().out)["crops"][0]
    assert best["x"] + best["width"] / 2 > 0.5
    with Image.open(out) as crop:
        assert crop.size == pytest.approx(tuple(best["pixels"][2:]), abs=1)
    assert run([*at, "board", "inspect", "red", picture, "-o", str(tmp_path / "heat.png")]) == 0
    with Image.open(tmp_path / "heat.png") as heat:
        assert heat.mode == "RGBA"
    capfd.readouterr()
    kinds = {}
    for more in ([], ["--tiles"]):
        assert run([*at, "board", "inspect", "red", picture, "--json", *more]) == 0
        told = json.loads(capfd.readouterr().out)
        kinds[told["kind"]] = told["cells"]
    assert np.shape(kinds["tiles"]) == (7, 7) == np.shape(kinds["share"])
    assert kinds["tiles"] != kinds["share"]
    bad = tmp_path / "bad.cav"
    bad.write_bytes(b"no concept")
    for asked, said in ((bad, str(bad)), (tmp_path / "gone.cav", "gone.cav cannot be read"), ("gone", "no board")):
        assert run([*at, "board", "rank", str(asked)]) != 0
        assert said in capfd.readouterr().err
    assert run([*at, "board", "crop", "red", str(photos / "gone.jpg")]) != 0
    assert "There is no file" in capfd.readouterr().err
    assert run([*at, "board", "crop", "red", picture, "-o", str(photos / "crop.jpg")]) == 2
