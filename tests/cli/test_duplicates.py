"""`leitmotiv duplicates` as a person meets it: found, planned, moved to a real trash, and brought back."""

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from leitmotiv.formats import trash
from tests.cli.test_commands import leitmotiv
from tests.imaging.test_keypoints import crowded


@pytest.fixture
def shelf(tmp_path: Path) -> tuple[Path, Path]:
    """Photos, and the library that knows them: two pictures, a smaller copy of the first, the second one twice."""
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(crowded(0)).save(photos / "a.png")
    Image.fromarray(crowded(0)).resize((120, 90)).save(photos / "a small.jpg")
    Image.fromarray(crowded(1)).save(photos / "b.png")
    (photos / "copy of b.png").write_bytes((photos / "b.png").read_bytes())
    assert leitmotiv("add-directory", photos, "--library", tmp_path / "lib").returncode == 0
    return photos, tmp_path / "lib"


def test_groups_are_printed_as_text_and_as_json(shelf):
    photos, library = shelf
    done = leitmotiv("duplicates", "--library", library)
    assert done.returncode == 0, done.stderr
    assert "same file, 2 files" in done.stdout
    assert f"{photos}/a small.jpg  (smaller)" in done.stdout
    form = json.loads(leitmotiv("duplicates", "--library", library, "--json", "--quiet").stdout)
    assert [group["kind"] for group in form["groups"]] == ["same file", "near"]
    assert leitmotiv("duplicates", "--library", library, "--folder", "/elsewhere").stdout.strip() == ""
    assert leitmotiv("duplicates", "--library", library, "--within", "name:b*").stdout.count("files") == 1


@pytest.mark.skipif(not trash.TELLS, reason="this system does not say where its trash lies")
def test_plan_is_written_applied_with_yes_and_undone(shelf, tmp_path):
    photos, library = shelf
    plan = tmp_path / "plan.json"
    made = leitmotiv("duplicates", "--library", library, "--accept", "--plan", plan)
    assert made.returncode == 0, made.stderr
    assert "2 files to the trash" in made.stdout
    assert "Nothing was moved" in made.stderr
    looked = leitmotiv("duplicates", "--library", library, "--apply", plan)
    assert "Nothing was moved" in looked.stderr
    assert len(os.listdir(photos)) == 4  # noqa: PTH208
    done = leitmotiv("duplicates", "--library", library, "--apply", plan, "--yes")
    assert done.returncode == 0, done.stderr
    assert "2 files moved to the trash" in done.stdout
    assert sorted(one.name for one in photos.iterdir()) == ["a.png", "b.png"]
    bin_ = Path(os.environ["XDG_DATA_HOME"]) / "Trash" / "files"
    assert sorted(one.name for one in bin_.iterdir()) == ["a small.jpg", "copy of b.png"]
    back = leitmotiv("duplicates", "--library", library, "--undo", plan)
    assert "2 files brought back" in back.stdout
    assert len(list(photos.iterdir())) == 4
    assert leitmotiv("duplicates", "--library", library, "--undo", plan).returncode == 2


def test_what_cannot_be_is_refused(shelf, tmp_path):
    _, library = shelf
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    assert leitmotiv("duplicates", "--library", library, "--apply", bad, "--yes").returncode == 2
    assert leitmotiv("duplicates", "--library", library, "--plan", bad, "--undo", bad).returncode == 2
    assert leitmotiv("duplicates", "--library", library, "--within", "nonsense:x").returncode == 2
