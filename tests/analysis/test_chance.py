"""Tests of shares, beside counting every way."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.chance import bar, fisher


def by_counting(count, total, other, other_total):
    both = count + other
    ways = {
        k: Fraction(comb(total, k) * comb(other_total, both - k), comb(total + other_total, both))
        for k in range(max(0, both - other_total), min(both, total) + 1)
    }
    return float(sum(chance for chance in ways.values() if chance <= ways[count]))


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_fishers_test_is_what_counting_gives(count, more, other, other_more):
    total, other_total = count + more, other + other_more
    expected = by_counting(count, total, other, other_total)
    assert fisher(count, total, other, other_total) == pytest.approx(expected)
    assert fisher(other, other_total, count, total) == pytest.approx(expected)


def test_the_lady_tasting_tea():
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)


def test_among_many_only_small_ones_count():
    assert bar([0.04]) == 0.04
    assert bar([0.04, 0.5, 0.6]) == -1.0
    assert bar([0.001, 0.03, 0.5, 0.02]) == 0.03
    assert bar([]) == -1.0
