from dataclasses import fields, replace

import numpy as np
import pytest

from leitmotiv.errors import DiskFullError
from leitmotiv.store import catalogue
from leitmotiv.store.library import Library
from leitmotiv.store.texts import Texts

from .making import add, file, image, image_id, mixture, path_of


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """Columns of any library are kept on disk."""
    monkeypatch.setattr(catalogue, "KEPT_FROM", 1)
    monkeypatch.setattr(catalogue, "ADDED", 0.5)


def anew(library):
    """The columns as somebody reads them who has nothing."""
    library.arrays.remove(catalogue.NAME)
    return library.catalogue.columns()


def content(found):
    told = {}
    for one in fields(found):
        value = getattr(found, one.name)
        told[one.name] = [value.values[code] for code in value.codes] if isinstance(value, Texts) else value.tolist()
    return told


def on_disk(library):
    return {path.name for path in (library.folder / "arrays").glob("catalogue-*.bin")}


def test_columns_come_back_as_they_were_read(library, folder):
    for number in (4, 1, 7):
        add(library, number, facts={"Camera": "Ricoh GR", "Keywords": f"sea; é{number}"})
    read = content(library.catalogue.columns())
    assert on_disk(library)
    with Library.open(folder) as other:
        assert content(other.catalogue.columns()) == read
        assert other.catalogue.columns().ids == tuple(image_id(number) for number in (4, 1, 7))


def test_what_is_kept_is_mapped_and_not_read_again(library, folder, monkeypatch):
    add(library, 1)
    library.catalogue.columns()
    with Library.open(folder) as other:
        monkeypatch.setattr(other.catalogue, "_rows", lambda _: pytest.fail("it was read again"))
        assert len(other.catalogue.columns()) == 1


def test_ids_come_from_the_disk_as_from_the_table_while_nothing_changed(library):
    assert library.catalogue.ids() is None
    for number in (4, 1, 7):
        add(library, number)
    library.files.set_state([path_of(1)], "missing")
    library.catalogue.columns()
    assert library.catalogue.ids() == library.images.ids() == [image_id(4), image_id(7)]
    library.files.set_state([path_of(1)], "present")
    assert library.catalogue.ids() is None
    library.catalogue.columns()
    assert library.catalogue.ids() == library.images.ids() == [image_id(4), image_id(1), image_id(7)]


def test_pictures_that_were_added_since_stand_behind_the_kept_ones(library):
    for number in range(8):
        add(library, number)
    library.catalogue.columns()
    before = on_disk(library)
    for number in (30, 20, 25):
        add(library, number, paths=(b"/other/%d.jpg" % number, b"/third/%d.jpg" % number), facts={"Keywords": "new"})
    asked = []
    read = library.catalogue._rows
    library.catalogue._rows = lambda after: asked.append(after) or read(after)
    found = content(library.catalogue.columns())
    assert asked[0]["last images"] == 8
    assert on_disk(library) == before
    assert found == content(anew(library))


@pytest.mark.parametrize("change", ["state", "forgotten", "another path", "moved", "many more"])
def test_after_any_other_change_all_is_read_anew(library, change):
    for number in range(4):
        add(library, number)
    first = library.images.get(image_id(0))
    library.catalogue.columns()
    add(library, 9)
    if change == "state":
        library.files.put(file(path_of(0), first, state="missing"))
    elif change == "forgotten":
        library.images.forget([image_id(2)])
    elif change == "another path":
        library.files.put(file(b"/copies/a.jpg", first))
    elif change == "moved":
        library.files.put(file(path_of(0), library.images.get(image_id(1))))
    else:
        for number in range(10, 16):
            add(library, number)
    assert content(library.catalogue.columns()) == content(anew(library))


def test_a_change_beside_an_addition_that_was_taken_back_is_seen(library):
    for number in range(8):
        add(library, number)
    library.catalogue.columns()
    new = image(20)
    with pytest.raises(ValueError, match="others at their paths"):  # a server gives its numbers to nobody else
        library.images.add_all([(new, file(path_of(3), new), mixture(20))])
    library.files.set_state([path_of(5)], "missing")
    add(library, 21)
    found = library.catalogue.columns()
    assert [found.state.values[code] for code in found.state.codes][5] == "missing"
    assert content(found) == content(anew(library))


def test_names_of_a_forgotten_picture_do_not_stay_on_disk(library):
    add(library, 1, paths=(b"/private/holiday.jpg",))
    add(library, 2)
    library.catalogue.columns()
    library.images.forget([image_id(1)])
    assert not on_disk(library)


def test_ids_that_begin_alike_are_told_apart(library):
    found = library.catalogue.columns()
    alike = np.zeros((4, 32), np.uint8)
    alike[:, 31] = (7, 3, 200, 9)
    known = replace(found, **{"hashes": alike, **catalogue._ranks(alike, np.arange(4))})
    assert known.rows_of([*known.ids[::-1], "0" * 64, "f" * 64]).tolist() == [3, 2, 1, 0, -1, -1]


def test_rows_are_found_by_id_and_the_newest_is_first(library):
    for number in (3, 9, 1):
        add(library, number)
    found = library.catalogue.columns()
    asked = [image_id(9), image_id(77), image_id(3)]
    assert found.rows_of(asked).tolist() == [1, -1, 0]
    many = [image_id(number) for number in range(12)]
    assert found.rows_of(many).tolist() == [found.row_of.get(one, -1) for one in many]
    assert found.some(found.newest) == [image_id(number) for number in (9, 3, 1)]
    assert sorted(found.ids) == found.some(np.argsort(found.id_ranks))


def test_columns_come_also_where_they_cannot_be_kept(library, monkeypatch):
    add(library, 1)

    def no_space(*_):
        raise DiskFullError("No space is left.")

    monkeypatch.setattr(library.arrays, "put", no_space)
    assert library.catalogue.columns().ids == (image_id(1),)


def test_an_empty_library_has_columns(library):
    assert len(library.catalogue.columns()) == 0
