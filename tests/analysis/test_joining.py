from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from leitmotiv.analysis import joining
from leitmotiv.analysis.joining import alone, by_rank, largest, less, meeting, standardised, turned

VALUES = arrays.arrays(np.float64, (3, 5), elements=st.floats(-4, 4))


def of(values, found=None):
    return [
        alone(at, row, np.zeros(len(row), bool) if found is None else found[at])
        for at, row in enumerate(np.array(values, np.float64))
    ]


def test_scores_are_told_in_deviations_and_the_unknown_gets_the_least():
    found = standardised(np.array([2.0, 4.0, 6.0, np.nan]))
    assert found == pytest.approx([-1.2247, 0, 1.2247, -1.2247], abs=1e-4)
    assert not standardised(np.full(4, 7.0)).any()
    assert not standardised(np.full(4, np.nan)).any()


def test_either_is_the_larger_and_both_their_mean_or_the_least_where_one_is_lacking():
    one, other = of([[4, 0, -1], [1, 2, -2]])
    assert largest([one, other]).values.tolist() == [4, 2, -1]
    assert largest([one, other]).parts[1].tolist() == [0, 2, 0]
    both = meeting([one, other], [1, 1])
    assert both.values.tolist() == [2, 0, -2]
    assert [both.parts[at].tolist() for at in (0, 1)] == [[pytest.approx(1.6), 0, 0], [pytest.approx(0.4), 0, -2]]
    assert meeting([one, other], [3, 1]).values[0] == pytest.approx(4**0.75)


def test_ranks_are_told_as_a_normal_distribution_would():
    assert by_rank(np.array([9.0, -1.0, 0.0])) == pytest.approx([0.9674, -0.9674, 0], abs=1e-4)
    assert by_rank(np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx([0.6745, 0.6745, -0.6745, -0.6745], abs=1e-4)
    assert not len(by_rank(np.zeros(0)))


@given(arrays.arrays(np.float64, st.integers(1, 9), elements=st.integers(-3, 3)))
def test_ranks_of_different_and_of_equal_scores_are_those_of_counting(values):
    below = (values[None] < values[:, None]).sum(axis=1) + (values[None] == values[:, None]).sum(axis=1) / 2
    assert by_rank(values) == pytest.approx([NormalDist().inv_cdf(one / len(values)) for one in below], abs=1e-9)


def test_what_is_less_than_usual_of_the_unwanted_is_no_better_for_it():
    one, other = of([[1, 1, 1], [2, 0, -2]])
    found = less(one, [(0.5, other)])
    assert found.values.tolist() == [0, 1, 1]
    assert found.parts[1].tolist() == [-1, 0, 0]
    assert turned(one).values.tolist() == [-1, -1, -1]


def test_what_parts_from_chance_is_joined_as_the_scores_are():
    marks = np.array([[True, True, False], [True, False, False]])
    one, other = of([[1, 1, 1], [1, -1, 1]], marks)
    assert largest([one, other]).found.tolist() == [True, True, False]
    assert meeting([one, other], [1, 1]).found.tolist() == [True, False, False]
    assert less(one, [(1.0, other)]).found.tolist() == [False, True, False]


@given(VALUES)
def test_what_each_term_gave_adds_up_exactly(values):
    one, two, three = of(values)
    for whole in (
        largest([one, two, three]),
        less(meeting([one, two], [1, 2]), [(2.0, three)]),
        turned(largest([two, three])),
    ):
        assert np.array(list(whole.parts.values())).sum(axis=0) == pytest.approx(whole.values)


@given(VALUES)
def test_order_does_not_matter(values):
    one, two, three = of(values)
    assert (largest([one, two, three]).values == largest([three, one, two]).values).all()
    around = meeting([three, one, two], [3, 1, 2]).values
    assert meeting([one, two, three], [1, 2, 3]).values == pytest.approx(around)


def masked(values, found):
    return joining.alone(0, np.array(values), np.array(found))


def other(values, found):
    return joining.alone(1, np.array(values), np.array(found))


def doubtful(values, found, weight=1.0):
    """What stands out, and what is nearer to it than to what is usual."""
    least = values[found].min() if found.any() else np.inf
    return (values > 0) & (weight * values > joining.DOUBT * least)


def unwanted_of(wanted, values, found, weight=1.0):
    """What is doubtful, and rather the unwanted than what is wanted."""
    best = np.sort(values)[-joining.BEST :].mean()
    told = weight * values
    return doubtful(values, found, weight) & ((told > wanted) | (told > joining.NEARLY * best))


@given(st.integers(0, 10_000))
def test_nothing_comes_before_what_is_wanted_for_only_lacking_what_is_taken_away(seed):
    rng = np.random.default_rng(seed)
    wanted, against = rng.normal(size=(2, 12))
    wanted_found, against_found = wanted > 0.3, against > 1
    weight = float(rng.uniform(0.2, 5))
    whole = joining.less(masked(wanted, wanted_found), [(weight, other(against, against_found))])
    unwanted = unwanted_of(wanted, against, against_found, weight)
    for one in np.flatnonzero(wanted_found & ~unwanted):
        behind = np.flatnonzero(~wanted_found)
        assert (whole.values[one] >= whole.values[behind] - 1e-9).all()
    np.testing.assert_allclose(sum(whole.parts.values()), whole.values, atol=1e-9)
    np.testing.assert_array_equal(whole.found, wanted_found & ~unwanted)


@given(st.integers(0, 10_000))
def test_what_is_rather_what_is_taken_away_stands_behind_all_that_is_not(seed):
    rng = np.random.default_rng(seed)
    values, first, second = rng.normal(size=(3, 12))
    against = [(0.3, other(first, first > 1)), (1.0, joining.alone(2, second, second > 1))]
    whole = joining.less(masked(values, values > 0.3), against)
    taken = unwanted_of(values, first, first > 1, 0.3) | unwanted_of(values, second, second > 1)
    if taken.any() and not taken.all():
        assert whole.values[taken].max() < whole.values[~taken].min()
    doubt = (values > 0.3) & ~taken & (doubtful(first, first > 1, 0.3) | doubtful(second, second > 1))
    others = (values > 0.3) & ~taken & ~doubt
    for one in np.flatnonzero(doubt):
        assert (whole.values[one] <= whole.values[others] + 1e-9).all()
        assert (whole.values[one] >= whole.values[(values <= 0.3) & ~taken] - 1e-9).all()
    np.testing.assert_allclose(sum(whole.parts.values()), whole.values, atol=1e-9)


def test_what_is_near_to_what_is_taken_away_stays_among_what_is_wanted_at_its_end():
    """Two accordions, a harp, five pianos and two cars: the accordions stand out as pianos, too."""
    kinds = np.array(["accordion", "accordion", "harp", *["piano"] * 5, "car", "car"])
    instruments = masked([3.7, 3.6, 2.8, 2.3, 2.4, 2.3, 2.4, 2.2, -0.5, -0.6], [True] * 8 + [False] * 2)
    near = np.isin(kinds, ["accordion", "piano"])
    pianos = other([2.5, 2.4, 0.3, 4.0, 4.1, 4.0, 4.2, 4.1, -0.5, -0.4], near)
    whole = joining.less(instruments, [(1.0, pianos)])
    assert kinds[whole.found].tolist() == ["accordion", "accordion", "harp"]
    order = kinds[np.argsort(-whole.values, kind="stable")].tolist()
    assert order[:5] == ["harp", "accordion", "accordion", "car", "car"]
    np.testing.assert_allclose(sum(whole.parts.values()), whole.values)


def test_the_lighter_a_minus_the_less_it_takes_away():
    wanted = masked([4.0, 3.9, 3.8, -0.5, -0.6], [True] * 3 + [False] * 2)
    white = other([4.1, 2.0, 0.0, 0.1, 0.2], [True, True, False, False, False])
    kept = [joining.less(wanted, [(weight, white)]).found.sum() for weight in (0.1, 0.4, 1.0, 4.0)]
    assert kept == sorted(kept, reverse=True)
    assert (kept[0], kept[2]) == (3, 1)


def test_what_has_what_is_taken_away_may_fall_as_far_as_it_does():
    whole = joining.less(
        masked([3.0, 2.0, 0.0], [True, True, False]), [(1.0, other([5.0, 0.5, -1.0], [True, False, False]))]
    )
    assert whole.values.tolist() == pytest.approx([-2.0, 2.0 * np.exp(-0.25), 0.0])
    assert whole.found.tolist() == [False, True, False]


def test_a_member_that_finds_nothing_stands_behind_what_another_finds():
    known, unknown = (
        masked([3.0, 2.0, 0.5, -1.0], [True, True, False, False]),
        other([0.0, -1.0, 0.5, 3.0], [False] * 4),
    )
    whole = joining.largest(joining.abreast([known, unknown]))
    assert np.argsort(-whole.values, kind="stable")[:2].tolist() == [0, 1]
    assert whole.values.max(where=~whole.found, initial=-9) <= 2.0
    np.testing.assert_allclose(sum(whole.parts.values()), whole.values)
    same = joining.abreast([other([0.0, 3.0], [False, False]), unknown])
    assert [one.values.tolist() for one in same] == [[0.0, 3.0], unknown.values.tolist()]


def test_a_colour_that_is_there_is_there_also_where_others_have_more_of_it():
    shows = masked([3.0, 2.0, 0.1, -1.0], [True, True, False, False])
    has = joining.from_nothing(other([-0.2, -0.5, 2.0, -0.5], [False] * 4))
    assert has.values.min() == joining.GROUND
    both = joining.meeting([shows, has], [1, 1])
    assert np.argsort(-both.values, kind="stable")[0] == 0
    lacking = joining.meeting(
        [masked([5.0, 0.01], [True, False]), joining.from_nothing(other([-0.5, 4.0], [False, True]))], [1, 1]
    )
    assert lacking.values[0] > lacking.values[1]
