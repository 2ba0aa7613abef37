"""The rule of docs/architecture.md holds, and a deliberate violation of any part of it is caught."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "leitmotiv"
LINT = Path(sys.executable).parent / "lint-imports"

# contract -> (file that breaks it, the line that does, how the violation is reported)
VIOLATIONS = {
    "Rows: a package imports only from rows below its own": ("workflows/bad.py", "import leitmotiv.web.app"),
    "No circles: inside a package imports run one way": ("imaging/bad.py", "import leitmotiv.imaging.worse"),
    "Kernels belong to analysis": ("workflows/bad.py", "import leitmotiv.kernels.compiled"),
    "Tables belong to the store": ("workflows/bad.py", "import leitmotiv.store.tables"),
    "Only workflows reach the store, imaging, formats, nets and analysis": (
        "web/bad.py",
        "import leitmotiv.store.library",
    ),
    "numba lives in kernels": ("analysis/bad.py", "import numba"),
    "scikit-learn, scipy and threadpoolctl live in analysis": ("imaging/bad.py", "from scipy import ndimage"),
    "umap-learn lives in analysis": ("workflows/bad.py", "    import umap.layouts"),
    "watchfiles lives in imaging": ("workflows/bad.py", "import watchfiles"),
    "peewee, psycopg and fsspec live in the store": ("workflows/bad.py", "from playhouse import sqlite_ext"),
    "dask lives in one module of workflows": ("workflows/bad.py", "    from dask.distributed import Client"),
    "Picture libraries live in imaging": ("web/bad.py", "from PIL import Image"),
    "Networks live in nets": ("workflows/bad.py", "    import onnxruntime"),
    "flask lives in web": ("cli/bad.py", "    import flask"),
    "click lives in cli": ("workflows/bad.py", "import rich.progress"),
    "Readers and writers of other formats live in formats": ("imaging/bad.py", "import defusedxml"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in `folder`, by the contracts of this repository."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    return subprocess.run(
        [LINT, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A copy of the package, to be broken."""
    folder = tmp_path_factory.mktemp("layers")
    shutil.copytree(PACKAGE, folder / "leitmotiv", ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    return folder


@pytest.fixture(scope="module")
def report(package) -> str:
    """What import-linter says of the copy with every violation at once, and before that of the copy as it is."""
    clean = lint(package)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    for file, line in VIOLATIONS.values():
        path = package / "leitmotiv" / file
        before = path.read_text("utf-8") if path.exists() else ""
        path.write_text(before + (f"def later():\n{line}\n" if line.startswith(" ") else f"{line}\n"), "utf-8")
    (package / "leitmotiv" / "imaging" / "worse.py").write_text("import leitmotiv.imaging.bad\n", "utf-8")
    broken = lint(package)
    assert broken.returncode == 1, broken.stderr
    return broken.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_violation_is_caught(contract, report):
    assert f"{contract} BROKEN" in report


def test_every_contract_has_a_violation(report):
    assert f"Contracts: 0 kept, {len(VIOLATIONS)} broken." in report


def test_new_package_must_be_given_a_row(package, report):
    (package / "leitmotiv" / "novelty").mkdir()
    (package / "leitmotiv" / "novelty" / "__init__.py").touch()
    done = lint(package)
    assert "leitmotiv.novelty" in done.stdout


def test_package_files_are_empty_but_the_top_one_and_that_of_the_records():
    full = [file.parent for file in PACKAGE.rglob("__init__.py") if file.read_text("utf-8").strip()]
    assert sorted(full) == [PACKAGE, PACKAGE / "records"]


def test_every_module_says_what_it_owns():
    silent = [
        str(file.relative_to(ROOT))
        for file in PACKAGE.rglob("*.py")
        if file.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []
