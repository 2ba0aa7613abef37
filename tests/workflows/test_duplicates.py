"""Finding copies in a real library: what is found, only once, and again after an interruption."""

import os
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageOps

from leitmotiv.errors import EmptyLibraryError, UsageError
from leitmotiv.records import Copy
from leitmotiv.settings import Settings
from leitmotiv.workflows import duplicates, grouping
from leitmotiv.workflows.duplicates import find_duplicates
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.keepers import Member, propose, with_fineness
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget
from tests.imaging.test_keypoints import crowded


@pytest.fixture
def session(tmp_path: Path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        yield opened


def fill(folder: Path) -> Path:
    """Four pictures; of the first a smaller copy, its mirror image, a crop and another file with the same pixels."""
    folder.mkdir()
    for seed in range(4):
        Image.fromarray(crowded(seed)).save(folder / f"p{seed}.png")
    first = Image.fromarray(crowded(0))
    first.resize((120, 90)).save(folder / "small.jpg", quality=85)
    ImageOps.mirror(first).save(folder / "mirror.png")
    first.crop((20, 15, 220, 165)).save(folder / "crop.png")
    first.save(folder / "again.webp", lossless=True)
    shutil.copy(folder / "p1.png", folder / "copy of p1.png")
    return folder


def names(session: Session, **filters: object) -> list[tuple[str, list[str]]]:
    return [
        (group.kind, [member.path.rpartition(b"/")[2].decode() for member in group.members])
        for group in grouping.chosen(session, **filters)
    ]


def test_empty_library_has_nothing_to_compare(session):
    with pytest.raises(EmptyLibraryError, match="add-directory"):
        find_duplicates(session)


def test_copies_are_grouped_with_their_picture(session, tmp_path):
    add_directories(session, [fill(tmp_path / "photos")])
    told: list[tuple[int, int]] = []
    report = find_duplicates(session, report=lambda step: told.append((step.done, step.total)))
    assert (report.searched, report.new, report.exact) == (8, 8, 1)
    assert told == sorted(told)  # one stretch of work, from miniatures to comparing
    assert {total for _, total in told} == {16}
    assert told[-1] == (16, 16)
    found = names(session)
    assert [kind for kind, _ in found] == ["same file", "near"]
    assert set(found[0][1]) == {"p1.png", "copy of p1.png"}
    assert set(found[1][1]) == {"p0.png", "again.webp", "small.jpg", "mirror.png", "crop.png"}
    group = grouping.overview(session).groups[1]
    said = {member.path.rpartition(b"/")[2].decode(): member.reasons for member in group.members[1:]}
    assert "mirrored" in said.get("mirror.png", ("mirrored",))
    assert any("crop" in reason for reason in said["crop.png"])
    assert "smaller" in said["small.jpg"]


def test_same_pixels_in_another_format_are_told_as_such(session, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(crowded(0)).resize((900, 675)).save(folder / "camera.jpg", quality=92)
    with Image.open(folder / "camera.jpg") as opened:
        opened.save(folder / "again.png")
        opened.save(folder / "worse.jpg", quality=60)
    add_directories(session, [folder])
    assert find_duplicates(session).exact == 1
    kinds = {copy.kind for copy in session.library.duplicates.copies()}
    assert kinds == {"exact", "near"}
    ((_, members),) = names(session)
    assert members[0] == "camera.jpg"


def test_second_search_measures_only_pairs_with_a_new_picture(session, tmp_path):
    photos = fill(tmp_path / "photos")
    add_directories(session, [photos])
    find_duplicates(session)
    assert find_duplicates(session).measured == 0
    Image.fromarray(crowded(2)).save(photos / "late.jpg", quality=70)
    add_directories(session, [photos])
    report = find_duplicates(session)
    assert report.new == 1
    assert 0 < report.measured <= 8
    assert {"p2.png", "late.jpg"} in [set(group) for _, group in names(session)]


def test_parts_find_what_the_whole_finds(session, tmp_path, monkeypatch):
    add_directories(session, [fill(tmp_path / "photos")])
    find_duplicates(session)
    whole = {(copy.left, copy.right) for copy in session.library.duplicates.copies()}
    monkeypatch.setattr(duplicates, "AT_ONCE", 2)
    find_duplicates(session, again=True)
    assert {(copy.left, copy.right) for copy in session.library.duplicates.copies()} == whole


def test_interrupted_search_goes_on_where_it_was(session, tmp_path, monkeypatch):
    add_directories(session, [fill(tmp_path / "photos")])
    monkeypatch.setattr(duplicates, "AT_ONCE", 3)
    real, calls = duplicates.Judge.copies, []

    def stop(self, pairs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, pairs)

    monkeypatch.setattr(duplicates.Judge, "copies", stop)
    with pytest.raises(KeyboardInterrupt):
        find_duplicates(session)
    assert session.library.jobs.list()[0].state == "stopped"
    assert session.library.duplicates.searched() == 3
    monkeypatch.setattr(duplicates.Judge, "copies", real)
    assert find_duplicates(session).new == 5
    assert ("near") in [kind for kind, _ in names(session)]


def test_blank_pictures_are_compared_byte_for_byte_only(session, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for level in (250, 251, 252):
        Image.fromarray(np.full((60, 80, 3), level, np.uint8)).save(folder / f"{level}.png")
    shutil.copy(folder / "250.png", folder / "copy.png")
    add_directories(session, [folder])
    assert find_duplicates(session).measured == 0
    assert [kind for kind, _ in names(session, kinds=grouping.KINDS)] == ["same file"]


def test_another_method_looks_again_and_a_forgotten_picture_is_gone(session, tmp_path):
    add_directories(session, [fill(tmp_path / "photos")])
    find_duplicates(session)
    with Session(replace(session.settings, points=96)) as other:
        assert find_duplicates(other).new == 8
    forget(session, [str(tmp_path / "photos" / "crop.png")])
    assert "crop.png" not in names(session)[1][1]


def test_decisions_and_denials_hold_and_are_undone(session, tmp_path):
    add_directories(session, [fill(tmp_path / "photos")])
    find_duplicates(session)
    same, near = grouping.overview(session).groups[:2]
    grouping.decide(session, {near.members[1].key: "keep"})
    changed = grouping.overview(session).groups[1]
    assert changed.keeper.key == near.members[1].key
    assert changed.id == near.id
    session.library.changes.undo()
    assert grouping.overview(session).groups[1].keeper.key == near.keeper.key
    key = near.members[-1].key
    grouping.deny(session, near.id, key)
    assert key not in {member.key for group in grouping.chosen(session) for member in group.members}
    session.library.changes.undo()
    assert len(grouping.overview(session).groups[1].members) == 5
    with pytest.raises(UsageError, match="byte for byte"):
        grouping.deny(session, same.id, same.members[0].key)
    with pytest.raises(UsageError, match="any more"):
        grouping.decide(session, {"nobody": "keep"})


def test_accepting_decides_all_groups_that_are_sure_as_one_change(session, tmp_path):
    add_directories(session, [fill(tmp_path / "photos")])
    find_duplicates(session)
    groups = grouping.chosen(session)
    assert grouping.accept(session, groups) == 2
    assert all(group.state == "decided" for group in grouping.chosen(session))
    assert grouping.chosen(session, undecided=True) == ()
    assert [group.keeper.key for group in grouping.chosen(session)] == [group.keeper.key for group in groups]
    session.library.changes.undo()
    assert len(grouping.chosen(session, undecided=True)) == 2


def test_filters_by_kind_folder_and_selection(session, tmp_path):
    photos = fill(tmp_path / "photos")
    add_directories(session, [photos])
    find_duplicates(session)
    assert len(names(session, folder=str(photos))) == 2
    assert names(session, folder=str(tmp_path / "pho")) == []
    assert [kind for kind, _ in names(session, kinds=["same file"])] == ["same file"]
    assert [kind for kind, _ in names(session, within="name:small*")] == ["near"]
    assert grouping.folders(session) == [(str(photos), 2)]
    with pytest.raises(UsageError, match="kind is"):
        grouping.chosen(session, kinds=["alike"])


def pictured(
    folder: Path, name: str, frame: tuple[int, int], *, size: int = 1000, kind: str = "JPEG", **more: object
) -> Member:
    taken = SimpleNamespace(source="file", at=datetime(2024, 1, 1))
    facts = {"width": frame[0], "height": frame[1], "size": size, "format": kind, "taken": taken}
    image = SimpleNamespace(id=name, name=name, facts={}, **facts)
    return Member(name, os.fsencode(folder / name), image, False, **more)


def pair(left: str, right: str, inside: str = "", side: float = 1.0) -> Copy:
    return Copy(left, right, "near", 3.0, True, inside=inside, box=(0.0, 0.0, side, side))


def chosen_of(members: list[Member], *pairs: Copy) -> tuple[str, tuple[str, ...]]:
    keeper, reasons = propose(with_fineness(members, pairs))
    return keeper.key, reasons


def test_neither_a_border_nor_a_caption_makes_a_copy_larger(tmp_path):
    plain, framed = pictured(tmp_path, "a", (1000, 800)), pictured(tmp_path, "b", (1100, 880), content=0.82)
    small = pictured(tmp_path, "c", (500, 400))
    name, reasons = chosen_of([framed, plain, small], pair("a", "b", "left", 0.909), pair("a", "c"))
    assert (name, reasons) == ("a", ("larger", "without a border"))


def test_a_crop_is_left_for_what_shows_more_and_an_enlarged_crop_is_not(tmp_path):
    whole, crop = pictured(tmp_path, "a", (1000, 800)), pictured(tmp_path, "b", (600, 480))
    assert chosen_of([crop, whole], pair("a", "b", "right", 0.6)) == ("a", ("shows more",))
    fine = pictured(tmp_path, "b", (1200, 960))
    assert chosen_of([fine, whole], pair("a", "b", "right", 0.6)) == ("b", ("larger",))


def test_colour_format_bytes_and_names_decide_where_size_does_not(tmp_path):
    one = pictured(tmp_path, "a", (100, 100))
    assert chosen_of([pictured(tmp_path, "b", (100, 100), toned=True), one], pair("a", "b"))[1] == ("in colour",)
    assert chosen_of([pictured(tmp_path, "b", (100, 100), kind="WEBP"), one], pair("a", "b"))[0] == "a"
    assert chosen_of([pictured(tmp_path, "b", (100, 100), size=2000), one], pair("a", "b"))[1] == ("compressed less",)
    named = pictured(tmp_path, "a (1).jpg", (100, 100))
    assert chosen_of([named, one], pair("a", "a (1).jpg")) == ("a", ("not named as a copy",))
    assert chosen_of([one, pictured(tmp_path, "b", (100, 100))], pair("a", "b")) == ("a", ("known first",))


def test_keeper_is_the_larger_then_the_sharper_then_what_the_camera_wrote(session, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    big = Image.fromarray(crowded(0)).resize((720, 540))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2021:05:06 07:08:09"
    big.save(folder / "camera.jpg", quality=92, exif=exif)
    big.save(folder / "export.webp", quality=92)
    big.resize((360, 270)).save(folder / "small.jpg", quality=92)
    big.resize((90, 68)).resize((720, 540)).save(folder / "soft.jpg", quality=92)
    add_directories(session, [folder])
    find_duplicates(session)
    (group,) = grouping.chosen(session)
    assert group.keeper.shown.endswith("camera.jpg")
    assert group.keeper.reasons == ("larger", "holds EXIF")
    assert group.spare == sum(member.image.size for member in group.members[1:])
