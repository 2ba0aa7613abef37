"""The queue and its worker, as real processes over a real library."""

import os
import signal
import time
from dataclasses import replace

import pytest

from leitmotiv.errors import FolderNotAllowedError, LibraryLockedError, NotFoundError, UsageError
from leitmotiv.records import Job
from leitmotiv.settings import Settings
from leitmotiv.workflows import queue, worker
from leitmotiv.workflows.progress import Row, Step, Stopped, recorded
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.worker import Keeper
from tests.workflows.pictures import folder_of


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, allowed_folders=(tmp_path,))) as opened:
        yield opened


def until(session: Session, number: int, *states: str, seconds: float = 90.0) -> Job:
    for _ in range(int(seconds / 0.1)):
        job = queue.get(session, number)
        if job.state in states:
            return job
        time.sleep(0.1)
    raise AssertionError(f"not {states} after {seconds} s: {queue.get(session, number)}")


def test_a_page_may_ask_only_for_what_it_may(session, tmp_path):
    with pytest.raises(UsageError, match="kind is 'format', but must be activations or add or"):
        queue.ask(session, "format", {})
    with pytest.raises(UsageError, match="'paths' is not known here"):
        queue.ask(session, "add", {"paths": ["/"]})
    with pytest.raises(FolderNotAllowedError):
        queue.ask(session, "add", {"folders": ["/etc"]})
    with pytest.raises(UsageError, match="no folder"):
        queue.ask(session, "add", {"folders": [str(tmp_path / "nowhere")]})
    with pytest.raises(UsageError, match="knows no folder yet"):
        queue.ask(session, "add", {})
    with pytest.raises(UsageError, match="groups is 'many'"):
        queue.ask(session, "index", {"groups": "many"})
    assert session.library.jobs.list() == []


def test_the_same_work_waits_only_once_and_the_order_is_that_of_asking(session):
    first = queue.enqueue(session, "add", "a", {"folders": ["/a"]})
    second = queue.enqueue(session, "add", "b", {"folders": ["/b"]})
    urgent = queue.enqueue(session, "index", "Trends", priority=1)
    assert queue.enqueue(session, "add", "a", {"folders": ["/a"]}) == first
    assert [job.id for job in session.library.jobs.waiting()] == [urgent.id, first.id, second.id]


def test_what_waits_rests_goes_on_and_is_cancelled_at_once(session, tmp_path):
    number = queue.ask(session, "add", {"folders": [str(tmp_path)]}).id
    assert queue.pause(session, number).state == "paused"
    assert session.library.jobs.waiting() == []
    assert queue.resume(session, number).state == "queued"
    assert queue.cancel(session, number).state == "stopped"
    for verb in (queue.pause, queue.resume, queue.cancel):
        with pytest.raises(UsageError, match="it has ended"):
            verb(session, number)
    again = queue.retry(session, number)
    assert (again.state, again.id != number) == ("queued", True)
    with pytest.raises(UsageError, match="has not ended yet"):
        queue.retry(session, again.id)
    with pytest.raises(NotFoundError):
        queue.cancel(session, 999)


def test_a_job_of_a_folder_that_is_not_allowed_cannot_be_tried_again(session, tmp_path):
    other = queue.enqueue(session, "add", "/", {"folders": ["/"]})
    queue.cancel(session, other.id)
    with pytest.raises(FolderNotAllowedError):
        queue.retry(session, other.id)
    assert session.library.jobs.waiting() == []


def test_the_worker_does_what_the_queue_holds_and_retry_reads_failures_again(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 6)
    broken = photos / "broken.jpg"
    broken.write_bytes(b"no picture")
    with Keeper(session):
        job = until(session, queue.ask(session, "add", {"folders": [str(photos)]}).id, "done", "failed")
        assert (job.state, job.failures, job.attempts) == ("done", 1, 1)
        assert job.message == "6 new, 0 changed, 0 gone, 0 same, 1 failed"
        assert session.library.clusters.get() is not None
        good = (photos / "p000.jpg").read_bytes()
        stamp = broken.stat()
        broken.write_bytes(good[: stamp.st_size])
        again = until(session, queue.retry(session, job.id).id, "done")
        assert "6 same" in again.message
        broken.unlink()
        assert until(session, queue.ask(session, "index", {}).id, "done").state == "done"


@pytest.fixture
def slow(monkeypatch, session):
    # the worker is a process of its own: it learns of this kind there
    monkeypatch.setattr(worker, "_work", slow_work)
    monkeypatch.setitem(queue.KINDS, "slow", queue.Kind("Counting", "tests.workflows.test_queue:count", writes=False))
    with Keeper(session) as keeper:
        yield keeper


def slow_work(settings, parent):
    queue.KINDS["slow"] = queue.Kind("Counting", "tests.workflows.test_queue:count", writes=False)
    REAL(settings, parent)


REAL = worker._work


def count(session, parameters, report):
    for number in range(int(parameters["to"])):
        report(Step("Counting", number, int(parameters["to"]), current=str(number)))
        time.sleep(0.02)
    return "counted"


def test_what_runs_rests_goes_on_and_is_cancelled_after_what_is_in_hand(session, slow):
    number = queue.enqueue(session, "slow", "far", {"to": 100_000}).id
    until(session, number, "running")
    queue.pause(session, number)
    resting = until(session, number, "paused")
    assert (resting.phase, resting.total) == ("Counting", 100_000)
    queue.resume(session, number)
    until(session, number, "running")
    queue.cancel(session, number)
    assert until(session, number, "stopped").finished is not None


def test_a_worker_that_is_killed_is_noticed_and_its_job_goes_on_but_not_for_ever(session, slow, monkeypatch):
    monkeypatch.setattr(worker, "AGAIN_S", 0.1)
    number = queue.enqueue(session, "slow", "far", {"to": 100_000}).id
    for attempt in (1, 2, 3):
        for _ in range(600):
            job = queue.get(session, number)
            if job.state == "running" and job.attempts == attempt and job.phase:
                break
            time.sleep(0.1)
        assert job.attempts == attempt
        os.kill(slow.process.pid, signal.SIGKILL)
    ended = until(session, number, "failed")
    assert "ended early, 3 times" in ended.message


def test_the_queue_outlives_the_server(session, monkeypatch):
    monkeypatch.setattr(worker, "_work", slow_work)
    monkeypatch.setitem(queue.KINDS, "slow", queue.Kind("Counting", "tests.workflows.test_queue:count", writes=False))
    number = queue.enqueue(session, "slow", "far", {"to": 100_000}).id
    with Keeper(session):
        until(session, number, "running")
    assert until(session, number, "queued", seconds=5).attempts == 1
    with Keeper(session):
        assert until(session, number, "running").attempts == 2
        queue.cancel(session, number)
        until(session, number, "stopped")


def test_only_one_worker_works(session):
    second = session.library.lone_worker()
    with session.library.lone_worker(), pytest.raises(LibraryLockedError, match="queue"):
        second.__enter__()


def test_work_waits_for_another_writer_and_says_so(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    number = queue.ask(session, "add", {"folders": [str(photos)]}).id
    with session.library.writer("counting sheep"), Keeper(session):
        for _ in range(300):
            if "counting sheep" in queue.get(session, number).message:
                break
            time.sleep(0.1)
        job = queue.get(session, number)
        assert (job.state, job.attempts) == ("queued", 0)
        assert "counting sheep" in job.message


def test_work_of_a_command_is_stopped_from_a_page_and_can_rest(session):
    def add():
        with recorded(session.library, "add", "/photos", None, {"folders": ["/photos"]}) as step:
            step("Reading", 1, 10)
            assert queue.pause(session, session.library.jobs.list()[0].id).wish == "pause"
            step("Comparing", 1, 10)

    def evaluate():
        with recorded(session.library, "evaluate", "x", None) as step:
            number = session.library.jobs.list()[0].id
            with pytest.raises(UsageError, match="cannot rest"):
                queue.pause(session, number)
            queue.cancel(session, number)
            step("Measuring", 1, 2)

    with pytest.raises(Stopped):
        add()
    [job] = session.library.jobs.list()
    assert queue.get(session, job.id).state == "paused"
    assert queue.resume(session, job.id).state == "queued"
    with pytest.raises(Stopped):
        evaluate()
    assert session.library.jobs.list()[0].state == "stopped"


def test_the_last_step_is_always_written(session):
    with recorded(session.library, "add", "/photos", None) as step:
        for done in range(0, 801, 100):
            step("Looking for pictures", done, 800 if done == 800 else 0)
    [job] = session.library.jobs.list()
    assert (job.done, job.total) == (800, 800)


def test_a_row_keeps_the_failures_of_earlier_phases(session):
    number = session.library.jobs.start("add", "x")
    row = Row(session.library, number)
    row(Step("Reading", 3, 3, failures=2))
    row(Step("Finding", 1, 1))
    row.close()
    assert queue.get(session, number).failures == 2
