"""Fewer or more trends over JSON: what stands, what is asked for, what is refused; on a small real library."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session
from tests.workflows.synthetic import add

ADDRESS = "/api/v1/clusters/rebuild"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rebuild") / "library"
    with Session(replace(Settings(), library=folder, workers=1, points=48)) as opened:
        add(opened.library, range(40))
        yield opened


@pytest.fixture
def client(session):
    return create_app(session).test_client()


def test_without_trends_there_is_nothing_to_find_anew(client):
    for answer in (client.get(ADDRESS), client.post(ADDRESS, json={"groups": "more"})):
        assert answer.status_code == 409
        assert "build-index" in answer.json["detail"]


def test_what_is_asked_for_becomes_a_job_and_the_standing_follows(session, client):
    build_index(session)
    usual = client.get(ADDRESS).json
    assert usual["groups"] == "default"
    assert usual["count"] == usual["usual"] > 1
    asked = client.post(ADDRESS, json={"groups": "fewer"})
    assert (asked.status_code, asked.json["kind"], asked.json["state"]) == (202, "index", "queued")
    assert client.get(ADDRESS).json == usual
    build_index(session, groups="fewer")
    fewer = client.get(ADDRESS)
    assert (fewer.json["groups"], fewer.json["usual"]) == ("fewer", usual["count"])
    assert client.get(ADDRESS, headers={"If-None-Match": fewer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("body", "said"), [({"groups": "some"}, "groups"), ({}, "groups"), ({"groups": "more", "n": 3}, "n")]
)
def test_another_wish_is_refused_by_name(session, client, body, said):
    answer = client.post(ADDRESS, json=body)
    assert answer.status_code == 400
    assert said in answer.json["detail"]
