import numpy as np
import pytest

from leitmotiv.errors import LibraryDamagedError
from leitmotiv.store import activations as module
from leitmotiv.store.activations import WIDTH, Activations
from leitmotiv.store.library import Library

from .making import add
from .meddling import meddle


def pooled(*numbers: int) -> np.ndarray:
    return np.stack([np.random.default_rng(number).uniform(0, 6, WIDTH).astype(np.float16) for number in numbers])


@pytest.fixture
def ids(library) -> list[str]:
    return [add(library, number).id for number in range(4)]


def test_they_come_back_bit_by_bit_in_the_order_of_ids(library, ids):
    library.activations.put([ids[2], ids[0]], pooled(2, 0))
    library.activations.put([ids[1]], pooled(1).astype(np.float32))
    names, matrix = library.activations.matrix()
    assert names == tuple(sorted(ids[:3]))
    assert matrix.dtype == np.float16
    assert not matrix.flags.writeable
    for name, row in zip(names, matrix, strict=True):
        np.testing.assert_array_equal(row, pooled(ids.index(name))[0])
    assert library.activations.count() == 3


def test_those_without_are_missing_in_the_order_of_adding(library, ids):
    assert library.activations.missing() == ids
    library.activations.put([ids[1]], pooled(1))
    assert library.activations.missing() == [ids[0], ids[2], ids[3]]
    library.files.set_state([path for image in library.images.many([ids[2]]) for path in image.paths], "missing")
    assert library.activations.missing() == [ids[0], ids[3]]


def test_only_what_is_new_is_read_again(library, ids, monkeypatch):
    library.activations.put(ids[:3], pooled(0, 1, 2))
    first = library.activations.matrix()
    assert library.activations.matrix()[1] is first[1]
    decoded = []
    monkeypatch.setattr(
        module, "_decoded", lambda name, blob, real=module._decoded: decoded.append(name) or real(name, blob)
    )
    library.activations.put([ids[3], ids[1]], pooled(3, 9))
    names, matrix = library.activations.matrix()
    assert sorted(decoded) == sorted([ids[3], ids[1]])
    np.testing.assert_array_equal(matrix[names.index(ids[1])], pooled(9)[0])
    np.testing.assert_array_equal(matrix[names.index(ids[0])], pooled(0)[0])


def test_many_new_ones_are_read_in_passes(library, ids, monkeypatch):
    monkeypatch.setattr(module, "_READ_AT_ONCE", 2)
    library.activations.put(ids, pooled(0, 1, 2, 3))
    names, matrix = library.activations.matrix()
    assert names == tuple(sorted(ids))
    np.testing.assert_array_equal(matrix, pooled(*(ids.index(name) for name in names)))


def test_a_forgotten_picture_takes_its_own_along_and_another_process_sees_it(library, ids, folder):
    library.activations.put(ids, pooled(0, 1, 2, 3))
    with Library.open(folder) as other:
        assert len(other.activations.matrix()[0]) == 4
        library.images.forget([ids[0]])
        assert other.activations.matrix()[0] == tuple(sorted(ids[1:]))
    library.activations.put([ids[0], ids[1]], pooled(5, 6))
    assert library.activations.matrix()[0] == tuple(sorted(ids[1:]))


def test_another_version_counts_as_not_there_and_is_replaced(library, ids):
    library.activations.put(ids, pooled(0, 1, 2, 3))
    later = Activations(library._database, "another network")
    assert later.missing() == ids
    assert later.matrix()[1].shape == (0, WIDTH)
    later.put(ids[:1], pooled(7))
    assert later.matrix()[0] == (ids[0],)
    assert library.activations.matrix()[0] == tuple(sorted(ids[1:]))


@pytest.mark.parametrize(
    "wrong", [np.zeros((1, 3)), np.zeros((2, WIDTH)), np.full((1, WIDTH), np.inf), np.full((1, WIDTH), 1e9)]
)
def test_what_is_no_activation_is_a_mistake(library, ids, wrong):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match="pooled must be"):
        library.activations.put(ids[:1], wrong)


def test_a_damaged_row_is_named(library, ids, folder):
    library.activations.put(ids, pooled(0, 1, 2, 3))
    meddle(folder, "UPDATE activations SET pooled = ? WHERE image_id = ?", (b"\0", ids[0]))
    with pytest.raises(LibraryDamagedError, match=ids[0][:12]):
        library.activations.matrix()
