"""Statements about pictures, applied to groups: each law beside plain sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import regrouping

LABELS = st.lists(st.integers(-1, 4), min_size=1, max_size=14).map(lambda values: np.array(values, np.int64))


def rows_in(draw, size):
    return np.array(sorted(draw(st.sets(st.integers(0, size - 1)))), np.int64)


def groups(labels):
    return {label: set(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist()) if label >= 0}


def to_first(rows, parts):
    return np.zeros(len(rows), np.int64)


@given(st.data())
def test_groups_most_of_whose_pictures_are_named_become_one_and_no_other_changes(data):
    labels = data.draw(LABELS)
    rows = rows_in(data.draw, len(labels))
    named = set(rows.tolist())
    mostly = [one for one in groups(labels).values() if 2 * len(one & named) > len(one)]
    after = groups(regrouping.joined(labels, rows))
    others = [one for one in groups(labels).values() if one not in mostly]
    expected = [*others, set().union(*mostly)] if mostly else others
    assert sorted(map(sorted, after.values())) == sorted(map(sorted, expected))


@given(st.data())
def test_joining_twice_is_joining_once(data):
    labels = data.draw(LABELS)
    rows = rows_in(data.draw, len(labels))
    once = regrouping.joined(labels, rows)
    assert regrouping.joined(once, rows).tolist() == once.tolist()


@given(st.data())
def test_parts_are_in_no_group_together_where_they_are_most_of_it(data):
    labels = data.draw(LABELS)
    place = data.draw(st.lists(st.integers(-1, 2), min_size=len(labels), max_size=len(labels)))
    parts = [np.array([row for row, one in enumerate(place) if one == part], np.int64) for part in range(3)]
    after = regrouping.parted(labels, parts, 100, to_first)
    named = {row for row, one in enumerate(place) if one >= 0}
    for before in groups(labels).values():
        now = [one for one in groups(after).values() if one & before]
        assert set().union(*now) == before
        if 2 * len(before & named) > len(before):
            for group in now:
                assert len({place[row] for row in group if place[row] >= 0}) <= 1
        else:
            assert now == [before]


@given(st.data())
def test_moving_puts_the_rows_where_most_of_the_anchor_is(data):
    labels = data.draw(LABELS)
    rows, anchor = rows_in(data.draw, len(labels)), rows_in(data.draw, len(labels))
    after = regrouping.moved(labels, rows, anchor)
    rest = [label for label in labels[np.setdiff1d(anchor, rows)].tolist() if label >= 0]
    if not rest:
        assert after.tolist() == labels.tolist()
        return
    (target,) = {int(label) for label in after[rows]} or {max(rest, key=rest.count)}
    assert rest.count(target) == max(map(rest.count, rest))
    others = np.setdiff1d(np.arange(len(labels)), rows)
    assert after[others].tolist() == labels[others].tolist()


def test_of_two_groups_with_as_much_of_the_anchor_the_smaller_is_its_home():
    labels = np.array([0, 0, 0, 1, 1, 2])
    assert regrouping.home(labels, np.array([0, 3])) == 1
    assert regrouping.home(labels, np.zeros(0, np.int64)) == -1


def test_banned_rows_stand_alone_where_they_were_in_that_group_and_stay_elsewhere():
    labels = np.array([0, 0, 0, 1, 1])
    after = regrouping.banned(labels, np.array([2, 3]), np.array([0, 1]), 100)
    assert after.tolist() == [0, 0, 102, 1, 1]


@pytest.mark.parametrize("rows", [[], [0]])
def test_joining_less_than_two_groups_changes_nothing(rows):
    labels = np.array([0, 1, 1])
    assert regrouping.joined(labels, np.array(rows, np.int64)) is labels
