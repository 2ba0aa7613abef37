"""Names and edits after another index."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import editing, trends
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session
from tests.workflows import synthetic


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        synthetic.add(opened.library, range(60))
        build_index(opened)
        yield opened


def test_a_name_goes_to_the_cluster_with_the_largest_overlap_and_grows_with_it(session):
    group = trends.cut(session)[0]
    editing.rename(session, group.id, "Lake")
    synthetic.add(session.library, range(60, 90))
    build_index(session)
    named = [one for one in trends.cut(session) if one.name]
    overlaps = {
        one.id: len(set(one.members) & set(group.members)) / len(set(one.members) | set(group.members))
        for one in trends.cut(session)
    }
    if named:
        assert [one.id for one in named] == [max(overlaps, key=overlaps.get)]
        assert overlaps[named[0].id] >= 0.5
        (edit,) = session.library.trend_edits.list()
        assert set(edit.parts[0]) >= set(group.members) & set(edit.parts[0])
        assert any(image_id not in group.members for image_id in edit.parts[0]) or len(named[0].members) <= group.size
    else:
        assert max(overlaps.values()) < 0.5
        assert editing.statements(session)[0].orphaned


def test_what_was_joined_and_pinned_holds_after_another_index(session):
    one, other, third = trends.cut(session)[:3]
    editing.merge(session, [one.id, other.id])
    pinned = third.members[-1]
    editing.pin(session, [pinned], one.id)
    build_index(session, groups="more")
    group = next(found for found in trends.cut(session) if pinned in found.members)
    assert pinned in group.pinned
    assert len(set(group.members) & set(one.members)) > len(one.members) / 2
    assert not any(said.orphaned for said in editing.statements(session))


def test_forgotten_pictures_do_not_count(session):
    group = trends.cut(session)[0]
    editing.rename(session, group.id, "Lake")
    session.library.images.forget(list(group.members[1:3]))
    build_index(session)
    assert [one.name for one in trends.cut(session) if one.name] in (["Lake"], [])
    (said,) = editing.statements(session)
    assert said.orphaned == (not any(one.name for one in trends.cut(session)))


def test_undoing_a_name_after_another_index_takes_it_away(session):
    editing.rename(session, trends.cut(session)[0].id, "Lake")
    synthetic.add(session.library, range(60, 66))
    build_index(session)
    assert session.library.changes.undo() == "a trend is called “Lake”"
    assert session.library.trend_edits.list() == []
