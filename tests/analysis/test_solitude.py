import numpy as np
import pytest

from leitmotiv.analysis.solitude import fence, solitude


def test_solitude_is_the_distance_to_the_third_nearest_other():
    places = np.array([0.0, 1, 3, 7, 20])
    assert solitude(np.abs(places[:, None] - places)).tolist() == [7, 6, 4, 7, 19]


def test_of_fewer_pictures_the_farthest_is_asked():
    places = np.array([0.0, 1])
    assert solitude(np.abs(places[:, None] - places)).tolist() == [1, 1]
    assert solitude(np.zeros((1, 1))).tolist() == [0]


def test_a_pair_of_copies_far_from_all_is_lonely_too():
    ring = np.exp(2j * np.pi * np.arange(30) / 30)
    places = np.concatenate([ring, [9.0, 9.0]])
    values = solitude(np.abs(places[:, None] - places).round(9))
    assert (values > fence(values)).nonzero()[0].tolist() == [30, 31]


def test_the_fence_is_tukeys_and_few_values_have_none():
    assert fence(np.arange(9.0)) == pytest.approx(6 + 1.5 * 4)
    assert fence(np.arange(7.0)) == np.inf
