"""Ratings, selections and undoing, as pages and commands ask for them."""

import threading
import time
from dataclasses import replace

import pytest

from leitmotiv.errors import ImageNotFoundError, NotFoundError, UsageError
from leitmotiv.records import Rating
from leitmotiv.settings import Settings
from leitmotiv.workflows import own
from leitmotiv.workflows.session import Session
from tests.store.making import add, image_id


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        for number in range(3):
            add(opened.library, number)
        yield opened


def test_what_is_not_given_stays(session):
    own.rate(session, [image_id(0)], stars=4)
    after = own.rate(session, [image_id(0), image_id(1)], favourite=True)
    assert after == {image_id(0): Rating(4, True), image_id(1): Rating(0, True)}
    assert own.ratings(session, [image_id(2), image_id(0)]) == {image_id(2): Rating(), image_id(0): Rating(4, True)}


def test_changes_at_one_moment_all_stay(session, monkeypatch):
    read = own.ratings

    def slowly(opened, ids):
        found = read(opened, ids)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(own, "ratings", slowly)
    changes = [{"stars": 4}, {"favourite": True}, {"label": "yellow"}]
    threads = [threading.Thread(target=own.rate, args=(session, [image_id(0)]), kwargs=one) for one in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(session, [image_id(0)]) == {image_id(0): Rating(4, True, False, "yellow")}


def test_undoing_names_what_it_took_back(session):
    own.rate(session, [image_id(0), image_id(1)], stars=1, label="red")
    assert own.undo(session) == "1 star, label red for 2 pictures"
    assert own.redo(session) == "1 star, label red for 2 pictures"
    own.rate(session, [image_id(0)], stars=0, favourite=False, label="", rejected=True)
    assert own.undo(session) == "no stars, no favourite, rejected, no label for 1 picture"


@pytest.mark.parametrize(
    ("given", "match"),
    [({}, "Nothing to change"), ({"stars": 6}, "stars is 6"), ({"label": "pink"}, "label is 'pink', but must be red")],
)
def test_ratings_that_there_are_not_are_refused(session, given, match):
    with pytest.raises(UsageError, match=match):
        own.rate(session, [image_id(0)], **given)


def test_one_unknown_picture_leaves_all_as_they_were(session):
    with pytest.raises(ImageNotFoundError, match="nothing was changed"):
        own.rate(session, [image_id(0), image_id(9)], stars=3)
    assert session.library.ratings.all() == {}


def test_selections_are_kept_changed_and_removed(session):
    kept = own.keep_selection(session, "  Best   of ", query="rating:5")
    assert (kept.name, kept.query, kept.ids) == ("Best of", "rating:5", None)
    changed = own.keep_selection(session, "best of", ids=[image_id(1), image_id(1)], id=kept.id)
    assert own.selections(session) == [changed]
    assert changed.ids == (image_id(1),)
    own.remove_selection(session, kept.id)
    assert own.selections(session) == []
    assert own.undo(session) == "selection best of removed"
    own.undo(session)
    assert [one.query for one in own.selections(session)] == ["rating:5"]


@pytest.mark.parametrize(
    ("name", "given", "match"),
    [
        (" ", {"query": ""}, "needs a name"),
        ("x" * 121, {"query": ""}, "at most 120"),
        ('a"b', {"query": ""}, "quotation marks"),
        ("a", {}, "either a filter"),
        ("a", {"query": "", "ids": []}, "either a filter"),
        ("a", {"query": "nonsense"}, "no filter"),
        ("There", {"query": ""}, "already"),
        ("a", {"query": "", "id": 77}, "no selection 77"),
    ],
)
def test_selections_that_cannot_be_kept_are_refused(session, name, given, match):
    own.keep_selection(session, "there", query="")
    with pytest.raises((UsageError, NotFoundError), match=match):
        own.keep_selection(session, name, **given)
    assert len(own.selections(session)) == 1


def test_removing_what_is_not_there_is_refused(session):
    with pytest.raises(NotFoundError, match="no selection 5"):
        own.remove_selection(session, 5)
