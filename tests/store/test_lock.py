import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from leitmotiv.errors import LibraryLockedError
from leitmotiv.store.library import Library
from leitmotiv.store.lock import WriterLock

HOLDER = """
import sys, time
from pathlib import Path
from leitmotiv.store.library import Library
with Library.open(Path(sys.argv[1])) as library, library.writer(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def hold(folder):
    """Let another process hold the lock of the library until it gets a line, or is killed."""
    started = []

    def start(purpose: str = "adding pictures") -> subprocess.Popen:
        command = [sys.executable, "-c", HOLDER, str(folder), purpose]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_second_process_is_told_who_writes_and_since_when(library, hold):
    process = hold("adding pictures")
    with pytest.raises(LibraryLockedError) as caught, library.writer("forgetting", wait=0.2):
        pytest.fail("two writers at once")
    text = str(caught.value)
    assert str(library.folder) in text
    assert re.search(rf"by process {process.pid} \(adding pictures since (\S+ )?\d\d:\d\d\)", text)
    assert text.endswith("Wait for it, or stop it.")


def test_a_holder_on_another_machine_is_named(library, hold, monkeypatch):
    process = hold("adding pictures")
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    with pytest.raises(LibraryLockedError) as caught, library.writer("forgetting", wait=0.2):
        pytest.fail("two writers at once")
    monkeypatch.undo()
    assert f"by process {process.pid} on the machine {socket.gethostname()} (adding" in str(caught.value)


def test_waiting_ends_as_soon_as_the_other_ends(library, hold):
    process = hold()
    timer = threading.Timer(0.3, lambda: (process.stdin.write("end\n"), process.stdin.flush()))
    timer.start()
    with library.writer("forgetting", wait=20):
        assert process.wait(20) == 0
    timer.join()


def test_the_lock_dies_with_its_process(library, hold):
    process = hold()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with library.writer("forgetting", wait=1):
        pass


def test_readers_and_the_jobs_page_do_not_wait_for_a_writer(library, hold):
    hold()
    assert library.images.count() == 0
    assert library.jobs.get(library.jobs.start("add", "x")).state == "running"


def test_a_thread_that_writes_may_write_inside(library):
    with library.writer("outer"), library.writer("inner", wait=0):
        pass
    with library.writer("again", wait=0):
        pass


def test_an_inner_writer_does_not_open_the_lock(library, folder):
    with library.writer("outer"):
        with library.writer("inner"):
            pass
        with Library.open(folder) as other, pytest.raises(LibraryLockedError), other.writer("x", wait=0.1):
            pytest.fail("two writers at once")


def test_another_thread_waits_its_turn(library):
    outcome = []

    def write() -> None:
        try:
            with library.writer("second", wait=0.1):
                outcome.append("wrote")
        except LibraryLockedError as error:
            outcome.append(str(error))

    with library.writer("first"):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert len(outcome) == 1
    assert f"process {os.getpid()} (first since" in outcome[0]
    write()
    assert outcome[1] == "wrote"


def test_a_block_that_fails_gives_the_lock_back(library):
    with pytest.raises(ZeroDivisionError), library.writer("failing"):
        _ = 1 / 0
    with library.writer("again", wait=0):
        pass


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"pid": 1}', b'{"pid": 1, "purpose": "x", "since": 5}', b"\xff"])
def test_an_unreadable_note_still_names_somebody(tmp_path, text):
    holder, second = WriterLock(tmp_path), WriterLock(tmp_path)
    with holder.hold("x", 0):
        (tmp_path / "leitmotiv.lock").write_bytes(text)
        with pytest.raises(LibraryLockedError, match="by another process"), second.hold("y", 0):
            pytest.fail("two writers at once")


def test_a_lock_of_another_day_names_the_day(tmp_path):
    holder, second = WriterLock(tmp_path), WriterLock(tmp_path)
    with holder.hold("x", 0):
        note = {"pid": 7, "purpose": "adding", "since": "2020-02-03T04:05:06+00:00"}
        (tmp_path / "leitmotiv.lock").write_text(json.dumps(note))
        with pytest.raises(LibraryLockedError, match=r"process 7 \(adding since 2020-02-0"), second.hold("y", 0):
            pytest.fail("two writers at once")


def test_the_note_goes_with_the_lock(tmp_path):
    with WriterLock(tmp_path).hold("x", 0):
        assert json.loads((tmp_path / "leitmotiv.lock").read_text())["pid"] == os.getpid()
    assert (tmp_path / "leitmotiv.lock").read_bytes() == b""
