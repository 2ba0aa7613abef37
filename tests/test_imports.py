"""Starting is quick because little is imported."""

import json
import subprocess
import sys

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import words
from leitmotiv.workflows.session import Session
from tests.command_tree import walk
from tests.workflows.pictures import folder_of
from tests.workflows.spoken import fill

HEAVY = {"numba", "llvmlite", "sklearn", "scipy", "skimage", "PIL", "pillow_heif", "rawpy", "tifffile"}
HEAVY |= {"flask", "werkzeug", "jinja2", "waitress", "peewee", "rich", "numpy", "onnx", "onnxruntime", "torch"}

RUN = """
import json, sys
from leitmotiv.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def imported_by(source: str, *arguments: str) -> tuple[int, set[str]]:
    done = subprocess.run([sys.executable, "-c", source, *arguments], capture_output=True, text=True, check=True)
    code, names = json.loads(done.stderr.splitlines()[-1])
    return code, set(names)


@pytest.mark.parametrize("arguments", [["--version"], ["config", "show"], ["completion", "bash"]])
def test_what_needs_no_pictures_imports_no_heavy_library(arguments):
    code, names = imported_by(RUN, *arguments)
    assert code == 0
    assert "click" in names
    assert not names & HEAVY


@pytest.mark.parametrize("path", [path for path, _ in walk()], ids="-".join)
def test_no_help_imports_a_heavy_library(path):
    code, names = imported_by(RUN, *path, "--help")
    assert code == 0
    assert "click" in names
    assert not names & HEAVY


def test_adding_a_folder_again_imports_no_mathematics(tmp_path):
    photos, library = folder_of(tmp_path / "photos", 3), str(tmp_path / "library")
    add = ["add-directory", str(photos), "--library", library, "--quiet", "--json"]
    assert imported_by(RUN, *add)[0] == 0
    code, names = imported_by(RUN, *add)
    assert code == 0
    assert not names & {"numba", "llvmlite", "scipy", "sklearn", "skimage", "PIL"}


def test_what_ranks_pictures_by_words_imports_nothing_that_it_may_not_need():
    source = "import json, sys, leitmotiv.workflows.seeking; print(json.dumps([0, list(sys.modules)]), file=sys.stderr)"
    parts = {f"scipy.{part}" for part in ("linalg", "ndimage", "sparse", "special")}
    assert not imported_by(source)[1] & (parts | {"numba", "PIL.Image", "sklearn", "xml.dom.minidom"})


def test_a_search_for_words_from_a_cold_command_line_imports_only_what_it_asks(tmp_path, monkeypatch):
    with Session(Settings(library=tmp_path / "library", words="wordllama")) as session:
        fill(session)
        words.scores(session, "panda")  # the first one learns the collection
    monkeypatch.setenv("LEITMOTIV_WORDS", "wordllama")
    code, names = imported_by(RUN, "search", "flamingo", "--library", str(tmp_path / "library"), "--json", "--quiet")
    assert code == 0
    assert {"numpy", "peewee", "tokenizers"} <= names
    needless = {"psycopg", "flask", "werkzeug", "jinja2", "distributed", "dask", "fsspec", "sklearn", "numba", "PIL"}
    needless |= {"onnxruntime", "torch", "numpy.ma", "scipy.special", "scipy.sparse", "scipy.linalg"}
    assert sorted(names & needless) == []


def test_a_library_on_a_server_brings_its_driver_though_one_of_a_file_does_without():
    source = """
import json, sys, leitmotiv.store.library
before = "psycopg" in sys.modules
from leitmotiv.store import postgres
pool = postgres._Threads("postgresql://nowhere/", prefer_psycopg3=True)
found = [type(pool._adapter).__name__, pool._adapter.txn_idle.name, *sys.modules]
print(json.dumps([int(before), found]), file=sys.stderr)
"""
    before, names = imported_by(source)
    assert not before
    assert {"Psycopg3Adapter", "IDLE", "psycopg"} <= names


def test_the_package_itself_imports_nothing_heavy():
    source = "import json, sys, leitmotiv; print(json.dumps([0, list(sys.modules)]), file=sys.stderr)"
    assert not imported_by(source)[1] & HEAVY


def test_every_public_name_loads_on_its_first_use():
    source = "import leitmotiv; assert all(getattr(leitmotiv, name) for name in leitmotiv.__all__)"
    subprocess.run([sys.executable, "-W", "error", "-c", source], check=True)
