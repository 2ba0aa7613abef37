"""`/critic` and `/api/v1/critics`, over a library whose pictures differ in one activation."""

import numpy as np
import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import critics, own
from leitmotiv.workflows.session import Session
from tests.workflows.synthetic import add, image_id

COUNT = 24
IDS = [image_id(number) for number in range(COUNT)]
API = "/api/v1/critics"


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as opened:
        add(opened.library, range(COUNT))
        seen = np.random.default_rng(0).random((COUNT, 1280)) / 4
        seen[:, 0] += np.linspace(0, 6, COUNT)
        opened.library.activations.put(IDS, seen.astype(np.float16))
        yield opened


@pytest.fixture
def client(session):
    return create_app(session).test_client()


@pytest.fixture
def taught(session, client):
    for number in range(COUNT):
        own.rate(session, [IDS[number]], stars=1 + number * 5 // COUNT)
    return client.post(API, json={"sets": ["stars"], "name": "taste"})


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def test_without_a_critic_the_page_says_how_to_get_one(session, client):
    page = read(client, "/critic")
    assert "It knows how well a picture is made" in page
    assert "A critic of your own" in page
    assert "data-learn" not in page
    own.rate(session, IDS[:3], stars=4)
    assert "data-learn" in read(client, "/critic")
    assert "Twenty or more teach better" in read(client, "/critic")
    assert client.get(API).json == {"critics": ["technical"]}
    read(client, "/critic?critic=none", 404)


def test_a_critic_learns_from_stars_and_the_page_shows_its_order(client, taught):
    assert taught.status_code == 201
    assert taught.json["pictures"] == COUNT
    assert client.get(API).json == {"critics": ["taste", "technical"]}
    assert client.get(f"{API}/taste").json == taught.json
    page = read(client, "/critic")
    ranking = client.get(f"{API}/taste/results?n={COUNT}").json
    assert (ranking["measure"], ranking["next"]) == ("critic", None)
    order = [one["id"] for one in ranking["results"]]
    shown = [part[:64] for part in page.partition('class="nears"')[2].split('data-id="')[1:]]
    assert shown == order
    assert f"{ranking['results'][0]['score']:.1f}" in page
    assert "How votes would fall" in page
    assert page.count("<rect x=") == 10
    assert "baseline" in page
    worst = read(client, "/critic?sort=score")
    assert worst.partition('class="nears"')[2].split('data-id="')[1][:64] == order[-1]
    read(client, "/critic?sort=beauty", 400)
    read(client, "/critic?q=stars:five", 400)


def test_the_votes_of_any_picture_can_be_asked(client, taught):
    found = client.get(f"/api/v1/images/{IDS[3]}/critique").json
    assert found["id"] == IDS[3]
    assert sum(found["histogram"]) == pytest.approx(1)
    assert found["score"] == pytest.approx(sum(k * share for k, share in enumerate(found["histogram"], 1)))
    assert f"/images/{IDS[3]}" in read(client, f"/critic?image={IDS[3]}").partition("<aside")[2]
    assert client.get(f"/api/v1/images/{IDS[3]}/critique?critic=none").status_code == 404
    assert client.get("/api/v1/images/ffff/critique").status_code == 404


def test_pages_of_results_follow_each_other(client, taught):
    first = client.get(f"{API}/taste/results?n=10&q=rating:>1").json
    second = client.get(first["next"]).json
    ids = [one["id"] for one in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == 19
    assert second["next"] is None


def test_what_cannot_be_learnt_is_answered_with_its_reason(session, client, monkeypatch):
    assert client.post(API, json={"sets": ["stars"]}).status_code == 409
    assert client.post(API, json={"sets": []}).status_code == 400
    assert client.post(API, json={"sets": ["none"]}).status_code == 404
    own.rate(session, IDS[:4], stars=2)
    alike = client.post(API, json={"sets": ["stars"]})
    assert (alike.status_code, "rated alike" in alike.json["detail"]) == (409, True)
    monkeypatch.setattr("leitmotiv.web.critic.MOST_TRAINED", 3)
    many = client.post(API, json={"sets": ["stars"]})
    assert (many.status_code, "leitmotiv critic train" in many.json["detail"]) == (409, True)
    assert critics.names(session) == []


def test_a_critic_is_removed_and_a_damaged_one_is_no_fault_of_the_page(session, client, taught):
    (path,) = session.library.folder.glob("models/*.npz")
    path.write_bytes(b"nothing")
    page = client.get("/critic")
    assert (page.status_code, "damaged" in page.text) == (409, True)
    assert client.delete(f"{API}/taste", json={}).json == {"removed": "taste"}
    assert client.delete(f"{API}/taste", json={}).status_code == 404
    assert "A critic of your own" in read(client, "/critic")
