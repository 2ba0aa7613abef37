import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import histograms as h
from leitmotiv.analysis.labels import label
from leitmotiv.errors import RatingsError
from leitmotiv.records import RatedItem

counts = st.lists(st.integers(0, 300), min_size=10, max_size=10).filter(any)
AVA = [0, 1, 5, 17, 38, 36, 15, 6, 5, 1]


@given(counts)
def test_shares_are_the_counts_by_their_sum(given_counts):
    shares = h.of_counts(given_counts)
    assert np.allclose(shares * sum(given_counts), given_counts)


@given(counts, st.floats(0.1, 20))
def test_smoothing_is_the_posterior_mean_of_dirichlet(given_counts, weight):
    base = np.arange(1, 11) / 55
    expected = (np.array(given_counts) + weight * base) / (sum(given_counts) + weight)
    assert np.allclose(h.of_counts(given_counts, weight, base), expected)


def test_smoothing_keeps_one_vote_modest_and_leaves_many_alone():
    one, many = np.eye(10)[8], np.array(AVA) * 2
    assert h.deviations(h.of_counts(one)) == 0
    assert h.deviations(h.of_counts(one, 1.0)) > 2
    assert np.abs(h.of_counts(many, 1.0) - h.of_counts(many)).max() < 0.002


@pytest.mark.parametrize("bad", [[1] * 9, [0] * 10, [-1] + [1] * 9, [np.nan] + [1] * 9, [np.inf] + [1] * 9])
def test_counts_that_cannot_be_are_refused(bad):
    with pytest.raises(RatingsError):
        h.of_counts(bad)


def test_stars_lie_wide_or_narrow_with_the_known_moments():
    votes = [4, 8, 13, 10, 5]
    wide, narrow = h.of_stars(votes), h.of_stars(votes, "narrow")
    assert (wide.nonzero()[0] + 1).tolist() == [1, 3, 5, 7, 9]
    assert (narrow.nonzero()[0] + 1).tolist() == [3, 4, 5, 6, 7]
    assert (round(float(h.means(wide)), 2), round(float(h.deviations(wide)), 2)) == (5.20, 2.32)
    assert (round(float(h.means(narrow)), 2), round(float(h.deviations(narrow)), 2)) == (5.10, 1.16)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=9).filter(any), st.sampled_from(["wide", "narrow"]))
def test_the_mean_of_any_number_of_stars_is_kept_where_votes_fall_between_scores(votes, spread):
    k = len(votes)
    places = 1 + 10 * np.arange(k) / k if spread == "wide" else 5 - (k - 1) / 2 + np.arange(k)
    shares = h.of_stars(votes, spread)
    assert shares.sum() == pytest.approx(1)
    assert h.means(shares) == pytest.approx(np.average(places, weights=votes))


@pytest.mark.parametrize(("votes", "spread"), [([1], "wide"), ([1] * 11, "wide"), ([1] * 10, "narrow")])
def test_numbers_of_stars_that_do_not_fit_are_refused(votes, spread):
    with pytest.raises(RatingsError, match="Stars must be"):
        h.of_stars(votes, spread)


@given(st.floats(1, 10))
def test_a_mean_alone_gives_a_geometric_sequence_with_that_mean(mean):
    shares = h.of_mean(mean)
    assert h.means(shares) == pytest.approx(mean, abs=1e-6)
    if 1.5 < mean < 9.5:
        assert np.allclose(np.diff(np.log(shares)), np.log(shares[1] / shares[0]), atol=1e-6)


@given(st.floats(1, 10), st.floats(0, 1))
def test_mean_and_deviation_come_back_wherever_votes_can_have_them(mean, part):
    fraction = mean - np.floor(mean)
    least, most = fraction * (1 - fraction), (mean - 1) * (10 - mean)
    variance = least + part * (most - least)
    shares = h.of_mean_and_deviation(mean, np.sqrt(variance))
    assert shares.min() >= 0
    assert h.means(shares) == pytest.approx(mean, abs=1e-5)
    assert h.deviations(shares) ** 2 == pytest.approx(variance, abs=3e-3)


def test_no_histogram_of_the_same_moments_has_more_entropy():
    shares = h.of_mean_and_deviation(5.3, 1.4)
    # what keeps sum, mean and second moment
    kernel = np.linalg.svd(np.stack([np.ones(10), h.SCORES, h.SCORES**2]))[2][3:]
    for direction in kernel:
        for size in (1e-5, -1e-5):
            other = shares + size * direction
            assert -(other @ np.log(other)) < -(shares @ np.log(shares))


@pytest.mark.parametrize(("mean", "deviation"), [(0.5, 1), (11, 1), (5.5, 0.1), (5, 4.9), (5, -1), (np.nan, 1)])
def test_moments_that_no_votes_have_are_refused(mean, deviation):
    with pytest.raises(RatingsError):
        h.of_mean_and_deviation(mean, deviation)


def test_the_classic_softmax_of_counts_loses_mean_and_deviation():
    true, classic = h.of_counts(AVA), h.classic(AVA)
    assert (round(float(h.means(true)), 3), round(float(h.means(classic)), 3)) == (5.637, 5.119)
    assert h.deviations(true) > 1.3
    assert h.deviations(classic) < 0.4
    one = h.classic(np.eye(10)[9])  # a single vote for 10 is hardly anything: e against 1
    assert (round(float(one.max()), 4), round(float(one.min()), 4)) == (0.2320, 0.0853)
    assert round(float(h.means(one)), 2) == 6.16
    assert np.isfinite(h.classic([1000.0] + [0.0] * 9)).all()


def test_a_label_is_made_of_votes_of_counts_or_of_moments():
    voted = label(RatedItem("a", votes=(("x", 5.0), ("y", 2.5))), 5)
    assert voted.votes == 2
    assert h.means(voted.shares) == pytest.approx((9 + 4) / 2)  # half a star more is a score more
    assert label(RatedItem("a", counts=tuple(map(float, AVA))), 10).votes == sum(AVA)
    assert label(RatedItem("a", counts=(0.1,) * 10), 10).votes == 0
    assert h.means(label(RatedItem("a", mean=7.25), 10).shares) == pytest.approx(7.25)
    assert h.deviations(label(RatedItem("a", mean=7.25, deviation=1.5), 10).shares) == pytest.approx(1.5)
    with pytest.raises(RatingsError, match="has no ratings"):
        label(RatedItem("a"), 10)
