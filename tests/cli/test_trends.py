"""The commands about trends, on one small library."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from leitmotiv.cli.main import command
from leitmotiv.settings import Settings
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    photos = folder_of(folder / "photos", 18)
    with Session(replace(Settings(), library=folder / "library", workers=1)) as session:
        add_directories(session, [photos])
        build_index(session)
    return folder


def run(library, *arguments):
    done = CliRunner().invoke(command, ["--library", str(library / "library"), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_chain_is_printed_from_one_file_to_another(library):
    files = [str(library / "photos" / name) for name in ("p000.jpg", "p003.jpg")]
    lines = run(library, "chain", *files, "-n", "3").splitlines()
    assert lines[0].strip() == files[0]
    assert lines[-1].endswith(files[1])
    form = json.loads(run(library, "chain", *files, "-n", "3", "--json"))
    assert form["paths"] == [lines[0].strip(), *(line.split("  ", 1)[1] for line in lines[1:])]
    assert [f"{step:.4f}" for step in form["steps"]] == [line.split()[0] for line in lines[1:]]


def test_a_diverse_few_has_a_picture_of_every_look(library):
    form = json.loads(run(library, "diverse", "-n", "6", "--by", "typical", "--json"))
    assert sorted(int(one["path"][-7:-4]) % 6 for one in form["results"]) == list(range(6))
    assert len(run(library, "diverse", "-n", "4", "--of", "name:p00*", "--quiet").splitlines()) == 4


def test_two_selections_are_compared(library):
    form = json.loads(run(library, "compare", "name:p00*", "name:p01*", "--json"))
    assert (form["a"]["size"], form["b"]["size"], form["in_both"]) == (10, 8, 0)
    assert len(run(library, "compare", "name:p00*", "name:p01*").splitlines()) == len(form["trends"])


def test_trends_of_a_selection_have_its_pictures_only(library):
    form = json.loads(run(library, "clusters", "--of", "name:p00*", "--json"))
    assert sum(group["size"] for group in form["clusters"]) == 10
    names = [group["name"] for group in form["clusters"]]
    assert len(set(names)) == len(names)
