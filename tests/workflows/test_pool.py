"""Pairs of a library are compared alike however few pictures are held at once."""

import numpy as np
import pytest

from leitmotiv.analysis import divergence
from leitmotiv.analysis.look import Look
from leitmotiv.settings import Settings
from leitmotiv.workflows.pool import Pool
from leitmotiv.workflows.session import Session

from .synthetic import add

LOOK = Look(points=48)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("pool") / "library")) as session:
        add(session.library, range(40))
        yield session.library


@pytest.mark.parametrize(("held", "read"), [(2, 2), (2, 40), (7, 9), (25, 25), (25, 40), (40, 40)])
def test_divergences_are_those_of_all_pairs_however_few_are_held(library, held, read):
    ids = library.images.ids()
    matrix = divergence.js_matrix(library.mixtures.many(ids), look=LOOK)
    pool, rng = Pool(library, ids, LOOK, 2, held=held, read=read), np.random.default_rng(0)
    for count in (60, 1, 0, 25):
        pairs = rng.integers(0, 40, (count, 2))
        done: list[tuple[int, int]] = []
        found = pool.divergences(pairs, lambda *now, told=done: told.append(now))
        np.testing.assert_array_equal(found, matrix[pairs[:, 0], pairs[:, 1]])
        assert done[-1:] == [(count, count)] * bool(count)
        assert len(pool._points._own) == held
        assert len(pool._read.components) <= read


def test_one_beside_another_reads_nothing_again_and_has_points_of_its_own(library):
    ids = library.images.ids()
    first = Pool(library, ids, LOOK, 1, held=10)
    pairs = np.array([[0, 1], [2, 3]])
    values = first.divergences(pairs)
    beside = Pool(library, ids, LOOK, 1, points=16, beside=first)
    fewer = divergence.js_matrix(library.mixtures.many(ids), look=Look(points=16))
    np.testing.assert_array_equal(beside.divergences(pairs), fewer[pairs[:, 0], pairs[:, 1]])
    assert first.packed == beside.packed == 4
    beside.divergences(np.array([[4, 5]]))
    np.testing.assert_array_equal(first.divergences(pairs), values)
    assert first.packed == 6


def test_what_is_held_is_not_packed_again(library):
    pool = Pool(library, library.images.ids(), LOOK, 1, held=10, read=10)
    first, second = np.array([[0, 1], [2, 3]]), np.array([[0, 4], [5, 6]])
    for pairs in (first, second, first):
        pool.divergences(pairs)
    assert pool.packed == 7


def test_what_came_last_stays_where_there_is_room(library):
    pool = Pool(library, library.images.ids(), LOOK, 1, held=6, read=6)
    for pairs in ([[0, 1], [2, 3]], [[0, 4], [5, 6]], [[0, 3]]):
        pool.divergences(np.array(pairs))
    assert pool.packed == 7
    pool.divergences(np.array([[0, 1]]))
    assert pool.packed == 8


def test_points_that_were_interrupted_are_drawn_again(library, monkeypatch):
    ids = library.images.ids()
    pool, pairs = Pool(library, ids, LOOK, 1), np.array([[0, 1], [2, 3]])

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("leitmotiv.analysis.holding.fill_points", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.divergences(pairs)
    matrix = divergence.js_matrix(library.mixtures.many(ids), look=LOOK)
    np.testing.assert_array_equal(pool.divergences(pairs), matrix[pairs[:, 0], pairs[:, 1]])
