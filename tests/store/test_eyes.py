import errno
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leitmotiv.errors import DiskFullError, EyesError, NotFoundError, UsageError
from leitmotiv.records import Eyes, Partial
from leitmotiv.store.eyes import EyesFolder, card_of, read_card

SUN = Eyes(
    "sun",
    "Sün",
    "patches",
    Partial("regions", regions=5),
    64,
    datetime(2026, 1, 2, tzinfo=UTC),
    "sun",
    ("a", "b"),
    {"n": 1},
)


@pytest.fixture
def folder(tmp_path):
    return EyesFolder(tmp_path / "eyes")


def test_eyes_come_back_as_they_were_put_and_later_ones_come_first(folder):
    assert folder.list() == []
    folder.put(SUN, {"pictures.png": b"1"})
    later = replace(SUN, id="moon", made=datetime(2026, 1, 3, tzinfo=UTC))
    folder.put(later, {})
    assert folder.list() == [later, SUN]
    assert folder.get("sun") == SUN
    assert folder.part("sun", "pictures.png") == b"1"
    assert (folder.free("Sün!"), folder.free("Sea"), folder.free("…")) == ("sun-2", "sea", "eyes")


def test_what_is_put_again_keeps_its_other_parts_and_a_new_name_keeps_all(folder):
    folder.put(SUN, {"pictures.png": b"1", "more.bin": b"2"})
    folder.add("sun", "curve.json", b"[]")
    folder.put(SUN, {"pictures.png": b"3"})
    assert folder.rename("sun", "Moon") == replace(SUN, name="Moon")
    assert folder.parts("sun") == ("curve.json", "more.bin", "pictures.png")
    assert [folder.part("sun", name) for name in folder.parts("sun")] == [b"[]", b"2", b"3"]
    assert [one.name for one in folder.path("sun").parent.iterdir()] == ["sun"]


def test_the_folder_of_eyes_stays_and_a_failure_leaves_all_as_it_was(folder, monkeypatch):
    folder.add("sun", "curve.json", b"[]")
    before = folder.path("sun").stat().st_ino
    folder.put(SUN, {"pictures.png": b"1", "more.bin": b"2"})
    card = (folder.path("sun") / "card.json").read_bytes()

    def full(self, target, whole=Path.replace):
        if target.name == "card.json" and self.suffix == ".part":
            raise OSError(errno.ENOSPC, "full")
        return whole(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(DiskFullError):
            folder.put(SUN, {"pictures.png": b"3", "new.bin": b"4"})
    assert folder.path("sun").stat().st_ino == before
    assert (folder.path("sun") / "card.json").read_bytes() == card
    assert folder.parts("sun") == ("curve.json", "more.bin", "pictures.png")
    assert folder.part("sun", "pictures.png") == b"1"
    assert not [one for one in folder.path("sun").iterdir() if one.suffix in (".part", ".old")]
    assert folder.put(replace(SUN, side=32), {"pictures.png": b"3"}).side == 32
    folder.rename("sun", "Moon")
    assert folder.put(SUN, {}, renamed=True).name == folder.get("sun").name == "Moon"
    assert folder.path("sun").stat().st_ino == before


def test_a_part_that_the_card_does_not_know_is_refused_unless_it_came_later(folder):
    folder.put(SUN, {"pictures.png": b"1"})
    folder.add("sun", "curve.json", b"1")
    folder.add("sun", "curve.json", b"2")
    folder.path("sun", "pictures.png").write_bytes(b"x")
    assert folder.part("sun", "curve.json") == b"2"
    with pytest.raises(EyesError, match=r"pictures\.png of the eyes 'sun' is not the one"):
        folder.part("sun", "pictures.png")


def test_what_is_not_there_and_what_no_file_can_be_called_are_named(folder):
    folder.put(SUN, {})
    with pytest.raises(NotFoundError, match=r"no eyes 'moon'\. There are: sun"):
        folder.get("moon")
    with pytest.raises(NotFoundError, match="no part 'a'"):
        folder.part("sun", "a")
    for id, name in (("../sun", "a"), ("Sun", "a"), ("sun", "../card.json"), ("sun", "card.json"), ("sun", ".a")):
        with pytest.raises(UsageError):
            folder.path(id, name)
    folder.remove("sun")
    with pytest.raises(NotFoundError):
        folder.remove("sun")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"leitmotiv.eyes/1"', '"leitmotiv.eyes/2"'),
        ('"side": 64', '"side": "64"'),
        ('"side": 64', '"side": 100000'),
        ('"patches"', '"magic"'),
        ('"2026-01-02', '"tomorrow'),
        ('"name": "Sün"', '"name": 3'),
        (
            "{",
            "",
        ),
    ],
)
def test_a_damaged_card_is_refused_and_hides_nobody_else(folder, old, new):
    data = card_of(SUN, {}).decode().replace(old, new, 1).encode()
    with pytest.raises(EyesError):
        read_card(data, "sun")
    folder.put(SUN, {})
    (folder.path("sun") / "card.json").write_bytes(data)
    folder.put(replace(SUN, id="moon"), {})
    assert [one.id for one in folder.list()] == ["moon"]
