import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from leitmotiv.kernels import compiled


def ask(statement, **environment):
    """What a new process prints for `statement`, `compiled` being imported."""
    command = [sys.executable, "-W", "error", "-c", f"from leitmotiv.kernels import compiled; {statement}"]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_the_folder_lies_where_the_environment_says_and_depends_on_the_lanes(tmp_path):
    folders = {
        ask("print(compiled.FOLDER)", LEITMOTIV_CACHE=str(tmp_path), LEITMOTIV_LANES=lanes).stdout.strip()
        for lanes in ("4", "8", "16")
    }
    assert len(folders) == 3
    assert all(folder.startswith(str(tmp_path / "kernels-")) for folder in folders)


def test_numba_keeps_its_own_cache_folder_for_others():
    statement = "import numba; compiled.kernel(abs.__class__) if 0 else None; print(repr(numba.config.CACHE_DIR))"
    with_kernels = f"import leitmotiv.kernels.plain; {statement}"
    assert ask(with_kernels, NUMBA_CACHE_DIR="/elsewhere").stdout.strip() == "'/elsewhere'"


def test_a_wrong_number_of_lanes_is_refused():
    done = ask("", LEITMOTIV_LANES="5")
    assert done.returncode == 1
    assert "LEITMOTIV_LANES is '5', but must be 4, 8 or 16." in done.stderr


def test_where_the_cache_cannot_be_written_a_temporary_folder_serves_this_process_and_its_children(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    statement = (
        "import os, subprocess, sys; print(compiled.FOLDER, flush=True); "
        "subprocess.run([sys.executable, '-c', 'from leitmotiv.kernels import compiled; print(compiled.FOLDER)'])"
    )
    done = ask(statement, LEITMOTIV_CACHE=str(blocked), TMPDIR=str(tmp_path))
    parent, child = done.stdout.split()
    assert parent == child
    assert parent.startswith(str(tmp_path / "leitmotiv-"))
    assert not os.path.exists(parent)  # noqa: PTH110 - the folder went with the process


def test_a_cache_is_warm_once_it_was_marked(tmp_path):
    assert ask("print(compiled.is_warm())", LEITMOTIV_CACHE=str(tmp_path)).stdout == "False\n"
    ask("compiled.mark_warm()", LEITMOTIV_CACHE=str(tmp_path))
    assert ask("print(compiled.is_warm())", LEITMOTIV_CACHE=str(tmp_path)).stdout == "True\n"
    assert ask("print(compiled.is_warm())", LEITMOTIV_CACHE=str(tmp_path), LEITMOTIV_LANES="4") != "True\n"


def test_what_one_installation_compiled_is_not_taken_for_that_of_another(tmp_path):
    def digest(name):
        return runpy.run_path(str(tmp_path / name / "compiled.py"))["_digest"]()

    for name in ("one", "two"):
        shutil.copytree(Path(compiled.__file__).parent, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    first = digest("one")
    assert first == digest("one")
    assert first != digest("two")
    os.utime(tmp_path / "one" / "plain.py")
    assert first != digest("one")


def test_kernels_divide_as_ieee_754_says():
    @compiled.kernel
    def divide(a, b):
        return a / b

    assert divide(1.0, 0.0) == pytest.approx(float("inf"))


def test_this_process_uses_a_known_number_of_lanes():
    assert compiled.LANES in (4, 8, 16)


def test_compiled_code_that_nothing_has_used_for_long_is_removed(tmp_path):
    for name, age in (("kernels-old", 100), ("kernels-new", 1), ("something-else", 100)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.nbc").touch()
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    compiled.remove_unused(tmp_path, 1e9 - 50)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-new", "something-else"]
