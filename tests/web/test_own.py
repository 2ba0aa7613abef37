"""Ratings, selections and undoing over HTTP, on a real library."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows.session import Session
from tests.store.making import add, image_id


@pytest.fixture
def client(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        for number in range(3):
            add(opened.library, number)
        yield create_app(opened).test_client()


def test_ratings_are_given_and_taken_back(client):
    answer = client.patch("/api/v1/ratings", json={"ids": [image_id(0)], "stars": 4})
    assert answer.json == {"ratings": {image_id(0): {"stars": 4, "favourite": False, "rejected": False, "label": ""}}}
    assert client.post("/api/v1/undo", json={}).json == {"title": "4 stars for 1 picture"}
    assert client.post("/api/v1/undo", json={}).json == {"title": None}
    assert client.post("/api/v1/redo", json={}).json == {"title": "4 stars for 1 picture"}
    for verb in ("undo", "redo"):
        refused = client.post(f"/api/v1/{verb}", data="{", content_type="application/json")
        assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")
    empty = client.post("/api/v1/undo", data="", content_type="application/json")
    assert empty.json == {"title": "4 stars for 1 picture"}


def test_selections_are_kept_changed_and_removed(client):
    made = client.post("/api/v1/selections", json={"name": "Dusk", "query": "rating:5"})
    assert made.status_code == 201
    assert made.json["filter"] == 'selection:"Dusk"'
    address = f"/api/v1/selections/{made.json['id']}"
    assert client.put(address, json={"name": "Dawn", "ids": [image_id(1)]}).json["ids"] == [image_id(1)]
    assert [one["name"] for one in client.get("/api/v1/selections").json["selections"]] == ["Dawn"]
    assert client.delete(address).status_code == 204
    assert client.get("/api/v1/selections").json == {"selections": []}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([], "must be a JSON object"),
        ({"ids": []}, "ids has 0 entries, but must have between 1 and 100,000"),
        ({"ids": [1], "stars": 2}, "ids[0] is 1, but must be text"),
        ({"ids": ["x"], "stars": "2"}, "stars is '2', but must be a whole number"),
        ({"ids": ["x"], "stars": True}, "stars is True"),
        ({"ids": ["x"], "starz": 2}, "'starz' is not known here"),
    ],
)
def test_bodies_that_cannot_be_used_are_explained(client, body, detail):
    answer = client.patch("/api/v1/ratings", json=body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert detail in answer.json["detail"]


def test_an_unknown_picture_is_not_found(client):
    assert client.patch("/api/v1/ratings", json={"ids": ["f" * 64], "stars": 1}).status_code == 404
