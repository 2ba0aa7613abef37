"""Exports, ratings and backups from the command line, as real processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.pictures import folder_of


def leitmotiv(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "leitmotiv", *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    folder_of(folder / "photos", 8)
    leitmotiv("add-directory", folder / "photos", "--library", folder / "lib", "--workers", 1)
    assert leitmotiv("build-index", "--library", folder / "lib").returncode == 0
    return folder / "lib"


def test_tables_go_to_stdout_or_to_a_file(library, tmp_path):
    done = leitmotiv("export", "csv", "--of", "name:p00[12].jpg", "--sort", "name", "--library", library)
    assert [line.split(",")[1] for line in done.stdout.splitlines()] == ["name", "p001.jpg", "p002.jpg"]
    target = tmp_path / "all.jsonl"
    assert leitmotiv("export", "jsonl", "-o", target, "--library", library).stdout == f"8 pictures in {target}\n"
    assert len(target.read_text().splitlines()) == 8
    again = leitmotiv("export", "jsonl", "-o", target, "--library", library)
    assert again.returncode == 2
    assert "--force" in again.stderr
    bare = leitmotiv("export", "csv", "all of it.csv", "--library", library)
    assert (bare.returncode, bare.stdout) == (2, "")
    assert "leitmotiv export csv -o 'all of it.csv'" in bare.stderr


def test_paths_are_for_other_commands(library):
    listed = leitmotiv("export", "paths", "-0", "--library", library)
    assert listed.stdout.count("\0") == 8
    assert all(Path(path).exists() for path in listed.stdout.split("\0")[:-1])


def test_nothing_that_fits_ends_with_one(library):
    done = leitmotiv("export", "csv", "--of", "year:1800", "--library", library)
    assert (done.returncode, done.stdout) == (1, "")
    assert leitmotiv("export", "csv", "--of", "yeer:1800", "--library", library).returncode == 2


def test_ratings_are_set_listed_written_after_a_preview_and_undone(library):
    photos = library.parent / "photos"
    done = leitmotiv("ratings", "set", "--of", "name:p003.jpg", "--stars", 4, "--label", "blue", "--library", library)
    assert done.stdout == "1 pictures rated\n"
    assert leitmotiv("ratings", "list", "--library", library).stdout.startswith("★★★★")
    preview = leitmotiv("export", "xmp", "--library", library)
    assert "Nothing was written. Add --yes" in preview.stderr
    assert not list(photos.glob("*.xmp"))
    written = json.loads(leitmotiv("export", "xmp", "--yes", "--library", library, "--json").stdout)
    assert (written["new"], written["written"]) == (1, True)
    assert 'xmp:Rating="4"' in (photos / "p003.jpg.xmp").read_text()
    assert leitmotiv("ratings", "undo", "--library", library).stdout == "undo: 4 stars, label blue for 1 picture\n"
    assert leitmotiv("ratings", "list", "--library", library).returncode == 1
    assert leitmotiv("ratings", "read", "--library", library).stdout == "1 sidecars with a rating, 1 ratings changed\n"


def test_a_library_is_saved_and_made_again(library, tmp_path):
    assert leitmotiv("backup", tmp_path / "b.zip", "--library", library).returncode == 0
    done = leitmotiv("restore", tmp_path / "b.zip", "--library", tmp_path / "new")
    assert done.stdout == f"8 pictures in {tmp_path / 'new'}\n"
    before, after = (
        json.loads(leitmotiv("clusters", "--json", "--library", lib).stdout) for lib in (library, tmp_path / "new")
    )
    assert before == after
    twice = leitmotiv("restore", tmp_path / "b.zip", "--library", tmp_path / "new")
    assert twice.returncode == 2
    assert "nothing is replaced" in twice.stderr


@pytest.mark.parametrize("name", ["x.pdf", "x"])
def test_endings_that_are_not_known_are_named(library, tmp_path, name):
    for verb in ("sheet", "arrays"):
        done = leitmotiv("export", verb, tmp_path / name, "--library", library)
        assert done.returncode == 2
        assert "ends neither" in done.stderr
