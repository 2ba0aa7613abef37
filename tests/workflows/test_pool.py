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


@pytest.mark.parametrize("held", [2, 7, 25, 40])
def test_divergences_are_those_of_all_pairs_however_few_are_held(library, held):
    ids = library.images.ids()
    matrix = divergence.js_matrix(library.mixtures.many(ids), look=LOOK)
    pool, rng = Pool(library, ids, LOOK, 1, held=held), np.random.default_rng(0)
    for count in (60, 1, 0, 25):
        pairs = rng.integers(0, 40, (count, 2))
        done: list[tuple[int, int]] = []
        found = pool.divergences(pairs, lambda *now, told=done: told.append(now))
        np.testing.assert_array_equal(found, matrix[pairs[:, 0], pairs[:, 1]])
        assert done[-1:] == [(count, count)] * bool(count)
        assert len(pool._rows) <= held


def test_what_is_held_is_not_packed_again(library):
    pool = Pool(library, library.images.ids(), LOOK, 1, held=10)
    first, second = np.array([[0, 1], [2, 3]]), np.array([[0, 4], [5, 6]])
    for pairs in (first, second, first):
        pool.divergences(pairs)
    assert pool.packed == 7


def test_what_came_last_stays_where_there_is_room(library):
    pool = Pool(library, library.images.ids(), LOOK, 1, held=6)
    for pairs in ([[0, 1], [2, 3]], [[0, 4], [5, 6]], [[0, 3]]):
        pool.divergences(np.array(pairs))
    assert pool.packed == 7
    pool.divergences(np.array([[0, 1]]))
    assert pool.packed == 8
