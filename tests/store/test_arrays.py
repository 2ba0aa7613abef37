import errno
import json
import os
import threading

import numpy as np
import pytest

from leitmotiv.errors import DiskFullError
from leitmotiv.store import arrays as module
from leitmotiv.store.arrays import Arrays

IDS = ["a", "b", "c"]


def matrix(seed: int = 0, n: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).random((n, n), np.float32)


@pytest.fixture
def arrays(tmp_path) -> Arrays:
    return Arrays(tmp_path / "arrays")


def test_arrays_come_back_with_ids_and_digest(arrays):
    given = {
        "values": matrix(),
        "flags": np.array([True, False, True]),
        "counts": np.arange(5, dtype=">i2"),
        "slanted": np.arange(12.0).reshape(3, 4).T[::2],
        "single": np.array(4.5),
        "none": np.zeros((0, 3)),
    }
    arrays.put("all", given, IDS, "digest")
    stored = arrays.get("all")
    assert (stored.ids, stored.digest) == (tuple(IDS), "digest")
    assert set(stored) == set(given)
    for key, values in given.items():
        np.testing.assert_array_equal(stored[key], values)
        assert stored[key].shape == values.shape
        assert not stored[key].flags.writeable
        assert stored[key].ctypes.data % 16 == 0 or not stored[key].size


def test_what_was_never_put_is_none(arrays):
    assert arrays.get("nothing") is None
    assert arrays.bytes() == 0


def test_removed_arrays_are_gone_with_their_file(arrays):
    for name in ("one", "other"):
        arrays.put(name, {"values": matrix()}, IDS, "d")
    arrays.remove("one")
    assert arrays.get("one") is None
    assert arrays.get("other") is not None
    assert sorted(path.suffix for path in arrays._folder.iterdir()) == [".bin", ".json"]
    arrays.remove("one")
    arrays.remove("never")


def test_nothing_but_empty_arrays_comes_back(arrays):
    arrays.put("empty", {"values": np.zeros((0, 0), np.float32)}, [], "d")
    assert arrays.get("empty")["values"].shape == (0, 0)


def test_a_second_put_replaces_the_first_and_leaves_no_file(arrays, tmp_path):
    arrays.put("one", {"values": matrix(0)}, IDS, "old")
    held = arrays.get("one")
    arrays.put("one", {"values": matrix(1)}, IDS, "new")
    np.testing.assert_array_equal(arrays.get("one")["values"], matrix(1))
    np.testing.assert_array_equal(held["values"], matrix(0))
    assert len(list((tmp_path / "arrays").iterdir())) == 2
    assert arrays.bytes() == sum(path.stat().st_size for path in (tmp_path / "arrays").iterdir())


def test_names_do_not_meet(arrays):
    arrays.put("one", {"values": matrix(1)}, IDS, "1")
    arrays.put("one-two", {"values": matrix(2)}, IDS, "2")
    arrays.put("one", {"values": matrix(3)}, IDS, "3")
    np.testing.assert_array_equal(arrays.get("one-two")["values"], matrix(2))
    np.testing.assert_array_equal(Arrays(arrays._folder).get("one")["values"], matrix(3))


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a.b"])
def test_a_name_that_could_leave_the_folder_is_a_mistake(arrays, name):
    with pytest.raises(ValueError, match="no name"):
        arrays.put(name, {}, [], "")


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def damage(kind: str, described, data) -> None:
    text = described.read_bytes()
    match kind:
        case "data shorter":
            os.truncate(data, data.stat().st_size - 1)
        case "data gone":
            data.unlink()
        case "one bit of data":
            flipped = bytearray(data.read_bytes())
            flipped[5] ^= 1
            data.write_bytes(flipped)
        case "description empty":
            described.write_bytes(b"")
        case "description cut":
            described.write_bytes(text[:-4])
        case "description changed":
            described.write_bytes(text.replace(b'"a,', b'"x,'))
        case "description is something else":
            described.write_bytes(b"\xff\n{}")


@pytest.mark.parametrize(
    "kind",
    [
        "data shorter",
        "data gone",
        "one bit of data",
        "description empty",
        "description cut",
        "description changed",
        "description is something else",
    ],
)
def test_what_is_damaged_counts_as_not_there_and_can_be_put_again(tmp_path, kind):
    folder = tmp_path / "arrays"
    Arrays(folder).put("one", {"values": matrix(n=40)}, IDS, "d")
    (described,), (data,) = folder.glob("*.json"), folder.glob("*.bin")
    before = contents(folder)
    damage(kind, described, data)
    assert contents(folder) != before
    again = Arrays(folder)
    assert again.get("one") is None
    again.put("one", {"values": matrix()}, IDS, "d")
    np.testing.assert_array_equal(again.get("one")["values"], matrix())


def test_what_is_as_it_was_written_is_not_read_through_to_be_believed(arrays, monkeypatch):
    arrays.put("one", {"values": matrix()}, IDS, "d")
    monkeypatch.setattr(module.zlib, "crc32", lambda *_: pytest.fail("it was read"))
    np.testing.assert_array_equal(Arrays(arrays._folder).get("one")["values"], matrix())


def test_a_copy_with_another_time_counts_by_its_contents(arrays):
    arrays.put("one", {"values": matrix()}, IDS, "d")
    (data,) = arrays._folder.glob("*.bin")
    os.utime(data, ns=(0, 0))
    np.testing.assert_array_equal(Arrays(arrays._folder).get("one")["values"], matrix())


def test_a_put_that_fails_keeps_the_old_arrays_and_no_litter(arrays, monkeypatch):
    arrays.put("one", {"values": matrix(0)}, IDS, "old")
    before = sorted(arrays._folder.iterdir())

    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "fsync", no_space)
    with pytest.raises(DiskFullError, match="free some space"):
        arrays.put("one", {"values": matrix(1)}, IDS, "new")
    monkeypatch.undo()
    assert sorted(arrays._folder.iterdir()) == before
    np.testing.assert_array_equal(arrays.get("one")["values"], matrix(0))


def test_left_over_files_of_an_interruption_go_at_the_next_put(arrays):
    arrays.put("one", {"values": matrix(0)}, IDS, "d")
    (arrays._folder / "one-0123456789abcdef.bin").write_bytes(b"half written")
    arrays.put("one", {"values": matrix(1)}, IDS, "d")
    assert len(list(arrays._folder.glob("*.bin"))) == 1


def test_another_process_sees_a_replacement_at_once(arrays):
    other = Arrays(arrays._folder)
    arrays.put("one", {"values": matrix(0)}, IDS, "d")
    np.testing.assert_array_equal(other.get("one")["values"], matrix(0))
    assert other.get("one") is other.get("one")
    arrays.put("one", {"values": matrix(1)}, IDS, "d")
    np.testing.assert_array_equal(other.get("one")["values"], matrix(1))


def test_readers_never_meet_half_of_a_replacement(arrays):
    arrays.put("one", {"values": np.full((50, 50), 0.0)}, ["0"], "0")
    ended = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        reader = Arrays(arrays._folder)
        while not ended.is_set():
            stored = reader.get("one")
            if stored is None or set(np.unique(stored["values"])) != {float(stored.digest)}:
                wrong.append(stored)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, 40):
        arrays.put("one", {"values": np.full((50, 50), float(number))}, [str(number)], str(number))
    ended.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_forgotten_images_are_blanked_and_the_rest_stays(arrays):
    arrays.put("one", {"values": matrix()}, IDS, "d")
    arrays.put("two", {"values": matrix()}, ["b"], "d")
    arrays.forget(["b", "unknown"])
    assert arrays.get("one").ids == ("a", "", "c")
    assert arrays.get("two").ids == ("",)
    np.testing.assert_array_equal(arrays.get("one")["values"], matrix())


def test_a_description_is_readable_json_with_a_checksum(arrays):
    arrays.put("one", {"values": matrix()}, IDS, "d")
    _, _, text = (arrays._folder / "one.json").read_bytes().partition(b"\n")
    assert json.loads(text)["arrays"]["values"] == {"dtype": "<f4", "shape": [3, 3], "offset": 0}


def test_descriptions_of_earlier_versions_are_read_and_blanked(arrays):
    arrays.put("one", {"values": matrix()}, IDS, "d")
    (described,) = arrays._folder.glob("*.json")
    content = json.loads(described.read_bytes().partition(b"\n")[2])
    del content["count"], content["written"]
    described.write_bytes(module._signed(json.dumps(content | {"ids": IDS})))
    assert Arrays(arrays._folder).get("one").ids == tuple(IDS)
    arrays.forget(["b"])
    assert Arrays(arrays._folder).get("one").ids == ("a", "", "c")


@pytest.mark.parametrize("ids", [[], ["a"], ["a", "b"]])
def test_as_many_ids_come_back_as_were_put_also_when_all_were_forgotten(arrays, ids):
    arrays.put("one", {"values": matrix()}, ids, "d")
    arrays.forget(ids)
    assert arrays.get("one").ids == ("",) * len(ids)


def test_arrays_of_the_same_pictures_share_their_ids(arrays):
    for name, ids in (("one", IDS), ("other", IDS), ("third", ["a", "b", "d"]), ("last", ["x"]), ("again", IDS)):
        arrays.put(name, {"values": matrix()}, ids, "d")
    assert arrays.get("one").ids is arrays.get("other").ids
    assert arrays.get("third").ids == ("a", "b", "d")
    assert arrays.get("last").ids == ("x",)
    assert arrays.get("again").ids == tuple(IDS)
    assert len(arrays._shared) <= 2
