import json
from dataclasses import replace
from datetime import datetime

import pytest

from leitmotiv.records import Failure
from leitmotiv.settings import Settings
from leitmotiv.web import jobs
from leitmotiv.web.app import create_app
from leitmotiv.workflows.session import Session
from tests.store.making import add
from tests.web.fake import running


def test_a_running_job_shows_phase_count_rate_and_time_left(client, library):
    library.jobs_.append(running(30, 60, failures=2))
    page = client.get("/jobs").text
    for text in (
        "Reading pictures",
        "30 of 60",
        "12 a second",
        "left",
        "/photos/p031.jpg",
        "50 %",
        "could not be read",
    ):
        assert text in page


def test_failures_are_listed_with_path_and_reason(client, library):
    library.failures_.append(Failure(b"/photos/no\xff<i>.jpg", "it is empty (0 bytes)", datetime(2025, 1, 1)))
    page = client.get("/jobs").text
    assert "1 file could not be read" in page
    assert "no\ufffd&lt;i&gt;.jpg" in page
    assert "it is empty (0 bytes)" in page


def test_earlier_jobs_say_how_they_ended(client, library):
    started, finished = datetime(2025, 6, 1, 9, 0), datetime(2025, 6, 1, 9, 12)
    library.jobs_ += [
        running(state="failed", id=3, message="No space is left.", finished=finished),
        running(state="stopped", id=2, message="Stopped; what was finished is kept.", finished=finished),
        running(60, state="done", id=1, message="", started=started, finished=finished),
    ]
    page = client.get("/jobs").text
    assert "Nothing runs now" in page
    assert "No space is left." in page
    assert "what was finished is kept" in page
    assert "60 files, about 12" in page
    assert "1 June 2025, 09:12" in page


def test_a_library_without_jobs_says_what_to_do(client):
    assert "leitmotiv explore ~/Pictures" in client.get("/jobs").text


@pytest.fixture
def real(tmp_path):
    """The pages over a real library with one picture."""
    with Session(replace(Settings(), library=tmp_path / "library", allowed_folders=(tmp_path,))) as opened:
        add(opened.library, 0)
        yield create_app(opened).test_client()


def test_work_is_queued_rests_goes_on_and_is_cancelled_by_address(real, tmp_path):
    made = real.post("/api/v1/jobs", json={"kind": "add", "parameters": {"folders": [str(tmp_path)]}})
    assert (made.status_code, made.json["state"], made.json["title"]) == (202, "queued", str(tmp_path))
    address = f"/api/v1/jobs/{made.json['id']}"
    assert real.get(address).json == made.json
    assert real.post(f"{address}/pause", json={}).json["state"] == "paused"
    assert "rests" in real.get("/jobs").text
    assert real.post(f"{address}/resume", json={}).json["state"] == "queued"
    assert real.post(f"{address}/cancel", json={}).json["state"] == "stopped"
    again = real.post(f"{address}/retry", json={})
    assert (again.status_code, again.json["id"] != made.json["id"]) == (202, True)
    assert [job["id"] for job in real.get("/api/v1/jobs?limit=1").json["jobs"]] == [again.json["id"]]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"kind": "format"}, 400, "kind is 'format', but must be"),
        ({}, 400, "kind is not given"),
        ({"kind": "add", "parameters": {"folders": ["/etc"]}}, 403, "--allow-folder"),
        ({"kind": "add", "parameters": {"folders": "x"}}, 400, "folders must be a list"),
        ({"kind": "add", "parameters": {"folders": ["../x"]}}, 400, "absolute"),
        ({"kind": "index", "parameters": {"groups": 3}}, 400, "groups is 3"),
        ({"kind": "index", "shell": "x"}, 400, "'shell' is not known here"),
    ],
)
def test_what_cannot_be_queued_is_refused_with_its_reason(real, body, status, said):
    answer = real.post("/api/v1/jobs", json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert said in answer.json["detail"]


def test_a_job_that_is_not_there_is_not_found(real):
    assert real.post("/api/v1/jobs/77/cancel", json={}).status_code == 404
    assert real.get("/api/v1/jobs/77").status_code == 404


def test_a_stream_tells_the_status_and_gives_its_place_back(real, monkeypatch):
    monkeypatch.setattr(jobs, "STREAM_S", 0.2)
    for _ in range(8):
        with real.get("/api/v1/jobs/events") as answer:
            assert answer.mimetype == "text/event-stream"
            text = answer.get_data(as_text=True)
    assert text.startswith("retry: 1000\n\nevent: status\ndata: {")
    assert json.loads(text.split("data: ")[1].partition("\n")[0])["images"] == 1


def test_too_many_streams_are_refused_until_one_ends(real):
    places = real.application.extensions["streams"]
    taken = [places.take() for _ in range(6)]
    answer = real.get("/api/v1/jobs/events")
    assert (answer.status_code, answer.data) == (204, b"")
    taken[0].give()
    taken[0].give()
    assert places.take() is not None
    assert real.get("/api/v1/jobs/events").status_code == 204
