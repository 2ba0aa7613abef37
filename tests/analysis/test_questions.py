import numpy as np
import pytest

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import concept, questions

from .features import kinds


@pytest.fixture(scope="module")
def asked():
    features, truth = kinds(10, 20, noise=1.2)
    background = ground.learn(features)
    board = np.flatnonzero(truth == 0)[:3]
    learnt = concept.learn(background, background.rows[board], np.ones(3), members=board)
    cosine = (background.rows @ learnt.direction).astype(np.float64)
    return background, board, concept.judge(cosine, learnt.calibration, 3)[2], truth


def test_asked_are_other_pictures_each_once(asked):
    background, board, chances, _ = asked
    rows = questions.most_informative(background, chances, board, 10)
    assert len(set(rows)) == 10
    assert not set(rows) & set(board)


def test_open_answers_come_before_sure_ones(asked):
    background, board, chances, _ = asked
    rows = questions.most_informative(background, chances, board, 10)
    asked_openly = np.minimum(chances[rows], 1 - chances[rows]).mean()
    assert asked_openly > np.minimum(chances, 1 - chances).mean()


def test_a_copy_of_what_is_asked_is_not_asked_next():
    features, _ = kinds(10, 20)
    features[1] = features[0]
    background = ground.learn(features)
    chances = np.full(200, 0.01)
    chances[[0, 1, 50]] = 0.5, 0.5, 0.45
    rows = questions.most_informative(background, chances, np.array([100]), 2)
    assert set(rows) in ({0, 50}, {1, 50})


def test_a_small_collection_is_asked_about_whole():
    background = ground.learn(kinds(1, 5)[0])
    rows = questions.most_informative(background, np.full(5, 0.5), np.array([2]), 10)
    assert sorted(rows) == [0, 1, 3, 4]
