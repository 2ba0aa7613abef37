from datetime import datetime

from leitmotiv.records import Failure
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
