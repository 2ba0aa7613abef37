"""`leitmotiv critic` and `evaluate critic`: train, show, rank, score, evaluate, forget."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import data

from leitmotiv.cli.main import main
from leitmotiv.settings import Settings
from leitmotiv.workflows import own
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, image_id, mixture
from tests.workflows.pictures import folder_of

COUNT = 24


@pytest.fixture
def library(tmp_path, monkeypatch):
    folder = tmp_path / "library"
    rng = np.random.default_rng(0)
    seen = rng.random((COUNT, 1280)).astype(np.float16) / 4
    seen[:, 0] += np.linspace(0, 6, COUNT).astype(np.float16)
    with Session(Settings(library=folder)) as opened:
        for number in range(COUNT):
            one = image(number)
            held = [file(f"/art/p{number}.jpg".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={}, mixture=mixture(number))
            own.rate(opened, [one.id], stars=1 + number * 5 // COUNT)
        opened.library.activations.put([image_id(number) for number in range(COUNT)], seen)
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(folder))
    return folder


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code or 0


def test_a_critic_is_trained_shown_asked_measured_and_removed(library, tmp_path, capsys):
    assert run("critic", "show") == 0
    assert run("critic", "rank") == 1
    assert "critic train stars" in capsys.readouterr().err
    assert run("critic", "train", "stars") == 0
    card = capsys.readouterr().out
    assert "24 pictures of stars, 24 votes" in card
    assert "baseline" in card
    assert run("critic", "show", "stars", "--json") == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == COUNT
    assert run("critic", "rank", "-n", 3, "--json") == 0
    ranking = json.loads(capsys.readouterr().out)
    assert ranking["measure"] == "critic"
    assert {"score", "deviation", "percentile"} <= ranking["results"][0].keys()
    folder, out = folder_of(tmp_path / "new", 2), tmp_path / "predictions.json"
    assert run("critic", "score", folder, "--format", "idealo", "-o", out) == 0
    assert run("critic", "score", folder, "--json") == 0
    scored = json.loads(capsys.readouterr().out)["results"]
    assert len(scored[0]["histogram"]) == 10
    assert scored[0]["score"] >= scored[1]["score"]
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps([{"image_id": "p000", "label": [1] * 10}, {"image_id": "p001", "label": [0, 3] * 5}]))
    tables = []
    for words in (("critic", "evaluate"), ("evaluate", "critic")):
        assert run(*words, labels, out) == 0
        tables.append(capsys.readouterr().out)
    assert tables[0] == tables[1]
    assert "earth mover's distance, r = 1" in tables[0]
    assert run("critic", "forget", "stars") == 0
    assert run("critic", "forget", "stars") == 1


def test_a_training_is_drawn_into_files_that_are_not_written_over(library, tmp_path):
    files = ("--sheet", tmp_path / "sheet.png", "--curves", tmp_path / "curves.png")
    assert run("critic", "train", "stars", *files) == 0
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files[1::2])
    assert run("critic", "train", "stars", *files[:2]) == 2
    assert run("critic", "train", "stars", "--head-epochs", 1) == 2  # without --network
    assert run("critic", "export", "-o", tmp_path / "stars.onnx") == 0
    assert b'"sets": ["stars"]' in (tmp_path / "stars.onnx").read_bytes().replace(b"\n    ", b"").replace(b"\n  ", b"")
    assert run("critic", "train", "stars", *files[:2], "--force") == 0


def test_files_that_show_the_same_are_grouped_and_the_best_is_named(library, tmp_path, capsys):
    folder = tmp_path / "designs"
    folder.mkdir()
    cat, cup = (Image.fromarray(getattr(data, name)()).resize((300, 220)) for name in ("chelsea", "coffee"))
    cat.save(folder / "cat.png")
    cat.resize((150, 110)).save(folder / "small.jpg", quality=30)
    cat.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "mirrored.jpg")
    cup.save(folder / "cup.png")
    for name in ("blank", "empty"):
        Image.new("RGB", (60, 40), "white").save(folder / f"{name}.png")
    (folder / "damaged.jpg").write_bytes(b"\xff\xd8\xff")
    assert run("critic", "duplicates", folder, "--critic", "technical", "--json") == 3
    found = json.loads(capsys.readouterr().out)
    names = [[one["path"].rsplit("/", 1)[1] for one in group] for group in found["groups"]]
    assert sorted(map(sorted, names)) == [["blank.png", "empty.png"], ["cat.png", "mirrored.jpg", "small.jpg"]]
    for group in found["groups"]:
        assert group[0]["score"] == max(one["score"] for one in group)
    (folder / "damaged.jpg").unlink()
    assert run("critic", "duplicates", folder, "--critic", "technical", "--paths", "--others") == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run("critic", "duplicates", folder / "cup.png", "--critic", "technical") == 1


def test_a_folder_is_scored_without_a_library_and_none_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(tmp_path / "nowhere"))
    folder, out = folder_of(tmp_path / "new", 2), tmp_path / "scores.csv"
    assert run("critic", "score", folder) == 0
    told = capsys.readouterr()
    above, columns, *rows = told.out.splitlines()
    assert (above.startswith("by technical: "), "in the median of 2 pictures" in above, len(rows)) == (True, True, 2)
    assert columns.split() == ["score", "±", "votes", "above", "path"]
    assert run("critic", "score", folder, "--format", "csv", "-o", out) == 0
    assert len(out.read_text().splitlines()) == 3
    assert run("critic", "duplicates", folder) == 1
    assert not (tmp_path / "nowhere").exists()
