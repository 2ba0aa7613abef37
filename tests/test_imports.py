"""Starting is quick because little is imported."""

import json
import subprocess
import sys

import pytest

from tests.command_tree import walk
from tests.workflows.pictures import folder_of

HEAVY = {"numba", "llvmlite", "sklearn", "scipy", "skimage", "PIL", "pillow_heif", "rawpy", "tifffile"}
HEAVY |= {"flask", "werkzeug", "jinja2", "waitress", "peewee", "rich", "numpy", "onnx", "onnxruntime", "torch"}

RUN = """
import json, sys
from leitmotiv.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
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


def test_the_package_itself_imports_nothing_heavy():
    source = "import json, sys, leitmotiv; print(json.dumps([0, list(sys.modules)]), file=sys.stderr)"
    assert not imported_by(source)[1] & HEAVY


def test_every_public_name_loads_on_its_first_use():
    source = "import leitmotiv; assert all(getattr(leitmotiv, name) for name in leitmotiv.__all__)"
    subprocess.run([sys.executable, "-W", "error", "-c", source], check=True)
