"""What rises and fades: no more often by chance than it says, and surely where it is plain."""

import numpy as np
import pytest

from leitmotiv.analysis.movement import movements

YEARS = range(12)


def judge(counts, totals, times=None):
    return movements(np.array(counts), np.array(totals), times if times is not None else range(len(totals)))


def test_what_grows_plainly_rises_and_its_mirror_fades():
    totals = [100] * 10
    rising = [2, 4, 7, 9, 12, 14, 16, 19, 22, 24]
    one, other = judge([rising, rising[::-1]], totals)
    assert (one.verdict, other.verdict) == ("rising", "fading")
    assert one.change == pytest.approx(-other.change)
    assert one.low < one.change < one.high
    assert one.change == pytest.approx(0.22, abs=0.03)


def test_what_stays_is_steady():
    (one,) = judge([[200, 210, 190, 200, 200, 210, 190, 200]], [1000] * 8)
    assert one.verdict == "steady"


def test_a_few_pictures_say_nothing():
    assert judge([[0, 0, 0, 1, 2, 3]], [50] * 6)[0].verdict == "few"
    assert judge([[0, 10, 20]], [50] * 3)[0].verdict == "few"


def test_one_evening_of_many_shots_is_no_rise():
    (one,) = judge([[1, 0, 1, 0, 1, 0, 1, 0, 1, 30]], [60] * 10)
    assert one.verdict == "unclear"


def test_years_without_pictures_do_not_count():
    with_gap = judge([[2, 0, 4, 0, 7, 9, 12, 15]], [50, 0, 50, 0, 50, 50, 50, 50])
    without = judge([[2, 4, 7, 9, 12, 15]], [50] * 6, [0, 2, 4, 5, 6, 7])
    assert with_gap[0].p == pytest.approx(without[0].p)


def test_a_unit_of_time_changes_nothing():
    counts, totals = [[3, 5, 6, 9, 8, 12]], [40] * 6
    months, years = judge(counts, totals, range(6)), judge(counts, totals, [12.0 * at for at in range(6)])
    assert months[0].p == pytest.approx(years[0].p)
    assert months[0].change == pytest.approx(years[0].change)


def test_everything_in_one_trend_does_not_move():
    assert judge([[10, 20, 30, 40]], [10, 20, 30, 40])[0].verdict == "steady"


@pytest.mark.parametrize("burst", [1, 5])
def test_by_chance_few_move_even_where_pictures_come_in_bursts(burst):
    rng = np.random.default_rng(7)
    moved, asked = 0, 400
    for _ in range(asked):
        totals = rng.integers(20, 60, 12) * burst
        counts = rng.binomial(totals // burst, 0.12) * burst
        moved += judge([counts], totals)[0].verdict in ("rising", "fading")
    assert moved <= 0.05 * asked + 3 * np.sqrt(asked * 0.05 * 0.95)


def test_among_many_the_bar_is_higher():
    rng = np.random.default_rng(3)
    weak = np.array([2, 4, 5, 5, 7, 8, 9, 11])
    totals = np.full(8, 60)
    alone = movements(weak[None], totals, range(8))[0]
    noise = rng.binomial(60, 0.1, (60, 8))
    among = movements(np.vstack([weak, noise]), totals, range(8))[0]
    assert alone.p == pytest.approx(among.p)
    assert alone.verdict == "rising"
    assert among.verdict == "unclear"
