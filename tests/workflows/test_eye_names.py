"""What eyes are called, and what their card says."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leitmotiv.errors import NoIndexError
from leitmotiv.records import Eyes, Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, eye_names
from leitmotiv.workflows.session import Session


def test_eyes_of_a_trend_are_called_as_it_is(tmp_path, monkeypatch):
    with Session(replace(Settings(), library=tmp_path / "library")) as session:
        with pytest.raises(NoIndexError):
            browse.cluster_name(session, 301)
        assert eye_names.called(session, "", "cluster:301") == "cluster:301"
        monkeypatch.setattr(browse, "cluster_name", lambda _, id: f"trend {id}")
        assert eye_names.called(session, "", "cluster:301") == "trend 301"
        assert eye_names.called(session, " My  own ", "cluster:301") == "My own"
        assert eye_names.called(session, "", "cluster:301 year:2024") == "cluster:301 year:2024"
        assert eye_names.called(session, "", "") == "Eyes"


def test_a_card_says_what_does_not_go_without_saying():
    one = Eyes("one", "One", "network", Partial(), 32, datetime(2026, 1, 1, tzinfo=UTC))
    card = {"seed": 0, "steps": 218, "step": 218, "ended": True, "held_out": 6, "watched": 3, "told": 3, "limits": []}
    assert eye_names.facts(replace(one, card=card)) == {"seed": 0, "steps": 218, "held out": "6 (3 watched, 3 told)"}
    early = eye_names.facts(replace(one, card={**card, "step": 100, "ended": False}))
    assert (early["kept from step"], early["ended"]) == (100, "not yet")
    assert eye_names.facts(replace(one, card={"held_out": 3})) == {"held out": 3}
