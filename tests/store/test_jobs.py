import os

from leitmotiv.store import jobs as module
from leitmotiv.store import processes

from .conftest import sqlite_only


def test_a_job_is_told_from_start_to_end(library):
    number = library.jobs.start("add", "/photos/\udcff")
    begun = library.jobs.get(number)
    assert (begun.kind, begun.title, begun.state) == ("add", "/photos/?", "running")
    assert begun.started.tzinfo is not None
    library.jobs.update(number, phase="Reading", done=3, total=10, rate=2.5, remaining=2.8, failures=1, message="a.jpg")
    running = library.jobs.get(number)
    assert (running.phase, running.done, running.total, running.rate) == ("Reading", 3, 10, 2.5)
    assert (running.remaining, running.failures, running.message, running.finished) == (2.8, 1, "a.jpg", None)
    library.jobs.finish(number, "done", "")
    ended = library.jobs.get(number)
    assert (ended.state, ended.done, ended.failures, ended.message, ended.remaining) == ("done", 3, 1, "", None)
    assert ended.finished >= ended.started


def test_what_is_not_given_stays(library):
    number = library.jobs.start("index", "Trends")
    library.jobs.update(number, phase="Comparing", done=5, total=9, remaining=1.0)
    library.jobs.update(number, failures=2)
    job = library.jobs.get(number)
    assert (job.phase, job.done, job.total, job.failures, job.remaining) == ("Comparing", 5, 9, 2, None)


def test_jobs_are_listed_newest_first(library):
    numbers = [library.jobs.start("add", str(n)) for n in range(4)]
    assert [job.id for job in library.jobs.list()] == numbers[::-1]
    assert [job.id for job in library.jobs.list(2)] == numbers[:1:-1]
    assert library.jobs.get(99) is None


@sqlite_only
def test_reap_stops_the_jobs_of_processes_that_are_gone(library, monkeypatch):
    own = library.jobs.start("add", "own")
    monkeypatch.setattr(os, "getpid", lambda: 111)
    gone = library.jobs.start("add", "gone")
    monkeypatch.setattr(os, "getpid", lambda: 222)
    there = library.jobs.start("add", "there")
    monkeypatch.undo()
    assert library.jobs.reap(lambda pid: pid == 222) == 1
    assert [library.jobs.get(number).state for number in (own, gone, there)] == ["running", "stopped", "running"]
    assert library.jobs.get(gone).finished is not None
    assert library.jobs.reap(lambda pid: pid == 222) == 0


@sqlite_only
def test_reap_tells_a_process_from_an_earlier_one_of_its_number(library, monkeypatch):
    earlier = library.jobs.start("add", "before the container was restarted")
    monkeypatch.setattr(processes, "_tokens", {})
    assert library.jobs.reap(lambda pid: True) == 1
    assert library.jobs.get(earlier).state == "stopped"


def test_old_jobs_are_dropped_but_not_while_they_run(library, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 3)
    first = library.jobs.start("add", "runs on")
    for _ in range(6):
        library.jobs.finish(library.jobs.start("add", "short"), "done")
    kept = [job.id for job in library.jobs.list()]
    assert first in kept
    assert len(kept) == 4


def test_a_rest_is_no_failed_attempt(library):
    number = library.jobs.enqueue("index", "Trends", {})
    for _ in range(module.ATTEMPTS + 1):
        assert library.jobs.claim(number)
        library.jobs.move(number, "paused")
        library.jobs.move(number, "queued")
    assert library.jobs.get(number).attempts == 0
    assert library.jobs.claim(number)
    library.jobs.requeue()
    assert library.jobs.get(number).state == "queued"
