"""What trends are called, where there are many: told for all at once, and remembered."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import editing, portraits, trends
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session

from .synthetic import add


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(replace(Settings(), library=tmp_path_factory.mktemp("called") / "library", workers=1)) as opened:
        add(opened.library, range(120))
        build_index(opened)
        yield opened


@pytest.fixture
def asked(session, monkeypatch):
    """Nothing is remembered, and so often the colours of a trend were found since."""
    found, palette = [], portraits.views.palette
    session.memory.clear()
    monkeypatch.setattr(editing, "NAMED_AT_ONCE", 2)
    monkeypatch.setattr(portraits.views, "palette", lambda mixtures: found.append(1) or palette(mixtures))
    return found


def large(session):
    return [one for one in trends.cut(session, 40) if one.size > 1]


def test_each_is_called_as_on_the_page_of_all(session):
    groups = large(session)
    assert len(groups) > 8
    names = portraits.names(session, groups)
    assert {group.id: editing.called(session, group, 40) for group in groups} == names
    assert len(set(names.values())) == len(names)


def test_the_colours_of_a_trend_are_found_once_however_many_are_asked_for(session, asked):
    groups = large(session)
    for _ in range(3):
        for group in groups:
            editing.called(session, group, 40)
    assert len(asked) == len(groups)


def test_for_one_of_the_largest_only_those_are_looked_at(session, asked):
    groups = large(session)
    editing.called(session, groups[1], 40)
    assert len(asked) == 2
    editing.called(session, groups[2], 40)
    assert len(asked) == 8


def test_one_behind_the_largest_is_called_by_its_own_colours(session, monkeypatch):
    monkeypatch.setattr(editing, "NAMED_APART", 2)
    last = large(session)[-1]
    assert editing.called(session, last, 40) == portraits.names(session, [last])[last.id]
