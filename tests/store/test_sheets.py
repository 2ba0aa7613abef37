"""Sheets beside the arrays: whole or not there, swept when they count no more, gone when a picture is forgotten."""

import pytest

from leitmotiv.store.sheets import Sheets


@pytest.fixture
def sheets(tmp_path):
    return Sheets(tmp_path / "arrays" / "sheets")


def test_a_sheet_is_found_as_it_was_put(sheets):
    assert sheets.get("64-abc") is None
    sheets.put("64-abc", b"picture")
    assert sheets.get("64-abc") == b"picture"


def test_only_what_is_kept_stays(sheets):
    for name in ("64-a", "64-b", "16-a"):
        sheets.put(name, b"x")
    sheets.keep({"64-b"})
    assert [sheets.get(name) for name in ("64-a", "64-b", "16-a")] == [None, b"x", None]


def test_a_forgotten_picture_stays_in_no_sheet(sheets):
    sheets.put("64-a", b"x")
    sheets.forget([])
    assert sheets.get("64-a") == b"x"
    sheets.forget(["an id"])
    assert sheets.get("64-a") is None


def test_a_name_is_no_path(sheets):
    with pytest.raises(ValueError, match="no name"):
        sheets.get("../leitmotiv")


def test_where_nothing_was_put_nothing_is_swept(sheets):
    sheets.keep(())
    assert sheets.get("64-a") is None
