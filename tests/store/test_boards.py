"""Mood boards in the store: what is put there comes back, and the journal takes every change back."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from leitmotiv.records import ACTIVATIONS, Board, BoardExample, BoardPicture, Snapshot
from tests.store.making import add, image_id

AT = datetime(2025, 5, 1, 12, tzinfo=UTC)
A, B, C = (image_id(number) for number in range(3))


def board(library, **changes):
    made = Board(
        library.boards.next_id(), "dusk", "blue hour", 7, AT, AT, (BoardExample(A), BoardExample(B, "negative", 0.5))
    )
    return replace(made, **changes)


def keep(library, before, after, title="kept"):
    library.changes.apply(title, library.boards.edits(before, after))
    return after


def snapshot(library, of, data=b"vector", **changes):
    made = Snapshot(
        library.boards.next_snapshot_id(),
        of.id,
        "first",
        AT,
        library.boards.put_concept(data),
        "lite0_pooled",
        "ridge",
        0.875,
        of.examples,
        ((B, 0.25),),
    )
    return replace(made, **changes)


def test_a_board_comes_back_as_it_was(library):
    kept = keep(library, None, board(library))
    trained = keep(library, kept, replace(kept, snapshots=(snapshot(library, kept),), current=1))
    assert library.boards.get(kept.id) == trained
    assert library.boards.all() == [trained]
    assert library.boards.concept(trained.snapshot.concept) == b"vector"


def test_each_change_is_undone_and_redone_in_order(library):
    states = [keep(library, None, board(library))]
    one = states[0].examples[0]
    for change in (
        {"examples": (*states[0].examples, BoardExample(C, drawn=True))},
        {"examples": (BoardExample(C), replace(one, weight=0.3))},
        {"name": "dawn"},
        {"examples": ()},
        {"trashed": AT},
    ):
        states.append(keep(library, states[-1], replace(states[-1], **change)))
    for state in reversed(states[:-1]):
        assert library.changes.undo()
        assert library.boards.get(1) == state
    assert library.changes.undo()
    assert library.boards.get(1) is None
    for state in states:
        assert library.changes.redo()
        assert library.boards.get(1) == state


def test_a_revision_tells_states_apart_and_undo_brings_the_old_one_back(library):
    first = keep(library, None, board(library))
    second = keep(library, first, replace(first, examples=first.examples[:1]))
    assert first.revision != second.revision
    library.changes.undo()
    assert library.boards.get(1).revision == first.revision


def test_a_board_is_stale_when_its_examples_are_others_than_those_it_was_taught(library):
    plain = board(library)
    assert plain.stale
    taught = replace(plain, snapshots=(snapshot(library, plain),), current=1)
    assert not taught.stale
    assert not replace(taught, examples=taught.examples[::-1]).stale
    assert replace(taught, examples=taught.examples[:1]).stale
    assert not replace(plain, examples=()).stale


def test_pictures_that_were_handed_in_come_back(library):
    seen = np.linspace(0, 6, 1280).astype(np.float16)
    library.boards.put_picture(BoardPicture(A, "a.jpg", 640, 480, b"JPEG", None, ""))
    library.boards.put_picture(BoardPicture(A, "a.jpg", 640, 480, b"JPEG", seen, "lite0 1"))
    library.boards.put_picture(BoardPicture(B, "b.jpg", 1, 1, b"", seen, "lite0 1"))
    found = library.boards.picture(A)
    assert (found.name, found.width, found.data, found.measured) == ("a.jpg", 640, b"JPEG", "lite0 1")
    np.testing.assert_array_equal(found.activation, seen)
    assert library.boards.handed_in([A, B, C]) == {A: True, B: False}
    assert library.boards.picture(C) is None


def test_sweeping_keeps_what_a_board_a_snapshot_or_the_journal_names(library):
    for picture in (A, B, C):
        library.boards.put_picture(BoardPicture(picture, "", 1, 1, b"JPEG", None, ""))
    library.boards.put_concept(b"nobody's")
    kept = keep(library, None, board(library))
    keep(library, kept, replace(kept, snapshots=(snapshot(library, kept),), current=1, examples=kept.examples[:1]))
    assert library.boards.using([A, B, C]) == {A, B}
    assert library.boards.sweep() == 2
    assert set(library.boards.handed_in([A, B, C])) == {A, B}
    assert library.boards.concept(library.boards.get(1).snapshot.concept) == b"vector"


def test_what_is_removed_for_good_is_gone_from_the_journal_too(library):
    other = keep(library, None, board(library, name="other"))
    gone = keep(library, None, board(library))
    library.boards.put_picture(BoardPicture(A, "", 1, 1, b"JPEG", None, ""))
    keep(library, other, replace(other, examples=()))
    trained = keep(library, gone, replace(gone, snapshots=(snapshot(library, gone),), current=1))
    library.boards.remove([gone.id])
    library.changes.forget(
        lambda table, row: gone.id == row.get({"boards": "id"}.get(table, "board")) and table.startswith("board")
    )
    assert library.boards.get(gone.id) is None
    assert [change.title for change in library.changes.recent()] == ["kept"] * 2
    assert library.boards.using([A, B]) == set()
    library.changes.undo()
    assert library.boards.get(gone.id) is None
    assert trained.snapshot is not None


def test_a_number_is_not_given_again_after_undoing(library):
    kept = keep(library, None, board(library))
    keep(library, kept, replace(kept, snapshots=(snapshot(library, kept),), current=1))
    library.changes.undo()
    library.changes.undo()
    assert library.boards.all() == []
    assert (library.boards.next_id(), library.boards.next_snapshot_id()) == (2, 2)


def test_a_picture_that_was_handed_in_can_still_be_seen_when_the_library_forgets_it(library):
    seen = np.linspace(0, 6, 1280).astype(np.float16)
    add(library, 0)
    library.boards.put_picture(BoardPicture(A, "a.jpg", 640, 480, b"JPEG", None, ""))
    keep(library, None, board(library))
    library.activations.put([A], seen[None])
    library.images.forget([A])
    found = library.boards.picture(A)
    assert (found.name, found.width, found.data, found.measured) == ("a.jpg", 640, b"JPEG", ACTIVATIONS)
    np.testing.assert_array_equal(found.activation, seen)
