import os
import shutil
import sqlite3
import stat
import subprocess
import sys

import pytest

from leitmotiv.errors import LibraryDamagedError, NotALibraryError
from leitmotiv.store.library import Library

from .conftest import sqlite_only
from .making import add


def test_a_library_is_made_with_its_parents_and_opened_again(tmp_path):
    folder = tmp_path / "a" / "b\n📷"
    with Library.open(folder) as library:
        new = add(library, 0)
    with Library.open(folder, create=False) as library:
        assert library.images.get(new.id) == new


def test_a_library_in_a_folder_whose_name_is_no_text(tmp_path):
    folder = tmp_path / os.fsdecode(b"\xff?#%41")
    with Library.open(folder) as library:
        add(library, 0)
    with Library.open(folder) as library:
        assert library.images.count() == 1
    assert sorted(path.name for path in folder.iterdir()) == ["leitmotiv.db", "leitmotiv.lock"]


def test_an_empty_folder_becomes_a_library_whatever_hides_in_it(tmp_path):
    for name in (".DS_Store", "lost+found", "leitmotiv.lock", "arrays"):
        (tmp_path / name).mkdir()
    (tmp_path / "leitmotiv.lock").rmdir()
    with Library.open(tmp_path) as library:
        assert library.images.count() == 0


def test_a_folder_with_other_things_is_not_littered(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"")
    with pytest.raises(NotALibraryError, match=r"holiday\.jpg.*--library"):
        Library.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_file_is_no_library(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotALibraryError, match="is a file"):
            Library.open(folder)


@sqlite_only
def test_without_create_nothing_is_made(folder):
    with pytest.raises(NotALibraryError, match="add-directory"):
        Library.open(folder, create=False)
    assert not folder.exists()


def test_several_processes_may_make_the_same_library_at_once(folder):
    script = "import sys; from leitmotiv.store.library import Library; Library.open(sys.argv[1]).close()"
    processes = [subprocess.Popen([sys.executable, "-c", script, str(folder)]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    with Library.open(folder) as library:
        assert library.images.count() == 0


@sqlite_only
def test_an_empty_database_file_is_a_beginning_that_was_interrupted(folder):
    folder.mkdir()
    (folder / "leitmotiv.db").touch()
    with Library.open(folder) as library:
        assert library.images.count() == 0


@sqlite_only
def test_a_file_that_is_no_database_is_named_with_the_next_step(folder):
    folder.mkdir()
    (folder / "leitmotiv.db").write_text("This is a text. " * 100)
    with pytest.raises(LibraryDamagedError, match=r"damaged.*backups.*pictures are not touched"):
        Library.open(folder)
    assert (folder / "leitmotiv.db").read_text().startswith("This is a text")


@sqlite_only
def test_a_database_of_another_program_is_left_alone(folder):
    folder.mkdir()
    with sqlite3.connect(folder / "leitmotiv.db") as database:
        database.execute("CREATE TABLE songs (name)")
    database.close()
    with pytest.raises(LibraryDamagedError, match="not one of leitmotiv"):
        Library.open(folder)


@sqlite_only
def test_a_database_cut_short_is_damaged_not_a_fault_of_ours(folder):
    with Library.open(folder) as library:
        for number in range(60):
            add(library, number)
    os.truncate(folder / "leitmotiv.db", 40_000)
    with pytest.raises(LibraryDamagedError), Library.open(folder) as library:
        library.mixtures.many([one.id for one in library.images.many(library.images.ids())])


@sqlite_only
def test_a_folder_in_the_place_of_the_database_is_named(folder):
    (folder / "leitmotiv.db").mkdir(parents=True)
    with pytest.raises(LibraryDamagedError, match="it is a folder"):
        Library.open(folder)


@sqlite_only
def test_a_library_that_is_taken_away_is_missed_not_made_anew(folder):
    library = Library.open(folder)
    library.close()
    library = Library.open(folder)
    shutil.rmtree(folder)
    with pytest.raises(LibraryDamagedError, match="not there any more"):
        library.images.count()
    library.close()
    assert not folder.exists()


def test_a_secret_is_random_kept_and_only_the_owners(library, folder):
    secret = library.secret("server-token")
    assert len(secret) >= 32
    assert library.secret("server-token") == secret
    assert library.secret("other") != secret
    with Library.open(folder) as again:
        assert again.secret("server-token") == secret
    assert stat.S_IMODE((folder / "secrets" / "server-token").stat().st_mode) == 0o600
    assert sorted(path.name for path in (folder / "secrets").iterdir()) == ["other", "server-token"]


def test_an_empty_secret_is_made_anew(library, folder):
    (folder / "secrets").mkdir()
    (folder / "secrets" / "server-token").touch()
    assert len(library.secret("server-token")) >= 32


def test_a_secret_has_a_plain_name(library):
    with pytest.raises(ValueError, match="no name"):
        library.secret("../../etc/passwd")


def test_size_counts_everything_in_the_folder(library, folder):
    before = library.size()
    (folder / "exports").mkdir()
    (folder / "exports" / "page.html").write_bytes(b"x" * 5000)
    assert library.size() == before + 5000


@sqlite_only
def test_a_written_library_needs_no_log_afterwards(library, folder):
    with library.writer("adding pictures"):
        add(library, 0)
        assert (folder / "leitmotiv.db-wal").stat().st_size > 0
    assert (folder / "leitmotiv.db-wal").stat().st_size == 0
