"""Fewer or more trends as a page asks for them: refused at once where there can be none, else a job of the queue."""

from dataclasses import replace

import pytest

from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import queue, rebuilding
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session

from .synthetic import add


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, points=48)) as opened:
        add(opened.library, range(60))
        yield opened


def do(session, job):
    """What the worker does."""
    return queue.resolve(queue.KINDS[job.kind].work)(session, job.parameters, lambda _step: None)


def test_what_was_asked_for_is_found_by_its_job_and_taken_back_by_another(session):
    build_index(session)
    usual = rebuilding.standing(session)
    assert (usual.groups, usual.usual) == ("default", usual.count)
    job = rebuilding.ask(session, "fewer")
    assert (job.state, rebuilding.standing(session)) == ("queued", usual)
    assert f"(before: {usual.count})" in do(session, job)
    fewer = rebuilding.standing(session)
    assert (fewer.groups, fewer.usual) == ("fewer", usual.count)
    assert fewer.count < usual.count
    assert fewer.stamp != usual.stamp
    do(session, rebuilding.ask(session, "default"))
    again = rebuilding.standing(session)
    assert (again.groups, again.count) == ("default", usual.count)


def test_what_cannot_be_is_refused_before_anything_is_queued(session):
    with pytest.raises(NoIndexError):
        rebuilding.ask(session, "fewer")
    build_index(session)
    while rebuilding.standing(session).count > 1:
        build_index(session, groups="fewer")
    with pytest.raises(UsageError, match="no fewer"):
        rebuilding.ask(session, "fewer")
    assert session.library.jobs.waiting() == []
