"""Why two pictures match, over a small real library: the page, the panel, the JSON form and the command."""

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from leitmotiv.cli.main import command
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.web.why import sentence
from leitmotiv.workflows import browse, why
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("why")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(folder / "photos", 8)])
        yield opened


@pytest.fixture(scope="module")
def ids(session):
    """By name: 0 and 6 share a look."""
    return [image.id for image in sorted(browse.images(session).images, key=lambda image: image.name)]


@pytest.fixture
def client(session):
    return create_app(session).test_client()


def test_the_json_form_has_the_divergence_of_the_ranking_and_parts_that_add_up(client, ids):
    answer = client.get(f"/api/v1/images/{ids[0]}/why/{ids[1]}")
    form = answer.json
    ranked = client.get(f"/api/v1/images/{ids[0]}/similar").json["results"]
    expected = next(one["divergence"] for one in ranked if one["id"] == ids[1])
    assert form["schema"] == "leitmotiv.why/1"
    assert form["divergence"] == pytest.approx(expected, abs=2e-5)
    parts = form["parts"]
    assert parts["colour"] + parts["place"] + parts["together"] == pytest.approx(form["divergence"], abs=1e-6)
    assert sum(one["share"] for one in form["meetings"]) == pytest.approx(1)
    assert sum(one["mass"] for one in form["matches"]) == pytest.approx(1)
    again = client.get(f"/api/v1/images/{ids[0]}/why/{ids[1]}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_draws_every_meeting_over_both_pictures(client, session, ids):
    page = client.get(f"/why/{ids[0]}/{ids[6]}").text
    found = why.why(session, ids[0], ids[6])
    assert page.count('<ellipse class="over-line"') == 2 * len(found.shared)
    assert page.count('<path class="link"') == len(found.shared)
    assert len(re.findall(r'<tr data-meeting="\d"', page)) == len(found.shared)
    assert page.count('<ellipse class="part"') == sum(len(one.one.parts) + len(one.other.parts) for one in found.shared)
    assert f'href="/why/{ids[6]}/{ids[0]}"' in page
    assert "style=" not in page


def test_the_panel_is_the_drawing_alone(client, ids):
    panel = client.get(f"/why/{ids[0]}/{ids[6]}?part=panel").text
    assert "data-pair" in panel
    assert "<html" not in panel


def test_prefixes_lead_to_full_addresses_and_unknown_ids_are_told(client, ids):
    answer = client.get(f"/why/{ids[0][:9]}/{ids[1]}?part=panel")
    assert (answer.status_code, answer.location) == (302, f"/why/{ids[0]}/{ids[1]}?part=panel")
    assert client.get(f"/why/{ids[0]}/ffffffffffff").status_code == 404
    refusal = client.get(f"/api/v1/images/ffffffffffff/why/{ids[0]}")
    assert (refusal.status_code, refusal.mimetype) == (404, "application/problem+json")
    assert client.get(f"/why/{ids[0]}/{ids[1]}?part=all").status_code == 400


def test_a_picture_and_itself_have_the_same_look(client, session, ids):
    assert sentence(why.why(session, ids[2], ids[2])) == "The same look."
    assert client.get(f"/why/{ids[2]}/{ids[2]}").status_code == 200


def test_an_alike_pair_meets_more_than_an_unlike_one(session, ids):
    alike, unlike = why.why(session, ids[0], ids[6]), why.why(session, ids[0], ids[4])
    assert alike.met > unlike.met
    assert alike.parts.whole < unlike.parts.whole
    assert [one.place for one in (alike.shared[0].one, alike.shared[0].other)] == ["below", "below"]


def test_the_command_takes_ids_and_files_and_prints_text_or_json(session, ids, tmp_path):
    outside = folder_of(tmp_path / "other", 1, first=12) / "p012.jpg"
    library = ["--library", str(session.settings.library)]
    text = CliRunner().invoke(command, ["why", ids[0][:10], str(outside), *library])
    assert text.exit_code == 0, text.output
    assert re.match(r"0\.\d{4}  divergence, nats", text.output)
    assert "which colour lies where" in text.output
    form = json.loads(CliRunner().invoke(command, ["why", ids[0], str(outside), "--json", *library]).output)
    assert (form["one"], form["other"]) == (ids[0], str(outside))
    assert form["schema"] == "leitmotiv.why/1"
