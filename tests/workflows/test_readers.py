"""The worker processes: a crash of one costs one file."""

import os
from pathlib import Path

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows.readers import Reading, Task, read_one, readings

from .pictures import folder_of


def crash_on_bad(task: Task, settings: Settings) -> Reading:
    if task.path.startswith(b"bad"):
        os._exit(11)
    return Reading(task, sha256="read")


@pytest.mark.parametrize("bad", [{3}, {0, 7}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}])
def test_file_that_crashes_its_worker_is_the_only_failure(bad):
    tasks = [Task(b"bad" if n in bad else b"good%d" % n, 1, 1) for n in range(10)]
    got = list(readings(tasks, Settings(workers=2), worker=crash_on_bad))
    assert sorted(r.task.path for r in got) == sorted(t.path for t in tasks)
    assert all(r.failure == "reading it crashed the decoder" for r in got if r.task.path == b"bad")
    assert all(r.sha256 == "read" for r in got if r.task.path != b"bad")


def test_vanished_file_is_a_failure(tmp_path: Path):
    (got,) = readings([Task(os.fsencode(tmp_path / "gone.jpg"), 1, 1, frozenset({"a"}))], Settings())
    assert "vanished" in got.failure


def fail_on_bad(pixels, **options):
    raise ValueError("not foreseen")


def test_fault_of_ours_on_one_file_is_that_files_failure(tmp_path, monkeypatch):
    from leitmotiv.analysis import mixture

    monkeypatch.setattr(mixture, "fit_image", fail_on_bad)
    path = folder_of(tmp_path, 1) / "p000.jpg"
    got = read_one(Task(os.fsencode(path), 1, 1), Settings())
    assert "ValueError: not foreseen" in got.failure
