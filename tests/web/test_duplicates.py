"""The page of copies and its JSON, over a small real library."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask.testing
import pytest
from PIL import Image

from leitmotiv.formats import trash
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import duplicates, grouping
from leitmotiv.workflows.duplicates import find_duplicates
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.imaging.test_keypoints import crowded

API = "/api/v1/duplicates"


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Two pictures, of each a smaller copy, and the first one twice; with a trash of this test alone."""
    import send2trash.plat_other as theirs

    monkeypatch.setattr(theirs, "HOMETRASH_B", os.fsencode(tmp_path / "data" / "Trash"))
    monkeypatch.setattr(theirs, "XDG_DATA_HOME", os.fsencode(tmp_path / "data"))
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(2):
        Image.fromarray(crowded(seed)).save(folder / f"p{seed}.png")
        Image.fromarray(crowded(seed)).resize((120, 90)).save(folder / f"s{seed}.jpg")
    (folder / "p0 copy.png").write_bytes((folder / "p0.png").read_bytes())
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [folder])
        find_duplicates(opened)
        yield opened


@pytest.fixture
def client(session: Session) -> flask.testing.FlaskClient:
    return create_app(session).test_client()


def test_page_shows_groups_with_the_one_to_keep_first(client):
    text = client.get("/duplicates").text
    assert text.count('class="group') == 3
    assert "Accept 3 proposals" in text
    assert "p0 copy.png" in text
    assert "Keep: larger" in text
    assert client.get("/duplicates?kind=near").text.count('class="group') == 2
    assert "Nothing here at this setting" in client.get("/duplicates?folder=/elsewhere").text
    assert client.get("/duplicates?kind=alike").status_code == 400
    assert client.get("/duplicates?from=x").status_code == 400


def test_groups_come_as_json_with_pages_and_an_etag(client):
    answer = client.get(f"{API}?limit=2")
    form = answer.json
    assert (len(form["groups"]), form["total"], form["searched"]) == (2, 3, 4)
    assert "offset=2" in form["next"]
    assert client.get(form["next"]).json["next"] is None
    assert client.get(f"{API}?limit=2", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    one = form["groups"][0]
    assert client.get(f"{API}/{one['id']}").json == one
    assert client.get(f"{API}/000000000000").status_code == 404
    assert {member["proposed"] for member in one["members"]} == {"keep", "remove"}


def test_decisions_denials_and_acceptance(client, session):
    near = client.get(f"{API}?kind=near").json["groups"][0]
    key = near["members"][1]["key"]
    assert client.patch(f"{API}/decisions", json={"decisions": {key: "remove"}}).status_code == 200
    again = client.get(f"{API}/{near['id']}").json
    assert again["members"][1]["decision"] == "remove"
    assert client.post("/api/v1/undo", json={}).json["title"] == "duplicates: remove 1"
    assert client.post(f"{API}/accept", json={"group": near["id"]}).json == {"accepted": 1}
    assert client.post(f"{API}/accept", json={"kind": "near"}).json == {"accepted": 1}
    assert client.post(f"{API}/denials", json={"group": near["id"], "key": key}).status_code == 200
    assert client.get(f"{API}?kind=near").json["total"] == 1
    for path, body in (
        ("decisions", {"decisions": {}}),
        ("decisions", {"decisions": {"x": "keep"}}),
        ("decisions", {"decisions": {key: "burn"}}),
    ):
        assert client.patch(f"{API}/{path}", json=body).status_code == 400
    assert client.post(f"{API}/accept", json={"group": "x"}).status_code == 400
    assert client.post(f"{API}/denials", json={}).status_code == 400


@pytest.mark.skipif(not trash.TELLS, reason="this system does not say where its trash lies")
def test_plan_is_seen_confirmed_and_taken_back(client, session, tmp_path):
    client.post(f"{API}/accept", json={})
    answer = client.post(f"{API}/plans", json={})
    plan = answer.json
    assert answer.status_code == 201
    assert len(plan["actions"]) == 3
    assert client.get(f"{API}/plans/{plan['id']}").json == plan
    names = {Path(action["remove"]["path"]).name for action in plan["actions"]}
    assert names == {"p0 copy.png", "s0.jpg", "s1.jpg"}
    refused = client.post(f"{API}/plans/{plan['id']}/apply", json={})
    assert refused.status_code == 400
    assert len(list((tmp_path / "photos").iterdir())) == 5
    done = client.post(f"{API}/plans/{plan['id']}/apply", json={"confirm": True}).json
    assert (len(done["files"]), done["failed"]) == (3, [])
    assert len(list((tmp_path / "photos").iterdir())) == 2
    assert "Bring back" in client.get("/duplicates").text
    back = client.post(f"{API}/plans/{plan['id']}/undo", json={}).json
    assert len(back["files"]) == 3
    assert len(list((tmp_path / "photos").iterdir())) == 5
    assert client.get(f"{API}/plans/0123456789abcdef").status_code == 404
    assert client.post(f"{API}/plans/..%2Fx/apply", json={"confirm": True}).status_code in (400, 404)


def test_search_is_queued_once(client, session):
    first = client.post(f"{API}/search", json={})
    assert first.status_code == 202
    assert client.post(f"{API}/search", json={}).json == first.json
    (job,) = session.library.jobs.waiting()
    assert (job.id, job.kind) == (first.json["job"], "duplicates")
    assert "were compared before" in duplicates.find_all(session, {}, lambda step: None)


def test_library_without_copies_says_so(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "other")) as empty:
        client = create_app(empty).test_client()
        assert "has no pictures yet" in client.get("/duplicates").text
        assert grouping.overview(empty).groups == ()
