"""Taste by simulated raters, and called so: what was said is followed, doubt shrinks, and questions tell much."""

import numpy as np
import pytest

from leitmotiv.analysis import taste

N, D = 200, 12


@pytest.fixture(scope="module")
def world():
    """Places, what everybody thinks, and the worth to one simulated rater: partly everybody's, partly their own."""
    rng = np.random.default_rng(3)
    seen = rng.normal(0, 1, (N, D))
    everybody = 5.5 + 0.8 * seen[:, 0]
    worth = everybody + 1.2 * seen[:, 1]
    return taste.axes(seen.astype(np.float16), everybody), everybody, worth


def pairs_of(worth, count, seed=0):
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.choice(N // 2, 2, replace=False) for _ in range(count)])
    chance = 1 / (1 + np.exp(-(worth[drawn[:, 0]] - worth[drawn[:, 1]]) / taste.PAIR_SCALE))
    return np.where((rng.random(count) < chance)[:, None], drawn, drawn[:, ::-1])


def learn(axes, pairs=(), starred=(), stars=()):
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return taste.learn(axes.places, np.array(starred, np.int64), np.array(stars, float), rows, axes.level)


def rightly(values, worth):
    """Share of pairs of held-out pictures that are told rightly."""
    rows = np.arange(N // 2, N)
    apart = np.sign(worth[rows][:, None] - worth[rows])
    return (np.sign(values[rows][:, None] - values[rows]) == apart)[apart != 0].mean()


def test_who_said_nothing_agrees_with_everybody(world):
    axes, everybody, _ = world
    mine, sure = taste.worth(learn(axes), axes.places)
    np.testing.assert_allclose(mine, everybody, atol=1e-6)
    assert (sure > 0).all()


def test_pairs_and_stars_teach_what_held_out_pictures_are_worth(world):
    axes, everybody, worth = world
    before = rightly(everybody, worth)
    learnt = learn(axes, pairs_of(worth, 80))
    assert rightly(taste.worth(learnt, axes.places)[0], worth) > before + 0.05
    rows = np.arange(0, N // 2, 2)
    starred = learn(axes, starred=rows, stars=np.clip(np.round(worth[rows] / 2) * 2 - 1, 1, 9))
    mine, sure = taste.worth(starred, axes.places)
    assert rightly(mine, worth) > before + 0.1
    fewer = learn(axes, starred=rows[:10], stars=np.clip(np.round(worth[rows[:10]] / 2) * 2 - 1, 1, 9))
    assert sure.mean() < taste.worth(fewer, axes.places)[1].mean()


def test_the_maximum_is_exact_and_does_not_hang_on_the_order(world):
    axes, _, worth = world
    pairs = pairs_of(worth, 40)
    one, other = learn(axes, pairs), learn(axes, pairs[::-1])
    assert one.slope < 1e-6
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-7)
    np.testing.assert_allclose(one.covariance, one.covariance.T, atol=1e-9)
    assert np.linalg.eigvalsh(one.covariance).min() > 0


def test_a_choice_is_believed_and_the_next_question_is_another(world):
    axes, _, _ = world
    before, after = learn(axes), learn(axes, [(7, 3)] * 4)
    seven, three = axes.places[[7]], axes.places[[3]]
    assert taste.preferred(after, seven, three)[0] > taste.preferred(before, seven, three)[0]
    both = taste.preferred(after, seven, three) + taste.preferred(after, three, seven)
    assert both[0] == pytest.approx(1)
    assert taste.gains(after, seven, three)[0] < taste.gains(before, seven, three)[0]
    left, right = taste.ask_next(after, axes.places, {(3, 7)})
    assert {left, right} != {3, 7}
    assert taste.gains(after, axes.places[[left]], axes.places[[right]])[0] > taste.gains(after, seven, three)[0]
    known = {(0, 1)}
    assert taste.ask_next(after, axes.places[:2], known) is None
    assert taste.ask_next(after, axes.places[:1], set()) is None


def test_a_taste_for_what_is_plain_is_learnt_from_few_pairs_and_costs_others_little(world):
    _, everybody, _ = world
    gained = np.zeros((2, 6))
    for seed in range(6):
        rng = np.random.default_rng(seed)
        seen, plain = rng.normal(0, 1, (N, 60)), rng.normal(0, 3, (N, 4))
        for kind, wanted in enumerate((plain[:, 1] / 3, seen[:, 1])):
            liked = everybody + 1.5 * wanted
            pairs, found = pairs_of(liked, 40, seed), []
            for given in (plain, None):
                axes = taste.axes(seen.astype(np.float16), everybody, given)
                learnt = taste.learn(axes.places, np.zeros(0, np.int64), np.zeros(0), pairs, axes.level, axes.plain)
                found.append(rightly(taste.worth(learnt, axes.places)[0], liked))
            gained[kind, seed] = found[0] - found[1]
    assert gained[0].mean() > 0.1
    assert gained[1].mean() > -0.05
    flat = taste.axes(seen.astype(np.float16), everybody, np.zeros((N, 2)))
    assert (flat.places[:, -2:] == 0).all()
