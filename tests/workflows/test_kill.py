"""kill -9 at any moment loses at most the batch in flight: real processes, killed for real."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.measuring import MATRIX
from leitmotiv.workflows.session import Session

from .pictures import folder_of

KILLS = 94
KILLS_OF_COMMANDS = 6


def contents(library: Path) -> dict[str, object]:
    """Everything that must not depend on interruptions, keyed by image."""
    with Session(replace(Settings(), library=library)) as session:
        ids = sorted(session.library.images.ids())
        mixtures = session.library.mixtures.many(ids)
        arrays = session.library.arrays.get(MATRIX)
        order = [arrays.ids.index(image) for image in ids]
        clusters = session.library.clusters.get()
        groups = {frozenset(group) for group in _groups(clusters)}
        return {
            "ids": ids,
            "mixtures": [np.concatenate([m.weights, m.means.ravel(), m.cholesky.ravel()]).tobytes() for m in mixtures],
            "thumbnails": [session.library.images.thumbnail(image, 256) for image in ids],
            "matrix": np.array(arrays["values"])[np.ix_(order, order)].tobytes(),
            "groups": groups,
        }


def _groups(clusters) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for image, label in zip(clusters.ids, clusters.labels.tolist(), strict=True):
        rows.setdefault(label, []).append(image)
    return list(rows.values())


def check_integrity(library: Path) -> None:
    path = library / "leitmotiv.db"
    if path.exists() and path.stat().st_size:
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_a_hundred_times_ends_as_if_never_killed(tmp_path):
    photos = folder_of(tmp_path / "photos", 40)
    with Session(replace(Settings(), library=tmp_path / "calm", workers=1)) as session:
        add_directories(session, [photos])
        build_index(session)
    calm = contents(tmp_path / "calm")
    library = tmp_path / "killed"
    rng = random.Random(7)
    kills = _kill_commands(library, photos, rng)
    check_integrity(library)
    shutil.rmtree(library, ignore_errors=True)
    outcome = ""
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.workflows.victim", str(library), str(photos)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdin is not None
    assert victim.stdout is not None
    with victim:
        assert victim.stdout.readline() == "ready\n"
        while kills < KILLS + KILLS_OF_COMMANDS or outcome != "done":
            victim.stdin.write("go\n")
            victim.stdin.flush()
            child = int(victim.stdout.readline())
            if kills < KILLS + KILLS_OF_COMMANDS:
                time.sleep(rng.expovariate(1 / 0.25))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            outcome = victim.stdout.readline().strip()
            assert outcome in ("killed", "done")
            check_integrity(library)
            kills += outcome == "killed"
            if outcome == "done":
                assert contents(library) == calm
                if kills < KILLS + KILLS_OF_COMMANDS:
                    shutil.rmtree(library)
        victim.stdin.close()


def _kill_commands(library: Path, photos: Path, rng: random.Random) -> int:
    """The whole command with its worker processes, killed without warning; the workers end by themselves."""
    for _ in range(KILLS_OF_COMMANDS):
        command = [sys.executable, "-m", "leitmotiv", "add-directory", str(photos), "--library", str(library)]
        process = subprocess.Popen([*command, "--quiet"], stdout=subprocess.DEVNULL, start_new_session=True)
        time.sleep(rng.uniform(0.5, 3.0))
        process.kill()
        process.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _left_over(str(library)):
        time.sleep(0.2)
    assert not _left_over(str(library))
    return KILLS_OF_COMMANDS


def _left_over(library: str) -> list[str]:
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout
    return [line for line in listing.splitlines() if library in line and "victim" not in line]
