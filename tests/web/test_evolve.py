"""`/evolve` and `/api/v1/evolutions`: begun, carried on by the queue, overruled, taken away."""

import xml.etree.ElementTree as ET

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import evolving, queue
from leitmotiv.workflows.session import Session

API = "/api/v1/evolutions"
ASKED = {"design": "star", "batch": 4, "rounds": 3, "seed": 2}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("evolve") / "library")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(session):
    return create_app(session).test_client()


def work(session):
    """What the worker beside the server does."""
    for job in session.library.jobs.waiting():
        queue.resolve(queue.KINDS[job.kind].work)(session, job.parameters, lambda _step: None)
        queue.cancel(session, job.id)


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_run_is_begun_watched_overruled_and_taken_away(session, client):
    assert "Thirty-two designs a round" in read(client, "/evolve")
    made = client.post(API, json=ASKED)
    assert (made.status_code, made.json["critic"], made.json["done"]) == (201, "plain", 0)
    number = made.json["id"]
    page = read(client, f"/evolve/{number}")
    assert "data-job=" in page
    assert "Drawing and judging round 1" in page
    work(session)
    page = read(client, f"/evolve/{number}")
    assert page.count('class="pick"') == 4
    assert "data-job=" not in page
    (first,) = client.get(f"{API}/{number}").json["rounds"]
    scores = [one["score"] for one in first["designs"]]
    assert scores == sorted(scores, reverse=True)
    assert page.index(f'data-row="{first["designs"][0]["place"]}"') < page.index(
        f'data-row="{first["designs"][1]["place"]}"'
    )
    worst = first["designs"][-1]["place"]
    picks = f"{API}/{number}/rounds/0/picks"
    assert client.put(picks, json={"places": [worst]}).json["id"] == number
    assert "You chose this" in read(client, f"/evolve/{number}")
    assert client.post(f"{API}/{number}/rounds", json={"until": 2}).status_code == 202
    work(session)
    second = client.get(f"{API}/{number}").json["rounds"][1]
    assert second["designs"]
    assert "you chose here" in read(client, f"/evolve/{number}")
    assert "begins a new evolution" in read(client, f"/evolve/{number}?round=0")
    branch = client.put(picks, json={"places": [first["winner"]]}).json
    assert (branch["id"] != number, branch["done"]) == (True, 1)
    assert "from <a" in read(client, f"/evolve/{branch['id']}")
    ET.fromstring(read(client, f"/evolve/{number}/1/0.svg"))
    kept = client.get(f"/evolve/{number}/1/0.png?size=64&keep=1")
    assert kept.headers["Content-Disposition"] == f'attachment; filename="star-{number}-round-2.png"'
    assert kept.data.startswith(b"\x89PNG")
    again = client.get(
        f"/evolve/{number}/1/0.svg", headers={"If-None-Match": client.get(f"/evolve/{number}/1/0.svg").headers["ETag"]}
    )
    assert again.status_code == 304
    for address in (f"/evolve/{number}/winners.png", f"/evolve/{number}/1/sheet.png"):
        assert client.get(address).data.startswith(b"\x89PNG")
    assert f"/evolve/{number}" in read(client, "/evolve")
    more = client.post(f"{API}/{number}/rounds", json={"until": 5})
    assert (more.status_code, evolving.of(session, number)[0].rounds) == (202, 5)
    work(session)
    assert client.post(f"{API}/{number}/rounds", json={"until": 5}).status_code == 400
    assert client.delete(f"{API}/{number}", json={}).json == {"removed": number}
    read(client, f"/evolve/{number}", 404)


def test_pages_of_runs_and_designs_are_read_without_their_rounds(session, client, monkeypatch):
    made = [client.post(API, json={**ASKED, "go": 0}).json["id"] for _ in range(2)]
    evolving.go_on(session, made[-1], until=1)
    monkeypatch.setattr("leitmotiv.web.evolve.SHOWN", 1)
    first, second = read(client, "/evolve"), read(client, "/evolve?from=1")
    assert (f'data-remove="{made[1]}"' in first, f'data-remove="{made[0]}"' in first) == (True, False)
    assert (f'data-remove="{made[0]}"' in second, 'href="/evolve?from=1"' in first) == (True, True)
    assert 'rel="prev" href="/evolve"' in second
    assert "from 100 on" in read(client, "/evolve?from=99")

    def refuse(*_):
        raise AssertionError("a whole run was read")

    monkeypatch.setattr(session.library.evolutions, "rounds", refuse)
    svg = client.get(f"/evolve/{made[1]}/0/3.svg")
    assert svg.status_code == 200
    assert client.get(f"/evolve/{made[1]}/0/0.png?size=32&keep=1").data.startswith(b"\x89PNG")
    for address in (f"/evolve/{made[1]}/0/4.svg", f"/evolve/{made[1]}/1/0.png"):
        read(client, address, 404)
    told = client.get(f"{API}/{made[1]}?rounds=none").json
    assert (told["run"]["done"], told["rounds"]) == (1, [])
    monkeypatch.setattr(session.library.evolutions, "genomes", refuse)
    headers = {"If-None-Match": svg.headers["ETag"]}
    assert client.get(f"/evolve/{made[1]}/0/3.svg", headers=headers).status_code == 304
    for number in made:
        assert client.delete(f"{API}/{number}", json={}).status_code == 200


def test_what_is_not_there_or_cannot_be_is_told(client):
    for body in ({"design": "dog"}, {**ASKED, "critic": "nobody"}, {**ASKED, "batch": 1}, {}):
        assert client.post(API, json=body).status_code == 400
    assert client.post(API, json={"design": "crop"}).status_code == 409
    made = client.post(API, json={**ASKED, "go": 0}).json["id"]
    assert "Nothing was drawn yet" in read(client, f"/evolve/{made}")
    for address in (
        f"/evolve/{made}/0/0.svg",
        f"/evolve/{made}/winners.png",
        f"/evolve/{made}/0/sheet.png",
        "/evolve/99",
    ):
        read(client, address, 404)
    for address in ("/evolve/examples/crop/0.svg", "/evolve/examples/dog/0.svg"):
        read(client, address, 404)
    ET.fromstring(read(client, "/evolve/examples/heart/1.svg"))
    assert client.put(f"{API}/{made}/rounds/0/picks", json={"places": [0]}).status_code == 404
    assert client.put(f"{API}/{made}/rounds/0/picks", json={"places": [0, 0]}).status_code == 400
    assert client.put(f"{API}/{made}/rounds/0/picks", json={}).status_code == 400
    assert client.post(f"{API}/{made}/rounds", json={}).status_code == 400
