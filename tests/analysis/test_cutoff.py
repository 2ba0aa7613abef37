import numpy as np
import pytest

from leitmotiv.analysis.cutoff import above_chance, mostly


def test_what_stands_out_is_kept_and_the_crowd_is_not():
    rng = np.random.default_rng(0)
    crowd = rng.normal(0.2, 0.1, 1000)
    hits = rng.uniform(0.75, 0.95, 30)
    assert above_chance(np.concatenate([crowd, hits])) == pytest.approx(30, abs=3)


def test_a_crowd_alone_has_next_to_nothing_that_stands_out():
    counts = [above_chance(np.random.default_rng(seed).normal(0.2, 0.1, 1000)) for seed in range(40)]
    assert np.mean(np.array(counts) > 0) < 0.2


def test_the_order_of_scores_does_not_matter_and_neither_does_an_empty_library():
    scores = np.random.default_rng(1).uniform(0, 0.3, 200)
    scores[:5] = 0.9
    assert above_chance(scores) == above_chance(scores[::-1]) == 5
    assert above_chance(np.zeros(0)) == 0
    assert above_chance(np.full(50, 0.4)) == 0


def test_results_end_where_most_no_longer_part_from_chance():
    found = np.array([True, True, False, True, False, False, True, False])
    assert mostly(found) == 2
    assert mostly(found[:1]) == 1
    assert mostly(~found[:2]) == 0
    assert mostly(np.zeros(0, bool)) == 0
