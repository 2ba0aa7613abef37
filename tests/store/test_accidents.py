"""What happens to a library when its process is killed, its disk is full, or it may only be read."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.errors import DiskFullError, LeitmotivError, PermissionDeniedError
from leitmotiv.store.library import Library

from .making import add, file, image, mixture, path_of
from .victim import BATCH, MATRIX

KILLS = 30


def check_whole(folder: Path) -> int:
    """Whole batches, each image with all that belongs to it; returns how many images there are."""
    with Library.open(folder) as library, library.writer("checking", wait=0):
        ids = library.images.ids()
        assert len(ids) % BATCH == 0
        assert all(one.paths for one in library.images.many(ids))
        assert len(library.mixtures.many(ids)) == len(ids)
        assert all(library.images.thumbnail(name, 512) for name in ids)
        tree = library.clusters.get()
        assert tree is None or (library.clusters.digest() == str(len(tree.ids)) and set(tree.ids) <= set(ids))
        stored = library.arrays.get(MATRIX)
        assert (stored is not None) == (folder / "arrays" / f"{MATRIX}.json").exists()
        if stored is not None:
            assert stored["values"].shape == (len(stored.ids), 50)
            assert set(np.unique(stored["values"])) == {float(stored.digest)}
    with contextlib.closing(sqlite3.connect(folder / "leitmotiv.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    return len(ids)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_writer_killed_at_any_moment_leaves_whole_batches(folder):
    rng = random.Random(11)
    command = [sys.executable, "-m", "tests.store.victim", str(folder)]
    victim = subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert victim.stdin is not None
    assert victim.stdout is not None
    before = 0
    with victim:
        for kill in range(KILLS):
            victim.stdin.write("go\n")
            victim.stdin.flush()
            child = int(victim.stdout.readline())
            usual = 0.06 if before else 0.3  # until something is written: a busy machine takes longer to open a library
            time.sleep(rng.uniform(0, 0.02) if kill < KILLS // 3 else rng.expovariate(1 / usual))
            os.kill(child, signal.SIGKILL)
            assert victim.stdout.readline() == "dead\n"
            now = check_whole(folder)
            assert now >= before
            before = now
        victim.stdin.close()
    assert before > 0
    with Library.open(folder) as library:
        assert library.arrays.get(MATRIX) is not None
        assert library.clusters.get() is not None
        library.arrays.put(MATRIX, {"values": np.zeros(3)}, [], "")
    assert len(list((folder / "arrays").glob("*.bin"))) == 1


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 2 MiB: an empty library takes most of one while it is made."""
    with tempfile.TemporaryDirectory() as place:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("mounting a small disk is refused here")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "-l", place], check=True)


def fill(disk: Path) -> Path:
    """Use up what is left."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    return ballast


def add_batch(library: Library, start: int) -> None:
    with library.transaction():
        for number in range(start, start + BATCH):
            new = image(number)
            noise = np.random.default_rng(number).bytes(9000)
            library.images.add(
                new, files=[file(path_of(number), new)], thumbnails={256: noise}, mixture=mixture(number)
            )


def fill_library(library: Library) -> int:
    number = 0
    while True:
        add_batch(library, number)
        number += BATCH


def test_a_full_disk_loses_nothing_that_was_saved(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 100_000)
    with Library.open(small_disk / "library") as library:
        with pytest.raises(DiskFullError, match="What was saved is safe"), library.writer("adding pictures"):
            fill_library(library)
        kept = library.images.count()
        assert kept > 0
        assert kept % BATCH == 0
        assert len(library.mixtures.many(library.images.ids())) == kept
    with Library.open(small_disk / "library") as library:
        assert library.images.count() == kept
        ballast.unlink()
        library.jobs.start("add", "there is room again")
    check_whole_database(small_disk / "library")


def check_whole_database(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "leitmotiv.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_arrays_that_find_no_room_leave_the_old_ones(small_disk):
    with Library.open(small_disk / "library") as library:
        library.arrays.put("one", {"values": np.arange(10)}, ["a"], "old")
        with pytest.raises(DiskFullError):
            library.arrays.put("one", {"values": np.zeros(10**6)}, ["b"], "new")
        assert library.arrays.get("one").digest == "old"
        assert len(list((small_disk / "library" / "arrays").iterdir())) == 2


def test_a_full_disk_stops_making_a_library_but_not_reading_one(small_disk):
    with Library.open(small_disk / "library") as library:
        new = add(library, 0)
    ballast = fill(small_disk)
    with pytest.raises(DiskFullError):
        Library.open(small_disk / "other")
    with Library.open(small_disk / "library") as library:
        assert library.images.get(new.id) == new
        with pytest.raises(DiskFullError):
            library.jobs.start("add", "x" * 50_000)
    ballast.unlink()
    with Library.open(small_disk / "library") as library:
        add(library, 1)


NOBODY = 65534


def as_nobody(act: Callable[[], object]) -> str:
    """Do something in a child process of somebody who owns nothing; returns "ok", or the failure."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            act()
            text = "ok"
        except BaseException as error:
            text = f"{type(error).__name__}: {error}"
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that everybody may read and only its owner write."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place) / "library"
        Path(place, "library").chmod(0o755)


def protect(folder: Path) -> None:
    """Take the right to write from everybody, also from the owner."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def read_all(folder: Path) -> None:
    with Library.open(folder, create=False) as library:
        assert not library.writable
        (new,) = library.images.many(library.images.ids())
        assert library.images.page(limit=5)[0] == (new,)
        assert library.images.thumbnail(new.id, 256)
        assert library.mixtures.get(new.id)
        assert library.jobs.reap(lambda pid: False) == 0
        with pytest.raises(PermissionDeniedError, match="cannot be written"), library.writer("adding pictures"):
            pass
        with pytest.raises(PermissionDeniedError, match="cannot be written"), library.transaction():
            pass
        with pytest.raises(PermissionDeniedError, match="cannot be written"):
            library.jobs.start("add", "x")
        with pytest.raises(PermissionDeniedError, match="cannot be written"):
            library.arrays.put("one", {"values": np.zeros(3)}, [], "")
        with pytest.raises(PermissionDeniedError, match="cannot be written"):
            library.secret("server-token")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("writer", ["gone", "there", "killed"])
def test_who_may_only_read_reads_and_is_told_so_on_writing(readable, writer):
    library = Library.open(readable)
    if writer == "killed":
        assert as_owner_who_dies(lambda: add(Library.open(readable), 0)) == "killed"
    else:
        add(library, 0)
    if writer != "there":
        library.close()
    protect(readable)
    assert as_nobody(lambda: read_all(readable)) == "ok"
    library.close()


def as_owner_who_dies(act: Callable[[], object]) -> str:
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else "ended"


def fails_with(kind: type[LeitmotivError], folder: Path) -> None:
    with pytest.raises(kind):
        Library.open(folder)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_folder_that_is_closed_is_a_refusal_not_a_fault(readable):
    with Library.open(readable) as library:
        add(library, 0)
    assert as_nobody(lambda: fails_with(PermissionDeniedError, readable.parent / "new")) == "ok"
    readable.chmod(0o700 if os.geteuid() == 0 else 0)
    assert as_nobody(lambda: fails_with(PermissionDeniedError, readable)) == "ok"
    readable.chmod(0o755)
    (readable / "leitmotiv.db").chmod(0o600 if os.geteuid() == 0 else 0)
    assert as_nobody(lambda: fails_with(PermissionDeniedError, readable)) == "ok"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_reader_without_sqlites_help_sees_what_a_later_writer_adds(readable):
    with Library.open(readable) as library:
        add(library, 0)
    ready, written = os.pipe(), os.pipe()

    def read_twice() -> None:
        with Library.open(readable) as library:
            assert library.images.count() == 1
            os.write(ready[1], b"x")
            assert os.read(written[0], 1) == b"x"
            assert library.images.count() == 201
            assert len(library.images.many(library.images.ids())) == 201

    def add_meanwhile() -> None:
        assert os.read(ready[0], 1) == b"x"
        with Library.open(readable) as library, library.writer("adding"), library.transaction():
            for number in range(1, 201):
                add(library, number)
        os.write(written[1], b"x")

    child = os.fork()
    if child == 0:
        add_meanwhile()
        os._exit(0)
    readable.chmod(0o755)
    assert as_nobody(read_twice) == "ok"
    os.waitpid(child, 0)
    for descriptor in (*ready, *written):
        os.close(descriptor)
