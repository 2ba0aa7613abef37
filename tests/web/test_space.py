"""`/search/space` and `/api/v1/spaces`, over a library whose pictures have captions."""

import numpy as np
import pytest

from leitmotiv.records import Caption
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import queue, space_training
from leitmotiv.workflows.session import Session
from tests.workflows.synthetic import add, image_id

COUNT = 24
IDS = [image_id(number) for number in range(COUNT)]
API = "/api/v1/spaces"


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library", words="wordllama")) as opened:
        add(opened.library, range(COUNT))
        seen = np.random.default_rng(0).random((COUNT, 1280))
        opened.library.activations.put(IDS, seen.astype(np.float16))
        texts = [f"boat {number} harbour {('sail', 'dusk')[number % 2]}" for number in range(COUNT)]
        captions = [Caption(one, text, "caption", "told.csv") for one, text in zip(IDS, texts, strict=True)]
        opened.library.captions.replace(IDS, ["told.csv"], captions)
        yield opened


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer


def test_spaces_are_shown_drawn_and_chosen(session):
    client = create_app(session).test_client()
    page = read(client, "/search/space").text
    assert "Learn from them" in page
    assert "<svg" not in page.split("Captions</h2>")[0].split("Spaces</h2>")[1]
    space_training.train(session, "a", space_training.plan("triplet", "random", 1.0, 3, 0), words="ppmi")
    space_training.train(session, "b", space_training.plan("ridge", "random", 1.0, 3, 0), words="ppmi")
    page = read(client, "/search/space?name=a").text
    assert 'class="loss" d="M' in page
    assert "over 3 rounds" in page
    assert "closed form; there are no rounds" in read(client, "/search/space?name=b").text
    assert client.put(f"{API}/used", json={"name": "a"}).json["used"] == "a"
    assert "Searches use <b>a</b>" in read(client, "/search/space").text
    assert client.put(f"{API}/used", json={"name": "nix"}).status_code == 404
    session.library.models.put("space", "a", b"torn", b"{}")
    page = read(client, "/search/space").text
    assert "damaged" in page
    form = read(client, API).json
    assert [one["name"] for one in form["spaces"]] == ["b"]
    assert form["captions"] == [{"name": "told.csv", "texts": COUNT, "pictures": COUNT}]
    assert "damaged" in read(client, "/search?q=boat", 409).text


def test_pages_may_have_captions_read_and_learnt_from(session):
    client = create_app(session).test_client()
    for kind in ("captions", "space"):
        assert client.post("/api/v1/jobs", json={"kind": kind, "parameters": {}}).status_code == 202
    work = queue.resolve(queue.KINDS["captions"].work)
    assert work(session, {}, lambda step: None).startswith("24 looked at")
    learn = queue.resolve(queue.KINDS["space"].work)
    assert learn(session, {"words": "ppmi"}, lambda step: None) == "learnt, and in use"
    assert space_training.in_use(session) == "learnt"
    assert client.post("/api/v1/jobs", json={"kind": "space", "parameters": {"x": 1}}).status_code == 400
