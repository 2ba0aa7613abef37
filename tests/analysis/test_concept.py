import numpy as np
import pytest

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import classifier, concept
from leitmotiv.analysis.background import Background

from .features import average_precision, kinds


@pytest.fixture(scope="module")
def collection() -> tuple[Background, np.ndarray]:
    features, truth = kinds(12, 25, noise=1.2)
    return ground.learn(features), truth


def taught(background, board, against=(), weights=None):
    board, against = np.array(board), np.array(against, np.int64)
    weights = np.ones(len(board)) if weights is None else np.array(weights, float)
    return concept.learn(
        background,
        background.rows[board],
        weights,
        background.rows[against],
        np.ones(len(against)),
        members=[*board, *against],
    )


def test_the_same_picture_twice_is_left_out_at_once_and_alone_tells_nothing(collection):
    background, truth = collection
    board = np.flatnonzero(truth == 3)[:4]
    twice = [*board, board[0]]
    learnt = concept.learn(background, background.rows[twice], np.ones(5), members=board, same=[0, 1, 2, 3, 0])
    rest = concept._Lesson(background, background.rows[board[1:]], np.ones(3), None, None, np.arange(3))
    rest._noise = np.full(3, ground.ordinary(background, 5.0))
    rest._measured = ground.metric(background, 5.0) @ rest._board.T
    rest._likeness = rest._board @ rest._measured
    expected = background.rows[board[0]] @ rest.solve(np.ones(3))[0]
    lesson = concept._Lesson(background, background.rows[twice], np.ones(5), None, None, np.array([0, 1, 2, 3, 0]))
    assert lesson.solve(np.ones(5))[1][[0, 4]] == pytest.approx(expected, rel=1e-6)
    alone = concept.learn(background, background.rows[[board[0]] * 3], np.ones(3), members=board[:1], same=[7, 7, 7])
    assert (learnt.quality is None, alone.quality) == (False, None)
    assert np.isnan(alone.held_out).all()
    plain = background.rows[[board[0]] * 3], np.ones(3)
    assert concept.learn(background, *plain, members=board[:1]).quality is not None
    assert np.isnan(classifier.left_out(*plain, background.rows[board[1:]], np.ones(3), 0, [7, 7, 7])).all()


def test_where_nothing_differs_the_board_lies_above_the_middle_in_single_precision_too():
    same = np.full(4, 0.3)
    known = concept.calibrated(same, same, same)
    assert np.float32(known.top) > np.float32(known.middle)
    assert np.float32(known.lone_top) > np.float32(known.lone_middle)


def naive(background, board, noise, examples=2):
    """Ridge regression by its normal equations, in the space where the shrunk covariance is the identity."""
    values, vectors = np.linalg.eigh(ground.metric(background, examples))
    whitened = background.rows[board] @ (vectors * np.sqrt(values)) @ vectors.T
    system = whitened.T @ (whitened / noise[:, None]) + np.eye(whitened.shape[1])
    beta = np.linalg.solve(system, whitened.T @ (1 / noise))
    return (vectors * np.sqrt(values)) @ vectors.T @ beta


def test_it_is_ridge_regression_against_the_collection(collection):
    background, truth = collection
    board = np.flatnonzero(truth == 3)[:2]
    wanted = naive(background, board, np.full(2, ground.ordinary(background, 2)))
    found = taught(background, board).direction
    np.testing.assert_allclose(found, wanted / np.linalg.norm(wanted), atol=1e-5)


def test_left_out_is_what_learning_without_it_gives(collection):
    background, truth = collection
    board = np.flatnonzero(truth == 3)[:2]
    both = taught(background, board)
    raw = naive(background, board, np.full(2, ground.ordinary(background, 2)))
    for at, other in ((0, 1), (1, 0)):
        alone = naive(background, board[[other]], np.full(1, ground.ordinary(background, 2)))
        left_out = background.rows[board[at]] @ alone / np.linalg.norm(raw)
        assert both.held_out[at] == pytest.approx(left_out, rel=1e-4)


def test_a_weight_of_two_is_the_same_picture_twice(collection):
    background, truth = collection
    one, other = np.flatnonzero(truth == 5)[:2]
    lesson = concept._Lesson(background, background.rows[[one, other]], np.array([2.0, 1.0]), None, None)
    twice = concept._Lesson(background, background.rows[[one, one, other]], np.ones(3), None, None)
    np.testing.assert_allclose(lesson.solve(np.ones(2))[0], twice.solve(np.ones(3))[0], rtol=1e-5)


def test_the_order_of_the_board_changes_nothing(collection):
    background, truth = collection
    board = np.flatnonzero(truth == 2)[:6]
    np.testing.assert_allclose(
        taught(background, board).direction, taught(background, board[::-1]).direction, atol=1e-9
    )


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_it_finds_the_rest_of_a_kind_better_than_the_classifier_of_cavlib(count):
    features, truth = kinds(12, 25, noise=1.2)
    background, ours, theirs = ground.learn(features), [], []
    plain = features.astype(np.float32)
    for kind in range(12):
        rng = np.random.default_rng((kind, count))
        board = rng.permutation(np.flatnonzero(truth == kind))[:count]
        against = rng.permutation(np.flatnonzero(truth != kind))[:count]
        rest = np.setdiff1d(np.arange(len(truth)), [*board, *against])
        scores = background.rows @ taught(background, board).direction
        ones = np.ones(count)
        other = ground.unit(plain) @ classifier.direction(plain[board], ones, plain[against], ones, kind)
        ours.append(average_precision(scores[rest], truth[rest] == kind))
        theirs.append(average_precision(other[rest], truth[rest] == kind))
    assert np.mean(ours) > np.mean(theirs) + 0.05


def test_hard_negatives_help():
    features, truth = kinds(12, 25, noise=1.8)
    background = ground.learn(features)
    before, after = [], []
    for kind in range(12):
        board = np.flatnonzero(truth == kind)[:2]
        scores = background.rows @ taught(background, board).direction
        wrong = [row for row in np.argsort(-scores) if truth[row] != kind][:4]
        rest = np.setdiff1d(np.arange(len(truth)), [*board, *wrong])
        better = background.rows @ taught(background, board, wrong).direction
        before.append(average_precision(scores[rest], truth[rest] == kind))
        after.append(average_precision(better[rest], truth[rest] == kind))
    assert np.mean(after) > np.mean(before)


def test_one_wrong_picture_is_doubted_and_does_little(collection):
    background, truth = collection
    board = [*np.flatnonzero(truth == 1)[:7], *np.flatnonzero(truth == 8)[:1]]
    found = taught(background, board)
    assert np.argmin(found.standing) == 7
    assert found.standing[7] < concept.DOUBT < np.median(found.standing)
    clean = taught(background, board[:7])
    assert found.direction @ clean.direction > 0.9


def test_quality_is_high_for_a_kind_and_none_for_one_picture(collection):
    background, truth = collection
    rng = np.random.default_rng(0)
    kind = taught(background, np.flatnonzero(truth == 4)[:8]).quality
    mixed = taught(background, rng.choice(len(truth), 8, replace=False)).quality
    assert mixed < kind <= 1
    assert kind > 0.9
    assert taught(background, [0]).quality is None


@pytest.mark.parametrize("board", [[0], [0, 0, 0, 0], list(range(0, 300, 13)), list(range(300))])
def test_no_board_breaks_it(collection, board):
    background, _ = collection
    found = taught(background, board)
    assert np.isfinite(found.direction).all()
    assert np.linalg.norm(found.direction) == pytest.approx(1)
    known = found.calibration
    assert known.top > known.middle
    assert known.spread > 0


def test_judging_puts_the_middle_at_0_and_the_board_at_1(collection):
    background, truth = collection
    found = taught(background, np.flatnonzero(truth == 4)[:8])
    cosine = (background.rows @ found.direction).astype(np.float64)
    share, percentile, chance = concept.judge(cosine, found.calibration, 8)
    assert np.median(share) == pytest.approx(0, abs=1e-6)
    assert np.median(share[truth == 4]) == pytest.approx(1, abs=0.2)
    order = np.argsort(cosine)
    for values in (share, percentile, chance):
        assert (np.diff(values[order]) >= -1e-9).all()
    assert (percentile.min(), percentile.max()) == (0, 100 * (len(truth) - 1) / len(truth))
    assert 0 < chance.min() < chance.max() < 1
    assert chance[truth == 4].mean() > 10 * chance[truth != 4].mean()


def test_percentile_counts_what_is_less():
    scores = np.array([3.0, 1.0, 1.0, 2.0])
    np.testing.assert_array_equal(concept.percentile(scores), [75, 0, 0, 50])


def test_without_a_board_the_five_best_stand_for_it():
    cosine = np.concatenate([np.zeros(94), np.arange(6) / 10])
    share, _, chance = concept.judge(cosine, None, 0)
    assert share[-5:].mean() == pytest.approx(1)
    assert np.isnan(chance).all()


def test_the_classifier_of_cavlib_is_seeded_and_heeds_weights():
    features, truth = kinds(2, 10)
    sides = [features[truth == kind].astype(np.float32) for kind in (0, 1)]
    ones = np.ones(10)
    found = classifier.direction(sides[0], ones, sides[1], ones, 3)
    np.testing.assert_array_equal(found, classifier.direction(sides[0], ones, sides[1], ones, 3))
    assert np.linalg.norm(found) == pytest.approx(1)
    assert (ground.unit(sides[0]) @ found).min() > (ground.unit(sides[1]) @ found).max()
    only_first = np.where(np.arange(10) == 0, 4.0, 0.01)
    heavy = classifier.direction(sides[0], only_first, sides[1], ones, 3)
    assert ground.unit(sides[0])[0] @ heavy > ground.unit(sides[0])[0] @ found


def test_a_collection_of_one_picture_can_be_learnt_from():
    features = np.abs(np.random.default_rng(0).normal(size=(1, 1280))).astype(np.float32)
    alone = ground.learn(features)
    assert np.isfinite(concept.learn(alone, alone.rows, np.ones(1), members=[0]).direction).all()
