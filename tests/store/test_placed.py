"""Rows of pictures that came after the index: read behind it by everybody, and whole or not there."""

import json
import subprocess
import sys

import numpy as np
import pytest

from leitmotiv.records import PlacedPicture
from leitmotiv.store import tables
from leitmotiv.store.database import IntegrityError
from leitmotiv.store.library import Library

from .making import add, clusters

WRITING = """
import sys, time
from pathlib import Path
from leitmotiv.records import PlacedPicture
from leitmotiv.store.library import Library

folder, *ids = sys.argv[1:]
with Library.open(Path(folder)) as library, library.writer("placing"), library.transaction():
    library.placed.add([PlacedPicture(one, 0, 0.5) for one in ids])
    assert len(library.placed.all()) == len(ids)
    print("written", flush=True)
    time.sleep(600)
"""


def look_and_fail(library, image):
    """Place a picture, look at the clusters with it, and place it once more."""
    library.placed.add([placed(image)])
    assert len(library.clusters.get().ids) == 5
    library.placed.add([placed(image)])


@pytest.fixture
def indexed(library):
    """A library of six pictures, four of which are in its clusters."""
    ids = [add(library, number).id for number in range(6)]
    library.clusters.replace(clusters(ids[:4], (1, 3)), digest="d", names={0: "sea"})
    return ids


def placed(image, label=1, **other):
    return PlacedPicture(image, label, 0.25, **other)


def test_what_is_placed_stands_behind_the_clusters_and_comes_back_as_it_was(library, indexed):
    before, stamp = library.clusters.get(), library.clusters.stamp()
    library.placed.add(
        [
            placed(indexed[5], remoteness=0.5, vector=np.array([-7, 1999], np.int16), model=bytes(range(32))),
            placed(indexed[4]),
        ]
    )
    first, second = library.placed.all()
    assert (first.image_id, first.label, first.distance, first.remoteness) == (indexed[5], 1, 0.25, 0.5)
    assert (first.vector.tolist(), first.model) == ([-7, 1999], bytes(range(32)))
    assert (second.remoteness, second.vector) == (None, None)
    found = library.clusters.get()
    assert found.ids == (*indexed[:4], indexed[5], indexed[4])
    assert found.labels.tolist() == [*before.labels.tolist(), 1, 1]
    assert found.distances.tolist() == [*before.distances.tolist(), 0.25, 0.25]
    assert library.clusters.indexed().ids == before.ids
    assert library.clusters.stamp() != stamp
    assert (library.clusters.digest(), library.clusters.names()) == ("d", {0: "sea"})


def test_another_process_sees_what_is_placed_and_reads_only_what_came(library, folder, indexed, monkeypatch):
    with Library.open(folder) as other:
        library.placed.add([placed(indexed[4])])
        assert [one.image_id for one in other.placed.all()] == [indexed[4]]
        asked, read = [], other.placed._after
        monkeypatch.setattr(other.placed, "_after", lambda serial: asked.append(serial) or read(serial))
        assert len(other.placed.all()) == 1
        assert asked == []
        library.placed.add([placed(indexed[5])])
        assert [one.image_id for one in other.placed.all()] == indexed[4:]
        assert asked == [1]
        library.images.forget(indexed[4:5])
        assert [one.image_id for one in other.placed.all()] == indexed[5:]
        assert other.clusters.get().ids == (*indexed[:4], indexed[5])


def test_a_process_that_is_killed_in_the_middle_places_nothing(library, folder, indexed):
    command = [sys.executable, "-c", WRITING, str(folder), *indexed[4:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout.readline() == "written\n"
        assert library.clusters.get().ids == tuple(indexed[:4])
        victim.kill()
    with library.writer("placing"):
        assert library.placed.all() == ()
        assert library.clusters.unplaced() == indexed[4:]
        library.placed.add([placed(one) for one in indexed[4:]])
        assert library.clusters.unplaced() == []


def test_what_a_transaction_takes_back_is_not_remembered(library, indexed):
    with pytest.raises(IntegrityError), library.transaction():
        look_and_fail(library, indexed[4])
    library.placed.add([placed(indexed[5])])
    assert library.clusters.get().ids == (*indexed[:4], indexed[5])


def test_pictures_that_are_not_placed_are_known_without_the_missing_ones(library, indexed):
    later = [add(library, number).id for number in (20, 10)]
    path = library.images.get(indexed[4]).paths[0]
    library.files.set_state([path], "missing")
    assert library.clusters.unplaced() == [indexed[5], *later]
    library.files.set_state([path], "present")
    assert library.clusters.unplaced() == [*indexed[4:], *later]
    library.clusters._database.run(tables.Clusters.update(up_to=None, unplaced=None))  # as an earlier version left it
    assert library.clusters.unplaced() == [*indexed[4:], *later]
    library.images.forget([indexed[0], later[1]])
    assert library.clusters.unplaced() == [*indexed[4:], later[0]]
    library.placed.add([placed(later[0])])
    library.images.forget([indexed[2]])
    assert library.clusters.get().ids == (indexed[1], indexed[3], later[0])


def test_a_picture_that_was_forgotten_and_added_again_is_given_once(library, indexed):
    library.images.forget([indexed[4]])
    again = add(library, 4).id
    assert again == indexed[4]
    assert library.clusters.unplaced() == [indexed[5], again]
    library.placed.add([placed(one) for one in library.clusters.unplaced()])
    assert library.clusters.unplaced() == []
    library.images.forget([again])
    assert library.clusters.unplaced() == []
    assert [one.image_id for one in library.placed.all()] == [indexed[5]]
    assert add(library, 4).id == again
    assert library.clusters.unplaced() == [again]


def test_nothing_is_left_of_a_forgotten_picture_beside_the_clusters(library, indexed):
    told = tables.Clusters.select(tables.Clusters.unplaced)
    assert json.loads(library._database.row(told)[0]) == indexed[4:]
    library.images.forget([indexed[4]])
    assert json.loads(library._database.row(told)[0]) == [indexed[5]]
    library.images.forget([indexed[0], indexed[5]])  # one of them in the clusters
    assert json.loads(library._database.row(told)[0]) == []


def test_a_list_that_still_names_a_picture_added_again_gives_it_once(library, indexed):
    library.images.forget([indexed[4]])
    library.clusters._database.run(tables.Clusters.update(unplaced=json.dumps(indexed[4:])))  # an earlier version's
    add(library, 4)
    assert library.clusters.unplaced() == [indexed[5], indexed[4]]


def test_what_is_not_placed_is_told_without_reading_what_is(library, indexed, monkeypatch):
    library.placed.add([placed(indexed[4])])
    monkeypatch.setattr(library.placed, "_after", lambda serial: pytest.fail("the vectors were read"))
    assert library.clusters.unplaced() == [indexed[5]]
    with library.transaction():
        assert library.clusters.unplaced() == [indexed[5]]
    assert library.placed.count() == 1


@pytest.mark.parametrize("model", [b"", b"short", bytes(33)])
def test_a_vector_without_the_name_of_its_embedding_is_refused(library, indexed, model):
    with pytest.raises(ValueError, match="32 bytes"):
        library.placed.add([placed(indexed[4], vector=np.zeros(2, np.int16), model=model)])
    assert library.placed.all() == ()


def test_new_clusters_take_in_what_was_placed_and_numbers_go_on(library, indexed):
    library.placed.add([placed(indexed[4])])
    last = library.placed.last()
    library.clusters.replace(library.clusters.get(), digest="e")
    assert library.placed.all() == ()
    assert library.clusters.indexed().ids == tuple(indexed[:5])
    library.placed.add([placed(indexed[5])])
    assert library.placed.last() > last
