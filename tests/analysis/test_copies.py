"""The cascade's mathematics: candidates, what is measured, and that copies have better odds than others."""

import numpy as np
import pytest

from leitmotiv.analysis import copies, miniature

from .test_windows import smooth


def traits(*pictures: np.ndarray) -> copies.Traits:
    return copies.Traits(
        np.stack([miniature.miniature(one) for one in pictures]),
        np.stack([miniature.perceptual_hashes(one) for one in pictures]),
    )


@pytest.fixture(scope="module")
def shelf() -> copies.Traits:
    """A picture, its mirror image, its grey copy, a crop of it, a blank one, and six others."""
    one = smooth(1)
    grey = np.repeat((one @ [0.3, 0.6, 0.1])[..., None], 3, axis=2).astype(np.uint8)
    blank = np.full((20, 20, 3), 250, np.uint8)
    return traits(one, one[:, ::-1], grey, one[30:220, 40:300], blank, *(smooth(seed) for seed in range(10, 16)))


def test_candidates_have_mirrored_and_grey_copies_and_no_blank_ones(shelf):
    pairs = {tuple(pair) for pair in copies.candidates(copies.views(shelf.miniatures), np.arange(11), count=3).tolist()}
    assert {(0, 1), (0, 2), (0, 3)} <= pairs
    assert not [pair for pair in pairs if 4 in pair]
    assert all(a < b for a, b in pairs)


def test_candidates_of_new_pictures_always_have_a_new_one(shelf):
    pairs = copies.candidates(copies.views(shelf.miniatures), np.array([2, 9]), count=2)
    assert len(pairs)
    assert np.isin(pairs, [2, 9]).any(axis=1).all()


def test_measures_tell_what_was_done(shelf):
    found = copies.measure(shelf, np.array([[0, 1], [0, 2], [0, 3], [0, 6]]))
    assert found.mirrored.tolist() == [True, False, False, found.mirrored[3]]
    assert found.grey.tolist() == [False, True, False, False]
    assert (found.window[:3] > 0.95).all()
    assert found.window[3] < 0.8
    assert found.bits[0] == 0
    assert not found.first_inside[2]  # the crop lies inside the first


def test_measures_do_not_depend_on_threads(shelf):
    pairs = np.array([[0, 1], [2, 3], [0, 9], [5, 6]])
    one, two = (copies.measure(shelf, pairs, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.features(np.zeros((4, 2))), two.features(np.zeros((4, 2))))


def test_odds_of_copies_are_above_those_of_others(shelf):
    pairs = np.array([[0, 1], [0, 2], [0, 3], [0, 6], [5, 8]])
    odds = copies.log_odds(copies.measure(shelf, pairs).features(np.array([[0.02, 0.02]] * 3 + [[0.3, 0.3]] * 2)))
    assert odds[:3].min() > copies.SUGGESTED > odds[3:].max()


def test_ordered_drops_the_same_and_the_missing():
    assert copies.ordered(np.array([[3, 1], [1, 3], [2, 2], [4, -1]])).tolist() == [[1, 3]]
    assert copies.ordered(np.zeros((0, 2), np.int64)).shape == (0, 2)
