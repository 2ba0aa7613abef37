"""What was said of trends, kept and taken back through the journal."""

from datetime import UTC, datetime

from leitmotiv.records import TrendEdit

AT = datetime(2025, 5, 1, 12, tzinfo=UTC)


def test_a_statement_comes_back_as_it_was_and_goes_with_undo(library):
    said = TrendEdit(library.trend_edits.next_id(), "join", AT, parts=(("a", "b"), ("c",)))
    before = library.revision("trend_edits")
    library.changes.apply("joined", [library.trend_edits.edit(said)])
    assert library.trend_edits.list() == [said] == [library.trend_edits.get(1)]
    assert said.pictures == ("a", "b", "c")
    assert library.revision("trend_edits") != before
    assert library.trend_edits.next_id() == 2
    assert library.changes.undo() == "joined"
    assert library.trend_edits.list() == []
    assert library.changes.redo() == "joined"
    assert library.trend_edits.list() == [said]


def test_statements_come_in_the_order_of_saying(library):
    for kind in ("own", "name", "pin"):
        said = TrendEdit(
            library.trend_edits.next_id(), kind, AT, name="x" if kind == "name" else "", ids=("a",), parts=()
        )
        library.changes.apply(kind, [library.trend_edits.edit(said)])
    assert [one.kind for one in library.trend_edits.list()] == ["own", "name", "pin"]


def test_a_statement_follows_its_trend_without_a_change_to_undo(library):
    said = TrendEdit(1, "name", AT, name="dusk", parts=(("a", "b"),))
    library.changes.apply("named", [library.trend_edits.edit(said)])
    library.trend_edits.anchor(1, (("b", "c"),))
    assert library.trend_edits.get(1).parts == (("b", "c"),)
    assert library.changes.undo() == "named"
    assert library.trend_edits.list() == []
