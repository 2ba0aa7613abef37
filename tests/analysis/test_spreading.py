import numpy as np
import pytest

from leitmotiv.analysis.spreading import spread


def naive(scores, alike, diverse):
    """Maximal marginal relevance as it is written down."""
    worth = (scores - scores.min()) / (scores.max() - scores.min())
    order, left = [0], list(range(1, len(scores)))
    while left:
        best = max(left, key=lambda row: (1 - diverse) * worth[row] - diverse * max(alike[row][one] for one in order))
        order.append(best)
        left.remove(best)
    return order


@pytest.mark.parametrize("diverse", [0.2, 0.7, 1.0])
def test_each_is_the_one_with_most_worth_less_likeness_to_those_before(diverse):
    rng = np.random.default_rng(3)
    places = rng.normal(size=(40, 5))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    scores = -np.sort(-rng.normal(size=40))
    alike = places @ places.T
    assert spread(scores, lambda row: alike[row], diverse).tolist() == naive(scores, alike, diverse)


def test_those_ahead_stay_ahead_and_the_others_go_on_from_them():
    rng = np.random.default_rng(4)
    places = rng.normal(size=(30, 4))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    scores = -np.sort(-rng.normal(size=30))
    alike = places @ places.T
    found = spread(scores, lambda row: alike[row], 1.0, ahead=12).tolist()
    assert found[:12] == naive(scores[:12], alike[:12, :12], 1.0)
    assert sorted(found[12:]) == list(range(12, 30)) != found[12:]
    # the first of the others is least like all of those ahead
    assert found[12] == 12 + int(np.argmin(alike[12:, :12].max(axis=1)))


def test_without_variety_nothing_moves_and_with_all_of_it_copies_come_last():
    alike = np.eye(6)
    alike[0, 1] = alike[1, 0] = 1.0
    scores = np.arange(6.0)[::-1]
    assert spread(scores, lambda row: alike[row], 0.0).tolist() == [0, 1, 2, 3, 4, 5]
    assert spread(scores, lambda row: alike[row], 1.0).tolist()[-1] == 1
    assert sorted(spread(np.ones(6), lambda row: alike[row], 0.5).tolist()) == [0, 1, 2, 3, 4, 5]
