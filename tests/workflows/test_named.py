"""Ids that are written out only as they are asked for are the list that they stand for."""

import numpy as np
import pytest

from leitmotiv.workflows import named
from leitmotiv.workflows.named import Ids
from tests.store.making import image_id


def test_they_are_read_as_the_list_that_they_stand_for(monkeypatch):
    monkeypatch.setattr(named, "AT_ONCE", 4)
    known = [image_id(number) for number in range(20)]
    hashes = np.frombuffer(bytes.fromhex("".join(known)), np.uint8).reshape(-1, 32)
    rows = np.random.default_rng(0).permutation(20)[:11].astype(np.int32)
    ids, twin = Ids(hashes, rows), [known[row] for row in rows]
    assert list(ids) == twin
    assert len(ids) == len(twin)
    for part in (slice(None), slice(3, 7), slice(8, 99), slice(5, 5), slice(None, None, -1)):
        assert ids[part] == twin[part]
    assert (ids[0], ids[-1]) == (twin[0], twin[-1])
    with pytest.raises(IndexError):
        ids[11]
    assert [ids.place_of(one) for one in known] == [twin.index(one) if one in twin else -1 for one in known]
    assert ids.place_of(image_id(99)) == -1


def test_ids_that_begin_alike_are_told_apart():
    hashes = np.zeros((3, 32), np.uint8)
    hashes[1:, 31] = 1, 2
    ids = Ids(hashes, np.array([2, 0, 1]))
    assert [ids.place_of(hashes[row].tobytes().hex()) for row in range(3)] == [1, 2, 0]
