"""The price of a group, and the number of groups that it gives."""

import numpy as np
import pytest

from leitmotiv.analysis import tree
from leitmotiv.analysis.prices import Priced, Wanted, about, price_of_cut, settled

from .test_tree import MIXED


@pytest.fixture(scope="module")
def mixed():
    return tree.cluster(MIXED)


@pytest.mark.parametrize("count", [1, 2, 5, 30, 119, 120])
def test_a_cut_stands_at_its_price(mixed, count):
    price = price_of_cut(mixed, count)
    joined = sum(merge.height <= price for merge in mixed.merges)
    heights = [0.0, *(merge.height for merge in mixed.merges), np.inf]
    assert price > 0
    if heights[121 - count] > max(heights[120 - count], 2e-3 * mixed.preference):  # copies never stand alone
        assert 120 - joined == count


@pytest.mark.parametrize("count", [1, 3, 8, 40])
def test_a_number_that_is_asked_for_has_its_price(count):
    price = tree.suggest_preference(MIXED, count=count)
    found = tree.cluster(MIXED, preference=price)
    assert count / 1.5 <= found.default_count <= count * 1.5


def test_a_number_that_is_asked_for_takes_the_place_of_the_usual_one(mixed):
    for count in (4, 50):
        clusters = tree.cluster(MIXED, previous=mixed.preference, wanted=Wanted(count, count - 1, count + 1))
        assert count - 1 <= clusters.default_count <= count + 1


def groups_at(price, start):
    """So many groups as a price goes into 100."""
    return Priced(price, np.arange(int(100 / price)), "found")


def test_a_price_stays_while_it_gives_about_the_usual_number():
    kept = settled(100, groups_at, lambda: 20.0, previous=6.0)
    assert (kept.price, kept.found) == (6.0, "found")
    assert settled(100, groups_at, lambda: 20.0, previous=2.0).price == 20
    assert settled(100, groups_at, lambda: 20.0).price == 20


def test_an_unusual_number_stays_where_its_price_is_still_that_of_the_data():
    searched = []

    def search(price, start):
        searched.append(price)
        return groups_at(price, start)

    assert settled(100, search, lambda: 2.4, previous=2.0).price == 2.0
    assert searched == [2.0]
    assert settled(100, search, lambda: 3.2, previous=2.0).price == 3.2


@pytest.mark.parametrize("wanted", [Wanted(3, 2, 4), Wanted(60, 55, 65), about(25)])
def test_prices_are_tried_until_the_number_is_as_asked(wanted):
    found = settled(100, groups_at, lambda: 10.0, previous=9.0, wanted=wanted)
    assert wanted.least <= len(found.rows) <= wanted.most


def test_trying_ends_where_no_price_gives_the_number():
    asked = []

    def search(price, start):
        asked.append(price)
        return Priced(price, np.arange(7), None)

    assert len(settled(7, search, lambda: 1.0, wanted=Wanted(9, 8, 10)).rows) == 7
    assert len(asked) < 20
    assert min(asked) > 0
