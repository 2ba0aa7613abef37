import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from leitmotiv.analysis import critique, earth_mover, histograms
from leitmotiv.errors import RatingsError


@pytest.fixture(scope="module")
def votes():
    rng = np.random.default_rng(0)
    truth = np.stack([histograms.of_mean(mean) for mean in rng.normal(5.4, 0.8, 120).clip(2, 9)])
    truth = 0.7 * truth + 0.3 * rng.dirichlet(np.ones(10), 120)
    return truth, 0.6 * truth + 0.4 * rng.dirichlet(np.ones(10), 120)


def test_every_figure_is_its_textbook_one(votes):
    truth, predicted = votes
    found = {one.name: one.found.value for one in critique.figures(truth, predicted, draws=50)}
    (mean, guess), (spread, told) = ([f(x) for x in votes] for f in (histograms.means, histograms.deviations))
    assert found == pytest.approx(
        {
            "binary": ((mean >= 5) == (guess >= 5)).mean(),
            "exact": (abs(mean - guess) < 0.5).mean(),
            "mae": abs(mean - guess).mean(),
            "lcc": pearsonr(mean, guess)[0],
            "srcc": spearmanr(mean, guess)[0],
            "lcc_deviation": pearsonr(spread, told)[0],
            "srcc_deviation": spearmanr(spread, told)[0],
            "emd1": earth_mover.distance(truth, predicted).mean(),
            "emd2": earth_mover.distance(truth, predicted, 2).mean(),
        }
    )
    assert set(found) == set(critique.NAMES)


def test_intervals_hold_the_figure_and_narrow_with_more_pictures(votes):
    few = {one.name: one.found for one in critique.figures(*(part[:30] for part in votes))}
    many = {one.name: one.found for one in critique.figures(*votes)}
    for name, found in many.items():
        assert found.low <= found.value <= found.high
        assert found.high - found.low < few[name].high - few[name].low
    again = critique.figures(*votes)
    assert {one.name: one.found for one in again} == many


def test_baselines_are_those_of_a_critic_that_says_the_same_of_every_picture(votes):
    truth, predicted = votes
    found = {one.name: one.baseline for one in critique.figures(truth, predicted, draws=20)}
    same = np.broadcast_to(truth.mean(axis=0), truth.shape)
    constant = {one.name: one.found for one in critique.figures(truth, same, draws=20)}
    assert found["binary"] == (histograms.means(truth) >= 5).mean()
    for name in ("mae", "exact", "emd1", "emd2"):
        assert found[name] == pytest.approx(constant[name].value)
    assert found["lcc"] == 0
    assert np.isnan(constant["lcc"].value)  # a constant has no correlation


def test_means_alone_have_only_figures_of_means(votes):
    truth, predicted = votes
    found = critique.figures(truth, histograms.means(predicted), draws=20)
    assert [one.name for one in found] == ["binary", "exact", "mae", "lcc", "srcc"]
    with pytest.raises(RatingsError, match="No picture"):
        critique.figures(truth[:0], predicted[:0])
