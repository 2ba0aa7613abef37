"""Sidecars beside the photos over HTTP: nothing without a preview, and nothing that the preview did not show."""

import os
from dataclasses import replace

import pytest

from leitmotiv.records import Rating
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import own
from leitmotiv.workflows.session import Session
from tests.store.making import add, image_id


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    for number in range(2):
        (tmp_path / "photos" / f"p{number}.jpg").write_bytes(b"pixels")
    return tmp_path / "photos"


@pytest.fixture
def session(tmp_path, photos):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        for number in range(2):
            add(opened.library, number, paths=(os.fsencode(photos / f"p{number}.jpg"),))
        own.rate(opened, [image_id(0)], stars=3)
        yield opened


@pytest.fixture
def client(session):
    return create_app(session).test_client()


def test_writing_is_shown_then_done(client, photos):
    seen = client.post("/api/v1/sidecars/write", json={"naming": "stem"}).json
    assert (seen["new"], seen["written"]) == (1, False)
    assert not (photos / "p0.xmp").exists()
    done = client.post("/api/v1/sidecars/write", json={"naming": "stem", "confirm": seen["plan"]}).json
    assert (done["new"], done["written"]) == (1, True)
    assert 'xmp:Rating="3"' in (photos / "p0.xmp").read_text()
    assert sorted(path.name for path in photos.iterdir()) == ["p0.jpg", "p0.xmp", "p1.jpg"]


def test_what_was_not_shown_is_not_written(client, session, photos):
    seen = client.post("/api/v1/sidecars/write", json={}).json
    own.rate(session, [image_id(1)], stars=1)
    answer = client.post("/api/v1/sidecars/write", json={"confirm": seen["plan"]})
    assert answer.status_code == 400
    assert "Something changed since the preview" in answer.json["detail"]
    assert not list(photos.glob("*.xmp"))


def test_reading_is_shown_then_done(client, session):
    seen = client.post("/api/v1/sidecars/write", json={"q": f"id:{image_id(0)}"}).json
    client.post("/api/v1/sidecars/write", json={"q": f"id:{image_id(0)}", "confirm": seen["plan"]})
    own.rate(session, [image_id(0)], stars=1)
    assert client.post("/api/v1/sidecars/read", json={}).json == {"found": 1, "changed": 1, "keywords": 0, "failed": []}
    assert session.library.ratings.all()[image_id(0)] == Rating(stars=1)
    client.post("/api/v1/sidecars/read", json={"confirm": True})
    assert session.library.ratings.all()[image_id(0)] == Rating(stars=3)
    assert client.post("/api/v1/undo", json={}).json == {"title": "ratings of 1 picture from sidecars"}


def test_a_naming_that_there_is_not_is_refused(client):
    assert client.post("/api/v1/sidecars/write", json={"naming": "mine"}).status_code == 400
