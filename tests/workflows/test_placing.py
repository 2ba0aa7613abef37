"""New pictures join trends at once, by a few exact divergences each; the next index may begin anew."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.analysis import divergence, tree
from leitmotiv.records import Clusters
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, correcting, estimates, likeness, placing, trends, vectors
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget, relocate

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


def ids_behind(session):
    """Numbers of pictures whose ids sort behind all in the library."""
    last = max(session.library.images.ids())
    return [number for number in range(1000, 20_000) if image_id(number) > last]


def test_the_vector_of_a_placed_picture_outlives_the_index_where_its_id_sorts_last(session):
    add(session.library, range(120))
    build_index(session)
    new = ids_behind(session)[0]
    add(session.library, [new])
    assert place_new(session) == 1
    before = vectors.stored_vectors(session.library, session.settings)
    build_index(session)
    after = vectors.stored_vectors(session.library, session.settings)
    assert session.library.placed.all() == ()
    assert after.ids == before.ids == (*before.root.ids, image_id(new))
    assert np.array_equal(after.coordinates, before.coordinates)


def killed(*_, **__):
    raise RuntimeError("killed")


def test_a_picture_placed_after_an_index_that_was_interrupted_has_one_vector(session, monkeypatch):
    add(session.library, range(120))
    build_index(session)
    add(session.library, range(120, 125))
    with monkeypatch.context() as patch:
        patch.setattr(session.library.clusters, "replace", killed)
        with pytest.raises(RuntimeError):
            build_index(session)
    assert len(vectors.stored_vectors(session.library, session.settings).ids) == 125
    add(session.library, [125])
    with Session(session.settings) as opened:
        assert place_new(opened) == 6
        held = vectors.stored_vectors(opened.library, opened.settings)
        assert len(held.ids) == len(held.coordinates) == 126
        assert set(held.ids) == set(opened.library.images.ids())
        order = likeness.order(opened, image_id(122))
        assert sorted([*order.ids, image_id(122)]) == sorted(opened.library.images.ids())


def test_pictures_are_compared_with_vectors_of_their_own_embedding(session, tmp_path, monkeypatch):
    library, settings = session.library, session.settings
    add(library, range(160))
    build_index(session)
    monkeypatch.setattr(placing, "SHORTLIST", 2)
    add(library, [160])
    place_new(session)
    old = vectors.stored_vectors(library, settings).root
    turned = replace(old.model, axes=np.ascontiguousarray(old.model.axes[:, ::-1]))  # as another machine might find it
    anew = replace(old, ids=(), coordinates=old.coordinates[:0], model=turned)
    anew = vectors.with_vectors(library, settings, anew, library.images.ids(), lambda *_: None)
    vectors.put_vectors(library, settings, anew)
    add(library, range(161, 180))
    shutil.copytree(settings.library, tmp_path / "twin")
    assert place_new(session) == 19
    with Session(replace(settings, library=tmp_path / "twin")) as twin:
        assert place_new(twin) == 19
        expected = twin.library.placed.all()
    assert [one.label for one in library.placed.all()] == [one.label for one in expected]


def test_groups_of_an_index_that_is_being_replaced_are_not_taken_for_those_of_the_new_one(grown, monkeypatch):
    session, twin = grown
    build_index(twin)
    new = twin.library.clusters.get()
    assert new.default_count == session.library.clusters.get().default_count
    with Session(session.settings) as server:
        read = server.library.clusters.indexed

        def replaced():
            found = read()
            session.library.clusters.replace(new, digest=twin.library.clusters.digest())
            return found

        with monkeypatch.context() as patch:
            patch.setattr(server.library.clusters, "indexed", replaced)
            before = trends.by_tree(server, new.default_count)
        assert sum(group.size for group in before) == 130
        after = trends.by_tree(server, new.default_count)
        assert {member for group in after for member in group.members} == set(new.ids)


def test_a_picture_is_looked_for_among_groups_that_are_just_being_replaced(grown, monkeypatch):
    session, _ = grown
    place_new(session)
    old = session.library.clusters.get()
    new = Clusters(old.ids, np.zeros(150, np.int64), np.array([0]), np.full(150, 0.1), (), 1, 0.5, 0.5)
    last = np.argmax(old.labels[130:])
    with Session(session.settings) as server:
        read = server.library.placed.all

        def replaced(*given):
            found = read(*given)
            session.library.clusters.replace(new, digest=session.library.clusters.digest())
            return found

        trends.cut(server)
        with monkeypatch.context() as patch:
            patch.setattr(server.library.placed, "all", replaced)
            browse.cluster_of(server, old.ids[130 + last])
        session.library.clusters.replace(new, digest=session.library.clusters.digest())
        assert set(browse.cluster_of(server, old.ids[130 + last]).members) == set(old.ids)


def test_placing_copies_no_vectors_of_the_library(grown, monkeypatch):
    session, _ = grown
    place_new(session)
    add(session.library, [150])
    monkeypatch.setattr(vectors._Grown, "with_placed", lambda *_: pytest.fail("all vectors were copied"))
    with Session(session.settings) as opened:
        assert place_new(opened) == 1


def test_forgetting_a_placed_picture_leaves_the_trends_alone(grown):
    session, _ = grown
    place_new(session)
    revision = session.library.clusters.revision()
    before = {group.id: set(group.members) for group in browse.clusters(session).clusters}
    forget(session, [image_id(140)])
    assert session.library.clusters.revision() == revision
    assert image_id(140) not in session.library.clusters.get().ids
    gone = {image_id(140)}
    assert {group.id: set(group.members) for group in browse.clusters(session).clusters} == {
        number: members - gone for number, members in before.items()
    }
    assert browse.stale(session)
    forget(session, [image_id(number) for number in range(130, 150) if number != 140])
    assert not browse.stale(session)


def set_state(session, number, state):
    session.library.files.set_state([f"/nowhere/{number:06}.jpg".encode()], state)


def test_an_index_lets_go_of_placed_pictures_that_are_missing(session):
    add(session.library, range(60))
    build_index(session)
    add(session.library, [60])
    place_new(session)
    set_state(session, 60, "missing")
    build_index(session)
    assert not browse.stale(session)
    assert browse.cluster_of(session, image_id(60)) is None
    set_state(session, 60, "present")
    assert browse.stale(session)
    assert place_new(session) == 1
    assert browse.cluster_of(session, image_id(60)) is not None


def test_a_picture_that_is_found_again_under_another_folder_joins_a_trend(session, tmp_path):
    add(session.library, range(61))
    set_state(session, 60, "missing")
    build_index(session)
    assert browse.cluster_of(session, image_id(60)) is None
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "000060.jpg").touch()
    assert relocate(session, Path("/nowhere"), tmp_path / "elsewhere") == 61
    assert browse.cluster_of(session, image_id(60)) is not None


def test_a_picture_that_was_compared_and_only_placed_is_grouped_by_the_next_index(session, monkeypatch):
    add(session.library, range(60))
    build_index(session)
    library, ids = session.library, session.library.clusters.get().ids
    one = Clusters(ids, np.zeros(60, np.int64), np.array([0]), np.zeros(60), (), 1, 0.5, 0.5)
    library.clusters.replace(one, digest=library.clusters.digest())
    library.images.forget([ids[1]])  # and who forgot it ended before finding the trends of the others
    add(library, [next(number for number in range(60) if image_id(number) == ids[1])])
    with monkeypatch.context() as patch:
        patch.setattr(library.clusters, "replace", killed)
        with pytest.raises(RuntimeError):
            build_index(session)
    assert place_new(session) == 1
    build_index(session)
    assert not browse.stale(session)
    assert set(library.clusters.indexed().ids) == set(ids)


def test_a_picture_outside_is_held_against_exemplars_that_have_no_vector(session, monkeypatch):
    add(session.library, range(130))
    build_index(session)
    monkeypatch.setattr(placing, "SHORTLIST", 4)
    query = family_member(300)
    expected = placing.nearest_trend(session, query)
    held = vectors.stored_vectors(session.library, session.settings)
    for gone in ({expected[0]}, set(tree.shown_exemplars(session.library.clusters.get()))):
        kept = [row for row, image in enumerate(held.ids) if image not in gone]  # as an index that goes on stores them
        partly = replace(held, ids=tuple(held.ids[row] for row in kept), coordinates=held.coordinates[kept])
        vectors.put_vectors(session.library, session.settings, partly)
        with Session(session.settings) as opened:
            assert placing.nearest_trend(opened, query) == expected


def writes_of(library):
    """What an index stores, in order: each may be the last thing that happens."""
    return [(library.arrays, "put"), (library.arrays, "remove"), (library.clusters, "replace")]


class Killed(BaseException):
    """The end of a process; nothing catches it."""


@pytest.mark.parametrize("behind", [False, True], ids=["before it is written", "behind it"])
def test_an_index_that_ends_at_any_write_leaves_what_the_next_one_needs(grown, monkeypatch, behind):
    session, twin = grown
    for one in (session, twin):
        place_new(one)
        add(one.library, range(150, 155))
    build_index(twin)
    expected = told(twin)
    step = 0
    while True:
        step += 1
        count = [step]
        with Session(session.settings) as victim, monkeypatch.context() as patch:
            for place, name in writes_of(victim.library):
                patch.setattr(place, name, dying(getattr(place, name), count, behind))
            try:
                build_index(victim)
                break
            except Killed:
                pass
        with Session(session.settings) as opened:
            library, ids = opened.library, set(opened.library.images.ids())
            place_new(opened)
            held = vectors.stored_vectors(library, opened.settings)
            assert len(held.ids) == len(set(held.ids))
            assert set(held.ids) == ids, step
            assert sorted(library.clusters.get().ids) == sorted(ids), step
            assert set(correcting.stored(library, opened.settings).values) >= ids, step
            order = likeness.order(opened, image_id(3))
            assert sorted([*order.ids, image_id(3)]) == sorted(ids), step
    assert step > 3
    with Session(session.settings) as opened:
        assert not browse.stale(opened)
        assert told(opened) == expected


def dying(write, left, behind):
    """A function that ends the process the n-th time that anything is written."""

    def written(*given, **options):
        left[0] -= 1
        if left[0] == 0 and not behind:
            raise Killed
        found = write(*given, **options)
        if left[0] == 0:
            raise Killed
        return found

    return written
