"""Building the index: incremental, warm, resumable, stale when it should be."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.errors import EmptyLibraryError, NoIndexError
from leitmotiv.settings import Settings
from leitmotiv.store.catalogue import NAME
from leitmotiv.workflows import browse, index
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.jobs import reap
from leitmotiv.workflows.measuring import MATRIX
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget

from .pictures import folder_of


@pytest.fixture
def session(tmp_path: Path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        yield opened


def stored(session: Session) -> tuple[list[str], np.ndarray]:
    arrays = session.library.arrays.get(MATRIX)
    return list(arrays.ids), np.array(arrays["values"])


def test_empty_library_has_nothing_to_index(session):
    with pytest.raises(EmptyLibraryError, match="add-directory"):
        build_index(session)


def test_the_columns_of_a_large_library_are_kept_before_a_page_asks_for_them(session, tmp_path, monkeypatch):
    add_directories(session, [folder_of(tmp_path / "photos", 6)])
    build_index(session)
    assert session.library.arrays.get(NAME) is None
    for module in ("leitmotiv.workflows.index", "leitmotiv.store.catalogue"):
        monkeypatch.setattr(f"{module}.KEPT_FROM", 5)
    build_index(session)
    assert len(session.library.arrays.get(NAME)["hashes"]) == 6


def test_pictures_of_one_look_share_a_trend(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 24)])
    build_index(session)
    page = browse.clusters(session, 6)
    names = {image.id: int(image.name[1:4]) for image in session.library.images.many(session.library.images.ids())}
    for group in page.clusters:
        assert len({names[member] % 6 for member in group.members}) == 1


def test_second_build_computes_only_new_pairs(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 8)
    add_directories(session, [photos])
    assert build_index(session).pairs == 28
    assert build_index(session).pairs == 0
    folder_of(photos, 2, first=8)
    add_directories(session, [photos])
    assert build_index(session).pairs == 17


def test_incremental_matrix_equals_one_built_at_once(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 7)
    add_directories(session, [photos])
    build_index(session)
    folder_of(photos, 5, first=7)
    add_directories(session, [photos])
    build_index(session)
    ids, values = stored(session)
    with Session(replace(session.settings, library=tmp_path / "second", workers=2)) as other:
        add_directories(other, [photos])
        build_index(other)
        other_ids, other_values = stored(other)
    order = [other_ids.index(image) for image in ids]
    assert np.array_equal(values, other_values[np.ix_(order, order)])


def test_interrupted_build_goes_on_from_what_was_stored(session, tmp_path, monkeypatch):
    add_directories(session, [folder_of(tmp_path / "photos", 40)])
    monkeypatch.setattr(index, "PAIRS_A_STEP", 100)
    calls = []
    real = index.divergence.js_update

    def stop_at_second(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(index.divergence, "js_update", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        build_index(session)
    ids, _ = stored(session)
    assert 0 < len(ids) < 40
    assert session.library.jobs.list()[0].state == "stopped"
    monkeypatch.setattr(index.divergence, "js_update", real)
    report = build_index(session)
    assert report.pairs == 40 * 39 // 2 - len(ids) * (len(ids) - 1) // 2


def test_index_is_stale_after_adding_and_new_pictures_join_at_once(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 12)
    add_directories(session, [photos])
    build_index(session)
    assert not browse.stale(session)
    folder_of(photos, 2, first=12)
    add_directories(session, [photos])
    assert place_new(session) == 2
    assert browse.stale(session)
    page = browse.clusters(session)
    assert sum(group.size for group in page.clusters) == 14
    names = {image.id: int(image.name[1:4]) for image in session.library.images.many(session.library.images.ids())}
    for group in browse.clusters(session, 6).clusters:
        assert len({names[member] % 6 for member in group.members}) == 1
    build_index(session)
    assert not browse.stale(session)


def test_skip_distances_needs_distances(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 3)])
    with pytest.raises(NoIndexError, match="skip-distances"):
        build_index(session, skip_distances=True)
    build_index(session)
    assert build_index(session, skip_distances=True).pairs == 0


def test_forgotten_pictures_leave_the_index(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 6)])
    build_index(session)
    gone = session.library.images.ids()[2]
    session.library.images.forget([gone])
    build_index(session)
    ids, values = stored(session)
    assert gone not in ids
    assert values.shape == (5, 5)


def test_forgetting_a_picture_keeps_the_trends_of_the_others(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 18)])
    build_index(session)
    before = {frozenset(group.members) for group in browse.clusters(session, 6).clusters}
    gone = browse.clusters(session, 6).clusters[0].exemplar
    assert [image.id for image in forget(session, [gone])] == [gone]
    assert not browse.stale(session)
    after = {frozenset(group.members) for group in browse.clusters(session, 6).clusters}
    assert after == {frozenset(group - {gone}) for group in before}


def test_deleted_arrays_are_computed_again(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 6)])
    build_index(session)
    ids, values = stored(session)
    shutil.rmtree(session.settings.library / "arrays")
    with Session(session.settings) as other:
        assert build_index(other).pairs == 15
        again_ids, again = stored(other)
    order = [again_ids.index(image) for image in ids]
    assert np.array_equal(values, again[np.ix_(order, order)])


def test_skip_distances_keeps_placed_pictures(session, tmp_path):
    photos = folder_of(tmp_path / "photos", 12)
    add_directories(session, [photos])
    build_index(session)
    folder_of(photos, 1, first=12)
    add_directories(session, [photos])
    place_new(session)
    build_index(session, skip_distances=True)
    assert sum(group.size for group in browse.clusters(session).clusters) == 13
    assert browse.stale(session)


def test_other_limit_that_changes_nothing_does_not_make_stale(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 6)])
    with Session(replace(session.settings, limit=100)) as other:
        build_index(other)
    assert not browse.stale(session)


def test_a_limit_for_one_run_does_not_make_stale(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 12)])
    with Session(replace(session.settings, limit=5)) as once:
        build_index(once)
    assert browse.status(session).way == "neighbours"
    assert not browse.clusters(session).stale
    add_directories(session, [folder_of(tmp_path / "photos", 1, first=12)])
    assert browse.clusters(session).stale


def test_dead_job_is_not_shown_as_running(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 3)])
    code = (
        "import os, sys, pathlib; from leitmotiv.store.library import Library\n"
        "l = Library.open(pathlib.Path(sys.argv[1])); l.jobs.start('add', 'x'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(session.settings.library)], check=False)
    assert session.library.jobs.list()[0].state == "running"
    reap(session.library)
    assert session.library.jobs.list()[0].state == "stopped"


def test_above_the_limit_every_picture_still_has_a_trend(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 30)])
    small = Session(replace(session.settings, limit=12))
    with small:
        report = build_index(small)
        assert report.images == 30
        assert report.pairs == 435  # so few are all among the candidates of each
        assert sum(group.size for group in browse.clusters(small).clusters) == 30
        assert not browse.stale(small)
        ranking = browse.similar(small, small.library.images.ids()[0], n=100)
        assert len(ranking.results) == 29


def test_similar_is_ascending_complete_and_agrees_with_the_matrix(session, tmp_path):
    add_directories(session, [folder_of(tmp_path / "photos", 12)])
    build_index(session)
    ids, values = stored(session)
    ranking = browse.similar(session, ids[3], n=100)
    scores = [result.score for result in ranking.results]
    assert scores == sorted(scores)
    assert {result.id for result in ranking.results} == set(ids) - {ids[3]}
    for result in ranking.results:
        assert result.divergence == pytest.approx(float(values[3, ids.index(result.id)]), abs=0)
