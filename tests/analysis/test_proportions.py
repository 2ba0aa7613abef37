"""Intervals of shares, beside textbook numbers and beside counting."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.proportions import newcombe, wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]
)
def test_wilson_gives_the_numbers_of_newcombe_1998(count, total, low, high):
    assert wilson(count, total) == pytest.approx((low, high), abs=6e-5)


def test_newcombe_gives_the_numbers_of_newcombe_1998():
    low, high = newcombe(48, 80, 56, 70)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@given(st.integers(0, 40), st.integers(1, 40), st.floats(0.5, 0.999))
def test_a_share_lies_in_its_interval_which_mirrors(count, total, confidence):
    count = min(count, total)
    low, high = wilson(count, total, confidence)
    assert 0 <= low <= count / total <= high <= 1
    assert wilson(total - count, total, confidence) == pytest.approx((1 - high, 1 - low))


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_a_difference_lies_in_its_interval_which_turns_with_the_sides(one, total, other, other_total):
    one, other = min(one, total), min(other, other_total)
    low, high = newcombe(one, total, other, other_total)
    assert low <= other / other_total - one / total <= high
    assert newcombe(other, other_total, one, total) == pytest.approx((-high, -low))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5])
def test_the_interval_holds_the_true_share_about_as_often_as_it_says(share):
    total = 40
    held = sum(
        comb(total, count) * share**count * (1 - share) ** (total - count)
        for count in range(total + 1)
        if wilson(count, total)[0] <= share <= wilson(count, total)[1]
    )
    assert held >= 0.92


def test_without_a_sample_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
    assert newcombe(0, 0, 1, 2) == (-1.0, 1.0)
