import zipfile

import numpy as np
import pytest

from leitmotiv.errors import LibraryDamagedError, LibraryTooNewError, NotALibraryError, UsageError
from leitmotiv.store import backups
from leitmotiv.store.library import NAME, Library

from .making import add, image_id


@pytest.fixture
def folder(tmp_path):
    """In its own file: a server's databases are copied with its own programs."""
    return tmp_path / "library"


@pytest.fixture
def saved(library, tmp_path):
    for number in range(3):
        add(library, number)
    library.arrays.put("divergences", {"values": np.eye(3, dtype=np.float32)}, [image_id(n) for n in range(3)], "d")
    library.secret("token")
    backups.write(library, tmp_path / "saved.zip")
    return tmp_path / "saved.zip"


def test_a_library_comes_back_whole_but_for_its_secrets(library, saved, tmp_path):
    backups.restore(saved, tmp_path / "new")
    with Library.open(tmp_path / "new", create=False) as again:
        assert again.images.ids() == library.images.ids()
        assert again.images.thumbnail(image_id(1), 256) == library.images.thumbnail(image_id(1), 256)
        np.testing.assert_array_equal(again.arrays.get("divergences")["values"], np.eye(3))
    assert not (tmp_path / "new" / "secrets").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "new", "saved.zip"]


def test_what_is_written_while_a_backup_is_made_is_in_it_whole_or_not(library, tmp_path):
    def also(done: int, total: int) -> None:
        add(library, 50 + done)

    add(library, 0)
    backups.write(library, tmp_path / "b.zip", progress=also)
    backups.restore(tmp_path / "b.zip", tmp_path / "new")
    with Library.open(tmp_path / "new", create=False) as again:
        assert again.images.ids() == [image_id(0)]


def test_a_small_backup_leaves_out_what_can_be_made_again(library, tmp_path):
    add(library, 0)
    library.arrays.put("divergences", {"values": np.eye(1, dtype=np.float32)}, [image_id(0)], "d")
    backups.write(library, tmp_path / "small.zip", arrays=False)
    backups.restore(tmp_path / "small.zip", tmp_path / "new")
    with Library.open(tmp_path / "new", create=False) as again:
        assert again.images.ids() == [image_id(0)]
        assert again.arrays.get("divergences") is None


def test_nothing_is_ever_replaced(library, saved, folder):
    with pytest.raises(NotALibraryError, match="not an empty folder"):
        backups.restore(saved, folder)
    with pytest.raises(UsageError, match="already"):
        backups.write(library, saved)


def test_a_damaged_backup_restores_nothing(saved, tmp_path):
    data = bytearray(saved.read_bytes())
    for at in range(len(data) // 3, len(data) // 3 + 2000):
        data[at] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(data)
    (tmp_path / "cut.zip").write_bytes(saved.read_bytes()[: len(data) // 2])
    for name in ("damaged.zip", "cut.zip"):
        with pytest.raises(LibraryDamagedError, match="damaged"):
            backups.restore(tmp_path / name, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("name", ["../evil", "/evil", "arrays/../../evil", "arrays", "secrets/token", "arrays\\..\\x"])
def test_a_hostile_name_restores_nothing(saved, tmp_path, name):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(name, b"evil")
    with pytest.raises(LibraryDamagedError, match="which no backup has"):
        backups.restore(saved, tmp_path / "new")
    assert not (tmp_path / "evil").exists()


def test_what_is_no_backup_is_named(tmp_path, saved):
    with pytest.raises(UsageError, match="no file"):
        backups.restore(tmp_path / "none.zip", tmp_path / "new")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a", b"b")
    with pytest.raises(UsageError, match="no backup of a library"):
        backups.restore(tmp_path / "other.zip", tmp_path / "new")
    with zipfile.ZipFile(tmp_path / "fake.zip", "w") as archive:
        archive.writestr(backups.NOTE, '{"schema": "leitmotiv.backup/1"}')
        archive.writestr(NAME, b"no database")
    with pytest.raises(LibraryDamagedError, match="damaged"):
        backups.restore(tmp_path / "fake.zip", tmp_path / "new")
    with zipfile.ZipFile(tmp_path / "newer.zip", "w") as archive:
        archive.writestr(backups.NOTE, '{"schema": "leitmotiv.backup/9", "version": "9.0"}')
        archive.writestr(NAME, b"")
    with pytest.raises(LibraryTooNewError, match="newer leitmotiv"):
        backups.restore(tmp_path / "newer.zip", tmp_path / "new")
