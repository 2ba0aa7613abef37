"""Taking things out by the page and over HTTP, on a real library without an index."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows.session import Session
from tests.store.making import add


@pytest.fixture
def client(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        for number in range(3):
            add(opened.library, number)
        yield create_app(opened).test_client()


def test_a_file_is_written_listed_fetched_and_removed(client):
    made = client.post("/api/v1/exports", json={"kind": "csv", "sort": "name"})
    assert made.status_code == 201
    assert client.get("/api/v1/exports").json == {"exports": [made.json]}
    with client.get(made.json["address"]) as fetched:
        assert fetched.headers["Content-Disposition"].startswith("attachment")
        assert fetched.data.count(b"\r\n") == 4
    assert client.delete(f"/api/v1/exports/{made.json['name']}").status_code == 204
    assert client.get("/api/v1/exports").json == {"exports": []}


def test_the_page_says_how_many_pictures_there_are(client):
    assert "3 pictures" in client.get("/export").text
    page = client.get("/export?q=year:1800").text
    assert "0 pictures" in page
    assert "disabled" in page


@pytest.mark.parametrize("address", ["/exports/none.csv", "/exports/..%2Fleitmotiv.db", "/exports/.x.part"])
def test_what_was_not_written_is_not_found(client, address):
    assert client.get(address).status_code in (400, 404)


def test_a_wish_that_there_is_not_is_explained(client):
    answer = client.post("/api/v1/exports", json={"kind": "pdf"})
    assert answer.status_code == 400
    assert "kind is 'pdf', but must be csv" in answer.json["detail"]


def test_without_an_index_there_is_no_site_yet(client):
    answer = client.post("/api/v1/exports", json={"kind": "site"})
    assert answer.status_code == 409
    assert "build-index" in answer.json["detail"]


def test_what_takes_long_goes_into_the_queue(client, monkeypatch):
    monkeypatch.setattr("leitmotiv.workflows.shelf.AT_ONCE", 2)
    answer = client.post("/api/v1/exports", json={"kind": "pictures"})
    assert (answer.status_code, answer.json["kind"], answer.json["state"]) == (202, "export", "queued")
    assert client.post("/api/v1/exports", json={"kind": "csv"}).status_code == 201
    assert client.post("/api/v1/jobs", json={"kind": "export", "parameters": {"kind": "pdf"}}).status_code == 400
