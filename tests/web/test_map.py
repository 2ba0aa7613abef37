"""The addresses of the map over a small real library: numbers that agree, tags that hold, and refusals that say why."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import map_making, map_page
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session
from tests.workflows.synthetic import add, image_id

COUNT = 30


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[SimpleNamespace]:
    settings = replace(Settings(), library=tmp_path_factory.mktemp("map") / "library", workers=1, points=48)
    with Session(settings) as session:
        add(session.library, range(COUNT))
        build_index(session)
        yield SimpleNamespace(session=session, client=create_app(session).test_client())


def test_the_description_says_how_to_read_the_columns(site):
    about = site.client.get("/api/v1/map").get_json()
    data = site.client.get(about["columns_url"]).data
    page = map_page.map_page(site.session)
    assert about["count"] == COUNT
    assert [layout["name"] for layout in about["layouts"]] == ["look", "grid", "time", "packs"]
    for name, column in page.columns.items():
        at = about["columns"][name]
        kind = {1: np.uint8, 2: "<u2"}[at["bytes"]]
        np.testing.assert_array_equal(np.frombuffer(data, kind, COUNT, at["offset"]), column)
    assert len(data) == sum(at["bytes"] for at in about["columns"].values()) * COUNT
    assert all(at["offset"] % at["bytes"] == 0 for at in about["columns"].values())


def test_some_columns_can_be_asked_for_alone(site):
    page, address = map_page.map_page(site.session), "/api/v1/map/columns.bin?only="
    answer = site.client.get(f"{address}grid-x,trend,red,flags")
    assert len(answer.data) == 6 * COUNT
    np.testing.assert_array_equal(np.frombuffer(answer.data, "<u2", COUNT), page.columns["grid-x"])
    np.testing.assert_array_equal(np.frombuffer(answer.data, "<u2", COUNT, 2 * COUNT), page.columns["trend"])
    np.testing.assert_array_equal(np.frombuffer(answer.data, np.uint8, COUNT, 4 * COUNT), page.columns["red"])
    assert site.client.get(f"{address}grid-y").headers["ETag"] != answer.headers["ETag"]
    assert site.client.get(f"{address}grid-z").status_code == 400


def test_pictures_that_are_away_or_forgotten_are_flagged_and_hardly_placed(site):
    with Session(replace(site.session.settings)) as session:
        page = map_page.map_page(session)
        assert not map_page.flags(session, page).any()
        assert (map_page.placed(session, page), map_page.unplaced(session)) == (COUNT, 0)
        holed = replace(page, ids=("", *page.ids[1:]))
        assert map_page.flags(session, holed).tolist() == [map_page.GONE] + [0] * (COUNT - 1)
        assert map_page.placed(session, holed) == COUNT - 1
        assert not map_page.hashes(session, holed)[0].any()


def test_ids_stand_in_the_order_of_the_rows(site):
    data = site.client.get("/api/v1/map/ids.bin").data
    found = [data[start : start + 32].hex() for start in range(0, len(data), 32)]
    assert found == list(map_page.map_page(site.session).ids)


@pytest.mark.parametrize("name", ["", "/columns.bin", "/ids.bin", "/selected.bin?q=year:2024", "/pictures?rows=0"])
def test_what_has_not_changed_is_not_sent_again(site, name):
    first = site.client.get(f"/api/v1/map{name}")
    assert first.status_code == 200
    again = site.client.get(f"/api/v1/map{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_filters_come_as_a_bit_for_each_row(site):
    answer = site.client.get("/api/v1/map/selected.bin", query_string={"q": f"id:{image_id(4)[:12]}"})
    bits = np.unpackbits(np.frombuffer(answer.data, np.uint8), bitorder="little")[:COUNT]
    page = map_page.map_page(site.session)
    assert [page.ids[row] for row in np.flatnonzero(bits)] == [image_id(4)]
    assert answer.headers["X-Count"] == "1"


def test_pictures_are_told_by_row_and_rows_by_picture(site):
    found = site.client.get("/api/v1/map/pictures?rows=3,1,3").get_json()["pictures"]
    assert [one["row"] for one in found] == [3, 1]
    assert {"id", "path", "name", "taken", "width", "height", "trend"} <= set(found[0])
    back = site.client.get(f"/api/v1/map/pictures?id={found[0]['id'][:12]}").get_json()["pictures"]
    assert back == found[:1]
    both = f"{found[0]['id']},{found[1]['id']},{'0' * 64}"
    told = site.client.get(f"/api/v1/map/pictures?ids={both}").get_json()["pictures"]
    assert sorted(one["row"] for one in told) == [1, 3]
    assert site.client.get("/api/v1/map/pictures?ids=beef").status_code == 400


def test_trends_have_names_and_exemplars(site):
    about = site.client.get("/api/v1/map").get_json()
    found = site.client.get("/api/v1/map/trends?numbers=0,1").get_json()["trends"]
    assert [one["number"] for one in found] == [0, 1]
    assert all(one["name"] for one in found)
    assert [one["row"] for one in found] == [group["row"] for group in about["trends"][:2]]


def test_the_map_shows_trends_as_people_changed_them(site):
    before = site.client.get("/api/v1/map").get_json()
    joined = [group["id"] for group in before["trends"][:2]]
    made = site.client.post("/api/v1/clusters/merge", json={"clusters": joined}).get_json()["clusters"][0]
    site.client.patch(f"/api/v1/clusters/{made['id']}", json={"name": "Both of them"})
    after = site.client.get("/api/v1/map").get_json()
    (number,) = (place for place, group in enumerate(after["trends"]) if group["id"] == made["id"])
    assert after["trends"][number]["size"] == made["size"] == sum(group["size"] for group in before["trends"][:2])
    told = site.client.get(f"/api/v1/map/trends?numbers={number}").get_json()["trends"]
    assert [one["name"] for one in told] == ["Both of them"]
    page = map_page.map_page(site.session)
    assert {page.ids[row] for row in np.flatnonzero(page.columns["trend"] == number)} == set(made["members"])
    for _ in range(2):
        site.client.post("/api/v1/undo", json={})
    back = site.client.get("/api/v1/map").get_json()
    assert back["trends"] == before["trends"]
    assert back["columns"] == before["columns"]


def test_sheets_are_jpeg_and_lie_in_the_cache_for_good_under_their_stamp(site):
    about = site.client.get("/api/v1/map").get_json()
    for level in about["sprites"]:
        answer = site.client.get(f"/map/sprites/{level}/0.jpg?v={about['stamp']}")
        assert answer.mimetype == "image/jpeg"
        assert answer.data[:2] == b"\xff\xd8"
        assert "immutable" in answer.headers["Cache-Control"]
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert site.client.get(f"/map/sprites/{level}/0.jpg", headers=tag).status_code == 304
        assert "no-cache" in site.client.get(f"/map/sprites/{level}/0.jpg").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/api/v1/map/pictures", "rows must be"),
        ("/api/v1/map/pictures?rows=x", "rows must be"),
        (f"/api/v1/map/pictures?rows={COUNT}", "rows must be"),
        ("/api/v1/map/trends?numbers=-1", "numbers must be"),
        ("/api/v1/map/selected.bin?q=nonsense", "is no filter"),
    ],
)
def test_a_bad_question_is_told_as_such(site, address, text):
    answer = site.client.get(address)
    assert answer.status_code == 400
    assert text in answer.get_json()["detail"]


def test_a_sheet_that_is_not_there_is_refused(site):
    assert site.client.get("/map/sprites/64/1.jpg").status_code == 400
    assert site.client.get("/map/sprites/17/0.jpg").status_code == 400


def test_an_unknown_picture_is_not_found(site):
    assert site.client.get("/api/v1/map/pictures?id=ffffffffffff").status_code == 404


def test_laying_out_is_started_and_answered_at_once(site, monkeypatch):
    asked = []
    monkeypatch.setattr(map_making, "start", lambda session, anew, by: asked.append(anew) or True)
    answer = site.client.post("/api/v1/map/layout", json={"anew": True})
    assert answer.status_code == 202
    assert answer.get_json() == {"started": True, "working": True}
    assert site.client.post("/api/v1/map/layout", json={}).status_code == 202
    assert asked == [True, False]
    assert site.client.post("/api/v1/map/layout", json={"anew": "yes"}).status_code == 400


def test_without_an_index_there_is_no_map_and_no_fault(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as session:
        client = create_app(session).test_client()
        for address in ("/api/v1/map", "/api/v1/map/columns.bin", "/map/sprites/64/0.jpg"):
            answer = client.get(address)
            assert answer.status_code == 409
        assert client.post("/api/v1/map/layout", json={}).status_code == 409
