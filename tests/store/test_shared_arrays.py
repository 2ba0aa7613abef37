"""Arrays on storage that two machines share: here two caches and one folder, or a storage that is no disk at all."""

import errno
import os
import socket
import time
from datetime import UTC, datetime
from typing import ClassVar

import fsspec
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from leitmotiv.errors import DiskFullError, PermissionDeniedError, SettingsError, StorageAwayError
from leitmotiv.store import library as opening
from leitmotiv.store import shared_arrays
from leitmotiv.store.library import Library
from leitmotiv.store.shared_arrays import SharedArrays

from .making import add

IDS = ["a", "b", "c"]


def matrix(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((3, 3), np.float32)


@pytest.fixture(params=["file", "memory"])
def url(request, tmp_path):
    return f"file://{tmp_path}/shared" if request.param == "file" else f"memory://{tmp_path.name}"


@pytest.fixture
def shared(tmp_path):
    """The folder of a storage that is one."""
    return tmp_path / "shared"


@pytest.fixture
def one(url, tmp_path) -> SharedArrays:
    return SharedArrays(url, tmp_path / "one")


@pytest.fixture
def other(url, tmp_path) -> SharedArrays:
    return SharedArrays(url, tmp_path / "other")


def test_what_one_machine_puts_another_maps(one, other):
    assert other.get("look") is None
    one.put("look", {"values": matrix(), "none": np.zeros((0, 3))}, IDS, "d")
    found = other.get("look")
    assert (found.ids, found.digest) == (tuple(IDS), "d")
    np.testing.assert_array_equal(found["values"], matrix())
    assert not found["values"].flags.writeable
    assert other.bytes() == one.bytes() > 36


def test_what_replaces_it_is_seen_and_the_old_file_goes(one, other, tmp_path):
    one.put("look", {"values": matrix(0)}, IDS, "d")
    other.get("look")
    one.put("look", {"values": matrix(1)}, IDS, "e")
    np.testing.assert_array_equal(other.get("look")["values"], matrix(1))
    other.put("look", {"values": matrix(2)}, IDS, "f")
    np.testing.assert_array_equal(one.get("look")["values"], matrix(2))
    for cache in ("one", "other"):
        assert len(list((tmp_path / cache).rglob("*.bin"))) == 1
    assert len([name for name in one._shelf.sizes() if name.endswith(".bin")]) == 1


def test_a_file_travels_once_and_is_found_by_its_digest(one, other, monkeypatch):
    one.put("look", {"values": matrix()}, IDS, "d")
    other.get("look")
    monkeypatch.setattr(other._shelf, "download", lambda *given: pytest.fail("it is here already"))
    one.put("look", {"values": matrix()}, IDS, "another reason for the same numbers")
    assert other.get("look").digest == "another reason for the same numbers"


def test_removed_and_forgotten_is_so_on_every_machine(one, other):
    one.put("look", {"values": matrix()}, IDS, "d")
    assert other.get("look").ids == ("a", "b", "c")
    one.forget(["b"])
    assert other.get("look").ids == one.get("look").ids == ("a", "", "c")
    other.remove("look")
    assert one.get("look") is None
    assert one.bytes() == 0


@pytest.mark.parametrize("url", ["file"], indirect=True)
@pytest.mark.parametrize("kept", [0, 17])
@pytest.mark.parametrize("suffix", ["json", "bin"])
def test_what_was_half_written_counts_as_not_there_and_can_be_put_again(one, other, shared, suffix, kept):
    one.put("look", {"values": matrix()}, IDS, "d")
    (path,) = shared.glob(f"look*.{suffix}")
    path.write_bytes(path.read_bytes()[:kept])
    assert other.get("look") is None
    one.put("look", {"values": matrix()}, IDS, "d")
    np.testing.assert_array_equal(other.get("look")["values"], matrix())


@pytest.mark.parametrize("url", ["file"], indirect=True)
def test_the_own_copy_is_fetched_again_where_it_is_damaged(one, other, tmp_path, url):
    one.put("look", {"values": matrix()}, IDS, "d")
    other.get("look")
    (path,) = (tmp_path / "other").rglob("*.bin")
    path.write_bytes(bytes(path.stat().st_size))
    np.testing.assert_array_equal(SharedArrays(url, tmp_path / "other").get("look")["values"], matrix())


@pytest.mark.parametrize("url", ["file"], indirect=True)
@pytest.mark.parametrize("kept", [0, 17, None])
def test_what_is_cut_on_the_storage_and_whole_here_is_put_there_again(one, other, shared, tmp_path, kept):
    one.put("look", {"values": matrix()}, IDS, "d")
    (path,) = shared.glob("look*.bin")
    if kept is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:kept])
    other.mend()  # it has nothing, and can do nothing
    assert other.get("look") is None
    one.mend()
    np.testing.assert_array_equal(other.get("look")["values"], matrix())
    (own,) = (tmp_path / "one").rglob("*.bin")
    own.write_bytes(bytes(own.stat().st_size))
    path.write_bytes(b"")
    one.mend()
    assert path.read_bytes() == b""  # what is damaged here, too, is not spread


@pytest.mark.parametrize("url", ["file"], indirect=True)
def test_a_damaged_file_of_the_right_size_is_mended_by_the_next_put(one, other, shared):
    one.put("look", {"values": matrix()}, IDS, "d")
    (path,) = shared.glob("look*.bin")
    path.write_bytes(bytes(path.stat().st_size))
    assert other.get("look") is None
    one.put("look", {"values": matrix()}, IDS, "d")
    np.testing.assert_array_equal(other.get("look")["values"], matrix())


def test_two_machines_that_put_at_once_do_not_remove_each_others_file(one, other, url, tmp_path, monkeypatch):
    one.put("look", {"values": matrix(0)}, IDS, "d")
    write = one._shelf.write

    def slowly(*given: object) -> None:
        monkeypatch.undo()
        other.put("look", {"values": matrix(2)}, IDS, "other")  # after the file is there, before it is named
        write(*given)

    monkeypatch.setattr(one._shelf, "write", slowly)
    one.put("look", {"values": matrix(1)}, IDS, "one")
    for machine in (one, other, SharedArrays(url, tmp_path / "third")):
        np.testing.assert_array_equal(machine.get("look")["values"], matrix(1))


@pytest.mark.parametrize("url", ["file"], indirect=True)
def test_what_killed_uploads_left_goes_after_a_day(one, shared):
    one.put("look", {"values": matrix(0)}, IDS, "d")
    names = (".look-0123456789abcdef.bin-deadbeef.part", ".other.json-deadbeef.part", "look-0123456789abcdef.bin")
    for name in names:
        (shared / name).write_bytes(bytes(1000))
    one.put("look", {"values": matrix(1)}, IDS, "d")
    assert set(names) <= set(one._shelf.sizes())  # another machine may be writing them
    for name in names:
        os.utime(shared / name, (0, time.time() - 90_000))
    one.put("look", {"values": matrix(2)}, IDS, "d")
    assert len(one._shelf.sizes()) == 2
    assert one._shelf.sizes().keys().isdisjoint(names)


def test_what_killed_downloads_left_here_goes_after_a_day(one, other, tmp_path):
    one.put("look", {"values": matrix(0)}, IDS, "d")
    other.get("look")
    parts = [other._folder / f"look-0123456789abcdef.bin-{number}.part" for number in range(2)]
    for part, age in zip(parts, (10, 90_000), strict=True):
        part.write_bytes(bytes(1000))
        os.utime(part, (0, time.time() - age))
    one.put("look", {"values": matrix(1)}, IDS, "d")
    other.get("look")
    assert [part.exists() for part in parts] == [True, False]


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({"mtime": 86400.5}, 86400.5),
        ({"LastModified": datetime(1970, 1, 2, tzinfo=UTC)}, 86400.0),
        ({"modify": "19700102000000.123"}, 86400.0),
        ({"modify": "yesterday", "size": 3}, None),
    ],
)
def test_storages_tell_in_their_own_ways_when_a_file_was_written(told, at):
    assert shared_arrays._time(told) == at


def test_a_full_shared_disk_is_named_and_the_old_arrays_stay(one, other, monkeypatch):
    one.put("look", {"values": matrix(0)}, IDS, "d")

    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(one._shelf._system, "put_file", full, raising=False)
        with pytest.raises(DiskFullError, match=r"shared storage .*run the command again"):
            one.put("look", {"values": matrix(1)}, IDS, "e")
    np.testing.assert_array_equal(other.get("look")["values"], matrix(0))
    np.testing.assert_array_equal(one.get("look")["values"], matrix(0))
    assert not [name for name in one._shelf.sizes() if name.endswith(".part")]


def test_a_storage_that_is_away_is_named(one, monkeypatch):
    def lost(*given: object) -> None:
        raise OSError(errno.EHOSTDOWN, "Host is down")

    monkeypatch.setattr(one._shelf._system, "info", lost, raising=False)
    with pytest.raises(StorageAwayError, match=r"does not answer.*Nothing was lost"):
        one.get("look")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EOFError(), StorageAwayError),
        (type("NoValidConnectionsError", (Exception,), {})("no route"), StorageAwayError),
        (type("AuthenticationException", (Exception,), {})("no"), PermissionDeniedError),
        (type("ClientError", (Exception,), {})("AccessDenied when calling PutObject"), PermissionDeniedError),
        (NotImplementedError(), PermissionDeniedError),
        (TypeError("a fault of ours"), TypeError),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else one.__name__,
)
def test_whatever_a_storage_raises_is_told_in_one_line(one, monkeypatch, error, kind):
    def fails(*given: object) -> None:
        raise error

    monkeypatch.setattr(one._shelf._system, "info", fails, raising=False)
    with pytest.raises(kind):
        one.get("look")


def test_a_storage_that_refuses_to_be_opened_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(StorageAwayError, match=r"ftp://me@127.0.0.1:\d+/x does not answer \(.*refused"):
        SharedArrays(f"ftp://me@127.0.0.1:{port}/x", tmp_path)


def test_messages_of_a_storage_tell_no_password(tmp_path):
    with pytest.raises(SettingsError) as caught:
        SharedArrays("nowhere://me:secret@host/x?token=secret", tmp_path)
    assert "secret" not in str(caught.value)


def test_a_cache_before_the_storage_is_refused(tmp_path, shared):
    with pytest.raises(SettingsError, match="Name the storage itself"):
        SharedArrays(f"simplecache::file://{shared}", tmp_path)


class Listing(MemoryFileSystem):
    """A storage that believes the list of files which it fetched once, and has times in seconds, as FTP's does."""

    protocol = "listing"
    cachable = False
    store: ClassVar[dict[str, object]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.removeprefix("listing://"))

    def ls(self, path, detail=True, **kwargs):
        if path not in self.dircache:
            self.dircache[path] = super().ls(path, detail=True)
        return self.dircache[path] if detail else [one["name"] for one in self.dircache[path]]

    def info(self, path, **kwargs):
        path = self._strip_protocol(path)
        found = [one for one in self.ls(self._parent(path)) if one["name"] == path]
        if not found:
            raise FileNotFoundError(path)
        at = time.strftime("%Y%m%d%H%M%S", time.gmtime(shared_arrays._time(found[0])))
        return {**{key: found[0][key] for key in ("name", "size", "type")}, "modify": at}

    def invalidate_cache(self, path=None):
        self.dircache.clear()


def test_a_list_of_files_that_the_storage_remembers_hides_nothing(tmp_path):
    fsspec.register_implementation("listing", Listing, clobber=True)
    machines = [SharedArrays("listing://x/", tmp_path / name) for name in ("one", "other")]
    for seed in range(3):
        machines[seed % 2].put("look", {"values": matrix(seed)}, IDS, "d")
        for machine in machines:
            np.testing.assert_array_equal(machine.get("look")["values"], matrix(seed))
    assert len(machines[0]._shelf.sizes()) == 2


def test_a_url_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"\[arrays\] in library.toml"):
        SharedArrays("nowhere://x", tmp_path)


def test_two_libraries_that_name_the_same_storage_share_their_arrays(tmp_path, shared, monkeypatch):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "library.toml").write_text(f'[arrays]\nurl = "file://{shared}"\n')
    monkeypatch.setattr(opening, "cache_folder", lambda environ: tmp_path / "cache")
    with Library.open(tmp_path / "one") as one, Library.open(tmp_path / "other") as other:
        new = add(one, 0)
        one.arrays.put("look", {"values": matrix()}, [new.id, "b", "c"], "d")
        np.testing.assert_array_equal(other.arrays.get("look")["values"], matrix())
        one.images.forget([new.id])
        assert other.arrays.get("look").ids == ("", "b", "c")
    assert not list((tmp_path / "one").rglob("*.bin"))
