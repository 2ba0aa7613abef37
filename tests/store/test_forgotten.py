"""What one machine forgets is forgotten by what another one keeps in a folder of its own, over one database."""

import json

import numpy as np
import pytest

from leitmotiv.store import arrays as module
from leitmotiv.store.library import Library
from tests.postgres import name_database

from .making import add, image_id

VALUES = {"values": np.eye(3)}
IDS = [image_id(number) for number in range(3)]


@pytest.fixture
def folders(postgres, tmp_path):
    """Two folders that name the same database."""
    url = postgres.lend()
    yield name_database(tmp_path / "one", url), name_database(tmp_path / "other", url)
    postgres.give_back(url)


@pytest.fixture
def one(folders):
    with Library.open(folders[0]) as library:
        for number in range(3):
            add(library, number)
        yield library


@pytest.fixture
def other(one, folders):
    with Library.open(folders[1]) as library:
        library.arrays.put("look", VALUES, IDS, "d")
        library.sprites.put("sheet", b"three pictures")
        library.sights.put("eyes", "v1", IDS[1], b"one of them")
        yield library


def kept(library):
    """The small pictures in a library's folder."""
    found = (library.folder / "arrays").rglob("*")
    return {path.name for path in found if path.is_file() and path.parent.name != "arrays"}


def test_rows_of_a_picture_are_about_nobody_once_another_machine_forgot_it_and_when_it_is_added_again(one, other):
    assert other.arrays.get("look").ids == tuple(IDS)
    one.images.forget([IDS[1]])
    assert other.arrays.get("look").ids == (IDS[0], "", IDS[2])
    add(one, 1)
    assert other.arrays.get("look").ids == (IDS[0], "", IDS[2])
    np.testing.assert_array_equal(other.arrays.get("look")["values"], np.eye(3))
    with Library.open(other.folder) as again:
        assert again.arrays.get("look").ids == (IDS[0], "", IDS[2])
    other.arrays.put("look", VALUES, IDS, "e")
    assert other.arrays.get("look").ids == tuple(IDS)


def test_what_another_machine_forgot_is_in_no_small_picture(one, other):
    assert kept(other) == {"sheet.jpg", IDS[1]}
    one.images.forget([IDS[1]])
    assert other.sprites.get("sheet") is None
    assert kept(other) == set()
    other.sprites.put("sheet", b"two pictures")
    assert other.sprites.get("sheet") == b"two pictures"


def test_small_pictures_go_also_when_the_library_is_only_opened(one, other, folders):
    one.images.forget([IDS[1]])
    Library.open(folders[1]).close()
    assert kept(other) == set()


def test_small_pictures_through_eyes_go_when_they_are_asked_for(one, other):
    one.images.forget([IDS[1]])
    assert other.sights.get("eyes", "v1", IDS[1]) is None


def test_what_was_made_before_there_was_a_log_knows_of_nothing_in_it(one, other):
    (described,) = (other.folder / "arrays").glob("look.json")
    content = json.loads(described.read_bytes().partition(b"\n")[2])
    del content["forgotten"]
    described.write_bytes(module._signed(json.dumps(content)))
    one.images.forget([IDS[2]])
    assert other.arrays.get("look").ids == (IDS[0], IDS[1], "")


def test_the_log_is_read_from_an_entry_on(library):
    assert (library.forgotten.last(), library.forgotten.since(0)) == (0, set())
    for number in range(3):
        add(library, number)
    library.images.forget(IDS[:1])
    first = library.forgotten.last()
    library.images.forget(IDS[1:])
    beginnings = [image_id[:8] for image_id in IDS]
    assert library.forgotten.since(0) == set(beginnings)
    assert library.forgotten.since(first) == set(beginnings[1:])
    assert library.forgotten.since(library.forgotten.last()) == set()
    assert library.forgotten.since(library.forgotten.last() + 1) == set(beginnings)  # an older database


def test_what_is_taken_back_is_not_forgotten(library):
    add(library, 0)

    def failing() -> None:
        with library.transaction():
            library.images.forget(IDS[:1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert library.forgotten.last() == 0
