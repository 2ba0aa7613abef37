"""Watching, on real folders that really change."""

import shutil
import threading
import time
from dataclasses import replace

import pytest

from leitmotiv.errors import UsageError
from leitmotiv.imaging.watch import changes
from leitmotiv.settings import Settings
from leitmotiv.workflows.readiness import prepare
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.watching import Watcher, watch
from tests.workflows.pictures import folder_of


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        yield opened


def until(condition, seconds=180.0):
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"not true after {seconds} s")


def test_what_comes_and_goes_is_followed(session, tmp_path):
    prepare(session.settings, lambda text: None)
    photos = folder_of(tmp_path / "photos", 4)
    more = folder_of(tmp_path / "more", 7)
    ended, lines = threading.Event(), []
    thread = threading.Thread(target=watch, args=(session, [photos]), kwargs={"ended": ended, "tell": lines.append})
    thread.start()
    try:
        until(lambda: lines)
        assert lines == ["4 new, 0 changed, 0 gone, 0 same"]
        time.sleep(1.0)
        shutil.copy(more / "p005.jpg", photos / "come.jpg")
        until(lambda: len(lines) == 2)
        assert "1 new" in lines[1]
        (photos / "come.jpg").unlink()
        until(lambda: len(lines) == 3)
        assert "1 gone" in lines[2]
        assert session.library.clusters.get() is not None
    finally:
        ended.set()
        thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("polling", [False, True])
def test_a_change_is_told_once_by_the_system_and_by_looking(tmp_path, polling):
    ended, told = threading.Event(), []

    def listen():
        for count in changes([tmp_path], ended=ended, polling=polling, quiet_ms=300):
            told.append(count)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        time.sleep(1.0)
        (tmp_path / "a.jpg").write_text("a")
        until(lambda: told)
    finally:
        ended.set()
        thread.join(20)
    assert len(told) == 1


def test_hidden_files_are_not_news(tmp_path):
    ended, told = threading.Event(), []

    def listen():
        told.extend(changes([tmp_path], ended=ended, quiet_ms=100))

    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(0.5)
    (tmp_path / ".hidden").write_text("x")
    time.sleep(0.8)
    ended.set()
    thread.join(10)
    assert told == []


def test_a_server_that_watches_puts_work_into_the_queue(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    session.library.folders.add(str(photos).encode())
    with Watcher(session):
        time.sleep(1.0)
        (photos / "new.jpg").write_bytes((photos / "p000.jpg").read_bytes())
        until(lambda: session.library.jobs.waiting())
    [job] = session.library.jobs.waiting()
    assert (job.kind, dict(job.parameters)) == ("add", {"folders": [str(photos)]})


def test_a_folder_that_is_not_there_is_refused(session, tmp_path):
    with pytest.raises(UsageError, match="There is no folder"):
        watch(session, [tmp_path / "nowhere"], ended=threading.Event(), tell=print)
    with pytest.raises(UsageError, match="Name a folder"):
        watch(session, [], ended=threading.Event(), tell=print)
