"""What the interface of mood boards tells of learning and finding, over a library that the network has seen."""

import shutil

import pytest

from leitmotiv.formats import cav
from leitmotiv.settings import Settings
from leitmotiv.web import context
from leitmotiv.web.app import create_app
from leitmotiv.workflows import cropping, inspecting
from leitmotiv.workflows.session import Session
from tests.workflows.kinds import KINDS
from tests.workflows.synthetic import add, image_id

IDS = [image_id(number) for number in range(40)]
KIND, OTHERS = IDS[::KINDS], IDS[1::KINDS]
API = "/api/v1/boards"


@pytest.fixture
def client(tmp_path, seen_library):
    with Session(Settings(library=shutil.copytree(seen_library, tmp_path / "library"))) as session:
        yield create_app(session).test_client()


@pytest.fixture
def board(client):
    made = client.post(API, json={"name": "dusk", "positive": KIND[:4]}).json
    return client.post(f"{API}/{made['id']}/train", json={"revision": made["revision"]}).json


def test_a_board_learns_and_tells_what_it_finds_as_a_ranking(client, board):
    (snapshot,) = board["snapshots"]
    assert (board["current"], board["stale"], snapshot["positives"]) == (snapshot["id"], False, 4)
    form = client.get(f"{API}/{board['id']}/results?n=6").json
    assert (form["schema"], form["measure"], form["order"], form["total"]) == (
        "leitmotiv.ranking/1",
        "board",
        "descending",
        36,
    )
    assert {one["id"] for one in form["results"]} == set(KIND[4:])
    assert set(form["results"][0]) >= {"id", "path", "score", "percentile", "probability", "cosine"}
    seen, following = [one["id"] for one in form["results"]], form["next"]
    while following:
        page = client.get(following).json
        seen += [one["id"] for one in page["results"]]
        following = page["next"]
    assert sorted(seen) == sorted(set(IDS) - set(KIND[:4]))
    few = client.get(f"{API}/{board['id']}/results?q=name:00000*&sort=score&own=1").json
    assert {one["id"] for one in few["results"]} == set(IDS[:10])
    assert few["order"] == "ascending"


def test_a_board_that_was_never_trained_says_what_comes_first(client):
    made = client.post(API, json={"positive": KIND[:1]}).json
    answer = client.get(f"{API}/{made['id']}/results")
    assert (answer.status_code, "Train it first" in answer.json["detail"]) == (404, True)
    empty = client.post(API, json={}).json
    answer = client.post(f"{API}/{empty['id']}/train", json={})
    assert answer.status_code == 409
    assert "no picture that it is" in answer.json["detail"]


def test_an_older_state_is_not_trained(client, board):
    client.put(f"{API}/{board['id']}/examples", json={"ids": [KIND[0]], "weight": 2})
    answer = client.post(f"{API}/{board['id']}/train", json={"revision": board["revision"]})
    assert answer.status_code == 409


def test_pictures_that_taught_nothing_are_told(client, board):
    assert board["left_out"] == []
    unseen = image_id(40)
    with Session(client.application.extensions[context.KEY].settings) as other:
        add(other.library, [40])
    client.post(f"{API}/{board['id']}/examples", json={"ids": [unseen]})
    form = client.post(f"{API}/{board['id']}/train", json={}).json
    assert (form["left_out"], form["stale"], len(form["positive"])) == ([unseen], True, 5)


def test_a_board_in_the_trash_is_neither_changed_nor_trained(client, board):
    one = f"{API}/{board['id']}"
    client.delete(one, json={})
    for path, form in (("examples", {"ids": [IDS[1]]}), ("train", {})):
        answer = client.post(f"{one}/{path}", json=form)
        assert (answer.status_code, "in the trash" in answer.json["detail"]) == (409, True)


def test_a_heat_map_is_asked_for_again_each_time(client, board, monkeypatch):
    monkeypatch.setattr(inspecting, "colour_heat", lambda *_: b"PNG")  # the network takes seconds
    answer = client.get(f"{API}/{board['id']}/heat/{IDS[0]}.png")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_snapshots_have_addresses_of_their_own(client, board):
    one = f"{API}/{board['id']}"
    client.post(f"{one}/examples", json={"ids": [OTHERS[0]], "side": "negative"})
    second = client.post(f"{one}/train", json={"name": "sharper"}).json
    assert [each["name"] for each in client.get(f"{one}/snapshots").json["snapshots"]] == ["sharper", ""]
    first = client.get(f"{one}/snapshots/{board['current']}").json
    assert [each["id"] for each in first["positive"]] == KIND[:4]
    assert first["negative"] == []
    told = client.get(f"{one}/compare?a={board['current']}&b={second['current']}").json
    assert told["added"] == [OTHERS[0]]
    named = client.patch(f"{one}/snapshots/{board['current']}", json={"name": "plain"}).json
    assert [each["name"] for each in named["snapshots"]] == ["sharper", "plain"]
    back = client.post(f"{one}/snapshots/{board['current']}/restore", json={}).json
    assert (back["negative"], back["current"]) == ([], board["current"])
    left = client.delete(f"{one}/snapshots/{board['current']}", json={}).json
    assert left["current"] == second["current"]
    assert client.get(f"{one}/snapshots/{board['current']}").status_code == 404
    assert client.post("/api/v1/undo", json={}).json["title"] == "a snapshot of board dusk removed"


def test_the_most_instructive_pictures_are_told(client, board):
    ids = client.get(f"{API}/{board['id']}/informative?n=5").json["ids"]
    assert len(set(ids) - set(KIND[:4])) == 5


def test_pictures_are_ranked_without_a_board(client):
    form = client.post(f"{API}/rank", json={"positive": [KIND[0], {"id": KIND[1], "weight": 2}], "n": 8}).json
    assert form["schema"] == "leitmotiv.ranking/1"
    assert {one["id"] for one in form["results"]} == set(KIND[2:])
    assert form["query"] == {"positive": KIND[:2], "negative": []}
    assert client.get(API).json["boards"] == []
    for wrong in ({}, {"positive": []}, {"positive": ["f" * 64]}, {"positive": KIND[:1], "terms": [{"board": 1}]}):
        assert client.post(f"{API}/rank", json=wrong).status_code in (400, 404)


def test_boards_are_joined(client, board):
    other = client.post(API, json={"name": "dawn", "positive": OTHERS[:4]}).json
    client.post(f"{API}/{other['id']}/train", json={})
    terms = [{"board": board["id"]}, {"board": other["id"], "op": "or", "weight": 1}]
    form = client.post(f"{API}/rank", json={"terms": terms, "n": 12}).json
    assert {one["id"] for one in form["results"]} == {*KIND[4:], *OTHERS[4:]}


def test_a_concept_goes_out_and_comes_back(client, board):
    one = f"{API}/{board['id']}"
    out = client.get(f"{one}/export.cav")
    assert "dusk.cav" in out.headers["Content-Disposition"]
    headers = {"Content-Type": "application/octet-stream"}
    taken = client.post(f"{API}/import?name=dusk", data=out.data, headers=headers)
    assert (taken.status_code, taken.json["name"]) == (201, "dusk 2")
    assert client.get(f"{API}/{taken.json['id']}/export.cav").data == out.data
    assert client.get(f"{one}/export.json").json["schema"] == "leitmotiv.concept/1"
    page = client.get(f"{one}/export.html")
    assert (page.mimetype, b"<title>dusk</title>" in page.data) == ("text/html", True)
    model = client.get(f"{one}/export.onnx")
    assert (model.status_code, model.data[:1]) == (200, b"\x08")
    assert client.get(f"{one}/export.exe").status_code == 400
    broken = client.post(f"{API}/import?name=x", data=out.data[:500], headers=headers)
    assert broken.status_code == 400
    assert len(client.get(API).json["boards"]) == 2


def test_a_heat_map_is_of_one_concept_whatever_its_id_is(client, board, monkeypatch):
    monkeypatch.setattr(inspecting, "colour_heat", lambda session, concept, *_: concept.vector.tobytes())
    content = cav.read(client.get(f"{API}/{board['id']}/export.cav").data)
    headers = {"Content-Type": "application/octet-stream"}
    heats, tag = [], ""
    for name, vector in (("one", content.vector), ("other", -content.vector)):
        data = cav.write(cav.changed(content, vector=vector))
        made = client.post(f"{API}/import?name={name}", data=data, headers=headers).json
        answer = client.get(f"{API}/{made['id']}/heat/{IDS[0]}.png", headers={"If-None-Match": tag})
        heats.append((answer.status_code, answer.data))
        tag = answer.headers["ETag"]
    assert [status for status, _ in heats] == [200, 200]
    assert heats[0] != heats[1]


def test_a_concept_file_is_taken_as_far_as_it_could_be_read(client):
    headers = {"Content-Type": "application/octet-stream"}
    answer = client.post(f"{API}/import?name=x", data=b"\x80" * (cav.MOST_BYTES + 1), headers=headers)
    assert (answer.status_code, f"{cav.MOST_BYTES:,}" in answer.json["detail"]) == (413, True)


def test_a_frame_that_is_no_picture_is_refused(client, board):
    answer = client.post(f"{API}/{board['id']}/live", data=b"text", headers={"Content-Type": "image/jpeg"})
    assert (answer.status_code, "frame" in answer.json["detail"]) == (422, True)


def test_a_box_is_read_as_numbers_whatever_stands_around_them(client, monkeypatch):
    monkeypatch.setattr(cropping, "cut", lambda *_: b"a picture")
    plain, odd = (client.get(f"/boards/crops/{IDS[0]}.jpg?box={first},0,1,1") for first in ("0", "0%0A"))
    assert (odd.status_code, odd.headers["ETag"]) == (200, plain.headers["ETag"])


@pytest.mark.parametrize("box", ["", "0,0,1", "0,0,0,1", "0.5,0,0.6,1", "nan,0,1,1", "a,b,c,d", "-0.1,0,1,1"])
def test_a_box_outside_of_the_picture_is_refused(client, box):
    answer = client.get(f"/boards/crops/{IDS[0]}.jpg?box={box}")
    assert answer.status_code == 400
