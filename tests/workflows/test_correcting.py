"""The correction for hubs in a library: stored with the index, for pictures inside, just added and outside."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import hubness
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, correcting
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.measuring import MATRIX
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget

from .pictures import folder_of


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(tmp_path / "photos", 20)])
        build_index(opened)
        yield opened


def numbers(session):
    return correcting.stored(session.library, session.settings)


def whole(session):
    stored = session.library.arrays.get(MATRIX)
    return list(stored.ids), np.array(stored["values"])


def test_a_ranking_goes_by_the_relative_divergence_and_states_the_plain_one(session):
    ids, matrix = whole(session)
    remote = np.array([matrix[row, np.arange(20) != row].mean(dtype=float) for row in range(20)])
    ranking = browse.similar(session, ids[3], n=100)
    assert (ranking.unit, len(ranking.results)) == ("relative", 19)
    scores = [result.score for result in ranking.results]
    assert scores == sorted(scores)
    for result in ranking.results:
        row = ids.index(result.id)
        assert result.divergence == matrix[3, row]
        wanted = hubness.relative(matrix[3, row], remote[3], remote[row], remote.mean())
        assert result.score == pytest.approx(float(wanted), rel=1e-6)


def test_a_picture_that_was_just_added_has_its_number_at_once(session, tmp_path):
    before = numbers(session)
    folder_of(tmp_path / "photos", 2, first=20)
    add_directories(session, [tmp_path / "photos"])
    [unplaced] = [one for one in session.library.images.ids() if one not in before.values][:1]
    first = browse.similar(session, unplaced, n=100)
    place_new(session)
    after = numbers(session)
    assert len(after.values) == 22
    assert after.witnesses == before.witnesses
    assert all(after.values[one] == value for one, value in before.values.items())
    session.memory.clear()
    second = browse.similar(session, unplaced, n=100)
    assert first.unit == second.unit == "relative"
    known = {result.id: result.score for result in first.results if result.id in before.values}
    assert {result.id: result.score for result in second.results if result.id in known} == pytest.approx(known)


def test_the_trends_are_found_by_the_relative_divergence(session):
    clusters = session.library.clusters.get()
    ids, matrix = whole(session)
    order = np.argsort(ids)
    names = [ids[row] for row in order]
    relative = correcting.corrected(matrix[np.ix_(order, order)], "relative", names)
    tops = [names.index(one) for one in {group.exemplar for group in browse.clusters(session).clusters}]
    cost = relative[:, tops].min(axis=1).sum() + clusters.preference * len(tops)
    assert cost == pytest.approx(clusters.cost, rel=1e-4)


@pytest.mark.parametrize(
    ("changes", "pairs"),
    [({"correction": "none"}, 0), ({"spaces": "centred"}, 190), ({"smoothing": 0.5}, 190), ({"points": 96}, 190)],
)
def test_another_measure_makes_the_index_stale_and_computes_again_only_what_depends_on_it(session, changes, pairs):
    with Session(replace(session.settings, **changes)) as other:
        assert browse.stale(other)
        assert build_index(other).pairs == pairs
        assert not browse.stale(other)
        unit = browse.similar(other, other.library.images.ids()[0]).unit
        assert unit == ("nats" if "correction" in changes else "relative")
    assert browse.stale(session)


def test_numbers_that_were_lost_are_made_again_without_comparing(session):
    for file in (session.settings.library / "arrays").glob("remoteness*"):
        file.unlink()
    with Session(session.settings) as other:
        assert browse.similar(other, other.library.images.ids()[0]).unit == "nats"
        assert build_index(other).pairs == 0
        assert numbers(other) is not None
    with Session(session.settings) as other:
        assert browse.similar(other, other.library.images.ids()[0]).unit == "relative"


def test_forgotten_pictures_leave_no_number(session):
    gone = numbers(session).witnesses[0]
    forget(session, [gone])
    assert gone not in numbers(session).values
    assert gone not in numbers(session).witnesses


def test_above_the_limit_every_picture_has_a_number(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, limit=8)) as small:
        add_directories(small, [folder_of(tmp_path / "photos", 20)])
        build_index(small)
        assert len(numbers(small).values) == 20
        assert len(numbers(small).witnesses) == 20
        assert not browse.stale(small)
        assert build_index(small).pairs == 0


def test_one_and_two_pictures_are_enough(tmp_path):
    photos = folder_of(tmp_path / "photos", 1)
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as small:
        add_directories(small, [photos])
        build_index(small)
        assert browse.similar(small, small.library.images.ids()[0]).results == ()
        folder_of(photos, 1, first=1)
        add_directories(small, [photos])
        build_index(small)
        [other] = browse.similar(small, small.library.images.ids()[0]).results
        assert 0 < other.score < 1


def test_of_two_pictures_those_that_are_alike_score_lower(tmp_path):
    scores = []
    for second in (6, 2):
        folder_of(tmp_path / f"photos{second}", 1)
        photos = folder_of(tmp_path / f"photos{second}", 1, first=second)
        with Session(replace(Settings(), library=tmp_path / f"library{second}", workers=1)) as small:
            add_directories(small, [photos])
            build_index(small)
            [other] = browse.similar(small, small.library.images.ids()[0]).results
            scores.append((other.score, other.divergence))
            outside = browse.similar_to_file(small, photos / "p000.jpg").results[1]
            assert outside.score == pytest.approx(other.score)
    assert scores[0][1] < scores[1][1] / 2
    assert scores[0][0] < 0.75 * scores[1][0]
