"""Pages of a large library are looked at while nobody asks, from a real server."""

import threading
import time
import urllib.request
from dataclasses import replace
from types import SimpleNamespace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web import foresight, server
from leitmotiv.web.app import create_app
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of

PATIENCE_S = 60


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("foresight")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(folder / "photos", 12)])
        build_index(opened)
    return folder / "library"


@pytest.fixture
def visits(library, monkeypatch):
    """A running server of that library, which counts as large, and what was answered: (path, ours, status)."""
    monkeypatch.setattr(foresight, "LARGE", 12)
    monkeypatch.setattr(foresight, "QUIET_S", 0.05)
    with Session(replace(Settings(), library=library), create=False) as session:
        app, seen = create_app(session, token="secret"), []

        @app.after_request
        def note(answer):
            own = bool(foresight.flask.request.environ.get(foresight.OWN))
            seen.append((foresight.flask.request.full_path.rstrip("?"), own, answer.status_code))
            return answer

        bound = server.bind(app, "127.0.0.1", 0)
        thread = threading.Thread(target=bound.run)
        yield SimpleNamespace(app=app, seen=seen, bound=bound, thread=thread, session=session)
        bound.close()
        if thread.ident is not None:
            thread.join(PATIENCE_S)


def wait_for(true):
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "It did not come about."
        time.sleep(0.02)


def ask(bound):
    with urllib.request.urlopen(f"{bound.url}static/style.css", timeout=PATIENCE_S) as answer:
        answer.read()


def test_the_pages_are_answered_before_anybody_asks_and_nothing_is_changed(visits):
    before = visits.session.library.jobs.list(), visits.session.library.revision("images", "files")
    visits.thread.start()
    wait_for(lambda: foresight.of(visits.app).looked == 1)
    assert len(visits.seen) == len(foresight.PAGES)
    assert all(own and status == 200 for _, own, status in visits.seen), visits.seen
    assert {"/clusters/time", "/diverse", "/api/v1/facets"} <= {path for path, _, _ in visits.seen}
    assert (visits.session.library.jobs.list(), visits.session.library.revision("images", "files")) == before


def test_they_are_looked_at_again_after_a_new_index_only(visits):
    visits.thread.start()
    wait_for(lambda: foresight.of(visits.app).looked == 1)
    ask(visits.bound)
    time.sleep(0.3)
    assert foresight.of(visits.app).looked == 1
    build_index(visits.session, groups="fewer")
    ask(visits.bound)
    wait_for(lambda: foresight.of(visits.app).looked == 2)


def test_nothing_is_looked_at_while_somebody_asks(visits, monkeypatch):
    foresight.of(visits.app).asked()
    visits.thread.start()
    time.sleep(0.5)
    assert visits.seen == []
    foresight.of(visits.app).answered()
    wait_for(lambda: foresight.of(visits.app).looked == 1)


def test_a_small_library_is_left_alone(visits, monkeypatch):
    monkeypatch.setattr(foresight, "LARGE", 13)
    visits.thread.start()
    ask(visits.bound)
    time.sleep(0.3)
    assert [own for _, own, _ in visits.seen] == [False]


def test_a_server_that_closes_ends_it(visits):
    foresight.of(visits.app).asked()  # so that it waits
    visits.thread.start()
    time.sleep(0.2)
    visits.bound.close()
    visits.thread.join(PATIENCE_S)
    assert not foresight.of(visits.app)._thread.is_alive()
    assert visits.seen == []
