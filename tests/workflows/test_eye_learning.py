"""The course of a training as a page shows it: names of baselines that can be read, and what a judgement costs."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leitmotiv.records import Eyes, Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows import eye_learning
from leitmotiv.workflows.session import Session

ONE = Eyes("one", "One", "network", Partial(), 32, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        yield opened


def curve(session, bases, *points):
    form = {"steps": 100, "baselines": bases, "points": [{"l1": 50.0, "held": 60.0, **one} for one in points]}
    session.library.eyes.add(ONE.id, eye_learning.CURVE, json.dumps(form).encode())
    return eye_learning.learning(session, ONE)


def test_names_of_baselines_stand_clear_of_each_other_in_the_order_of_their_lines(session):
    told = curve(session, {"copy": 51.6, "mean": 73.6, "patches": 51.7}, {"step": 10})
    heights = [told.labels[name] for name in ("copy", "patches", "mean")]
    assert all(low - high >= eye_learning.LINE for low, high in itertools.pairwise(heights))
    lines = {name: height for name, _, height in told.bases}
    assert told.labels["mean"] == pytest.approx(lines["mean"] - 4)


def test_what_a_judgement_costs_is_shown_where_there_is_a_judge(session):
    assert curve(session, {}, {"step": 10, "generator": 0.0, "discriminator": 0.0}).judged == ()
    points = (
        {"step": 0, "generator": 1.0, "discriminator": 0.5},
        {"step": 100, "generator": 2.1, "discriminator": 0.0},
    )
    judged = dict(curve(session, {}, *points).judged)
    assert judged["judge"].endswith("L300.0 70.0")
    assert judged["eyes"].startswith("M0.0 ")
    assert float(judged["eyes"].split()[-1]) == pytest.approx(70 * (1 - 1 / 1.05), abs=0.1)
