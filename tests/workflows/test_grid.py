"""Sections of the page of pictures, over a real library."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, grid
from leitmotiv.workflows.session import Session


@pytest.fixture
def session(tmp_path) -> Iterator[Session]:
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([("2024-05-02", 5), ("2024-05-01", 1)], "day"),
        ([("2024-05-02", 1), ("2024-05-01", 1), ("2024-05-01", 1)], "month"),
        ([(f"2024-{month:02}-01", 1) for month in range(1, 13)], "year"),
        ([], "day"),
    ],
)
def test_sections_by_time_hold_a_few_pictures_each(session, monkeypatch, days, expected):
    monkeypatch.setattr(browse, "days", lambda _: days)
    assert grid.usual_group(session) == expected
