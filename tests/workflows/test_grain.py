"""Fewer or more trends: found anew, kept, and undone."""

from dataclasses import replace

import pytest

from leitmotiv.analysis import tree
from leitmotiv.errors import UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget

from .synthetic import add, image_id


@pytest.fixture(params=["dense", "sparse"])
def session(request, tmp_path):
    limit = 5000 if request.param == "dense" else 60
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, points=48, limit=limit)) as opened:
        add(opened.library, range(120))
        build_index(opened)
        yield opened


def shown(session):
    return {frozenset(group.members) for group in browse.clusters(session).clusters}


def count(session):
    return session.library.clusters.get().default_count


def test_fewer_and_more_move_the_number_and_the_default_brings_the_trends_back(session):
    usual, trends = count(session), shown(session)
    fewer = build_index(session, groups="fewer")
    assert (fewer.before, fewer.shown, fewer.pairs) == (usual, count(session), 0)
    assert usual / 3 < fewer.shown < usual
    least = build_index(session, groups="fewer").shown
    assert least < fewer.shown
    assert build_index(session, groups="more").shown > least
    assert build_index(session, groups="default").shown == usual
    assert shown(session) == trends
    more = build_index(session, groups="more")
    assert usual < more.shown < 3 * usual
    build_index(session, groups="default")
    assert shown(session) == trends


def test_what_was_asked_for_outlives_the_session_and_new_pictures(session):
    usual = count(session)
    build_index(session, groups="more")
    more = build_index(session, groups="more").shown
    exemplars = set(tree.shown_exemplars(session.library.clusters.get()))
    with Session(session.settings) as later:
        add(later.library, range(120, 126))
        again = build_index(later)
        assert again.new == 6
        assert again.shown > usual
        assert abs(again.shown - more) <= 0.2 * more
        assert len(exemplars.intersection(tree.shown_exemplars(later.library.clusters.get()))) >= 0.8 * len(exemplars)
        assert not browse.clusters(later).stale
        assert build_index(later).shown == again.shown
        assert abs(build_index(later, groups="default").shown - usual) <= 0.2 * usual
        assert later.library.clusters.get().grain is None


def test_forgetting_keeps_what_was_asked_for(session):
    build_index(session, groups="fewer")
    grain, fewer = session.library.clusters.get().grain, count(session)
    forget(session, [image_id(3), grain.exemplars[0]])
    assert session.library.clusters.get().grain == grain
    assert abs(count(session) - fewer) <= 2
    build_index(session, groups="default")
    assert grain.exemplars[0] not in session.library.clusters.get().ids


def test_another_correction_keeps_the_number_that_was_asked_for(session):
    build_index(session, groups="more")
    more = build_index(session, groups="more").shown
    with Session(replace(session.settings, correction="none")) as other:
        assert more / 2 <= build_index(other).shown <= 2 * more
        grain = other.library.clusters.get().grain
        assert grain is not None
        assert grain.price is None
        build_index(other, groups="default")
        assert other.library.clusters.get().grain is None


def test_one_trend_cannot_become_fewer_and_single_pictures_not_more(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, points=48)) as session:
        add(session.library, range(5))
        build_index(session)
        while count(session) > 1:
            build_index(session, groups="fewer")
        with pytest.raises(UsageError, match="no fewer"):
            build_index(session, groups="fewer")
        while count(session) < 5:
            build_index(session, groups="more")
        with pytest.raises(UsageError, match="no more"):
            build_index(session, groups="more")


def test_the_first_index_may_ask_for_fewer_at_once(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, points=48)) as session:
        add(session.library, range(60))
        first = build_index(session, groups="fewer")
        assert (first.new, first.pairs) == (60, 1770)
        assert first.shown < first.before
