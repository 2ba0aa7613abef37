"""Recall and precision of pairs, by hand."""

import numpy as np
import pytest

from leitmotiv.analysis.recall import Families, best_threshold, judge

# two families with copies, one picture alone
FAMILIES = Families(np.array([0, 0, 0, 1, 1, 2]), ("", "crop", "grey", "", "crop", ""))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_sought_are_copies_with_their_pictures():
    assert FAMILIES.sought().tolist() == [[0, 1], [0, 2], [3, 4]]
    assert FAMILIES.altered.tolist() == [True] * 5 + [False]


def test_recall_and_precision_by_hand():
    judged = judge(FAMILIES, np.array([[0, 1], [1, 2], [2, 3], [3, 4]]), rng())
    assert judged.recall.value == pytest.approx(2 / 3)
    assert judged.precision.value == pytest.approx(3 / 4)
    assert (judged.right, judged.wrong) == (3, 1)
    assert judged.kinds == {"crop": 1.0, "grey": 0.0}
    assert judged.recall.low <= judged.recall.value <= judged.recall.high


def test_pairs_of_pictures_without_copies_do_not_count():
    lonely = Families(np.array([0, 0, 1, 2]), ("", "crop", "", ""))
    assert judge(lonely, np.array([[0, 1], [2, 3]]), rng()).precision.value == 1


def test_nothing_held_has_no_recall():
    judged = judge(FAMILIES, np.zeros((0, 2), np.int64), rng())
    assert judged.recall.value == 0
    assert judged.wrong == 0


def test_best_threshold_is_the_largest_with_the_precision():
    distances = np.full((6, 6), 9)
    for (a, b), value in {(0, 1): 0, (0, 2): 2, (3, 4): 3, (2, 3): 4}.items():
        distances[a, b] = distances[b, a] = value
    threshold, pairs = best_threshold(FAMILIES, distances, 0.99, range(8))
    assert threshold == 3
    assert pairs.tolist() == [[0, 1], [0, 2], [3, 4]]
    assert best_threshold(FAMILIES, np.zeros((6, 6), np.int64), 0.99, range(3))[0] == -1
