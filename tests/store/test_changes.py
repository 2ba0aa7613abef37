import pytest

from leitmotiv.records import Rating, Selection
from leitmotiv.store.changes import KEPT, Edit
from leitmotiv.store.library import Library
from leitmotiv.store.selections import now

from .making import add, image_id
from .meddling import meddle


def stars(library, number: int) -> int:
    return library.ratings.many([image_id(number)]).get(image_id(number), Rating()).stars


def rate(library, title: str, **ratings: int) -> int | None:
    edits = {image_id(int(name[1:])): Rating(stars=value) for name, value in ratings.items()}
    return library.changes.apply(title, library.ratings.edits(edits))


@pytest.fixture
def pictures(library):
    for number in range(4):
        add(library, number)
    return library


def test_changes_are_undone_and_redone_in_order(pictures):
    rate(pictures, "three", p0=3, p1=3)
    rate(pictures, "five", p0=5)
    assert [pictures.changes.undo(), stars(pictures, 0), stars(pictures, 1)] == ["five", 3, 3]
    assert [pictures.changes.undo(), stars(pictures, 0), stars(pictures, 1)] == ["three", 0, 0]
    assert pictures.changes.undo() is None
    assert [pictures.changes.redo(), stars(pictures, 0)] == ["three", 3]
    assert [pictures.changes.redo(), stars(pictures, 0)] == ["five", 5]
    assert pictures.changes.redo() is None


def test_a_new_change_ends_what_could_be_redone(pictures):
    rate(pictures, "three", p0=3)
    pictures.changes.undo()
    rate(pictures, "one", p1=1)
    assert pictures.changes.redo() is None
    assert [change.title for change in pictures.changes.recent()] == ["one"]


def test_a_change_that_changes_nothing_is_not_written_down(pictures):
    rate(pictures, "three", p0=3)
    assert rate(pictures, "three again", p0=3) is None
    assert rate(pictures, "still none", p1=0) is None
    assert len(pictures.changes.recent()) == 1


def test_columns_that_are_not_given_stay(pictures):
    key = {"image_id": image_id(0)}
    pictures.changes.apply("both", [Edit("ratings", key, {"stars": 4, "favourite": 1})])
    pictures.changes.apply("stars", [Edit("ratings", key, {"stars": 2})])
    assert pictures.ratings.many([image_id(0)]) == {image_id(0): Rating(stars=2, favourite=True)}
    pictures.changes.undo()
    assert stars(pictures, 0) == 4


def test_a_change_is_whole_or_not_at_all(pictures):
    edits = pictures.ratings.edits({image_id(0): Rating(stars=1), image_id(99): Rating(stars=1)})
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        pictures.changes.apply("one too many", edits)
    assert stars(pictures, 0) == 0
    assert pictures.changes.recent() == []


def test_undoing_passes_over_pictures_that_were_forgotten(pictures):
    rate(pictures, "three", p0=3, p1=3)
    rate(pictures, "none", p0=0, p1=0)
    pictures.images.forget([image_id(0)])
    assert pictures.changes.undo() == "none"
    assert stars(pictures, 1) == 3
    assert pictures.ratings.all() == {image_id(1): Rating(stars=3)}


def test_a_removed_selection_comes_back_as_it_was(library):
    kept = Selection(1, "Dusk", None, (image_id(0), image_id(1)), now())
    library.changes.apply("kept", [library.selections.edit(kept)])
    library.changes.apply("removed", [library.selections.removal(1)])
    assert library.selections.list() == []
    library.changes.undo()
    assert library.selections.get("dusk") == kept == library.selections.get(1)


def test_the_journal_keeps_so_many_changes(pictures, monkeypatch):
    monkeypatch.setattr("leitmotiv.store.changes.KEPT", 3)
    assert KEPT == 1000
    for value in (1, 2, 3, 4, 5):
        rate(pictures, f"{value}", p0=value)
    undone = [pictures.changes.undo() for _ in range(4)]
    assert undone == ["5", "4", "3", None]


def test_the_stamp_tells_every_step_apart(pictures):
    seen = [pictures.changes.stamp()]
    for step in (
        lambda: rate(pictures, "a", p0=1),
        pictures.changes.undo,
        pictures.changes.redo,
        lambda: rate(pictures, "b", p0=2),
    ):
        step()
        seen.append(pictures.changes.stamp())
    assert seen[1] == seen[3]
    assert len({*seen}) == 4


def test_revisions_count_what_any_process_changes(pictures):
    before = pictures.revision("images", "ratings", "selections")
    meddle(pictures.folder, "UPDATE images SET state = 'missing' WHERE id = ?", (image_id(0),))
    rate(pictures, "one", p1=1)
    after = pictures.revision("images", "ratings", "selections")
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert after[2] == before[2]


def test_changes_survive_closing(folder):
    with Library.open(folder) as library:
        add(library, 0)
        rate(library, "three", p0=3)
    with Library.open(folder) as library:
        assert library.changes.undo() == "three"
        assert stars(library, 0) == 0


def test_a_change_may_touch_a_row_twice_and_many_rows_at_once(library):
    for number in range(700):
        add(library, number)
    some = {image_id(number): Rating(stars=1 + number % 5, label="red" if number % 2 else "") for number in range(700)}
    key = {"image_id": image_id(3)}
    edits = [*library.ratings.edits(some), Edit("ratings", key, None), Edit("ratings", key, {"favourite": 1})]
    library.changes.apply("all", edits)
    expected = some | {image_id(3): Rating(favourite=True)}
    assert library.ratings.many(list(some)) == expected
    assert library.changes.undo() == "all"
    assert library.ratings.many(list(some)) == {}
    assert library.changes.redo() == "all"
    assert library.ratings.many(list(some)) == expected
