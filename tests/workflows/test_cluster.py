"""Several machines as several processes: a scheduler, workers, the server of a database; some of them are killed."""

import contextlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.analysis import embedding
from leitmotiv.errors import DatabaseAwayError, ExecutorError, SettingsError
from leitmotiv.settings import Settings
from leitmotiv.workflows import index, neighbours
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.cluster import Cluster, cluster
from tests.postgres import name_database, needed, running

from .pictures import folder_of
from .synthetic import add

needed("distributed")
from leitmotiv.workflows import cluster as module  # noqa: E402

COUNT = 150
OTHER = "import leitmotiv.workflows.at_worker as a\na.mark = lambda: 'leitmotiv 0.0.1 (abc)'\n"
BLIND = """
import leitmotiv.workflows.at_worker as a
a.read = lambda task, wanted, settings: a.Seen(a.Reading(task, failure="it vanished"), False, "atlas")
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """A scheduler; each test sees to its workers."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as made:
        yield made


@pytest.fixture
def pair(machines: Cluster):
    """The same with two workers that live."""
    alive = [one for one in machines.workers if one.poll() is None]
    for _ in range(2 - len(alive)):
        machines.add_worker()
    return machines


@pytest.fixture
def url(postgres):
    url = postgres.lend()
    yield url
    postgres.give_back(url)


@pytest.fixture
def away(monkeypatch):
    """Everything is worth sending away, in small pieces."""
    monkeypatch.setattr(module, "FEW", 0)
    monkeypatch.setattr(index, "make_map", lambda *given: None)  # places come after all that is shared
    monkeypatch.setattr(module, "SIDE", 60)
    monkeypatch.setattr(module, "MOST", 300)
    monkeypatch.setattr(embedding, "LANDMARKS", 32)
    monkeypatch.setattr(neighbours, "PAIRS_A_STEP", 1)
    monkeypatch.setattr(neighbours, "BLOCK", 30)


def indexed(folder: Path, **more: object):
    with Session(Settings(library=folder, limit=100, **more)) as session:
        report = build_index(session)
        return session.library.clusters.get(), report.pairs


def equal(one, other) -> bool:
    return one.ids == other.ids and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("labels", "exemplars", "distances")
    )


def test_a_killed_worker_and_then_a_killed_database_end_with_the_clusters_of_one_machine(pair, away, tmp_path):
    with Session(Settings(library=tmp_path / "alone")) as session:
        add(session.library, range(COUNT))
    wanted, pairs = indexed(tmp_path / "alone")
    with running() as server:
        folder = name_database(tmp_path / "shared", server.new())
        settings = Settings(library=folder, limit=100, executor=pair.name)
        seen: list[int] = []

        def kill(step) -> None:
            if step.phase == "Comparing pictures" and step.done > 0:
                seen.append(step.done)
                if len(seen) == 2:
                    pair.workers[-1].kill()
                if step.done > 80:
                    server.stop("immediate")

        with Session(settings) as session:
            add(session.library, range(COUNT))
            with pytest.raises(DatabaseAwayError, match="What was saved is safe"):
                build_index(session, report=kill)
            server.start()
            begun = neighbours.stored_neighbours(session.library, settings)
            assert np.isfinite(begun["values"]).any()
            report = build_index(session)
            found = session.library.clusters.get()
    assert pair.workers[-1].wait(10) != 0
    assert 0 < report.pairs < pairs  # what was compared before is not compared again
    assert equal(found, wanted)


def test_all_pairs_of_a_small_library_are_the_same_from_workers(pair, away, url, tmp_path):
    with Session(Settings(library=tmp_path / "alone")) as session:
        add(session.library, range(90))
    with Session(Settings(library=name_database(tmp_path / "shared", url))) as session:
        add(session.library, range(60))
    assert len(indexed(tmp_path / "shared", executor=pair.name)[0].ids) == 60
    with Session(Settings(library=tmp_path / "shared")) as session:
        add(session.library, range(60, 90))
    assert equal(indexed(tmp_path / "shared", executor=pair.name)[0], indexed(tmp_path / "alone")[0])


def test_pictures_are_read_by_workers_though_one_is_killed(pair, url, tmp_path):
    folder_of(tmp_path / "photos", 24)
    folder = name_database(tmp_path / "library", url)
    victims = [pair.workers[-1]]

    def kill(step) -> None:
        if step.phase == "Reading pictures" and step.done and victims:
            victims.pop().kill()

    with Session(Settings(library=folder, executor=pair.name, samples=300, components=4)) as session:
        added = add_directories(session, [tmp_path / "photos"], report=kill)
        assert (added.new, added.failed) == (24, [])
    with Session(Settings(library=tmp_path / "alone", samples=300, components=4)) as alone:
        add_directories(alone, [tmp_path / "photos"])
        ids = sorted(alone.library.images.ids())
        with Session(Settings(library=folder)) as session:
            assert sorted(session.library.images.ids()) == ids
            for one, other in zip(session.library.mixtures.many(ids), alone.library.mixtures.many(ids), strict=True):
                np.testing.assert_array_equal(one.means, other.means)


def test_a_worker_of_another_version_is_refused_by_name(machines, tmp_path):
    worker = machines.add_worker(OTHER)
    try:
        with pytest.raises(
            ExecutorError, match=r"has leitmotiv 0\.0\.1 \(abc\), but must have .*pip install"
        ) as caught:
            Session(Settings(library=tmp_path, executor=machines.name)).executor  # noqa: B018
        assert str(worker.pid) in str(caught.value)
    finally:
        worker.kill()
        worker.wait()


def test_a_worker_of_another_version_that_comes_late_is_refused_too(pair, tmp_path):
    folder_of(tmp_path / "photos", 8)
    with Session(Settings(library=tmp_path / "library", executor=pair.name)) as session:
        session.executor  # noqa: B018
        for worker in pair.workers:
            worker.kill()
            worker.wait()
        late = pair.add_worker(OTHER)
        with pytest.raises(ExecutorError, match=r"worker \d+ on .* has leitmotiv 0\.0\.1"):
            add_directories(session, [tmp_path / "photos"])
    late.kill()
    late.wait()


def test_a_worker_that_does_not_see_the_pictures_ends_the_run_with_what_to_mount(machines, tmp_path):
    folder_of(tmp_path / "photos", 3)
    for worker in machines.workers:
        worker.kill()
        worker.wait()
    blind = machines.add_worker(BLIND)
    try:
        with (
            Session(Settings(library=tmp_path / "library", executor=machines.name)) as session,
            pytest.raises(ExecutorError, match=r"atlas does not see .*photos.*Mount"),
        ):
            add_directories(session, [tmp_path / "photos"])
    finally:
        blind.kill()
        blind.wait()


def test_no_scheduler_and_no_workers_are_told_apart(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "CONNECT_S", 1.0)
    with cluster(tmp_path, workers=0) as empty:
        with pytest.raises(ExecutorError, match=r"has no workers.*dask worker"):
            Session(Settings(library=tmp_path, executor=empty.name)).executor  # noqa: B018
        empty.close()
        with pytest.raises(ExecutorError, match="no scheduler answers"):
            Session(Settings(library=tmp_path, executor=empty.name)).executor  # noqa: B018


def test_a_scheduler_that_goes_ends_the_run_and_the_next_one_completes_it(away, url, tmp_path):
    with cluster(tmp_path) as made:
        folder = name_database(tmp_path / "shared", url)

        def kill(step) -> None:
            if step.phase == "Comparing pictures" and step.done > 60:
                made.scheduler.kill()

        with Session(Settings(library=folder, limit=100, executor=made.name)) as session:
            add(session.library, range(COUNT))
            with pytest.raises(ExecutorError, match=r"connection to the scheduler was lost.*leave --executor out"):
                build_index(session, report=kill)
    with Session(Settings(library=folder, limit=100)) as session:
        assert build_index(session).images == COUNT


@pytest.mark.parametrize("name", ["dask://", "dask://host", "tcp://host:1", "dask://host:port", "far away"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(SettingsError, match="dask://HOST:PORT"):
        Settings(executor=name)


def test_two_machines_that_add_the_same_folder_add_every_picture_once(url, tmp_path):
    folder_of(tmp_path / "photos", 12)
    command = [sys.executable, "-m", "leitmotiv", "add-directory", str(tmp_path / "photos"), "--library"]
    running_ = []
    for name in ("one", "two"):
        folder = name_database(tmp_path / name, url)
        running_.append(subprocess.Popen([*command, str(folder)], stderr=subprocess.PIPE, text=True))
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in running_]
    assert sorted(code for _, code in ended)[0] == 0
    for said, code in ended:
        assert code == 0 or (code == 5 and "is being written by process" in said)
    with contextlib.ExitStack() as stack:
        one, two = (stack.enter_context(Session(Settings(library=tmp_path / name))) for name in ("one", "two"))
        assert one.library.images.count() == two.library.images.count() == 12
        assert len(one.library.files.known([b"/"])) == 12
        assert add_directories(two, [tmp_path / "photos"]).same == 12
