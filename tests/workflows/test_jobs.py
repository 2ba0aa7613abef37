"""What explore does beside the server, where the worker of the queue writes meanwhile."""

from types import SimpleNamespace

import pytest

from leitmotiv.errors import EmptyLibraryError
from leitmotiv.settings import Settings
from leitmotiv.store import lock
from leitmotiv.workflows import activations, backgrounds, index, jobs, technical
from leitmotiv.workflows.progress import Pace, recorded
from leitmotiv.workflows.session import Session


def writing(done, name):
    def work(session, *args, wait=5.0, **more):
        with session.library.writer(name, wait=wait):
            done.append(name)
            return name

    return work


def test_the_index_waits_for_a_job_that_a_page_asked_for(tmp_path, monkeypatch):
    done, slept = [], []
    monkeypatch.setattr(index, "build_index", writing(done, "index"))
    monkeypatch.setattr(backgrounds, "follow", writing(done, "follow"))
    with Session(Settings(library=tmp_path / "library")) as session:
        job = lock.WriterLock(session.library.folder).hold("seeing what pictures show", 0.0)
        job.__enter__()

        def sleep(seconds):
            slept.append(seconds)
            if len(slept) == 4:
                job.__exit__(None, None, None)

        # each look at the lock comes a minute after the one before
        clock = SimpleNamespace(monotonic=lambda: 60.0 * len(slept), sleep=sleep)
        monkeypatch.setattr(lock, "time", clock)
        assert list(jobs._indexed(session, lambda _: None)) == ["index", "follow"]
    assert (done, len(slept)) == (["index", "follow"], 4)


def test_what_pictures_show_is_seen_before_they_are_measured(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(activations, "follow", writing(done, "seen"))
    monkeypatch.setattr(technical, "ensure", writing(done, "measured"))
    with Session(Settings(library=tmp_path / "library")) as session:
        assert backgrounds.follow(session) == "seen"
    assert done == ["seen", "measured"]


def test_who_asks_while_the_first_pictures_are_read_is_told_so(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as session:
        with recorded(session.library, "add", "photos", None), pytest.raises(EmptyLibraryError, match="being read"):
            backgrounds.background(session)
        with pytest.raises(EmptyLibraryError, match="Add some"):
            backgrounds.background(session)


@pytest.mark.parametrize(("phase", "left"), [("Finding trends", None), ("Comparing pictures", 6.0)])
def test_no_time_left_is_told_where_numbers_are_no_steady_count(phase, left):
    times = iter([0.0, 4.0])
    pace = Pace(lambda: next(times))
    pace.step(phase, 0, 10)
    assert pace.step(phase, 4, 10).remaining == left
