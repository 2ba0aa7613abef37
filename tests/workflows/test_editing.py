"""Trends changed by hand: at any cut, after another index, and taken back."""

from dataclasses import replace

import pytest

from leitmotiv.errors import ImageNotFoundError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import editing, outliers, own, portraits, scopes, trends
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session
from tests.workflows import synthetic

COUNT = 90


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    with Session(replace(Settings(), library=tmp_path_factory.mktemp("editing") / "library", workers=1)) as session:
        synthetic.add(session.library, range(COUNT))
        build_index(session)
        yield session


@pytest.fixture
def session(whole):
    before = trends.cut(whole)
    yield whole
    while whole.library.changes.undo():
        pass
    assert trends.cut(whole) == before


def sets(session, count=None):
    return {group.id: set(group.members) for group in trends.cut(session, count)}


def test_joined_trends_are_one_at_their_cut_and_at_finer_ones_and_rest_at_coarser_ones(session):
    first, second = trends.cut(session, 8)[:2]
    both = set(first.members) | set(second.members)
    made = editing.merge(session, [first.id, second.id], 8)
    assert set(made.members) == both
    assert made.edited
    assert len(trends.cut(session, 8)) == 7
    assert any(set(group.members) == both for group in trends.cut(session, 20))
    assert sets(session, 1) == {group.id: set(group.members) for group in trends.by_tree(session, 1)}


def test_every_picture_stays_in_one_trend_whatever_is_changed(session):
    groups = trends.cut(session, 8)
    editing.merge(session, [groups[0].id, groups[1].id], 8)
    editing.split(session, groups[2].id, 8, parts=3)
    editing.split(session, groups[3].id, 8, pictures=groups[3].members[1:3])
    editing.pin(session, groups[4].members[-1:], groups[0].id, 8)
    editing.exclude(session, groups[5].members[-1:], groups[5].id, 8)
    gone = editing.exclude(session, groups[6].members[-1:])
    for count in (1, 3, 8, 20, COUNT):
        found = trends.changed(session, count)
        members = [one for group in found.groups for one in group.members]
        assert sorted([*members, *found.left_out]) == sorted(session.library.images.ids())
        assert found.left_out == gone
        assert len({group.id for group in found.groups}) == len(found.groups)
        for group in found.groups:
            assert group.members[0] == group.exemplar
            assert list(group.distances) == sorted(group.distances)


def test_a_trend_taken_apart_has_its_parts_in_different_trends(session):
    group = max(trends.cut(session, 4), key=lambda one: one.size)
    parts = editing.split(session, group.id, 4, parts=2)
    assert len(parts) == 2
    assert set(parts[0].members) | set(parts[1].members) == set(group.members)
    assert set(parts[0].members).isdisjoint(parts[1].members)


def test_picked_pictures_are_a_trend_of_their_own_at_every_cut(session):
    group = trends.cut(session, 5)[0]
    chosen = set(group.members[2:5])
    (made,) = editing.split(session, group.id, 5, pictures=sorted(chosen))
    assert set(made.members) == chosen
    for count in (1, 5, 30):
        assert chosen in [set(one.members) for one in trends.cut(session, count)]
    assert trends.group(session, made.id, 30).members == made.members


def test_a_pinned_picture_is_where_most_of_that_trend_is(session):
    one, other = trends.cut(session, 8)[:2]
    moved = one.members[-1]
    made = editing.pin(session, [moved[:20]], other.id, 8)
    assert moved in made.members
    assert made.pinned == (moved,)
    assert set(other.members) < set(made.members)
    finer = next(group for group in trends.cut(session, 30) if moved in group.members)
    assert set(finer.members) & set(other.members)


def test_an_excluded_picture_stands_alone_and_can_be_put_elsewhere(session):
    one, other = trends.cut(session, 8)[:2]
    gone = one.members[-1]
    editing.exclude(session, [gone], one.id, 8)
    alone = next(group for group in trends.cut(session, 8) if gone in group.members)
    assert alone.members == (gone,)
    editing.pin(session, [gone], other.id, 8)
    assert gone in trends.group(session, other.id, 8).members


def test_a_name_goes_with_the_pictures_and_not_with_the_number(session):
    group = trends.cut(session, 8)[0]
    assert editing.rename(session, group.id, "  The   Lake ", 8) == "The Lake"
    named = {one.name: set(one.members) for one in trends.cut(session, 8) if one.name}
    assert named == {"The Lake": set(group.members)}
    editing.rename(session, group.id, "Dusk", 8)
    assert [one.name for one in trends.cut(session, 8) if one.name] == ["Dusk"]
    by_colour = editing.rename(session, group.id, "", 8)
    assert by_colour
    assert not any(one.name for one in trends.cut(session, 8))
    assert own.undo(session)
    assert [one.name for one in trends.cut(session, 8) if one.name] == ["Dusk"]


def test_names_of_a_cut_are_all_different(session):
    groups = [group for group in trends.cut(session, 20) if group.size > 1]
    names = portraits.names(session, groups)
    assert len(set(names.values())) == len(groups)


def test_an_orphaned_name_is_listed_and_can_be_given_or_dismissed(session):
    scattered = tuple(group.members[0] for group in trends.cut(session, 8))
    edit = session.library.trend_edits
    made = editing.TrendEdit(edit.next_id(), "name", editing._now(), name="Nothing", parts=(scattered,))
    session.library.changes.apply("test", [edit.edit(made)])
    (said,) = editing.statements(session)
    assert said.orphaned
    assert not any(group.name for group in trends.cut(session))
    group = trends.cut(session)[2]
    editing.give(session, made.id, group.id)
    (said,) = editing.statements(session)
    assert not said.orphaned
    assert trends.group(session, group.id).name == "Nothing"
    editing.dismiss(session, made.id)
    assert editing.statements(session) == []


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (lambda session, one: editing.merge(session, [one.id]), "two trends or more"),
        (lambda session, one: editing.split(session, one.id, parts=99), "taken apart into 2 to"),
        (lambda session, one: editing.split(session, one.id, pictures=one.members), "all pictures"),
        (lambda session, one: editing.pin(session, [], one.id), "No picture was named"),
        (lambda session, one: editing.pin(session, one.members[:1], 799_999_999), "There is no trend"),
        (lambda session, one: editing.exclude(session, one.members, one.id), "all pictures"),
        (lambda session, one: editing.rename(session, one.id, "x" * 121), "at most 120"),
        (lambda session, one: editing.dismiss(session, 77), "no change of trends with the number 77"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_changes(session, act, text):
    with pytest.raises(UsageError, match=text):
        act(session, trends.cut(session)[0])
    assert session.library.trend_edits.list() == []


def test_a_picture_of_another_trend_cannot_be_taken_out(session):
    one, other = trends.cut(session, 8)[:2]
    with pytest.raises(ImageNotFoundError, match="Not all of these pictures are in"):
        editing.exclude(session, other.members[:1], one.id, 8)


def test_trends_of_a_selection_are_found_among_it_alone_and_have_the_names(session):
    group = trends.cut(session, 4)[0]
    editing.rename(session, group.id, "Lake", 4)
    query = "id:" + ",".join(group.members)
    page = scopes.clusters(session, query)
    members = [one for found in page.clusters for one in found.members]
    assert sorted(members) == sorted(group.members)
    assert scopes.clusters(session, query, 1).clusters[0].name == "Lake"
    first = page.clusters[0]
    assert scopes.cluster(session, first.id, query) == first
    with pytest.raises(UsageError, match="Nothing is selected"):
        scopes.clusters(session, "year:1900")


def test_no_more_pictures_are_clustered_at_once_than_can_be(session, monkeypatch):
    monkeypatch.setattr("leitmotiv.workflows.nearness.MOST", 10)
    with pytest.raises(UsageError, match="at most 10 pictures at once, and the selection has 90"):
        scopes.clusters(session, "year:2024")


def test_pictures_that_belong_nowhere_are_those_beyond_the_fence(session):
    found = outliers.outliers(session)
    assert found.size == COUNT
    assert all(value > found.fence > found.usual for value in found.values)
    assert list(found.values) == sorted(found.values, reverse=True)
