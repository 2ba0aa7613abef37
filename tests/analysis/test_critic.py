"""Learning a head. Raters are simulated: each votes by the true histogram of a picture, which is known."""

import numpy as np
import pytest

from leitmotiv.analysis import critic, earth_mover, histograms
from leitmotiv.errors import CriticError

D = 12


def world(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features, and the true histograms: the first feature moves the mean, the second the deviation."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 1, (count, D)).astype(np.float32)
    means = np.clip(5.4 + 0.9 * features[:, 0], 2.5, 8.5)
    spreads = np.clip(1.4 * np.exp(0.25 * features[:, 1]), 0.8, 2.2)
    return features, np.stack([histograms.of_mean_and_deviation(*pair) for pair in zip(means, spreads, strict=True)])


def voted(truth: np.ndarray, votes: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([rng.multinomial(votes, row) for row in truth])


@pytest.fixture(scope="module")
def rated() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    features, truth = world(300)
    return features, truth, voted(truth, 200)


def predicted(head: critic.Head, features: np.ndarray) -> np.ndarray:
    return critic.predict(head.weights, head.bias, features)


def test_true_histograms_recover_the_deviation_and_the_softmax_of_counts_does_not(rated):
    features, _, counts = rated
    new, truth = world(200, seed=5)
    true = predicted(critic.learn(features, histograms.of_counts(counts)), new)
    classic = predicted(critic.learn(features, histograms.classic(counts)), new)
    spread = histograms.deviations(truth)
    assert np.corrcoef(histograms.means(true), histograms.means(truth))[0, 1] > 0.97
    assert np.corrcoef(histograms.deviations(true), spread)[0, 1] > 0.85
    assert np.abs(histograms.deviations(true) - spread).mean() < 0.2
    assert np.abs(histograms.deviations(classic) - spread).mean() > 0.4
    assert earth_mover.distance(true, truth).mean() < 0.4 * earth_mover.distance(classic, truth).mean()


def test_single_votes_teach_the_true_shares_in_the_mean():
    features, truth = world(1500)
    head = critic.learn(features, histograms.of_counts(voted(truth, 1)), ridge=1e-4)
    new, expected = world(200, seed=5)
    constant = np.broadcast_to(truth.mean(axis=0), expected.shape)
    far = earth_mover.distance(predicted(head, new), expected).mean()
    assert far < 0.5 * earth_mover.distance(constant, expected).mean()


def test_the_end_is_a_minimum_and_the_same_every_time(rated):
    features, _, counts = rated
    shares = histograms.of_counts(counts)
    one, again = (critic.learn(features, shares, ridge=1e-4) for _ in range(2))
    assert one.slope < 1e-6
    assert (one.weights == again.weights).all()
    assert (one.bias == again.bias).all()
    order = np.random.default_rng(2).permutation(len(features))
    turned = critic.learn(features[order], shares[order], ridge=1e-4)
    assert np.allclose(predicted(turned, features), predicted(one, features), atol=1e-4)


@pytest.mark.parametrize("count", [8, 60])  # fewer pictures than features, and more
def test_the_gradient_of_the_objective_is_that_of_finite_differences(count):
    features, truth = world(count)
    problem = critic._Problem(features.astype(np.float64), truth, np.arange(1.0, count + 1))
    at = np.random.default_rng(0).normal(0, 0.5, problem.solve(1e-3)[0].shape)
    value, gradient = problem.objective(at, 1e-3)
    assert value > 0
    for place in np.random.default_rng(1).choice(len(at), 12, replace=False):
        step = np.zeros_like(at)
        step[place] = 1e-6
        ahead, behind = (problem.objective(at + sign * step, 1e-3)[0] for sign in (1, -1))
        assert gradient[place] == pytest.approx((ahead - behind) / 2e-6, abs=1e-8)


def test_a_picture_that_counts_twice_counts_as_two(rated):
    features, _, counts = rated
    few, shares = features[:30], histograms.of_counts(counts[:30])
    weight = np.where(np.arange(30) < 10, 2.0, 1.0)
    repeated = np.concatenate([np.arange(30), np.arange(10)])
    one = critic.learn(few, shares, weight, ridge=1e-3)
    two = critic.learn(few[repeated], shares[repeated], ridge=1e-3)
    assert np.allclose(predicted(one, features), predicted(two, features), atol=1e-3)


def test_pictures_of_one_name_lie_in_one_fold_whatever_the_order():
    keys = [str(number % 40) for number in range(100)]
    fold = critic.folds(keys, 5, seed=3)
    assert len({(key, int(one)) for key, one in zip(keys, fold, strict=True)}) == 40
    assert np.bincount([critic.folds(keys, 5, 3)[keys.index(key)] for key in set(keys)]).tolist() == [8] * 5
    assert critic.folds(keys[::-1], 5, 3).tolist() == fold[::-1].tolist()
    assert critic.folds(keys, 5, 4).tolist() != fold.tolist()


def test_what_nothing_can_be_learnt_from_is_refused():
    features, truth = world(6)
    with pytest.raises(CriticError, match="rated alike"):
        critic.learn(features, np.repeat(truth[:1], 6, axis=0))
    with pytest.raises(CriticError, match="at least 2"):
        critic.learn(features[:1], truth[:1])
    with pytest.raises(CriticError, match="no number"):
        critic.learn(np.full_like(features, np.nan), truth)


def test_two_pictures_are_enough_to_order_them():
    features, _ = world(2)
    shares = np.stack([histograms.of_mean(3.0), histograms.of_mean(8.0)])
    low, high = histograms.means(predicted(critic.learn(features, shares), features))
    assert low < high
