"""Keypoints: matches that agree on a similarity, whatever the other matches say."""

import numpy as np

from leitmotiv.analysis.keypoints import agreeing, matches
from leitmotiv.records import Keypoints


def points(count: int, seed: int) -> Keypoints:
    rng = np.random.default_rng(seed)
    return Keypoints(rng.uniform(0, 1, (count, 2)), rng.integers(0, 256, (count, 32)).astype(np.uint8))


def moved(one: Keypoints, turn: complex, shift: complex, noise: float = 0.0) -> Keypoints:
    places = one.places[:, 0] + 1j * one.places[:, 1]
    where = turn * places + shift
    rng = np.random.default_rng(9)
    return Keypoints(
        np.stack([where.real, where.imag], axis=1) + rng.normal(0, noise, (len(where), 2)), one.descriptors
    )


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_all_points_of_a_shifted_scaled_turned_copy_agree():
    one = points(40, 0)
    assert agreeing(one, moved(one, 1.3 * np.exp(0.05j), 0.1 - 0.2j), rng()) == 40


def test_points_agree_in_spite_of_wrong_matches():
    one = points(60, 1)
    copy = moved(one, 0.8, 0.1, noise=0.002)
    places = copy.places.copy()
    places[:30] = np.random.default_rng(5).uniform(0, 1, (30, 2))
    assert 28 <= agreeing(one, Keypoints(places, copy.descriptors), rng()) <= 36


def test_points_at_random_places_hardly_agree():
    one = points(40, 2)
    other = Keypoints(points(40, 3).places, one.descriptors)
    assert agreeing(one, other, rng()) < 8


def test_a_quarter_turn_and_a_mirror_image_are_no_copies():
    one = points(40, 4)
    assert agreeing(one, moved(one, 1j, 1.0), rng()) < 8
    mirrored = Keypoints(one.places * [-1, 1] + [1, 0], one.descriptors)
    assert agreeing(one, mirrored, rng()) < 8


def test_matches_are_mutual_and_clear():
    one = points(20, 6)
    twice = np.concatenate([one.descriptors, one.descriptors[:5]])
    rows, columns = matches(one.descriptors, twice)
    assert set(rows.tolist()) == set(range(5, 20))
    assert np.array_equal(rows, columns)


def test_few_points_never_fail():
    nothing = Keypoints(np.zeros((0, 2)), np.zeros((0, 32), np.uint8))
    assert agreeing(nothing, points(10, 0), rng()) == 0
    assert agreeing(points(1, 0), points(1, 0), rng()) == 0
    same = points(5, 7)
    assert agreeing(same, Keypoints(np.zeros((5, 2)), same.descriptors), rng()) == 0
