"""Divergences among chosen pictures, where all pairs were compared and where only neighbours were."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import chains, diverse, nearness, outliers, scopes, slideshow
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.measuring import to_many
from leitmotiv.workflows.session import Session
from tests.workflows import synthetic

COUNT = 160


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """The same pictures twice: compared all with all, and with their neighbours only."""
    found = {}
    for name, limit in (("dense", 5000), ("sparse", 50)):
        settings = replace(Settings(), library=tmp_path_factory.mktemp(name) / "library", workers=1, limit=limit)
        found[name] = Session(settings)
        synthetic.add(found[name].library, range(COUNT))
        build_index(found[name])
    yield found
    for session in found.values():
        session.close()


def exact(session, ids):
    mixtures = session.library.mixtures
    return np.array([to_many(session, mixtures.get(one), ids) for one in ids])


def test_where_all_pairs_were_compared_the_divergences_are_exact(mixed):
    ids = mixed["dense"].library.images.ids()[:20]
    near = nearness.between(mixed["dense"], ids)
    assert not near.estimated
    assert near.ids == tuple(ids)
    assert near.matrix == pytest.approx(exact(mixed["dense"], ids), abs=1e-6)


def test_where_they_were_not_they_are_near_the_truth_and_symmetric(mixed):
    ids = mixed["sparse"].library.images.ids()[:40]
    near = nearness.between(mixed["sparse"], ids)
    assert near.estimated
    truth = exact(mixed["sparse"], ids)
    assert (near.matrix == near.matrix.T).all()
    assert (np.diag(near.matrix) == 0).all()
    assert np.corrcoef(near.matrix.ravel(), truth.ravel())[0, 1] > 0.95


def test_rows_agree_with_the_matrix(mixed):
    for session in mixed.values():
        ids = session.library.images.ids()[:30]
        near, rows = nearness.between(session, ids), nearness.rows_of(session, ids)
        assert rows.ids == near.ids
        if not near.estimated:
            assert rows.row(3) == pytest.approx(near.matrix[3])


def test_a_picture_that_came_later_is_compared_when_it_is_asked_for(tmp_path):
    settings = replace(Settings(), library=tmp_path / "library", workers=1)
    with Session(settings) as session:
        synthetic.add(session.library, range(30))
        build_index(session)
        synthetic.add(session.library, range(30, 32))
        ids = session.library.images.ids()
        near = nearness.between(session, ids)
        assert near.ids == tuple(ids)
        assert near.matrix == pytest.approx(exact(session, ids), abs=1e-6)


def test_nothing_was_compared_before_the_first_index(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as session:
        synthetic.add(session.library, range(3))
        for ask in (nearness.rows_of, nearness.between):
            with pytest.raises(NoIndexError, match="leitmotiv build-index"):
                ask(session, session.library.images.ids())


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_everything_that_stands_on_divergences_answers_in_both_libraries(mixed, kind):
    session = mixed[kind]
    ids = session.library.images.ids()
    chain = chains.chain(session, ids[0], ids[5], steps=5)
    assert (chain.ids[0], chain.ids[-1]) == (ids[0], ids[5])
    mixtures = session.library.mixtures
    for one, other, step in zip(chain.ids, chain.ids[1:], chain.steps, strict=False):
        assert step == pytest.approx(to_many(session, mixtures.get(one), [other])[0], abs=1e-6)
    for way in diverse.WAYS:
        found = diverse.diverse(session, count=12, way=way)
        assert len(set(found.ids)) == 12
        assert found.estimated == (kind == "sparse")
    assert sorted(slideshow.order(session, sort="looks")) == sorted(ids)
    page = scopes.clusters(session, "id:" + ",".join(ids[:60]))
    assert sorted(one for group in page.clusters for one in group.members) == sorted(ids[:60])
    assert outliers.outliers(session).size == COUNT


def test_a_larger_selection_gives_a_chain_through_the_nearest_and_the_farthest_first(mixed, monkeypatch):
    monkeypatch.setattr(chains, "MOST", 40)
    monkeypatch.setattr(diverse, "MOST", 40)
    for session in mixed.values():
        ids = session.library.images.ids()
        assert chains.chain(session, ids[0], ids[5], steps=4).considered == 38
        assert len(set(diverse.diverse(session, count=9).ids)) == 9
        with monkeypatch.context() as patch:
            patch.setattr(diverse, "MOST_COMPARED", 1000)
            with pytest.raises(UsageError, match="ask for at most 6"):
                diverse.diverse(session, count=8)


def test_a_diverse_subset_does_not_depend_on_the_order_of_a_selection(mixed):
    session = mixed["dense"]
    ids = session.library.images.ids()[:30]
    one = diverse.diverse(session, "id:" + ",".join(ids), count=5)
    other = diverse.diverse(session, "id:" + ",".join(reversed(ids)), count=5)
    assert one == other
    assert one.gaps[0] == max(one.gaps)
