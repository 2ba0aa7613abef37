"""Copies, decisions and removals in the database."""

import pytest

from leitmotiv.records import Copy

from .making import add, image_id


@pytest.fixture
def pictures(library):
    for number in range(4):
        add(library, number)
    return library


def copy(one: int, other: int, **more) -> Copy:
    left, right = sorted((image_id(one), image_id(other)))
    return Copy(left, right, "near", more.pop("score", 3.0), True, **more)


def test_copies_come_back_as_they_were_likeliest_first(pictures):
    made = [
        copy(0, 1, score=1.5, mirrored=True, inside="left", box=(0.1, 0.2, 0.5, 0.6), bits=7, keypoints=12),
        copy(1, 2, score=4.0, grey=True, correlation=0.9, divergence=0.02),
    ]
    pictures.duplicates.add(made, [image_id(0), image_id(1)], "a")
    assert pictures.duplicates.copies() == made[::-1]
    assert pictures.duplicates.seen("a") == {image_id(0), image_id(1)}
    assert pictures.duplicates.seen("b") == set()


def test_a_pair_that_is_judged_anew_replaces_the_old_judgement(pictures):
    pictures.duplicates.add([copy(0, 1, score=1.0)], [image_id(0)], "a")
    before = pictures.revision("copies")
    pictures.duplicates.add([copy(0, 1, score=2.0)], [image_id(0)], "b")
    assert [one.score for one in pictures.duplicates.copies()] == [2.0]
    assert pictures.duplicates.seen("b") == {image_id(0)}
    assert pictures.revision("copies") != before
    pictures.duplicates.clear()
    assert pictures.duplicates.copies() == []
    assert pictures.duplicates.searched() == 0


def test_forgetting_a_picture_takes_its_copies_and_decisions_and_keeps_its_removals(pictures):
    store = pictures.duplicates
    store.add([copy(0, 1), copy(1, 2)], [image_id(number) for number in range(3)], "a")
    pictures.changes.apply("x", [store.decision(image_id(1), "remove"), store.denial(image_id(1), image_id(3))])
    number = store.begin_removal("plan", image_id(1), b"/a/\xff.jpg", 5, 2**70, "ab")
    pictures.images.forget([image_id(1)])
    assert store.copies() == []
    assert store.decisions() == {}
    assert store.denied() == set()
    store.end_removal(number, "trashed", trashed=b"/t/\xff.jpg", note=b"/i")
    (removal,) = store.removals("plan")
    assert (removal.path, removal.mtime_ns, removal.state, removal.trashed) == (
        b"/a/\xff.jpg",
        2**70,
        "trashed",
        b"/t/\xff.jpg",
    )
    assert store.removals("other") == []


def test_decisions_are_undone_and_left_open_again(pictures):
    store = pictures.duplicates
    pictures.changes.apply(
        "keep", [store.decision(image_id(0), "keep"), store.decision(f"{image_id(0)}:abc", "remove")]
    )
    assert store.decisions() == {image_id(0): "keep", f"{image_id(0)}:abc": "remove"}
    pictures.changes.apply("open", [store.decision(image_id(0), None)])
    assert store.decisions() == {f"{image_id(0)}:abc": "remove"}
    pictures.changes.undo()
    pictures.changes.undo()
    assert store.decisions() == {}


def test_denials_are_of_pairs_in_any_order(pictures):
    store = pictures.duplicates
    pictures.changes.apply("no", [store.denial(image_id(2), image_id(0))])
    assert store.denied() == {tuple(sorted((image_id(0), image_id(2))))}
    pictures.changes.apply("yes", [store.denial(image_id(0), image_id(2), denied=False)])
    assert store.denied() == set()


def test_pictures_with_several_files_are_listed_with_those_that_are_there(pictures):
    from dataclasses import replace

    (path,) = pictures.images.get(image_id(0)).paths
    (known,) = pictures.files.known([path]).values()
    pictures.files.put(replace(known, path=b"/copy.jpg"))
    pictures.files.put(replace(known, path=b"/gone.jpg", state="missing"))
    assert pictures.files.shared() == {image_id(0): [(path, "present"), (b"/copy.jpg", "present")]}
