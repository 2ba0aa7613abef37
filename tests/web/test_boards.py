"""The interface of mood boards, over a real library."""

import io

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import picture
from tests.workflows.synthetic import add, image_id

IDS = [image_id(number) for number in range(8)]
API = "/api/v1/boards"


@pytest.fixture
def client(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as session:
        add(session.library, range(8))
        yield create_app(session).test_client()


@pytest.fixture
def board(client):
    return client.post(API, json={"name": "dusk", "positive": [IDS[0], {"id": IDS[1], "weight": 2}]}).json


def shown(form, side="positive"):
    return [(one["id"], one["weight"]) for one in form[side]]


def test_a_board_is_made_listed_and_read(client, board):
    assert shown(board) == [(IDS[0], 1), (IDS[1], 2)]
    assert (board["current"], board["snapshots"], board["stale"]) == (None, [], True)
    assert board["positive"][0]["src"] == f"/thumb/{IDS[0]}/512.jpg"
    assert client.get(API).json["boards"] == [board] == client.get(f"{API}?q=DUSK").json["boards"]
    assert client.get(f"{API}?q=dawn").json["boards"] == []
    assert client.get(f"{API}/{board['id']}").json == board
    assert client.get(f"{API}/99").status_code == 404


def test_pictures_are_put_weighed_moved_and_taken_off(client, board):
    examples = f"{API}/{board['id']}/examples"
    form = client.post(examples, json={"ids": [IDS[2]], "side": "negative"}).json
    assert shown(form, "negative") == [(IDS[2], 1)]
    form = client.put(examples, json={"ids": [{"id": IDS[2], "weight": 0.25}, IDS[0]], "weight": 3}).json
    assert shown(form) + shown(form, "negative") == [(IDS[0], 3), (IDS[1], 2), (IDS[2], 0.25)]
    form = client.put(examples, json={"ids": [IDS[2]], "side": "positive"}).json
    assert shown(form, "negative") == []
    form = client.delete(examples, json={"ids": [IDS[0], IDS[1]]}).json
    assert shown(form) == [(IDS[2], 1)]
    assert client.post("/api/v1/undo", json={}).json["title"] == "2 pictures taken off board dusk"
    assert len(client.get(f"{API}/{board['id']}").json["positive"]) == 3


def test_a_tab_that_saw_an_older_state_is_told_and_changes_nothing(client, board):
    one = f"{API}/{board['id']}"
    seen = board["revision"]
    changed = client.post(f"{one}/examples", json={"ids": [IDS[4]], "revision": seen}).json
    for method, path, form in (
        ("post", "/examples", {"ids": [IDS[5]]}),
        ("put", "/examples", {"ids": [IDS[0]], "weight": 2}),
        ("delete", "/examples", {"ids": [IDS[0]]}),
        ("post", "/draw", {"count": 2}),
        ("patch", "", {"name": "dawn"}),
        ("delete", "", {}),
    ):
        answer = getattr(client, method)(f"{one}{path}", json={**form, "revision": seen})
        assert answer.status_code == 409, path
        assert "anew" in answer.json["detail"]
    assert client.get(one).json == changed


def test_a_board_goes_to_the_trash_and_comes_back(client, board):
    one = f"{API}/{board['id']}"
    assert client.delete(API, json={"ids": [board["id"]]}).status_code == 400
    assert client.delete(one, json={}).json["trashed"]
    assert client.get(API).json["boards"] == []
    assert len(client.get(f"{API}?trashed=1").json["boards"]) == 1
    assert client.post(f"{one}/restore", json={}).json["trashed"] is None
    copy = client.post(f"{one}/duplicate", json={}).json
    assert (copy["name"], shown(copy)) == ("dusk copy", shown(board))
    client.delete(one, json={})
    assert client.delete(API, json={}).json == {"removed": 1}
    assert client.get(one).status_code == 404


def test_drawn_pictures_are_shown_and_replaced(client, board):
    one = f"{API}/{board['id']}/draw"
    drawn = client.post(one, json={"count": 3}).json["negative"]
    assert [each["drawn"] for each in drawn] == [True] * 3
    after = client.post(one, json={"replace": [drawn[0]["id"]]}).json["negative"]
    assert [each["id"] for each in after[:2]] == [each["id"] for each in drawn[1:]]
    assert after[2]["id"] != drawn[0]["id"]


def test_a_file_is_handed_in_and_shown(client, board):
    data = io.BytesIO()
    picture(1).save(data, "PNG")
    form = {"picture": (io.BytesIO(data.getvalue()), "sea.png"), "side": "negative"}
    headers = {"Origin": "http://localhost"}
    answer = client.post(f"{API}/{board['id']}/pictures", data=form, headers=headers)
    assert answer.status_code == 201
    (example,) = answer.json["board"]["negative"]
    assert (example["id"], example["uploaded"], example["state"]) == (answer.json["id"], True, "handed in")
    shown = client.get(example["src"])
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    bad = {"picture": (io.BytesIO(b"text"), "sea.png")}
    assert client.post(f"{API}/{board['id']}/pictures", data=bad, headers=headers).status_code == 422
    assert client.get(f"/boards/pictures/{IDS[0]}.jpg").status_code == 404


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("", {"name": "x" * 121}, "120"),
        ("", {"positive": ["f" * 64]}, "No image"),
        ("/1/examples", {"ids": []}, "between 1 and"),
        ("/1/examples", {"ids": [IDS[0]], "weight": -1}, "weight"),
        ("/1/examples", {"ids": [IDS[0]], "side": "maybe"}, "side"),
        ("/1/examples", {"ids": [{"weight": 1}]}, "id"),
        ("/1/draw", {"count": -1}, "count"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_name(client, board, path, form, said):
    answer = client.post(f"{API}{path}", json=form)
    assert answer.status_code in (400, 404)
    assert said in answer.json["detail"]
    assert client.get(API).json["boards"] == [board]
