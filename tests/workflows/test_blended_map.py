import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.analysis import layout
from leitmotiv.cli.main import run
from leitmotiv.errors import NoMapError
from leitmotiv.nets import weights
from leitmotiv.settings import Settings
from leitmotiv.store import tables
from leitmotiv.web.app import create_app
from leitmotiv.workflows import (
    activations,
    blended_map,
    blended_trends,
    index,
    ingest,
    map_making,
    map_page,
    portraits,
    scopes,
)
from leitmotiv.workflows.session import Session

from .pictures import folder_of
from .shown import EACH, SIZE, make_library


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return make_library(tmp_path_factory.mktemp("made") / "library", tmp_path_factory.mktemp("photos"))


@pytest.fixture
def session(tmp_path, made):
    shutil.copytree(made, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library", workers=1)) as opened:
        yield opened


def placed(session, by: float) -> dict[str, tuple[float, ...]]:
    return {image.name: place for image, place in map_page.positions(session, by)}


def test_pictures_that_show_the_same_lie_together(session):
    with pytest.raises(NoMapError, match="by subject"):
        map_page.map_page(session, 1.0)
    assert map_making.lay_out(session, by=1.0) == SIZE
    found = placed(session, 1.0)
    names = sorted(found)
    points = np.array([found[name][:2] for name in names])
    things = np.array([int(name[1:4]) // EACH for name in names])
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    same = (things[:, None] == things) & ~np.eye(SIZE, dtype=bool)
    assert apart[same].mean() < 0.6 * apart[things[:, None] != things].mean()
    assert len({place[2:] for place in found.values()}) == SIZE
    assert map_making.lay_out(session, by=1.0) == 0


def test_rows_and_sheets_are_those_of_the_map_by_look(session):
    map_making.lay_out(session, by=0.5)
    look, both = map_page.map_page(session), map_page.map_page(session, 0.5)
    assert both.ids == look.ids
    assert both.stamp != look.stamp
    assert sum(group.size for group in map_page.map_page(session, 0.5).groups) <= SIZE
    assert not np.array_equal(both.columns["look-x"], look.columns["look-x"])
    np.testing.assert_array_equal(both.columns["shape"], look.columns["shape"])


def test_what_has_a_place_keeps_it_when_pictures_come(session, monkeypatch):
    map_making.lay_out(session, by=1.0)
    before = placed(session, 1.0)
    ingest.add_directories(session, [folder_of(session.settings.library.parent / "more", 2, 50)])
    index.build_index(session)
    with pytest.raises(NoMapError, match="Some pictures"):
        map_page.map_page(session, 1.0)
    monkeypatch.setattr(layout, "FEWEST", 10)
    assert map_making.lay_out(session, by=1.0) == 2
    after = placed(session, 1.0)
    assert after.keys() - before.keys() == {"p050.jpg", "p051.jpg"}
    assert {name: after[name] for name in before} == before
    assert map_page.map_page(session, 1.0).later.sum() >= 2
    assert map_making.lay_out(session, by=1.0, anew=True) == SIZE + 2


def test_the_pages_take_by(session, monkeypatch):
    started = []
    monkeypatch.setattr(map_making, "start", lambda _, **asked: started.append(asked) or True)
    client = create_app(session).test_client()
    waiting = client.get("/map?by=0.5")
    assert waiting.status_code == 200
    assert 'data-wait-map="unplaced" data-by="0.5"' in waiting.text
    assert client.get("/api/v1/map?by=0.5").status_code == 409
    assert client.post("/api/v1/map/layout", json={"by": "0.5"}).status_code == 202
    assert started == [{"anew": False, "by": 0.5}]
    map_making.lay_out(session, by=0.5)
    page = client.get("/map?by=0.5").text
    assert "50 % look, 50 % subject" in page
    about = client.get("/api/v1/map?by=0.5").json
    assert about["stamp"] != client.get("/api/v1/map").json["stamp"]
    assert "by=0.5" in about["columns_url"]
    assert client.get(about["columns_url"]).data != client.get("/api/v1/map/columns.bin").data
    trends = [one for one in scopes.clusters(session, by=0.5).clusters if one.size > 1]
    numbers = ",".join(map(str, range(len(about["trends"]))))
    said = client.get(f"/api/v1/map/trends?numbers={numbers}&by=0.5").json["trends"]
    assert {one["id"]: one["name"] for one in said} == portraits.names(session, trends, 0.5)
    assert "Names are guesses" in page
    assert "Names are guesses" in client.get("/clusters?by=0.5").text
    assert "Names are guesses" not in client.get("/clusters").text
    assert len(client.get("/api/v1/map/pictures?rows=0,1&by=0.5").json["pictures"]) == 2


def test_without_all_pairs_places_come_from_the_nearest(session, monkeypatch):
    monkeypatch.setattr(blended_trends, "MOST", 5)
    with Session(Settings(library=session.settings.library, limit=20, workers=1)) as large:
        index.build_index(large)
        for by in (1.0, 0.5):
            assert map_making.lay_out(large, by=by) == SIZE
        before = placed(large, 1.0)
        ingest.add_directories(large, [folder_of(large.settings.library.parent / "more", 1, 50)])
        index.build_index(large)
        monkeypatch.setattr(layout, "FEWEST", 10)
        assert map_making.lay_out(large, by=1.0) == 1
        after = placed(large, 1.0)
        assert {name: after[name] for name in before} == before


def test_weights_that_are_damaged_are_told_before_a_job_begins(session, monkeypatch, tmp_path):
    session.library._database.run(tables.Activations.delete())
    monkeypatch.setattr(weights, "locate", lambda _: tmp_path / "no weights")
    monkeypatch.setattr(activations, "FEW", 0)
    client = create_app(session).test_client()
    assert client.get("/map?by=0.5").status_code == 501
    assert client.post("/api/v1/map/layout", json={"by": "0.5"}).status_code == 501
    assert client.get("/map").status_code == 200


def test_the_command_line_lays_out_and_prints(session, capsys):
    ask = ["--library", str(session.settings.library), "--json", "map", "--by", "subject"]
    assert run(ask) == 0
    assert len(json.loads(capsys.readouterr().out)["pictures"]) == SIZE
    assert blended_map.places(session, 1.0).columns > 0
