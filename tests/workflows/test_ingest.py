"""Adding folders: what a second run does, what moves, what is gone, what cannot be read."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from leitmotiv.errors import UsageError
from leitmotiv.settings import Settings
from leitmotiv.store.database import Database
from leitmotiv.workflows import ingest
from leitmotiv.workflows.ingest import AddReport, add_directories, add_files
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget, relocate

from .pictures import folder_of, picture


@pytest.fixture
def session(tmp_path: Path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        yield opened


def counts(report: AddReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.gone, report.same


def test_second_run_reads_nothing(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 5)
    assert counts(add_directories(session, [photos])) == (5, 0, 0, 0)
    second = add_directories(session, [photos])
    assert counts(second) == (0, 0, 0, 5)
    assert str(second) == "0 new, 0 changed, 0 gone, 5 same"
    assert session.library.images.count() == 5


def test_every_image_has_a_mixture_and_thumbnails(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 3)])
    ids = session.library.images.ids()
    for mixture in session.library.mixtures.many(ids):
        assert mixture.weights.sum() == pytest.approx(1)
        assert len(mixture) >= 1
    for image_id in ids:
        assert session.library.images.thumbnail(image_id, 256)[:3] == b"\xff\xd8\xff"


def test_moved_file_keeps_its_image(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    add_directories(session, [photos])
    before = session.library.images.find_path(os.fsencode(photos / "p001.jpg"))
    (photos / "deep").mkdir()
    (photos / "p001.jpg").rename(photos / "deep" / "other.jpg")
    report = add_directories(session, [photos])
    assert (report.moved, report.new, report.gone, report.same) == (1, 0, 0, 2)
    after = session.library.images.find_path(os.fsencode(photos / "deep" / "other.jpg"))
    assert before is not None
    assert after is not None
    assert after.id == before.id
    assert after.paths == (os.fsencode(photos / "deep" / "other.jpg"),)


def test_identical_files_share_one_image(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    shutil.copy(photos / "p000.jpg", photos / "q.jpg")
    report = add_directories(session, [photos])
    assert (report.new, report.copies) == (2, 1)
    image = session.library.images.find_path(os.fsencode(photos / "q.jpg"))
    assert image is not None
    assert len(image.paths) == 2


def test_a_batch_is_written_in_a_few_statements_and_leaves_what_single_ones_leave(tmp_path, monkeypatch):
    photos = folder_of(tmp_path / "photos", 9)
    for name in ("q.jpg", "r.jpg"):
        shutil.copy(photos / "p000.jpg", photos / name)
    written: dict[int, int] = {}
    found = {}
    insert_many = Database.insert_many
    monkeypatch.setattr(ingest, "BATCH_S", 1000.0)
    for most in (1, 64):
        monkeypatch.setattr(ingest, "BATCH", most)

        def counting(self: Database, table: object, rows: object, most: int = most) -> None:
            written[most] = written.get(most, 0) + 1
            insert_many(self, table, rows)

        with Session(replace(Settings(), library=tmp_path / str(most), workers=1)) as opened:
            monkeypatch.setattr(Database, "insert_many", counting)
            report = add_directories(opened, [photos])
            monkeypatch.setattr(Database, "insert_many", insert_many)
            ids = sorted(opened.library.images.ids())
            assert (report.new, report.copies) == (9, 2)
            paths = [sorted(image.paths) for image in opened.library.images.many(ids)]
            small = [opened.library.images.thumbnail(image_id, 256) for image_id in ids]
            found[most] = ids, paths, small, [one.means.tobytes() for one in opened.library.mixtures.many(ids)]
    assert found[1] == found[64]
    assert written[1] == 4 * 9
    assert written[64] <= 4 * 3  # a copy has those written that came before it


def test_changed_metadata_keep_the_image(session, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    picture(1).save(photos / "a.png")
    add_directories(session, [photos])
    before = session.library.images.find_path(os.fsencode(photos / "a.png"))
    exif = Image.Exif()
    exif[0x010E] = "a description"
    picture(1).save(photos / "a.png", exif=exif)
    report = add_directories(session, [photos])
    after = session.library.images.find_path(os.fsencode(photos / "a.png"))
    assert counts(report) == (0, 1, 0, 0)
    assert before is not None
    assert after is not None
    assert after.id == before.id
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 1)


def test_changed_pixels_make_another_image(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    add_directories(session, [photos])
    before = session.library.images.find_path(os.fsencode(photos / "p000.jpg"))
    picture(4).save(photos / "p000.jpg")
    report = add_directories(session, [photos])
    after = session.library.images.find_path(os.fsencode(photos / "p000.jpg"))
    assert counts(report) == (0, 1, 0, 1)
    assert report.replaced == 1
    assert before is not None
    assert after is not None
    assert after.id != before.id


def test_vanished_files_are_kept_as_missing_and_come_back(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    add_directories(session, [photos])
    (photos / "p002.jpg").rename(tmp_path / "away.jpg")
    assert counts(add_directories(session, [photos])) == (0, 0, 1, 2)
    assert session.library.images.count("missing") == 1
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 2)
    (tmp_path / "away.jpg").rename(photos / "p002.jpg")
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 3)
    assert session.library.images.count("missing") == 0


def test_folder_that_is_away_is_offline_not_gone(session, tmp_path):
    photos = folder_of(tmp_path / "drive", 3)
    add_directories(session, [photos])
    photos.rename(tmp_path / "unplugged")
    report = add_directories(session, [photos])
    assert (report.gone, report.offline) == (0, 3)
    assert session.library.images.count("offline") == 3
    (tmp_path / "unplugged").rename(photos)
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 3)
    assert session.library.images.count("offline") == 0


def test_bad_files_are_named_once_and_stop_nothing(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    (photos / "empty.jpg").write_bytes(b"")
    (photos / "text.jpg").write_text("no picture at all")
    (photos / "broken-link.jpg").symlink_to(photos / "nowhere")
    whole = (photos / "p000.jpg").read_bytes()
    (photos / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    report = add_directories(session, [photos])
    assert report.new == 2
    assert {Path(path).name for path, _ in report.failed} == {"empty.jpg", "text.jpg", "broken-link.jpg", "cut.jpg"}
    assert len(session.library.failures.list()) == 4
    again = add_directories(session, [photos])
    assert (again.new, again.same, len(again.failed)) == (0, 2, 4)
    (photos / "cut.jpg").write_bytes(whole[:-2] + whole[-2:])
    mended = add_directories(session, [photos])
    assert mended.copies == 1
    assert len(session.library.failures.list()) == 3


@pytest.mark.parametrize("name", ["new\nline.jpg", "quo'te\".jpg", "emoji 🎞.jpg", b"not-utf8-\xff\xfe.jpg"])
def test_any_file_name_works(session, tmp_path, name):
    photos = folder_of(tmp_path / "photos", 1)
    path = os.fsencode(photos) + b"/" + os.fsencode(name)
    (photos / "p000.jpg").rename(os.fsdecode(path))
    assert counts(add_directories(session, [photos])) == (1, 0, 0, 0)
    assert session.library.images.find_path(path) is not None
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 1)


def test_same_result_with_worker_processes(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 8)
    add_directories(session, [photos])
    with Session(replace(session.settings, library=tmp_path / "second", workers=2)) as other:
        add_directories(other, [photos])
        ids = sorted(session.library.images.ids())
        assert sorted(other.library.images.ids()) == ids
        for a, b in zip(session.library.mixtures.many(ids), other.library.mixtures.many(ids), strict=True):
            assert (a.means == b.means).all()
            assert (a.weights == b.weights).all()
            assert (a.cholesky == b.cholesky).all()


def test_include_and_exclude_choose_files_and_are_remembered(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 4)
    assert add_directories(session, [photos], include=["p00[012].jpg"], exclude=["p001*"]).new == 2
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 2)
    report = add_directories(session, [photos], include=["*"])
    assert (report.new, report.same, report.gone) == (2, 2, 0)


def test_path_on_a_drive_that_is_away_is_not_taken_for_moved(session, tmp_path):
    drive = folder_of(tmp_path / "drive", 2)
    local = tmp_path / "local"
    local.mkdir()
    shutil.copy(drive / "p000.jpg", local / "copy.jpg")
    add_directories(session, [drive])
    drive.rename(tmp_path / "unplugged")
    report = add_directories(session, [drive, local])
    assert (report.moved, report.copies, report.offline) == (0, 1, 2)
    (tmp_path / "unplugged").rename(drive)
    assert counts(add_directories(session, [drive])) == (0, 0, 0, 2)
    image = session.library.images.find_path(os.fsencode(local / "copy.jpg"))
    assert image is not None
    assert len(image.paths) == 2


def test_empty_mount_point_is_a_drive_that_is_away(session, tmp_path):
    photos = folder_of(tmp_path / "mount", 2)
    add_directories(session, [photos])
    for path in photos.iterdir():
        path.rename(tmp_path / path.name)
    report = add_directories(session, [photos])
    assert (report.gone, report.offline) == (0, 2)


def test_raw_beside_a_later_jpeg_is_no_longer_a_picture_by_itself(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 1)
    add_files(session, [photos / "p000.jpg"])
    known = session.library.files.known([os.fsencode(photos)])
    (file,) = known.values()
    session.library.files.put(replace(file, path=os.fsencode(photos / "p001.dng")))
    (photos / "p001.dng").write_bytes(b"a raw file")
    picture(1).save(photos / "p001.jpg")
    assert add_directories(session, [photos]).gone == 1


def test_failure_goes_when_the_old_file_is_back(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    add_directories(session, [photos])
    whole, stat = (photos / "p000.jpg").read_bytes(), (photos / "p000.jpg").stat()
    (photos / "p000.jpg").write_bytes(b"")
    assert len(add_directories(session, [photos]).failed) == 1
    (photos / "p000.jpg").write_bytes(whole)
    os.utime(photos / "p000.jpg", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 2)
    assert session.library.failures.list() == []


def test_misspelt_file_is_told_but_not_kept_as_a_failure(session, tmp_path):
    report = add_files(session, [tmp_path / "typo.jpg", tmp_path])
    assert [reason for _, reason in report.failed] == [
        "there is no such file",
        "it is a folder: use `leitmotiv add-directory`",
    ]
    assert session.library.failures.list() == []


def test_single_files_are_added_by_name(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    assert add_files(session, [photos / "p000.jpg"]).new == 1
    assert add_files(session, [photos / "p000.jpg", photos / "p001.jpg"]).same == 1
    assert session.library.images.count() == 2


def test_folder_that_never_was_is_an_error_of_usage(session, tmp_path):
    with pytest.raises(UsageError, match="There is no folder"):
        add_directories(session, [tmp_path / "nowhere"])
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        add_directories(session, [tmp_path / "file"])


def test_the_same_folder_through_a_link_makes_no_copies(session, tmp_path):
    photos = folder_of(tmp_path / "photos" / "deep", 3).parent
    add_directories(session, [photos])
    (tmp_path / "link").symlink_to(photos)
    (tmp_path / "link-deep").symlink_to(photos / "deep")
    for again in (tmp_path / "link", tmp_path / "link" / "deep", tmp_path / "link-deep"):
        report = add_directories(session, [again])
        assert counts(report) == (0, 0, 0, 3)
        assert report.copies == 0
    report = add_files(session, [tmp_path / "link" / "deep" / "p001.jpg"])
    assert (report.same, report.copies) == (1, 0)
    roots = [root for root, _, _ in session.library.folders.list()]
    assert roots == [os.fsencode(photos), os.fsencode(photos / "deep")]


def test_a_link_that_is_known_itself_keeps_its_way(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    (tmp_path / "link").symlink_to(photos)
    add_directories(session, [tmp_path / "link"])
    assert counts(add_directories(session, [photos])) == (0, 0, 0, 2)
    assert counts(add_directories(session, [tmp_path / "link"])) == (0, 0, 0, 2)


def test_forgotten_pictures_stay_away_until_they_are_added_by_name(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 4)
    add_directories(session, [photos])
    forget(session, [str(photos / "p001.jpg"), str(photos / "p002.jpg")])
    again = add_directories(session, [photos])
    assert (counts(again), again.forgotten) == ((0, 0, 0, 2), 2)
    assert "2 forgotten" in str(again)
    (photos / "p001.jpg").rename(photos / "moved.jpg")
    moved = add_directories(session, [photos])
    assert (counts(moved), moved.forgotten, moved.copies) == ((0, 0, 0, 2), 2, 0)
    assert session.library.images.count() == 2
    back = add_files(session, [photos / "moved.jpg"])
    assert back.new == 1
    last = add_directories(session, [photos])
    assert (counts(last), last.forgotten) == ((0, 0, 0, 3), 1)


def test_a_forgotten_file_that_changed_is_a_new_picture_and_one_that_is_gone_needs_no_memory(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    add_directories(session, [photos])
    forget(session, [str(photos / "p000.jpg"), str(photos / "p001.jpg")])
    picture(11).save(photos / "p000.jpg")
    (photos / "p001.jpg").unlink()
    report = add_directories(session, [photos])
    assert (counts(report), report.forgotten) == ((1, 0, 0, 1), 0)
    assert session.library.files.forgotten() == set()


def test_relocated_pictures_that_are_there_count_as_present_at_once(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    add_directories(session, [photos])
    photos.rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="photos"):
        add_directories(session, [tmp_path / "photos" / "none"])
    add_directories(session, [photos])
    assert session.library.images.count("offline") == 3
    (tmp_path / "elsewhere" / "p002.jpg").unlink()
    assert relocate(session, photos, tmp_path / "elsewhere") == 3
    assert (session.library.images.count("present"), session.library.images.count("offline")) == (2, 1)
