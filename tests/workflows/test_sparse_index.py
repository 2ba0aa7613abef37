"""The index of a library above the limit: as good as with all pairs, without a matrix, extended and resumed."""

import os
import shutil
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import divergence, exemplars, hubness, tree
from leitmotiv.cli.status import as_text
from leitmotiv.errors import NoIndexError
from leitmotiv.settings import Settings
from leitmotiv.store import library as opening
from leitmotiv.workflows import browse, correcting, likeness, neighbours, readiness, sparse_index, vectors
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.measuring import MATRIX, look
from leitmotiv.workflows.neighbours import NEIGHBOURS
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget
from leitmotiv.workflows.vectors import VECTORS
from tests.kernels import naive_affinity

from .synthetic import add, image_id

SIZE = 360


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A library of 360 with a limit of 100, indexed; for tests that only read."""
    settings = replace(Settings(), library=tmp_path_factory.mktemp("sparse") / "library", limit=100, points=96)
    with Session(replace(settings, workers=2)) as session:
        add(session.library, range(SIZE))
        session.report = build_index(session)
        yield session


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors.embedding, "LANDMARKS", 256)
    settings = replace(Settings(), library=tmp_path / "library", limit=100, points=48, workers=1)
    with Session(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def matrix(base):
    ids = sorted(base.library.images.ids())
    return ids, divergence.js_matrix(base.library.mixtures.many(ids), look=look(base.settings))


@pytest.fixture(scope="module")
def relative(base, matrix):
    """What trends and rankings go by: divergences corrected for hubs."""
    ids, values = matrix
    numbers = correcting.stored(base.library, base.settings)
    remote = np.array([numbers.values[image] for image in ids])
    return hubness.relative_matrix(values, remote, numbers.middle)


def stored_lists(session):
    """Each picture's neighbours with their divergences, whatever the rows are."""
    stored = session.library.arrays.get(NEIGHBOURS)
    return {
        image: {stored.ids[row]: float(value) for row, value in zip(rows, values, strict=True) if row >= 0}
        for image, rows, values in zip(stored.ids, stored["lists"].tolist(), stored["values"].tolist(), strict=True)
    }


def test_lists_hold_exact_divergences_and_find_nearly_all_near_pictures(base, matrix):
    ids, values = matrix
    row_of = {image: row for row, image in enumerate(ids)}
    found = stored_lists(base)
    hits = []
    for image, near in found.items():
        row = values[row_of[image]]
        assert all(value == row[row_of[other]] for other, value in near.items())
        assert len(near) == neighbours.CANDIDATES
        top = np.argsort(np.where(np.arange(SIZE) == row_of[image], np.inf, row), kind="stable")[:10]
        hits.append(np.mean([ids[place] in near for place in top]))
    assert np.mean(hits) > 0.97
    recall = browse.status(base).recall
    assert recall == pytest.approx(np.mean(hits), abs=0.03)


def test_remoteness_is_that_of_all_pairs(base, matrix):
    ids, values = matrix
    numbers = correcting.stored(base.library, base.settings)
    expected = correcting.from_matrix(values, ids, base.settings)
    assert sorted(numbers.witnesses) == sorted(expected.witnesses)
    assert numbers.middle == pytest.approx(expected.middle)
    assert all(numbers.values[image] == pytest.approx(value) for image, value in expected.values.items())


def test_remoteness_of_a_library_too_large_to_be_held_is_nearly_the_same_and_stored_on_the_way(session, monkeypatch):
    with Session(replace(session.settings, points=240)) as opened:
        add(opened.library, range(130))
        build_index(opened)
        exact = correcting.stored(opened.library, opened.settings)
        opened.library.arrays.remove(correcting.REMOTENESS)
        monkeypatch.setattr(sparse_index, "HELD", 100)
        monkeypatch.setattr(sparse_index, "MEASURED", 129)
        stored, put = [], correcting.store
        monkeypatch.setattr(correcting, "store", lambda *given: stored.append(len(given[2].values)) or put(*given))
        build_index(opened)
        quick = correcting.stored(opened.library, opened.settings)
    assert stored == [129, 130]
    apart = [quick.values[image] - value for image, value in exact.values.items()]
    assert 0 < np.std(apart) < 0.015
    assert abs(np.mean(apart)) < 0.01


def test_clusters_cost_as_little_as_with_all_pairs(base, matrix, relative):
    ids, values = matrix
    clusters = base.library.clusters.get()
    assert clusters.ids == tuple(ids)
    rows, _ = exemplars.exemplars(relative, preference=clusters.preference)
    best = naive_affinity.cost(relative, rows, clusters.preference)
    groups = tree.cut(clusters, clusters.default_count, lambda row, others: relative[row, others].astype(float))
    spent = sum(sum(group.distances) for group in groups) + clusters.preference * len(groups)
    assert spent <= 1.002 * best
    assert clusters.cost == pytest.approx(spent, abs=1e-3)
    assert clusters.bound <= clusters.cost + 1e-6
    own = clusters.exemplars[clusters.labels]
    assert np.allclose(clusters.distances, values[np.arange(SIZE), own], atol=0)


def test_another_correction_needs_no_new_neighbours(session):
    add(session.library, range(150))
    build_index(session)
    changed = replace(session.settings, correction="none")
    with Session(changed) as other:
        assert browse.stale(other)
        report = build_index(other)
        assert report.new == 0
        assert report.pairs < 2000
        assert not browse.stale(other)


@pytest.mark.parametrize("size", [60, 130])
def test_another_correction_or_measure_finds_its_own_price(session, tmp_path, size):
    add(session.library, range(size))
    build_index(session)
    for changes in ({"correction": "none"}, {"correction": "relative", "smoothing": 0.6}):
        with Session(replace(session.settings, **changes)) as changed:
            build_index(changed)
            price = changed.library.clusters.get().preference
        with Session(replace(session.settings, **changes, library=tmp_path / str(changes))) as fresh:
            add(fresh.library, range(size))
            build_index(fresh)
            assert price == pytest.approx(fresh.library.clusters.get().preference, rel=1e-6)


def test_groups_shown_first_have_exact_divergences_and_others_good_estimates(base, matrix):
    ids, values = matrix
    row_of = {image: row for row, image in enumerate(ids)}
    for group in browse.clusters(base).clusters:
        expected = [values[row_of[group.exemplar], row_of[member]] for member in group.members]
        assert np.allclose(group.distances, expected, atol=1e-6)
    estimated, exact = [], []
    for group in browse.clusters(base, 3).clusters:
        exact += [values[row_of[group.exemplar], row_of[member]] for member in group.members]
        estimated += group.distances
    assert np.abs(np.array(estimated) - exact).mean() < 0.03


def test_no_matrix_is_left_and_status_says_how_pictures_were_compared(base):
    assert base.library.arrays.get(MATRIX) is None
    state = browse.status(base)
    assert state.way == "neighbours"
    assert not state.stale
    assert state.gap == base.report.gap == base.library.clusters.get().gap
    assert state.gap < 0.05
    assert f"at most {state.gap:.2%} from the best along the pairs compared" in as_text(state)
    (told,) = readiness.index(base.settings)
    assert told.good
    assert f"at most {state.gap:.2%} more" in told.text
    assert f"(of {sparse_index.queried(SIZE)} pictures looked at when it was measured)" in told.text
    assert base.report.images == base.report.new == SIZE
    assert SIZE * 50 < base.report.pairs < SIZE * (SIZE - 1) // 2 + 1


def test_ranking_is_exact_where_it_is_computed_and_marked_beyond(base, matrix, relative, monkeypatch):
    ids, values = matrix
    whole = browse.similar(base, ids[7], n=SIZE)
    assert not whole.approximate
    assert [result.id for result in whole.results] == [
        ids[row] for row in np.lexsort((ids, values[7], relative[7])).tolist() if row != 7
    ]
    monkeypatch.setattr(likeness, "EXACT", 60)
    with Session(base.settings) as fresh:
        first = browse.similar(fresh, ids[7], n=likeness.NEAR)
        part = browse.similar(fresh, ids[7], n=SIZE)
        assert first.approximate
        assert part.approximate
        assert part.results[: likeness.NEAR] == first.results
        assert len({result.id for result in part.results}) == SIZE - 1
        head = [result for result in part.results if result.divergence is not None]
        assert len(head) >= 60
        order = {result.id: place for place, result in enumerate(whole.results)}
        places = [order[result.id] for result in head]
        for stretch in (places[: likeness.NEAR], places[likeness.NEAR :]):
            assert stretch == sorted(stretch)
        assert places[:10] == list(range(10))
        assert [result.divergence for result in head] == [
            pytest.approx(float(values[7, ids.index(result.id)]), abs=0) for result in head
        ]
        tail = values[7, [ids.index(result.id) for result in part.results[len(head) :]]]
        assert np.corrcoef(tail, np.arange(len(tail)))[0, 1] > 0.5


def test_a_picture_outside_is_ranked_alike(base, matrix, monkeypatch):
    ids, values = matrix
    query = base.library.mixtures.get(ids[20])
    monkeypatch.setattr(likeness, "EXACT", 80)
    order = likeness.order_to(base, query)
    assert order.ids[0] == ids[20]
    assert order.approximate
    assert order.values[:80].tolist() == values[20, [ids.index(one) for one in order.ids[:80]]].tolist()
    assert order.scores[:80].tolist() == sorted(order.scores[:80].tolist())
    assert np.isnan(order.values[80:]).all()


def test_second_build_does_nothing_and_a_few_pictures_cost_little(session):
    add(session.library, range(240))
    first = build_index(session)
    assert build_index(session).pairs == 0
    add(session.library, range(240, 245))
    assert place_new(session) == 5
    assert browse.stale(session)
    assert "from the best along the pairs compared when the index was built" in as_text(browse.status(session))
    (told,) = readiness.index(session.settings)
    assert "the trends when the index was built cost at most" in told.text
    assert sum(group.size for group in browse.clusters(session).clusters) == 245
    near = browse.similar(session, image_id(242), n=10)
    assert sum(int(result.path[-10:-4]) % 12 == 242 % 12 for result in near.results) >= 8
    before = set(tree.shown_exemplars(session.library.clusters.get()))
    second = build_index(session)
    assert second.new == 5
    assert second.images == 245
    assert 5 * 50 < second.pairs < first.pairs / 5
    assert not browse.stale(session)
    assert "when the index was built" not in as_text(browse.status(session))
    assert len(before.intersection(tree.shown_exemplars(session.library.clusters.get()))) >= 0.8 * len(before)


@pytest.mark.parametrize("name", [VECTORS, NEIGHBOURS])
def test_half_written_arrays_are_told_of_and_made_again_though_no_picture_is_new(session, tmp_path, monkeypatch, name):
    monkeypatch.setattr(opening, "cache_folder", lambda environ: tmp_path / "cache")
    session.settings.library.mkdir()
    (session.settings.library / "library.toml").write_text(f'[arrays]\nurl = "file://{tmp_path}/shared"\n')
    add(session.library, range(150))
    build_index(session)
    recall = browse.status(session).recall
    assert recall is not None

    def cut() -> None:
        (path,) = (tmp_path / "shared").glob(f"{name}-*.bin")
        os.truncate(path, path.stat().st_size // 2)

    cut()
    build_index(session)  # whole in the own cache: put again from there
    shutil.rmtree(tmp_path / "cache")
    with Session(session.settings) as other:
        assert browse.status(other).recall == recall
    cut()
    shutil.rmtree(tmp_path / "cache")
    with Session(session.settings) as other:
        assert "away or damaged: `leitmotiv build-index` makes it again" in as_text(browse.status(other))
        (told,) = readiness.index(session.settings)
        assert not told.good
        assert "build-index makes it again" in told.text
        assert build_index(other).new == (0 if name == VECTORS else 150)
        assert browse.status(other).recall == pytest.approx(recall)
        assert build_index(other).pairs == 0
        assert readiness.index(session.settings)[0].good


@pytest.mark.parametrize("whole", [1000, 100], ids=["against all", "by cells"])
def test_extended_lists_equal_those_found_anew(session, monkeypatch, whole):
    monkeypatch.setattr(vectors.candidates, "WHOLE", whole)
    monkeypatch.setattr(vectors.candidates, "PROBED", 20)
    add(session.library, range(200))
    build_index(session)
    add(session.library, range(200, 260))
    build_index(session)
    forget(session, [image_id(number) for number in (3, 150, 210, 255)])
    add(session.library, range(260, 270))
    build_index(session)
    extended = stored_lists(session)
    assert len(extended) == 266
    session.library.arrays.remove(NEIGHBOURS)
    assert build_index(session).pairs > 0
    assert stored_lists(session) == extended


def test_vectors_are_found_anew_when_the_library_has_outgrown_them(session):
    add(session.library, range(120))
    build_index(session)
    first = vectors.stored_vectors(session.library, session.settings)
    add(session.library, range(120, 200))
    build_index(session)
    same = vectors.stored_vectors(session.library, session.settings)
    assert same.found_from == 120
    assert np.array_equal(same.model.landmarks, first.model.landmarks)
    add(session.library, range(200, 260))
    pairs = build_index(session).pairs
    other = vectors.stored_vectors(session.library, session.settings)
    assert other.found_from == 260
    assert not np.array_equal(other.model.landmarks, first.model.landmarks)
    assert pairs < 260 * 259 // 2 - 200 * 50
    extended = stored_lists(session)
    session.library.arrays.remove(NEIGHBOURS)
    build_index(session)
    assert stored_lists(session) == extended


def test_lists_of_an_embedding_that_was_outgrown_do_not_outlive_an_interruption(session, monkeypatch):
    add(session.library, range(120))
    build_index(session)
    add(session.library, range(120, 260))
    with monkeypatch.context() as patch:
        patch.setattr(sparse_index, "extend", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_index(session)
    build_index(session)
    resumed = stored_lists(session)
    session.library.arrays.remove(NEIGHBOURS)
    build_index(session)
    assert stored_lists(session) == resumed


def test_interrupted_build_goes_on_from_what_was_stored(session, monkeypatch):
    add(session.library, range(220))
    monkeypatch.setattr(neighbours, "PAIRS_A_STEP", 1)
    monkeypatch.setattr(neighbours, "BLOCK", 40)
    real, calls = neighbours.Comparer.compute, []

    def stop_at_third(self, pairs, progress=None):
        calls.append(len(pairs))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, pairs, progress)

    monkeypatch.setattr(neighbours.Comparer, "compute", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        build_index(session)
    monkeypatch.setattr(neighbours.Comparer, "compute", real)
    resumed = build_index(session)
    session.library.arrays.remove(NEIGHBOURS)
    session.library.clusters.forget(session.library.images.ids())
    assert min(calls[:2]) > 2000
    assert build_index(session).pairs == resumed.pairs + sum(calls[:2])


def test_pairs_that_were_compared_for_trends_are_kept_when_they_are_interrupted(session, monkeypatch):
    add(session.library, range(220))
    monkeypatch.setattr(sparse_index, "PAIRS_A_STEP", 1)
    monkeypatch.setattr(sparse_index, "KEPT", 0)
    with monkeypatch.context() as patch:
        patch.setattr(sparse_index.sparse_tree, "build", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_index(session)
    assert len(neighbours.stored_neighbours(session.library, session.settings)["pairs"]) > 0
    asked, real, compute = [], sparse_index.augmented, neighbours.Comparer.compute
    monkeypatch.setattr(
        neighbours.Comparer, "compute", lambda self, pairs, *given: asked.append(pairs) or compute(self, pairs, *given)
    )

    def augmented(*given, **named):
        before = len(asked)
        found = real(*given, **named)
        assert len(asked) == before
        return found

    monkeypatch.setattr(sparse_index, "augmented", augmented)
    build_index(session)
    assert asked


def test_interrupted_vectors_go_on_from_what_was_stored(session, monkeypatch):
    add(session.library, range(150))
    monkeypatch.setattr(vectors, "KEPT_EVERY", 50)
    monkeypatch.setattr(vectors, "AT_ONCE", 25)
    real, calls = vectors.embedding.embed, []

    def stop_at_fourth(model, packed, **options):
        calls.append(len(packed))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(model, packed, **options)

    monkeypatch.setattr(vectors.embedding, "embed", stop_at_fourth)
    with pytest.raises(KeyboardInterrupt):
        build_index(session)
    assert len(vectors.stored_vectors(session.library, session.settings).ids) == 50
    calls[:] = [0] * 5
    build_index(session)
    assert sum(calls) == 100


def test_forgetting_keeps_groups_and_lists_become_whole_again(session):
    add(session.library, range(240))
    build_index(session)
    before = {frozenset(group.members) for group in browse.clusters(session).clusters}
    gone = {group.exemplar for group in browse.clusters(session).clusters[:2]}
    forget(session, sorted(gone))
    assert not browse.stale(session)
    after = {frozenset(group.members) for group in browse.clusters(session).clusters}
    assert sum(len(group) for group in after) == 238
    assert len(after & {frozenset(group - gone) for group in before}) >= 0.7 * len(before)
    add(session.library, [900])
    build_index(session)
    assert all(len(near) == neighbours.CANDIDATES for near in stored_lists(session).values())


def test_crossing_the_limit_changes_the_way_both_ways(session):
    add(session.library, range(90))
    build_index(session)
    assert browse.status(session).way == "all pairs"
    shown = set(tree.shown_exemplars(session.library.clusters.get()))
    add(session.library, range(90, 110))
    place_new(session)
    assert sum(group.size for group in browse.clusters(session).clusters) == 110
    build_index(session)
    assert browse.status(session).way == "neighbours"
    assert session.library.arrays.get(MATRIX) is None
    assert len(shown.intersection(tree.shown_exemplars(session.library.clusters.get()))) >= 0.7 * len(shown)
    forget(session, [image_id(number) for number in range(95, 110)])
    build_index(session)
    assert browse.status(session).way == "all pairs"
    assert session.library.arrays.get(VECTORS) is None
    assert session.library.arrays.get(NEIGHBOURS) is None


def _members(session):
    return {frozenset(group.members) for group in browse.clusters(session).clusters}


@pytest.mark.parametrize(("indexed", "placed", "gone"), [(100, 3, 1), (103, 0, 4)])
def test_forgetting_around_the_limit_keeps_the_trends(session, indexed, placed, gone):
    add(session.library, range(indexed))
    build_index(session)
    if placed:
        add(session.library, range(indexed, indexed + placed))
        place_new(session)
    before, lost = _members(session), {image_id(number) for number in range(gone)}
    forget(session, sorted(lost))
    after = _members(session)
    assert frozenset().union(*after) == frozenset(session.library.images.ids())
    assert len(after & {group - lost for group in before}) >= 0.7 * len(before)
    assert browse.stale(session) == bool(placed)


@pytest.mark.parametrize("size", [60, 130])
def test_forgetting_after_a_change_of_the_measure_keeps_the_trends(session, size):
    add(session.library, range(size))
    build_index(session)
    before = _members(session)
    exemplar = browse.clusters(session).clusters[0].exemplar
    with Session(replace(session.settings, smoothing=0.5)) as other:
        forget(other, [exemplar])
        assert _members(other) == {group - {exemplar} for group in before}
        assert browse.stale(other)


def _assert_exact(session):
    """All groups shown state what the pairs have when compared."""
    with Session(session.settings) as fresh:
        for group in browse.clusters(fresh).clusters:
            packed = divergence.pack(fresh.library.mixtures.many(group.members), look=look(fresh.settings))
            query = fresh.library.mixtures.get(group.exemplar)
            assert np.allclose(group.distances, divergence.js_to(query, packed, look=look(fresh.settings)), atol=1e-6)


@pytest.mark.parametrize("stage", ["PAIRS_A_STEP", "_judged"])
@pytest.mark.parametrize("indexed", [95, 120])
def test_an_interrupted_build_leaves_the_divergences_that_are_shown_exact(session, monkeypatch, stage, indexed):
    add(session.library, range(indexed))
    build_index(session)
    add(session.library, range(indexed, 2 * indexed + 10))
    with monkeypatch.context() as patch:
        if stage == "_judged":
            patch.setattr(sparse_index, "_judged", _interrupted)
        else:
            patch.setattr(neighbours, "PAIRS_A_STEP", 3000)
            patch.setattr(neighbours, "put_neighbours", _interrupted_after(neighbours.put_neighbours))
        with pytest.raises(KeyboardInterrupt):
            build_index(session)
    _assert_exact(session)


def test_placed_pictures_have_exact_divergences_in_the_groups_shown(session):
    add(session.library, range(150))
    build_index(session)
    add(session.library, range(150, 180))
    assert place_new(session) == 30
    _assert_exact(session)


def _interrupted(*_, **__):
    raise KeyboardInterrupt


def _interrupted_after(work):
    def interrupted(*args, **options):
        work(*args, **options)
        raise KeyboardInterrupt

    return interrupted


def test_skip_distances_needs_neighbours_and_keeps_placed_pictures(session):
    add(session.library, range(130))
    with pytest.raises(NoIndexError, match="skip-distances"):
        build_index(session, skip_distances=True)
    build_index(session)
    add(session.library, [500])
    place_new(session)
    build_index(session, skip_distances=True)
    assert sum(group.size for group in browse.clusters(session).clusters) == 131
    assert browse.stale(session)


def test_skip_distances_just_above_the_limit_goes_by_the_pairs_that_are_there(session):
    add(session.library, range(100))
    build_index(session)
    add(session.library, range(100, 103))
    report = build_index(session, skip_distances=True)
    assert report.pairs == 0
    assert sum(group.size for group in browse.clusters(session).clusters) == 103
    assert session.library.arrays.get(MATRIX) is not None
    assert browse.stale(session)


def test_result_does_not_depend_on_threads_or_order_of_adding(tmp_path):
    found = []
    for name, workers, numbers in (("a", 1, range(140)), ("b", 3, reversed(range(140)))):
        settings = replace(Settings(), library=tmp_path / name, limit=50, points=48, workers=workers)
        with Session(settings) as opened:
            add(opened.library, numbers)
            build_index(opened)
            clusters = opened.library.clusters.get()
            found.append((clusters.ids, clusters.labels.tolist(), clusters.merges[-1], clusters.cost))
            lists = stored_lists(opened)
        found[-1] = (*found[-1][:2], found[-1][3], lists)
    assert found[0] == found[1]


@pytest.fixture
def many(tmp_path):
    settings = replace(Settings(), library=tmp_path / "library", limit=500, points=48, workers=2)
    with Session(settings) as opened:
        add(opened.library, range(8000))
        yield opened


@pytest.mark.slow
def test_all_memory_of_a_build_is_less_than_one_matrix_would_take(many, monkeypatch):
    """An N x N array of float32 takes 256 MB here; it cannot have been there at any moment."""
    monkeypatch.setattr(neighbours, "CANDIDATES", 30)
    monkeypatch.setattr(sparse_index, "EDGES", 20)
    monkeypatch.setattr(sparse_index.sparse_tree, "SAMPLE", 200)
    monkeypatch.setattr(sparse_index.sparse_tree, "LEAVES", 32)
    monkeypatch.setattr(vectors.embedding, "FITTED", 300)
    monkeypatch.setattr(vectors.embedding, "LANDMARKS", 256)
    sparse_index.divergence.warm()
    browse.ready(many)
    tracemalloc.start()
    try:
        build_index(many)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 8000**2
