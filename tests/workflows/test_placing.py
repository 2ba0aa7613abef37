"""New pictures join trends at once, by a few exact divergences each; the next index may begin anew."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import divergence, tree
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, correcting, estimates, likeness, placing, trends, vectors
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session

from .synthetic import add, family_member, image_id


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors.embedding, "LANDMARKS", 256)
    settings = replace(Settings(), library=tmp_path / "library", limit=50, points=48, workers=1)
    with Session(settings) as opened:
        yield opened


def nearest_shown(session, image):
    """The shown exemplar at the least relative divergence, by comparing with all."""
    numbers = correcting.stored(session.library, session.settings)
    shown = tree.shown_exemplars(session.library.clusters.get())
    one, *others = session.library.mixtures.many([image, *shown])
    values = divergence.js_to(one, others, look=look(session.settings)).astype(float)
    return shown[int(numbers.relative(values, numbers.values[image], shown).argmin())]


def test_new_pictures_join_the_nearest_exemplar_after_few_comparisons(session, monkeypatch):
    add(session.library, range(120))
    build_index(session)
    add(session.library, range(120, 150))
    monkeypatch.setattr(placing, "SHORTLIST", 4)
    compared, compare = [], divergence.js_between

    def counted(one, other, pairs, **options):
        compared.append(len(pairs))
        return compare(one, other, pairs, **options)

    monkeypatch.setattr(placing.divergence, "js_between", counted)
    assert place_new(session) == 30
    witnesses = len(correcting.stored(session.library, session.settings).witnesses)
    assert len(tree.shown_exemplars(session.library.clusters.get())) > 4
    assert sum(compared) == 30 * (4 + witnesses)
    group = {member: one.exemplar for one in browse.clusters(session).clusters for member in one.members}
    agree = [group[image_id(number)] == nearest_shown(session, image_id(number)) for number in range(120, 150)]
    assert np.mean(agree) > 0.9
    stored = vectors.stored_vectors(session.library, session.settings)
    assert {image_id(number) for number in range(150)} == set(stored.ids)


@pytest.mark.parametrize("size", [40, 90])
def test_anew_finds_what_a_library_without_trends_would(session, tmp_path, size):
    add(session.library, range(size // 2))
    build_index(session)
    add(session.library, range(size // 2, size))
    build_index(session)
    assert build_index(session, groups="anew").pairs == 0
    with Session(replace(session.settings, library=tmp_path / "fresh")) as fresh:
        add(fresh.library, range(size))
        vectors_of_old = vectors.stored_vectors(session.library, session.settings)
        if vectors_of_old is not None:
            vectors.put_vectors(fresh.library, fresh.settings, vectors_of_old)
        build_index(fresh)
        found, expected = session.library.clusters.get(), fresh.library.clusters.get()
    assert tree.shown_exemplars(found) == tree.shown_exemplars(expected)
    # above the limit the witnesses are still the old ones, and with them the unit of the price
    assert found.preference == pytest.approx(expected.preference, rel=0.05)
    assert found.bound <= found.cost + 1e-6


def test_a_picture_outside_is_told_its_trend_and_its_nearest_at_little_cost(session, monkeypatch):
    add(session.library, range(130))
    build_index(session)
    monkeypatch.setattr(likeness, "EXACT", 60)
    monkeypatch.setattr(likeness, "FEW", 55)
    monkeypatch.setattr(placing, "SHORTLIST", 6)
    numbers = correcting.stored(session.library, session.settings)
    shown = tree.shown_exemplars(session.library.clusters.get())
    assert len(shown) > 6
    right = 0
    for number in range(300, 312):
        query = family_member(number)
        values = divergence.js_to(query, session.library.mixtures.many(shown), look=look(session.settings)).astype(
            float
        )
        exemplar, apart = placing.nearest_trend(session, query)
        assert apart == pytest.approx(values[shown.index(exemplar)], abs=1e-6)
        right += exemplar == shown[int(numbers.relative(values, 1.0, shown).argmin())]
        order = likeness.order_to(session, query, likeness.NEAR)
        assert np.isfinite(order.values[:55]).all()
        assert np.isnan(order.values[55:]).all()
        assert sorted(order.ids) == sorted(session.library.images.ids())
        assert likeness.order_to(session, query).ids[:5] == order.ids[:5]
    assert right >= 10


def told(session):
    """All that placing leaves: groups, remoteness, vectors, and orders of an old and of a new picture."""
    library, settings = session.library, session.settings
    clusters, kept = library.clusters.get(), vectors.stored_vectors(library, settings)
    return (
        dict(zip(clusters.ids, zip(clusters.labels.tolist(), clusters.distances.tolist(), strict=True), strict=True)),
        dict(correcting.stored(library, settings).values),
        {image: vector.tolist() for image, vector in zip(kept.ids, kept.coordinates, strict=True) if image},
        browse.clusters(session).clusters,
        [list(likeness.order(session, image_id(number), likeness.NEAR).ids[:10]) for number in (3, 131, 140)],
    )


@pytest.fixture
def grown(session, tmp_path, monkeypatch):
    """A library with an index and twenty pictures more, and its twin."""
    add(session.library, range(130))
    build_index(session)
    add(session.library, range(130, 150))
    session.library.catalogue.columns()
    shutil.copytree(session.settings.library, tmp_path / "twin")
    monkeypatch.setattr(likeness, "EXACT", 60)  # so that orders go as those of a large library
    with Session(replace(session.settings, library=tmp_path / "twin")) as twin:
        yield session, twin


def test_rows_beside_the_index_say_what_writing_all_anew_says(grown, monkeypatch):
    session, twin = grown
    files = {path.name: path.stat().st_mtime_ns for path in (session.settings.library / "arrays").iterdir()}
    assert place_new(session) == 20
    assert {path.name: path.stat().st_mtime_ns for path in (session.settings.library / "arrays").iterdir()} == files
    assert len(session.library.placed.all()) == 20
    monkeypatch.setattr(placing, "LEAST", 0)
    assert place_new(twin) == 20
    assert twin.library.placed.all() == ()
    assert told(session) == told(twin)
    assert place_new(session) == place_new(twin) == 0
    assert build_index(session) == build_index(twin)
    assert session.library.placed.all() == ()
    assert told(session) == told(twin)


def test_a_picture_placed_later_is_told_of_by_those_who_had_the_library_open(grown):
    session, _ = grown
    with Session(session.settings) as server:
        place_new(session)
        groups = {one.exemplar: one for one in browse.clusters(server).clusters}
        add(session.library, [150])
        assert browse.cluster_of(server, image_id(150)) is None
        place_new(session)
        group = browse.cluster_of(server, image_id(150))
        assert set(group.members) == {*groups[group.exemplar].members, image_id(150)}
        nearest = likeness.order(server, image_id(150), likeness.NEAR).ids[0]
        assert image_id(150) in likeness.order(server, nearest, likeness.NEAR).ids
        by_tree = tree.cut(
            server.library.clusters.get(),
            len(groups),
            estimates.bounded_distances(server, server.library.clusters.get()),
        )
        assert trends.cut(server) == by_tree


def test_one_who_dies_between_arrays_and_clusters_leaves_no_picture_twice(grown, monkeypatch):
    session, twin = grown
    place_new(session)
    place_new(twin)
    add(session.library, [150])
    add(twin.library, [150])
    place_new(twin)
    monkeypatch.setattr(placing, "LEAST", 0)

    def die(*_, **__):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(session.library.clusters, "replace", die)
        with pytest.raises(RuntimeError):
            place_new(session)
    with Session(session.settings) as opened:
        held = vectors.stored_vectors(opened.library, opened.settings)
        assert len(held.ids) == len(set(held.ids)) == 151
        assert opened.library.clusters.unplaced() == [image_id(150)]
        assert place_new(opened) == 1
        assert told(opened) == told(twin)


def test_vectors_that_another_embedding_made_are_passed_over(grown):
    session, _ = grown
    place_new(session)
    found = session.library.placed.all()
    session.library.placed.clear()
    session.library.placed.add([replace(one, model=bytes(32)) for one in found[:5]] + list(found[5:]))
    held = vectors.stored_vectors(session.library, session.settings)
    assert held.ids[130:] == tuple(one.image_id for one in found[5:])
    order = likeness.order(session, found[0].image_id)
    assert sorted([*order.ids, found[0].image_id]) == sorted(session.library.images.ids())
    assert browse.cluster_of(session, found[0].image_id) is not None
