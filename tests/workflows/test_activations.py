import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import leitmotiv
from leitmotiv.cli.main import run
from leitmotiv.errors import ImageReadError, MissingExtraError
from leitmotiv.imaging import read as reading
from leitmotiv.nets import weights
from leitmotiv.settings import Settings
from leitmotiv.workflows import activations, ingest, queue, readiness
from leitmotiv.workflows.progress import Stopped
from leitmotiv.workflows.session import Session

from .pictures import folder_of
from .synthetic import add


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    return folder_of(tmp_path_factory.mktemp("photos"), 5)


@pytest.fixture(scope="module")
def added(tmp_path_factory, photos) -> Path:
    folder = tmp_path_factory.mktemp("added") / "library"
    with Session(Settings(library=folder, workers=1)) as opened:
        ingest.add_directories(opened, [photos])
    return folder


@pytest.fixture
def session(tmp_path, added):
    shutil.copytree(added, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library", workers=2)) as opened:
        yield opened


@pytest.fixture
def unreadable(monkeypatch, photos) -> bytes:
    """The path of a photo that can be read no more."""
    path, read_pixels = os.fsencode(photos / "p000.jpg"), reading.read_pixels

    def read(asked: bytes, **options: object) -> object:
        if asked == path:
            raise ImageReadError("p000.jpg", "it is empty (0 bytes)")
        return read_pixels(asked, **options)

    monkeypatch.setattr(reading, "read_pixels", read)
    return path


def test_pictures_without_a_file_or_a_thumbnail_are_passed_over_and_counted(session):
    add(session.library, range(3))
    assert activations.follow(session) == (
        "5 pictures seen by subject; 3 pictures have no file and no thumbnail that can be read, and were not looked at"
    )
    assert activations.follow(session).startswith("3 pictures have no file")
    assert session.library.activations.count() == 5


def test_every_picture_is_seen_once_and_as_it_is_seen_alone(session):
    steps = []
    assert activations.ensure(session, steps.append) == 5
    assert activations.ensure(session) == 0
    assert (steps[0].done, steps[-1].done, steps[-1].total) == (0, 5, 5)
    assert [(job.kind, job.state) for job in session.library.jobs.list()][:1] == [("activations", "done")]
    ids, matrix = session.library.activations.matrix()
    one = session.library.images.get(ids[0])
    of_picture = activations.of_picture(session, one.id)
    assert of_picture.map.shape == (1, 7, 7, 1280)
    np.testing.assert_allclose(matrix[0], of_picture.pooled[0], atol=2e-3)
    np.testing.assert_allclose(leitmotiv.activation(os.fsdecode(one.paths[0])), of_picture.pooled[0], atol=1e-4)


def test_what_was_seen_before_an_interruption_is_kept(session, monkeypatch):
    monkeypatch.setattr(activations, "AT_ONCE", 2)

    def stop(step) -> None:
        if step.done:
            raise Stopped

    with pytest.raises(Stopped):
        activations.ensure(session, stop)
    assert session.library.activations.count() == 2
    assert activations.ensure(session) == 3


def test_a_picture_whose_file_is_away_is_seen_by_its_thumbnail(session, unreadable):
    assert activations.ensure(session) == 5


def test_one_that_cannot_be_read_at_all_is_passed_over(session, unreadable, monkeypatch):
    gone = session.library.images.find_path(unreadable)
    monkeypatch.setattr(type(session.library.images), "thumbnail", lambda *_: b"no picture either")
    assert activations.ensure(session) == 4
    assert session.library.jobs.list()[0].failures == 1
    assert session.library.activations.missing() == [gone.id]
    with pytest.raises(ImageReadError, match="its thumbnail is damaged"):
        activations.of_picture(session, gone.id)


@pytest.fixture
def no_weights(monkeypatch, tmp_path):
    (tmp_path / "damaged").write_bytes(b"damaged")
    monkeypatch.setattr(weights, "locate", lambda _: tmp_path / "damaged")


def test_without_weights_nothing_begins_and_an_index_says_so(session, no_weights):
    with pytest.raises(MissingExtraError, match="damaged"):
        activations.ensure(session)
    assert "their looks are whole. The weights of EfficientNet-Lite0" in activations.follow(session)
    assert [job.kind for job in session.library.jobs.list()] == ["add"]


def test_the_doctor_tells_of_the_network(session, no_weights, monkeypatch):
    found = readiness._backbone(session.settings)
    assert not found.good
    assert "--force-reinstall" in found.text
    monkeypatch.undo()
    assert readiness._backbone(session.settings).good


def test_the_command_line_ends_with_4_without_weights(session, no_weights, capsys):
    image_id = session.library.images.ids()[0]
    ask = ["--library", str(session.settings.library), "similar", image_id]
    assert run([*ask, "--by", "subject"]) == 4
    assert "are damaged or others" in capsys.readouterr().err
    assert run(ask) == 0


def test_after_an_index_it_follows_unless_settings_say_later(session):
    with Session(Settings(library=session.settings.library, activations="need")) as later:
        assert activations.follow(later) == ""
    assert activations.follow(session) == "5 pictures seen by subject"
    assert activations.follow(session) == ""


def test_the_queue_can_do_it(session):
    job = queue.ask(session, "activations", {})
    work = queue.resolve(queue.KINDS[job.kind].work)
    assert work(session, {}, lambda _: None) == "5 pictures"
