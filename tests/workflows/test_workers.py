"""Workers of a cluster that are not as they should be: what they keep, what they cannot, and what is said of it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading

import dask
import numpy as np
import pytest

from leitmotiv.analysis import divergence
from leitmotiv.errors import ExecutorError, MissingExtraError
from leitmotiv.kernels.compiled import LANES
from leitmotiv.settings import Settings
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget
from tests.cluster import Cluster, cluster, wait_until
from tests.postgres import name_database, needed

from . import synthetic
from .pictures import folder_of
from .synthetic import add, family_member, image_id

needed("distributed")
from leitmotiv.workflows import cluster as module  # noqa: E402 - it imports Dask, which may be away

PAIRS = np.array([[0, 1], [0, 2], [1, 3], [2, 3]])
A = "import leitmotiv.workflows.at_worker as a\n"
OTHER = A + "a.code = lambda: 'leitmotiv 0.0.1 (abc), Python 3.1'\n"
WITHOUT = "import sys\nsys.modules['leitmotiv'] = None\n"
NO_DRIVER = "import sys\nsys.modules['psycopg'] = None\n"
DECODER = "import leitmotiv.imaging.versions as v\nv.decoders = lambda: {'LibRaw': '0.1.2'}\n"
UNWELL = A + "a.read_one = lambda task, settings: a.Reading(task, failure='it needs more memory than there is')\n"
BARRED = f"""{UNWELL}
def refuse(*given):
    raise PermissionError(13, "Permission denied")
a.open = refuse
"""


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """A scheduler; each test brings its worker."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=0) as made:
        yield made


@pytest.fixture
def worker(machines: Cluster):
    """Starts one worker, which ends with the test."""
    started = []

    def start(before: str = "", **more: object):
        started.append(machines.add_worker(before, **more))
        return started[0]

    yield start
    for one in started:
        one.kill()
        one.wait()


def compared(settings: Settings):
    """Divergences as the workers find them, and as they are."""
    with Session(settings) as session:
        return _compared(session)


def _compared(session: Session):
    library, like = session.library, look(session.settings)
    ids = sorted(library.images.ids())
    found = session.executor.compare(library, ids, PAIRS, like, None)
    return found, divergence.js_pairs(library.mixtures.many(ids), PAIRS, look=like)


def test_a_picture_that_is_added_again_with_another_mixture_is_compared_anew(machines, worker, monkeypatch, tmp_path):
    worker()
    settings = Settings(library=tmp_path / "library", points=48, executor=machines.name)
    with Session(settings) as session:
        add(session.library, range(4))
        before, exact = _compared(session)
        np.testing.assert_array_equal(before, exact)
        forget(session, [image_id(0)])
        monkeypatch.setattr(synthetic, "family_member", lambda number: family_member(50 + number))
        add(session.library, [0])
        after, exact = _compared(session)
        np.testing.assert_array_equal(after, exact)
        assert (after != before).any()
    shutil.rmtree(tmp_path / "library")
    with Session(settings) as session:
        add(session.library, range(4))  # in as many steps as the first ones, in another file of the same name
    np.testing.assert_array_equal(*compared(settings))


def test_a_file_fails_only_where_this_machine_cannot_read_it_either(machines, worker, tmp_path):
    worker(UNWELL)
    folder_of(tmp_path / "photos", 3)
    (tmp_path / "photos" / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 and nothing else")
    with Session(Settings(library=tmp_path / "library", executor=machines.name, samples=300, components=4)) as session:
        added = add_directories(session, [tmp_path / "photos"])
        assert added.new == 3
        (failed,) = added.failed
        assert failed[0].endswith("damaged.jpg")
        assert "memory" not in failed[1]


def test_a_worker_that_may_not_read_the_pictures_ends_the_run_by_name(machines, worker, tmp_path):
    worker(BARRED)
    folder_of(tmp_path / "photos", 3)
    with (
        Session(Settings(library=tmp_path / "library", executor=machines.name)) as session,
        pytest.raises(ExecutorError, match=r"worker on .* cannot read .*p00\d\.jpg \(Permission denied\), which"),
    ):
        add_directories(session, [tmp_path / "photos"])
    with Session(Settings(library=tmp_path / "library")) as session:
        assert session.library.failures.count() == 0


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (WITHOUT, "has no leitmotiv, or another one"),
        (OTHER, r"has leitmotiv 0\.0\.1 \(abc\), Python 3\.1, but must have leitmotiv .*pip install"),
    ],
)
def test_a_scheduler_that_is_not_the_same_leitmotiv_is_refused_itself(before, said, tmp_path):
    with (
        cluster(tmp_path, workers=1, before=before) as made,
        pytest.raises(ExecutorError, match=f"The scheduler {made.name} {said}"),
    ):
        Session(Settings(library=tmp_path, executor=made.name)).executor  # noqa: B018 - asking for it connects


@pytest.mark.parametrize(
    ("before", "env", "said"),
    [
        (DECODER, {}, r"has LibRaw 0\.1\.2, but must have Pillow .*LibRaw .*Install the same there"),
        ("", {"LEITMOTIV_LANES": str(4 if LANES != 4 else 8)}, r"LEITMOTIV_LANES \d, but must have .*on all machines"),
    ],
)
def test_a_worker_with_other_decoders_or_vectors_is_refused(before, env, said, machines, worker, tmp_path):
    worker(before, env=env)
    with pytest.raises(ExecutorError, match=said):
        Session(Settings(library=tmp_path, executor=machines.name)).executor  # noqa: B018 - asking for it connects


def test_what_goes_wrong_at_a_worker_names_it(machines, worker, postgres, tmp_path):
    url = postgres.lend()
    process = worker(NO_DRIVER)
    settings = Settings(library=name_database(tmp_path / "library", url), executor=machines.name)
    with Session(settings) as session:
        add(session.library, range(4))
    with pytest.raises(MissingExtraError, match=rf"^The worker {process.pid} on .*: The library .* pip install"):
        compared(settings)
    postgres.give_back(url)


@contextlib.contextmanager
def answering(data: bytes):
    """Something that takes connections and says the same to everyone; its port."""
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    kept.append(listening.accept()[0])
                    kept[-1].sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in kept:
                one.close()


@pytest.mark.parametrize(
    "data",
    [b"HTTP/1.0 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x10" + bytes(7) + b"\xff" * 99, b""],
    ids=["a web server", "a shell", "other bytes", "nothing"],
)
def test_what_listens_and_is_no_scheduler_is_told_with_the_port_to_try(data, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ANSWER_S", 1.0)
    with answering(data) as port:
        name = f"dask://127.0.0.1:{port}"
        with pytest.raises(ExecutorError, match=f"no Dask scheduler answers .*Is {port} its dashboard.*on 8786"):
            Session(Settings(library=tmp_path, executor=name)).executor  # noqa: B018 - asking for it connects


def test_a_worker_that_is_taken_for_the_scheduler_is_told_apart(machines, worker, tmp_path):
    worker()
    with module.Client(machines.name.replace("dask", "tcp"), set_as_default=False) as client:
        client.wait_for_workers(1)
        ((address, _),) = client.nthreads().items()
    with pytest.raises(ExecutorError, match="no Dask scheduler answers there, but a worker"):
        Session(Settings(library=tmp_path, executor=address.replace("tcp", "dask"))).executor  # noqa: B018


def test_a_worker_that_came_and_does_not_answer_ends_the_run_by_its_place(machines, worker, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ANSWER_S", 3.0)
    process = worker()
    process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(ExecutorError, match=r"a worker does not answer \(there are: tcp://127"):
            Session(Settings(library=tmp_path, executor=machines.name)).executor  # noqa: B018 - asking for it connects
    finally:
        process.send_signal(signal.SIGCONT)


def test_nothing_counts_as_compared_while_there_are_no_workers(machines, worker, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ALONE_S", 1.0)
    process = worker()
    with Session(Settings(library=tmp_path / "library", points=48, executor=machines.name)) as session:
        add(session.library, range(4))
        client = session.executor._client
        process.kill()
        wait_until(lambda: not client.nthreads())
        with pytest.raises(ExecutorError, match="no workers for a minute"):
            _compared(session)
        worker()
        np.testing.assert_array_equal(*_compared(session))


def certificates(folder):
    """A key and a certificate for itself, and where Dask looks for them."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "9",
    ]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*command, *named], check=True, capture_output=True)
    found = {"ca-file": str(certificate)}
    for role in ("client", "scheduler", "worker"):
        found |= {f"{role}.key": str(key), f"{role}.cert": str(certificate)}
    return {f"distributed.comm.tls.{name}": value for name, value in found.items()}


def test_workers_are_reached_over_encrypted_connections(monkeypatch, tmp_path):
    if shutil.which("openssl") is None and os.environ.get("CI") != "true":
        pytest.skip("openssl is not installed")
    monkeypatch.setattr(module, "CONNECT_S", 5.0)
    told = certificates(tmp_path) | {"distributed.comm.require-encryption": True}
    env = {"DASK_" + name.upper().replace(".", "__").replace("-", "_"): str(value) for name, value in told.items()}
    with cluster(tmp_path, workers=1, way="tls", env=env) as made:
        settings = Settings(library=tmp_path / "library", points=48, executor=made.name)
        with Session(settings) as session:
            add(session.library, range(4))
        with pytest.raises(ExecutorError, match=r"cannot be used: .*Encrypted connections"):
            compared(settings)  # no certificates
        with dask.config.set(told):
            np.testing.assert_array_equal(*compared(settings))
            with pytest.raises(ExecutorError, match=r"cannot be used: .*encryption"):
                compared(Settings(library=tmp_path / "library", executor=made.name.replace("+tls", "")))
