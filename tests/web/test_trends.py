"""Pages and addresses of trends over a small real library: edits, time, comparing, chains, subsets, slideshow."""

import datetime
import json
import os
from dataclasses import replace

import pytest
from markupsafe import escape

from leitmotiv.settings import Settings
from leitmotiv.web import schema
from leitmotiv.web.app import create_app
from leitmotiv.web.describe import PREFIX, description_of
from leitmotiv.web.trend_pages import TREND_PAGES
from leitmotiv.workflows import scopes, trends
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.queue import KINDS, resolve
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of

COUNT = 48


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trends")
    folder_of(folder / "photos", COUNT)
    for number, path in enumerate(sorted((folder / "photos").iterdir())):
        taken = datetime.datetime(2016 + number % 6 + number // 24, 5, 1 + number % 28, 12).timestamp()
        os.utime(path, (taken, taken))
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder / "photos"])
        build_index(opened)
        yield opened


@pytest.fixture
def client(session):
    yield create_app(session).test_client()
    while session.library.changes.undo():
        pass


def test_the_trends_of_a_large_selection_are_found_by_a_job_that_its_page_begins(client, session, monkeypatch):
    monkeypatch.setattr(scopes, "MOST", 10)
    waiting = client.get("/clusters?q=year:2016..2018")
    assert waiting.status_code == 409
    assert "you may leave it" in waiting.text
    asked = {"kind": "selection", "parameters": {"q": "year:2016..2018"}}
    assert f'data-unseen="{escape(json.dumps(asked))}"' in waiting.text
    assert client.post("/api/v1/jobs", json={**asked, "parameters": {"q": ""}}).status_code == 400
    resolve(KINDS["selection"].work)(session, asked["parameters"], lambda step: None)
    assert client.get("/clusters?q=year:2016..2018").status_code == 200
    assert client.get("/clusters/time?q=year:2016..2018").status_code == 200


def groups(client, **asked):
    return client.get("/api/v1/clusters", query_string=asked).json["clusters"]


PAGES = (
    "/clusters",
    "/clusters?count=3&q=year:2016..2019",
    "/clusters/outliers",
    "/clusters/alone",
    "/clusters/time",
    "/clusters/time?by=month&of=count",
    "/clusters/time?q=year:2016..2018",
    "/compare",
    "/compare?a=year:2016&b=year:2018",
    "/compare?q=year:2016",
    "/diverse",
    "/diverse?q=year:2016&n=3&by=typical",
    "/slideshow",
    "/slideshow?sort=looks&at=3",
    "/slideshow?sort=shuffled&seed=4&seconds=2",
)
REFUSED = (
    ("/clusters?q=nonsense", "is no filter"),
    ("/clusters?q=year:1900", "Nothing is selected"),
    ("/clusters/time?by=week", "by is &#39;week&#39;, but must be"),
    ("/clusters/time?q=year:1900", "Nothing that was indexed is selected"),
    ("/compare?a=year:1900&b=year:2016", "has no picture that was indexed"),
    ("/compare?a=nonsense&b=year:2016", "is no filter"),
    ("/diverse?n=0", "n is &#39;0&#39;, but must be a whole number between 1 and"),
    ("/diverse?q=year:1900", "Nothing is selected"),
    ("/slideshow?sort=nonsense", "sort is"),
    ("/slideshow?q=year:1900", "Nothing is selected"),
)


@pytest.mark.parametrize("address", PAGES)
def test_each_page_answers(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert "<h1" in answer.text or "data-show" in answer.text


@pytest.mark.parametrize(("address", "text"), REFUSED)
def test_bad_input_gets_a_clear_line(client, address, text):
    answer = client.get(address)
    assert answer.status_code == 400
    assert text in answer.text


def test_a_name_is_sent_shown_and_undone(client):
    group = groups(client, count=6)[0]
    answer = client.patch(f"/api/v1/clusters/{group['id']}", json={"name": "The lake", "count": 6})
    assert answer.json == {"id": group["id"], "name": "The lake"}
    assert groups(client, count=6)[0]["name"] == "The lake"
    assert "The lake" in client.get("/clusters?count=6").text
    assert client.post("/api/v1/undo", json={}).json["title"] == "a trend is called “The lake”"
    assert groups(client, count=6)[0]["name"] != "The lake"


def test_trends_are_joined_taken_apart_and_pictures_moved(client):
    one, other, third = groups(client, count=6)[:3]
    joined = client.post("/api/v1/clusters/merge", json={"clusters": [one["id"], other["id"]], "count": 6}).json
    assert joined["clusters"][0]["size"] == one["size"] + other["size"]
    assert joined["clusters"][0]["edited"]
    number = joined["clusters"][0]["id"]
    parts = client.post("/api/v1/clusters/split", json={"cluster": number, "parts": 2, "count": 6}).json["clusters"]
    assert sorted(part["size"] for part in parts) == sorted([one["size"], other["size"]])
    moved = third["members"][-1]
    body = {"ids": [moved], "cluster": one["id"], "count": 6}
    assert moved in client.post("/api/v1/clusters/pin", json=body).json["clusters"][0]["pinned"]
    client.post("/api/v1/clusters/exclude", json={"ids": [third["members"][1]]})
    after = client.get("/api/v1/clusters?count=6").json
    assert after["left_out"] == [third["members"][1]]
    edits = client.get("/api/v1/clusters/edits").json["edits"]
    assert [edit["kind"] for edit in edits] == ["leave", "pin", "part", "join"]
    page = client.get("/clusters?count=6").text
    assert "What you changed" in page
    assert "Left out by you" in page
    assert client.delete(f"/api/v1/clusters/edits/{edits[0]['id']}", json={}).status_code == 204
    assert client.get("/api/v1/clusters?count=6").json["left_out"] == []


@pytest.mark.parametrize(
    ("verb", "body", "text"),
    [
        ("merge", {"clusters": ["x"]}, "clusters must be a list of the numbers"),
        ("merge", {"clusters": [1]}, "two trends or more"),
        ("split", {"parts": 2}, "cluster is missing"),
        ("split", {"cluster": 0, "parts": 2, "ids": ["x"]}, "either into parts or by ids"),
        ("pin", {"cluster": 0}, "ids must be a list"),
        ("pin", {"cluster": True, "ids": ["x"]}, "cluster is True, but must be a whole number"),
        ("exclude", {"ids": ["abcd"], "what": 1}, "is not known here"),
    ],
)
def test_a_bad_body_is_told_and_nothing_changes(client, session, verb, body, text):
    answer = client.post(f"/api/v1/clusters/{verb}", json=body)
    assert answer.status_code == 400
    assert text in answer.json["detail"]
    assert session.library.trend_edits.list() == []


def test_a_trend_that_is_gone_cannot_be_named(client):
    answer = client.patch("/api/v1/clusters/799999999", json={"name": "x"})
    assert answer.status_code == 404


def test_time_counts_every_picture_once(client):
    form = client.get("/api/v1/clusters/time?by=year&count=6").json
    assert sum(form["totals"]) == form["pictures"] == COUNT
    columns = zip(*(trend["counts"] for trend in form["trends"]), strict=True)
    for total, others, counts in zip(form["totals"], form["others"], columns, strict=True):
        assert total == others + sum(counts)
    assert form["periods"] == sorted(form["periods"])
    months = client.get("/api/v1/clusters/time?by=month&count=6").json
    assert sum(months["totals"]) == COUNT
    assert months["periods"][0] == form["periods"][0] + "-05"


def test_two_selections_share_what_both_have(client):
    form = client.get("/api/v1/compare?a=year:2016&b=year:2016..2017&count=6").json
    assert form["in_both"] == form["a"]["size"]
    for trend in form["trends"]:
        assert trend["a"]["low"] <= trend["a"]["share"] <= trend["a"]["high"]
        assert trend["where"] in ("both", "only in b", "more in b")


def test_a_trend_belongs_to_one_side_only_where_chance_would_hardly_do_it(client):
    form = client.get("/api/v1/compare?a=year:2016&b=year:2018&count=6").json
    assert (form["a"]["size"], form["b"]["size"]) == (4, 8)
    whole = [trend for trend in form["trends"] if trend["a"]["share"] == 1]
    assert [(trend["where"], trend["b"]["count"]) for trend in whole] == [("only in a", 0)]
    half = [trend["where"] for trend in form["trends"] if trend["b"]["share"] == 0.5]
    assert half == ["both", "both"]  # none of four is no proof of anything


def test_a_chain_leads_from_one_to_the_other(client, session):
    ids = [group.exemplar for group in trends.cut(session, 6)][:2]
    form = client.get(f"/api/v1/chain/{ids[0]}/{ids[1]}?n=4").json
    assert (form["ids"][0], form["ids"][-1]) == tuple(ids)
    assert len(form["steps"]) == len(form["ids"]) - 1 <= 4
    page = client.get(f"/chain/{ids[0]}/{ids[1]}?n=4")
    assert page.status_code == 200
    assert page.text.count('class="step"') == len(form["steps"])
    assert client.get(f"/chain/{ids[0][:12]}/{ids[1]}").location.startswith(f"/chain/{ids[0]}/{ids[1]}")
    assert client.get(f"/chain/{ids[0]}/{ids[0]}").status_code == 400
    between = client.get(f"/chain?q=id:{ids[0]},{ids[1]}").location
    assert set(between.removeprefix("/chain/").split("/")) == set(ids)
    assert "this selection has 48" in client.get("/chain").text
    assert client.get(f"/chain/{ids[0]}/{'0' * 64}").status_code == 404


def test_a_diverse_few_has_one_of_each_look(client):
    form = client.get("/api/v1/diverse?n=6&by=typical").json
    assert form["schema"] == "leitmotiv.ranking/1"
    looks = {int(result["path"][-7:-4]) % 6 for result in form["results"]}
    assert looks == set(range(6))
    assert [one["share"] for one in form["within"]] == [0.5, 0.9, 1.0]
    nats = [one["nats"] for one in form["within"]]
    assert nats == sorted(nats)


def test_a_slideshow_shows_every_picture_once_in_each_order(client):
    found = {}
    for sort in ("-taken", "looks", "shuffled"):
        form = client.get(f"/api/v1/slideshow?sort={sort}&seed=2").json
        found[sort] = [image["id"] for image in form["images"]]
        assert len(set(found[sort])) == form["total"] == COUNT
    assert found["shuffled"] == [
        one["id"] for one in client.get("/api/v1/slideshow?sort=shuffled&seed=2").json["images"]
    ]
    other = [one["id"] for one in client.get("/api/v1/slideshow?sort=shuffled&seed=3").json["images"]]
    assert found["shuffled"] != other
    part = client.get("/api/v1/slideshow?offset=40&limit=5").json
    assert [one["id"] for one in part["images"]] == found["-taken"][40:45]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/clusters?count=6",
        "/api/v1/clusters/outliers",
        "/api/v1/clusters/edits",
        "/api/v1/clusters/time?count=6",
        "/api/v1/compare?a=year:2016&b=year:2018&count=6",
        "/api/v1/diverse?n=4",
        "/api/v1/slideshow?limit=3",
    ],
)
def test_an_answer_is_as_it_is_described(client, session, address):
    group = groups(client, count=6)[0]
    client.patch(f"/api/v1/clusters/{group['id']}", json={"name": "The lake", "count": 6})
    app = client.application
    with app.test_request_context(address) as asked:
        said = description_of(app, asked.request.url_rule)
    assert schema.mismatch(said.answers[200], client.get(address).json) is None


def test_every_address_of_trends_is_described(client):
    app = client.application
    families = {page.pages.name for page in TREND_PAGES} | {"clusters"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)]
    ours = [rule for rule in rules if rule.endpoint.partition(".")[0] in families]
    assert len(ours) >= 15
    assert [rule.rule for rule in ours if description_of(app, rule) is None] == []
