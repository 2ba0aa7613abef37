from datetime import date, datetime
from pathlib import Path

import pytest

from leitmotiv.records import Taken
from leitmotiv.web import words
from tests.web.fake import running


@pytest.mark.parametrize(
    ("text", "said"), [("2025-06-04", "4 June 2025"), ("2025-12", "December 2025"), ("2025", "2025")]
)
def test_a_day_a_month_and_a_year_are_said_in_words(text, said):
    assert words.day(text) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "a moment"),
        (42, "about 42 s"),
        (104, "about 1 min 45 s"),
        (120, "about 2 min"),
        (1500, "about 25 min"),
        (7200, "about 2.0 h"),
    ],
)
def test_a_duration_is_no_finer_than_one_would_plan_by(seconds, said):
    assert words.duration(seconds).replace(words.THIN, " ") == said


@pytest.mark.parametrize(
    ("size", "said"), [(12, "12 bytes"), (1500, "1.5 kB"), (14_200_000, "14.2 MB"), (3e12, "3.0 TB")]
)
def test_bytes_are_said_in_decimal_units(size, said):
    assert words.size(int(size)).replace(words.THIN, " ") == said


def test_a_share_that_rounds_to_nothing_is_not_said_to_be_nothing():
    assert [words.share(value) for value in (0.243, 0.004, 0.0)] == ["24\u202f%", "<1\u202f%", "0\u202f%"]


def test_one_picture_is_singular():
    assert words.pictures(1) == "1 picture"
    assert words.pictures(12406) == "12,406 pictures"


def test_a_span_of_years_names_both_ends_once():
    assert words.span([]) == ""
    assert words.span([("2025-01-01", 3)]) == "2025"
    assert words.span([("2025-01-01", 3), ("2012-05-06", 1)]) == "2012–2025"


def test_a_recent_moment_is_said_by_its_day():
    today = date(2025, 6, 15)
    assert words.lately(datetime(2025, 6, 15, 9, 12), today) == "today, 09:12"
    assert words.lately(datetime(2025, 6, 14, 9, 12), today) == "yesterday, 09:12"
    assert words.lately(datetime(2025, 6, 1, 9, 12), today) == "1 June 2025, 09:12"


def test_the_time_says_how_it_is_known():
    at = datetime(2025, 6, 14)
    assert "camera" in words.known_from(Taken(at, "exif"))
    assert "file" in words.known_from(Taken(at, "file"))


def test_progress_says_estimating_until_there_is_an_estimate():
    assert words.progress(running(remaining=None)).endswith("estimating")
    assert words.progress(running(rate=31.2, done=9180, total=12406, remaining=104)) == (
        f"9,180 of 12,406 · 31 a second · about 1{words.THIN}min 45{words.THIN}s left"
    )
    assert words.progress(running(total=0, done=0)) == "counting"
    assert words.progress(running(state="queued")) == "waiting for its turn"


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (599, 600, 99), (600, 600, 100), (7, 5, 100)])
def test_percent_is_100_only_when_all_is_done(done, total, percent):
    assert words.percent(running(done=done, total=total)) == percent


def test_the_home_folder_is_said_as_a_tilde():
    assert words.home(str(Path.home() / "Pictures")) == "~/Pictures"
    assert words.home("/srv/photos") == "/srv/photos"


def test_a_breakable_path_is_escaped():
    assert words.breakable("/a<b>/c") == "/<wbr>a&lt;b&gt;/<wbr>c"
