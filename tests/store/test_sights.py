"""Small pictures through eyes: kept, found, and gone with the eyes, with what they were, and with the picture."""

import pytest

from leitmotiv.store.sights import Sights

ONE, TWO = "ab" * 32, "cd" * 32


@pytest.fixture
def sights(tmp_path):
    return Sights(tmp_path / "sights")


def test_a_picture_is_kept_until_the_eyes_are_others(sights):
    assert sights.get("reds", "v1", ONE) is None
    sights.put("reds", "v1", ONE, b"one")
    sights.put("reds", "v1", TWO, b"two")
    sights.put("blues", "v1", ONE, b"blue")
    assert (sights.get("reds", "v1", ONE), sights.get("reds", "v1", TWO)) == (b"one", b"two")
    sights.put("reds", "v2", ONE, b"new")
    assert (sights.get("reds", "v2", ONE), sights.get("reds", "v1", TWO)) == (b"new", None)
    sights.forget_eyes("reds")
    assert (sights.get("reds", "v2", ONE), sights.get("blues", "v1", ONE)) == (None, b"blue")


def test_a_picture_that_is_forgotten_is_seen_by_nobody(sights):
    sights.forget([ONE])
    for eyes in ("reds", "blues"):
        for id in (ONE, TWO):
            sights.put(eyes, "v1", id, b"seen")
    sights.forget([ONE])
    assert [sights.get(eyes, "v1", id) for eyes in ("reds", "blues") for id in (ONE, TWO)] == [None, b"seen"] * 2


def test_names_that_lead_elsewhere_are_refused(sights):
    for eyes, version, id in (("..", "v1", ONE), ("reds", "../v", ONE), ("reds", "v1", "../../x")):
        with pytest.raises(ValueError, match="cannot be the name of a file"):
            sights.put(eyes, version, id, b"")
