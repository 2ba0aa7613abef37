"""`/eyes` and `/api/v1/eyes` over a small library: what pages and programs are told, and what they are refused."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from leitmotiv.imaging import films
from leitmotiv.imaging.read import encode
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import eyes, lookers
from leitmotiv.workflows import films as through
from leitmotiv.workflows.session import Session
from tests.store.making import image_id
from tests.workflows.watched import fill, jpeg, stripes

API = "/api/v1/eyes"
FRAME = jpeg(Image.fromarray(stripes(64)))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(replace(Settings(), library=tmp_path_factory.mktemp("eyes") / "library")) as opened:
        fill(opened.library, tmp_path_factory.mktemp("photos"), 12)
        yield opened


@pytest.fixture(scope="module")
def client(session):
    return create_app(session).test_client()


@pytest.fixture(scope="module")
def made(client):
    asked = {"query": "name:p000,p006", "name": "Reds & <b>", "side": 32, "partial": {"kind": "edges", "low": 40}}
    answer = client.post(API, json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


def size(answer):
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.data)) as image:
        return image.size


def test_pages_show_eyes_what_they_see_and_their_card(client, made):
    assert "Make eyes" in client.get("/eyes").text
    page = client.get(f"/eyes/{made}").text
    assert "Reds &amp; &lt;b&gt;" in page
    assert f"/eyes/{made}/sees/" in page
    assert size(client.get(f"/eyes/{made}/sees/{image_id(3)}.png")) == (32, 32)
    assert size(client.get(f"/eyes/shown/{image_id(3)}.png?kind=regions&side=48")) == (48, 48)
    assert "2 pictures" in client.get("/eyes/new?q=name:p000,p006&kind=blur").text
    assert "1 picture: 2 are needed" in client.get("/eyes/new?q=name:p000").text
    assert "nonsense" in client.get("/eyes/new?q=nonsense:1").text
    assert "camera=(self)" in client.get("/eyes/camera").headers["Permissions-Policy"]


def test_all_pictures_are_seen_a_page_at_a_time_and_kept_until_the_eyes_change(client, session, made, monkeypatch):
    monkeypatch.setattr("leitmotiv.web.eyes.AT_ONCE", 5)
    page = client.get(f"/eyes/{made}/all?start=5&and={made}").text
    assert "6 to 10 of 12 pictures" in page
    assert page.count("/small/") == 10
    assert (f"/eyes/{made}/all?and={made}&amp;start=10" in page, "The 5 before" in page) == (True, True)
    assert client.get(f"/eyes/{made}/all?q=name:p003").text.count("/small/") == 1
    assert "nonsense" in client.get(f"/eyes/{made}/all?q=nonsense:1").text
    address = f"/eyes/{made}/small/{image_id(3)}.webp"
    first = client.get(address)
    assert size(first) == (32, 32)
    monkeypatch.setattr(lookers, "see", lambda *_: pytest.fail("It was kept, and is looked at again."))
    session.memory.clear()
    assert client.get(address).data == first.data
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    client.patch(f"{API}/{made}", json={"name": "Reds & <b>"})
    assert client.get(address).headers["ETag"] == first.headers["ETag"]


def test_a_picture_and_the_frames_of_a_camera_go_through_and_are_kept_nowhere(client, session, made):
    assert size(client.post(f"{API}/{made}/look", data=FRAME, content_type="image/jpeg")) == (96, 32)
    for preset in ("own", "classic", "drawing"):
        address = f"{API}/{made}/live?film=a&preset={preset}&post_time_lerp=0.9&flip_h=0"
        answer = client.post(address, data=FRAME, content_type="image/jpeg")
        assert size(answer) == (64, 32)
        assert answer.headers["Cache-Control"] == "no-store"
    assert session.library.images.count() == 12


@pytest.mark.parametrize(
    ("address", "data", "status", "told"),
    [
        ("live?post_time_lerp=2", FRAME, 400, "post_time_lerp is '2', but must be a number from 0 to 1"),
        ("live?canny=yes", FRAME, 400, "canny is 'yes'"),
        ("live?preset=loud", FRAME, 400, "preset is 'loud'"),
        ("live", b"x", 422, "cannot be looked at"),
        ("look", b"", 422, "it is empty"),
    ],
)
def test_what_cannot_be_looked_at_is_named(client, made, address, data, status, told):
    answer = client.post(f"{API}/{made}/{address}", data=data, content_type="image/jpeg")
    assert (answer.status_code, told in answer.json["detail"]) == (status, True)


@pytest.mark.parametrize(("kind", "starts"), [("gif", b"GIF89a"), ("png", b"\x89PNG"), ("mp4", b"\0\0\0")])
def test_a_short_film_goes_through(client, made, tmp_path, kind, starts):
    films.write(tmp_path / "film.gif", [np.roll(stripes(48), at, axis=1) for at in range(3)], 10.0, ".gif")
    data = (tmp_path / "film.gif").read_bytes()
    answer = client.post(f"{API}/{made}/film?name=my.gif&as={kind}", data=data, content_type="image/gif")
    assert (answer.status_code, answer.data[: len(starts)]) == (200, starts)
    assert answer.headers["Leitmotiv-Frames"] == "3 of 3"
    assert "Leitmotiv-Ends-Early" not in answer.headers


def test_a_film_that_is_cut_is_shown_as_far_as_it_goes(client, made, tmp_path):
    films.write(tmp_path / "film.gif", [np.roll(stripes(48), at, axis=1) for at in range(8)], 10.0, ".gif")
    data = (tmp_path / "film.gif").read_bytes()
    answer = client.post(f"{API}/{made}/film", data=data[: int(0.9 * len(data))], content_type="image/gif")
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.data)) as image:
        frames = image.n_frames
    assert 1 < frames < 8
    assert answer.headers["Leitmotiv-Frames"].startswith(f"{frames} of ")
    assert "truncated" in answer.headers["Leitmotiv-Ends-Early"]
    assert "leitmotiv-" not in answer.headers["Leitmotiv-Ends-Early"]


def test_a_film_that_is_none_or_too_long_is_named(client, made, tmp_path, monkeypatch):
    none = client.post(f"{API}/{made}/film?name=a.mp4", data=b"x", content_type="video/mp4")
    assert (none.status_code, "no video that can be read" in none.json["detail"]) == (422, True)
    lists = client.post(f"{API}/{made}/film?name=a.m3u8", data=b"#EXTM3U\n", content_type="video/mp4")
    assert (lists.status_code, "films are" in lists.json["detail"]) == (422, True)
    cut = client.post(f"{API}/{made}/film?name=my.gif", data=b"GIF89a", content_type="image/gif")
    assert (cut.status_code, "'my.gif'" in cut.json["detail"], "/tmp" in cut.json["detail"]) == (422, True, False)
    large = io.BytesIO()
    Image.new("P", (8000, 8000)).save(large, "GIF")
    bomb = client.post(f"{API}/{made}/film", data=large.getvalue(), content_type="image/gif")
    assert (bomb.status_code, "64 megapixels" in bomb.json["detail"]) == (422, True)
    monkeypatch.setattr(through, "HANDED", 2)
    films.write(tmp_path / "film.gif", [np.roll(stripes(48), at, axis=1) for at in range(3)], 10.0, ".gif")
    data = (tmp_path / "film.gif").read_bytes()
    long = client.post(f"{API}/{made}/film", data=data, content_type="image/gif")
    assert (long.status_code, "waits for 2 frames" in long.json["detail"]) == (400, True)


def test_eyes_are_renamed_taken_out_and_in_and_removed(client, session, made):
    assert client.patch(f"{API}/{made}", json={"name": "Dusk"}).json["name"] == "Dusk"
    data = client.get(f"/eyes/{made}/export").data
    back = client.post(f"{API}/import", data=data, content_type="application/zip")
    assert (back.status_code, back.json["name"]) == (201, "Dusk 2")
    spoilt = client.post(f"{API}/import", data=data[:-40], content_type="application/zip")
    assert (spoilt.status_code, "no pair of eyes" in spoilt.json["detail"]) == (409, True)
    assert client.delete(f"{API}/{back.json['id']}").json == {"removed": "dusk-2"}
    assert client.get(f"{API}/dusk-2").status_code == 404
    assert client.post(API, json={"query": "name:p000", "side": 32}).status_code == 409
    assert [one["id"] for one in client.get(API).json["eyes"]] == [one.id for one in eyes.listed(session)]


def test_figures_of_a_card_stand_beside_those_of_their_baselines(client, session):
    one = eyes.make(session, "Measured", "name:p000,p006", side=32)
    figures = {"network": {"l1": 21.3, "ssim": 0.5}, "patches": {"l1": 30.0, "ssim": None}, "odd": 3}
    session.library.eyes.put(replace(one, card={"figures": figures, "limits": []}), {})
    page = client.get(f"/eyes/{one.id}").text
    assert "these eyes" in page
    assert [value in page for value in ("21.3", "30.0", "0.50")] == [True] * 3
    first = client.get(f"/eyes?image={image_id(7)}").text.split("/sees/")[1]
    assert first.startswith(image_id(7))


def test_a_training_is_shown_from_its_first_sample_on_and_from_its_curve(client, session):
    one = eyes.make(session, "Learning", "name:p000,p006", side=32)
    curve = {
        "steps": 400,
        "baselines": {"copy of x": 0.31, "odd": "?"},
        "points": [{"step": 100, "l1": 0.2, "held": 0.25}, {"step": 200, "l1": 0.1, "held": 0.2}, {"step": "?"}],
    }
    session.library.eyes.add(one.id, "curve.json", json.dumps(curve).encode())
    for step in (100, 200):
        session.library.eyes.add(one.id, f"sample-{step:06}.png", encode(np.zeros((8, 24, 3), np.uint8), "PNG"))
    page = client.get(f"/eyes/{one.id}").text
    assert "on others that were held out" in page
    session.library.eyes.add(one.id, "curve.json", json.dumps({**curve, "watched": 3, "told": 4}).encode())
    page = client.get(f"/eyes/{one.id}").text
    assert "Yellow: 3 pictures held out and watched meanwhile, now 0.2." in page
    assert "on the same pictures. The card is of 4 pictures besides" in page
    assert "step 200 of 400" in page
    assert "copy of x 0.31" in page
    assert "sample-000100.png sample-000200.png" in page
    assert size(client.get(f"/eyes/{one.id}/samples/sample-000100.png")) == (24, 8)
    assert client.get(f"/eyes/{one.id}/samples/card.json").status_code == 404
    session.library.eyes.add("just-begun", "training.json", b"{}")
    assert "ended before they could see" in client.get("/eyes/just-begun").text
    session.library.eyes.add(one.id, "curve.json", b"[1, {")
    assert client.get(f"/eyes/{one.id}").status_code == 200
