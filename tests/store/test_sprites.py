"""Sheets beside the arrays: whole or not there, swept when they count no more, gone when a picture is forgotten."""

import pytest

from leitmotiv.store.sprites import Sprites


@pytest.fixture
def sprites(tmp_path):
    return Sprites(tmp_path / "arrays" / "sprites")


def test_a_sheet_is_found_as_it_was_put(sprites):
    assert sprites.get("64-abc") is None
    sprites.put("64-abc", b"picture")
    assert sprites.get("64-abc") == b"picture"


def test_only_what_is_kept_stays(sprites):
    for name in ("64-a", "64-b", "16-a"):
        sprites.put(name, b"x")
    sprites.keep({"64-b"})
    assert [sprites.get(name) for name in ("64-a", "64-b", "16-a")] == [None, b"x", None]


def test_a_forgotten_picture_stays_in_no_sheet(sprites):
    sprites.put("64-a", b"x")
    sprites.forget([])
    assert sprites.get("64-a") == b"x"
    sprites.forget(["an id"])
    assert sprites.get("64-a") is None


def test_a_name_is_no_path(sprites):
    with pytest.raises(ValueError, match="no name"):
        sprites.get("../leitmotiv")


def test_where_nothing_was_put_nothing_is_swept(sprites):
    sprites.keep(())
    assert sprites.get("64-a") is None
