"""A race finds members that stand well for a large group; the matrix itself tells which ones do."""

import numpy as np
import pytest

from leitmotiv.analysis import sparse_medoids
from leitmotiv.analysis.graph import Pairs
from leitmotiv.analysis.sparse_exemplars import LARGE, MIDDLES

SIZE = 1500
RNG = np.random.default_rng(3)
PLACES = RNG.normal(size=(SIZE, 4)) * (1, 1, 1, 0.3)
HEIGHTS = RNG.gamma(2.0, 0.2, SIZE)
MATRIX = (np.sqrt(((PLACES[:, None] - PLACES) ** 2).sum(axis=2)) + HEIGHTS[:, None] + HEIGHTS).astype(np.float32)
np.fill_diagonal(MATRIX, 0)
NOTHING = Pairs(SIZE, np.zeros(0, np.int64), np.zeros(0, np.float32))


def by_places(rows):
    """As vectors tell: they know nothing of heights."""
    return rows[np.argsort(((PLACES[rows] - PLACES[rows].mean(axis=0)) ** 2).sum(axis=1), kind="stable")]


def promising(groups, central=None, known=NOTHING):
    asked = []

    def compare(keys):
        asked.append(keys)
        return MATRIX[np.divmod(keys, SIZE)]

    pairs, best = sparse_medoids.promising(groups, known, compare, central)
    return pairs, best, asked


def group(count, seed):
    rows = np.random.default_rng(seed).choice(SIZE, count, replace=False)
    return rows[np.argsort(MATRIX[rows[0], rows], kind="stable")]


def excess(members, left):
    """How much more the best of those that are left costs than the true medoid, as a share."""
    sums = MATRIX[np.ix_(members, members)].sum(axis=0, dtype=np.float64)
    return sums[np.isin(members, left)].min() / sums.min() - 1


@pytest.mark.parametrize("seed", range(6))
def test_best_that_is_left_costs_hardly_more_than_the_medoid(seed):
    members = group(1200, seed)
    pairs, (left,), _ = promising([members], by_places)
    assert len(left) == sparse_medoids.LEFT
    assert set(left) <= set(members)
    assert excess(members, left) < 0.03 < excess(members, members[:1])
    assert len(pairs) + sparse_medoids.LEFT * len(members) < MIDDLES * len(members) / 2


def test_the_middle_by_vectors_finds_what_the_neighbourhood_of_a_bad_exemplar_has_not():
    bad = int(np.argmax(np.abs(PLACES).sum(axis=1)))
    members = np.argsort(MATRIX[bad], kind="stable")[:1400]
    with_middle = excess(members, promising([members], by_places)[1][0])
    assert with_middle < 0.02
    assert with_middle < excess(members, promising([members])[1][0]) / 3


def test_pairs_that_are_known_are_not_asked_and_all_others_are_told():
    one, other = group(LARGE + 1, 0), group(700, 1)
    pairs, best, asked = promising([one, other], by_places)
    assert np.array_equal(np.unique(np.concatenate(asked)), pairs.keys)
    assert np.array_equal(pairs.values, MATRIX[np.divmod(pairs.keys, SIZE)])
    again, same, asked = promising([one, other], by_places, pairs)
    assert sum(map(len, asked)) == 0
    assert np.array_equal(again.keys, pairs.keys)
    assert all(np.array_equal(a, b) for a, b in zip(best, same, strict=True))


def test_no_groups_ask_nothing():
    pairs, best, asked = promising([])
    assert (len(pairs), best, sum(map(len, asked))) == (0, [], 0)


def test_members_are_drawn_from_the_near_to_the_far():
    race = sparse_medoids._race(np.arange(1000), None)
    assert np.array_equal(np.sort(race.members), np.arange(1000))
    for count in (24, 72, 168):
        gaps = np.diff(np.concatenate([[0], np.sort(race.members[:count]), [1000]]))
        assert gaps.max() <= 3 * 1000 / count
