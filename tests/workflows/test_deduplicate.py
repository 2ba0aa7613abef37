"""Plans carried out on real files, with a trash of this test alone, and taken back."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from leitmotiv.errors import UsageError
from leitmotiv.formats import trash
from leitmotiv.records import Rating
from leitmotiv.settings import Settings
from leitmotiv.workflows import deduplicate, grouping, own, plans
from leitmotiv.workflows.duplicates import find_duplicates
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.imaging.test_keypoints import crowded

pytestmark = pytest.mark.skipif(not trash.TELLS, reason="this system does not say where its trash lies")


@pytest.fixture(autouse=True)
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The trash of this test: send2trash looks for it when it is imported."""
    import send2trash.plat_other as theirs

    folder = tmp_path / "data" / "Trash"
    monkeypatch.setattr(theirs, "HOMETRASH_B", os.fsencode(folder))
    monkeypatch.setattr(theirs, "HOMETRASH", str(folder))
    monkeypatch.setattr(theirs, "XDG_DATA_HOME", os.fsencode(folder.parent))
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def session(tmp_path: Path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        yield opened


def save(path: Path, seed: int = 0, size: tuple[int, int] = (240, 180)) -> Path:
    Image.fromarray(crowded(seed)).resize(size).save(path, quality=92)
    return path


def found(session: Session, photos: Path) -> list[grouping.Group]:
    add_directories(session, [photos])
    find_duplicates(session)
    grouping.accept(session, grouping.chosen(session))
    return list(grouping.chosen(session))


def reasons(outcome: deduplicate.Outcome) -> str:
    return "\n".join(reason for _, reason in outcome.failed)


def test_nothing_is_planned_before_somebody_decides(session, photos):
    save(photos / "a.png")
    save(photos / "b.jpg", size=(120, 90))
    add_directories(session, [photos])
    find_duplicates(session)
    assert deduplicate.make(session).actions == ()


def test_plan_moves_files_to_the_trash_and_undo_brings_them_back(session, photos, bin_):
    keep, copy = save(photos / "a.png"), save(photos / "b.jpg", size=(120, 90))
    data = copy.read_bytes()
    found(session, photos)
    plan = deduplicate.make(session)
    (action,) = plan.actions
    assert (action.path, action.keep_path) == (os.fsencode(copy), os.fsencode(keep))
    assert plan.frees == len(data)
    assert copy.exists()
    outcome = deduplicate.apply(session, plan)
    assert (outcome.moved, outcome.freed, outcome.failed) == ([os.fsencode(copy)], len(data), [])
    assert not copy.exists()
    assert keep.exists()
    assert (bin_ / "files" / "b.jpg").read_bytes() == data
    assert [image.state for image in session.library.images.many([action.image_id])] == ["missing"]
    assert grouping.chosen(session) == ()
    back = deduplicate.undo(session, plan.id)
    assert back.moved == [os.fsencode(copy)]
    assert copy.read_bytes() == data
    assert list((bin_ / "files").iterdir()) == list((bin_ / "info").iterdir()) == []
    assert len(grouping.chosen(session)) == 1
    with pytest.raises(UsageError, match="moved nothing"):
        deduplicate.undo(session, plan.id)


def test_file_that_is_not_what_the_plan_says_stays(session, photos):
    for width, name in ((240, "a.png"), (120, "changed.jpg"), (124, "swapped.jpg"), (128, "gone.jpg")):
        save(photos / name, size=(width, 180 * width // 240))
    found(session, photos)
    plan = deduplicate.make(session)
    assert len(plan.actions) == 3
    (photos / "changed.jpg").write_bytes(b"something else")
    swapped = photos / "swapped.jpg"
    before = swapped.stat()
    data = bytearray(swapped.read_bytes())
    data[-5] ^= 1
    swapped.write_bytes(data)
    os.utime(swapped, ns=(before.st_atime_ns, before.st_mtime_ns))
    (photos / "gone.jpg").unlink()
    outcome = deduplicate.apply(session, plan)
    assert outcome.moved == []
    for words in ("changed since", "content is not", "not there any more"):
        assert words in reasons(outcome)
    assert swapped.exists()
    assert (photos / "changed.jpg").exists()


def test_nothing_goes_where_the_kept_file_vanished_or_changed(session, photos):
    keep, copy = save(photos / "a.png"), save(photos / "b.jpg", size=(120, 90))
    found(session, photos)
    plan = deduplicate.make(session)
    keep.rename(photos / "elsewhere.png")
    outcome = deduplicate.apply(session, plan)
    assert "the file to keep is not there any more" in reasons(outcome)
    assert copy.exists()
    keep.write_bytes(b"another")
    assert "changed" in reasons(deduplicate.apply(session, plan))
    assert copy.exists()


def test_files_of_one_picture_keep_one_path(session, photos):
    save(photos / "a.png")
    shutil.copy(photos / "a.png", photos / "copy of a.png")
    (group,) = found(session, photos)
    assert group.kind == "same file"
    plan = deduplicate.make(session)
    assert [action.path.rpartition(b"/")[2] for action in plan.actions] == [b"copy of a.png"]
    deduplicate.apply(session, plan)
    (image,) = session.library.images.many([group.keeper.image.id])
    assert image.state == "present"
    assert (photos / "a.png").exists()
    deduplicate.undo(session, plan.id)
    assert (photos / "copy of a.png").exists()


def test_hard_links_free_nothing_until_the_last_one_goes(session, photos):
    save(photos / "a.png")
    os.link(photos / "a.png", photos / "b.png")
    found(session, photos)
    plan = deduplicate.make(session)
    assert [action.frees for action in plan.actions] == [0]
    deduplicate.apply(session, plan)
    assert (photos / "a.png").exists()


def test_link_to_the_kept_file_goes_and_the_file_that_a_kept_link_needs_stays(session, photos, tmp_path):
    save(photos / "a.png")
    (photos / "link.png").symlink_to(photos / "a.png")
    add_directories(session, [photos])
    find_duplicates(session)
    (group,) = grouping.chosen(session)
    keys = {member.path.rpartition(b"/")[2]: member.key for member in group.members}
    grouping.decide(session, {keys[b"a.png"]: "keep", keys[b"link.png"]: "remove"})
    plan = deduplicate.make(session)
    assert [action.frees for action in plan.actions] == [0]
    assert deduplicate.apply(session, plan).failed == []
    assert (photos / "a.png").is_file()
    assert not (photos / "link.png").is_symlink()
    deduplicate.undo(session, plan.id)
    assert (photos / "link.png").is_symlink()
    grouping.decide(session, {keys[b"a.png"]: "remove", keys[b"link.png"]: "keep"})
    refused = deduplicate.make(session)
    assert refused.actions == ()
    assert "reached through a link" in refused.skipped[0][1]


@pytest.mark.parametrize("name", ["a\nb.png", "héé 🦎.png", "odd \udcff.png"])
def test_any_name_goes_and_comes_back(session, photos, tmp_path, name):
    save(photos / "keep.png", size=(480, 360))
    odd = photos / name
    save(photos / "plain.png")
    (photos / "plain.png").rename(odd)
    found(session, photos)
    plan = deduplicate.make(session)
    file = tmp_path / "plan.json"
    plans.write(plan, file)
    again = plans.read(file)
    assert again == plan
    assert again.actions[0].path == os.fsencode(odd)
    assert deduplicate.apply(session, again).failed == []
    assert not odd.exists()
    deduplicate.undo(session, again.id)
    assert odd.exists()


def test_read_only_folder_keeps_its_files(session, photos, monkeypatch):
    save(photos / "a.png")
    (photos / "locked").mkdir()
    save(photos / "locked" / "b.jpg", size=(120, 90))
    found(session, photos)
    plan = deduplicate.make(session)
    real = os.access
    locked = os.fsencode(photos / "locked")
    monkeypatch.setattr(trash.os, "access", lambda path, mode: path != locked and real(path, mode))
    outcome = deduplicate.apply(session, plan)
    assert "read-only" in reasons(outcome)
    assert (photos / "locked" / "b.jpg").exists()
    assert [one.state for one in session.library.duplicates.removals(plan.id)] == ["kept"]


def test_drive_that_is_away_is_left_alone(session, photos):
    save(photos / "a.png")
    save(photos / "b.jpg", size=(120, 90))
    found(session, photos)
    session.library.files.set_state([os.fsencode(photos / "b.jpg")], "offline")
    assert "drive is away" in deduplicate.make(session).skipped[0][1]
    session.library.files.set_state([os.fsencode(photos / "b.jpg")], "present")
    session.library.files.set_state([os.fsencode(photos / "a.png")], "offline")
    assert deduplicate.make(session).actions == ()


def test_all_copies_are_never_planned(session, photos):
    save(photos / "a.png")
    save(photos / "b.jpg", size=(120, 90))
    (group,) = found(session, photos)
    grouping.decide(session, {member.key: "remove" for member in group.members})
    assert deduplicate.make(session).actions == ()


def test_ratings_and_selections_go_to_the_kept_picture_and_come_back(session, photos):
    save(photos / "a.png")
    save(photos / "b.jpg", size=(120, 90))
    save(photos / "other.png", seed=5)
    (group,) = found(session, photos)
    keep, gone = (member.image.id for member in group.members)
    own.rate(session, [gone], stars=4, favourite=True)
    own.rate(session, [keep], stars=2, label="red")
    own.keep_selection(session, "best", ids=[gone, keep])
    plan = deduplicate.make(session)
    assert plan.actions[0].merge == ("4 stars", "favourite", "a place in best")
    outcome = deduplicate.apply(session, plan)
    assert outcome.merged == 1
    assert session.library.ratings.many([keep])[keep] == Rating(4, True, False, "red")
    assert session.library.selections.get("best").ids == (keep,)
    deduplicate.undo(session, plan.id)
    assert session.library.ratings.many([keep])[keep] == Rating(2, False, False, "red")
    assert session.library.selections.get("best").ids == (gone, keep)
    assert session.library.ratings.many([gone])[gone].stars == 4


def test_what_changed_after_the_merge_is_not_taken_back(session, photos):
    save(photos / "a.png")
    save(photos / "b.jpg", size=(120, 90))
    (group,) = found(session, photos)
    keep, gone = (member.image.id for member in group.members)
    own.rate(session, [gone], stars=4)
    plan = deduplicate.make(session)
    deduplicate.apply(session, plan)
    own.rate(session, [keep], stars=5)
    deduplicate.undo(session, plan.id)
    assert session.library.ratings.many([keep])[keep].stars == 5


def test_interrupted_plan_is_finished_and_undone_whole(session, photos, monkeypatch):
    save(photos / "a.png")
    for number in range(3):
        save(photos / f"b{number}.jpg", size=(120 + number, 90))
    found(session, photos)
    plan = deduplicate.make(session)
    real, calls = trash.move, []

    def die(path):
        calls.append(path)
        if len(calls) == 2:
            real(path)
            raise KeyboardInterrupt
        return real(path)

    monkeypatch.setattr(deduplicate.trash, "move", die)
    with pytest.raises(KeyboardInterrupt):
        deduplicate.apply(session, plan)
    monkeypatch.setattr(deduplicate.trash, "move", real)
    assert sorted(one.state for one in session.library.duplicates.removals(plan.id)) == ["moving", "trashed"]
    assert len(deduplicate.apply(session, plan).moved) == 1
    back = deduplicate.undo(session, plan.id)
    assert len(back.moved) == 3
    assert all((photos / f"b{number}.jpg").exists() for number in range(3))


def test_undo_overwrites_nothing_and_says_what_the_trash_lost(session, photos, bin_):
    save(photos / "a.png")
    copy, other = save(photos / "b.jpg", size=(120, 90)), save(photos / "c.jpg", size=(130, 90))
    found(session, photos)
    plan = deduplicate.make(session)
    deduplicate.apply(session, plan)
    copy.write_bytes(b"new")
    (bin_ / "files" / other.name).unlink()
    outcome = deduplicate.undo(session, plan.id)
    assert outcome.moved == []
    assert "another file lies there now" in reasons(outcome)
    assert "not in the trash any more" in reasons(outcome)
    assert copy.read_bytes() == b"new"


def test_plan_of_another_library_and_files_that_are_no_plan_are_refused(session, photos, tmp_path):
    save(photos / "a.png")
    save(photos / "b.jpg", size=(120, 90))
    found(session, photos)
    plan = deduplicate.make(session)
    with pytest.raises(UsageError, match="not for"):
        deduplicate.apply(session, replace(plan, library="/elsewhere"))
    bad = tmp_path / "bad.json"
    for text in ("", "[]", '{"schema": 1}', json.dumps({**plans.as_form(plan), "actions": [{"group": "x"}]})):
        bad.write_text(text)
        with pytest.raises(UsageError):
            plans.read(bad)
    with pytest.raises(UsageError, match="cannot be read"):
        plans.read(tmp_path / "none.json")
    with pytest.raises(UsageError, match="16 characters"):
        plans.kept(session, "../../etc/passwd")
