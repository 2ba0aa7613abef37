"""Fewer or more trends beside a server: a process of its own, one at a time."""

import time
from dataclasses import replace

import pytest

from leitmotiv.errors import LibraryLockedError, NoIndexError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import rebuilding
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session

from .synthetic import add


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, points=48)) as opened:
        add(opened.library, range(60))
        yield opened


def finished(session, stamp):
    """What stands when the trends are other ones, and whoever found them is gone."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        now = rebuilding.standing(session)
        if now.stamp != stamp and not now.running:
            return now
        time.sleep(0.1)
    raise AssertionError([vars(job) for job in session.library.jobs.list()])


def test_trends_are_found_anew_while_the_caller_goes_on(session):
    build_index(session)
    usual = rebuilding.standing(session)
    assert (usual.groups, usual.usual) == ("default", usual.count)
    assert rebuilding.start(session, "fewer") == usual
    fewer = finished(session, usual.stamp)
    assert (fewer.groups, fewer.usual) == ("fewer", usual.count)
    assert fewer.count < usual.count
    rebuilding.start(session, "default")
    again = finished(session, fewer.stamp)
    assert (again.groups, again.count) == ("default", usual.count)


def test_what_cannot_be_is_refused_before_anything_starts(session):
    with pytest.raises(NoIndexError):
        rebuilding.start(session, "fewer")
    build_index(session)
    before = rebuilding.standing(session)
    with (
        session.library.writer("something else"),
        Session(session.settings) as other,
        pytest.raises(LibraryLockedError),
    ):
        rebuilding.start(other, "more")
    while rebuilding.standing(session).count > 1:
        build_index(session, groups="fewer")
    with pytest.raises(UsageError, match="no fewer"):
        rebuilding.start(session, "fewer")
    assert rebuilding.standing(session).usual == before.count
