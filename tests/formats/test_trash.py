import os
import sys
import time

import pytest

from leitmotiv.formats import trash

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system does not tell")


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = os.fsencode(tmp_path / "Trash")
    monkeypatch.setattr(trash, "_homes", lambda path: [home])
    for name in ("files", "info"):
        (tmp_path / "Trash" / name).mkdir(parents=True)
    return tmp_path / "Trash"


def put(home, name: str, said: str, age_s: float = 0.0) -> None:
    (home / "files" / name).write_bytes(said.encode())
    note = home / "info" / f"{name}.trashinfo"
    note.write_text(f"[Trash Info]\nPath={said}\nDeletionDate=2026-01-01T00:00:00\n")
    moment = time.time() - age_s
    os.utime(note, (moment, moment))


def test_a_file_of_the_same_name_from_another_folder_is_not_taken_for_it(home, tmp_path):
    put(home, "a.jpg", f"{tmp_path}/other/a.jpg")
    put(home, "a 2.jpg", f"{tmp_path}/photos/a.jpg")
    found = trash.find(os.fsencode(tmp_path / "photos" / "a.jpg"))
    assert found.file == os.fsencode(home / "files" / "a 2.jpg")
    assert trash.find(os.fsencode(tmp_path / "a.jpg")).file is None


def test_of_two_from_the_same_place_the_later_one_is_meant(home, tmp_path):
    put(home, "1.jpg", f"{tmp_path}/a%20b.jpg", age_s=60)
    put(home, "0.jpg", f"{tmp_path}/a%20b.jpg", age_s=120)
    assert trash.find(os.fsencode(tmp_path / "a b.jpg")).file == os.fsencode(home / "files" / "1.jpg")


def test_a_note_of_a_drive_tells_the_place_from_the_top_of_the_drive(home, tmp_path):
    put(home, "a.jpg", "photos/a.jpg")
    assert trash.find(os.fsencode(tmp_path / "photos" / "a.jpg")).file == os.fsencode(home / "files" / "a.jpg")
