"""Time and colour, packs, and the curve: orders that follow from what is known, with no picture on another."""

from datetime import datetime, timedelta

import numpy as np
import scipy.spatial
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from leitmotiv.analysis import arrangement

DAY = 86_400_000_000


def moments(*texts):
    return np.array([(datetime.fromisoformat(text) - datetime.min) // timedelta(microseconds=1) for text in texts])


def test_greys_stand_below_hues_and_dark_below_light():
    colours = np.array([[0, 0, 0], [128, 128, 128], [255, 255, 255], [200, 40, 40], [40, 160, 60], [40, 60, 200]])
    scale = arrangement.hues(colours.astype(np.uint8))
    assert scale.tolist() == sorted(scale.tolist())
    assert scale[2] < arrangement.GREYS < scale[3]
    assert scale.min() >= 0
    assert scale.max() <= 1


@settings(max_examples=30)
@given(st.lists(st.floats(0, 12), min_size=1, max_size=8))
def test_places_lie_apart_and_as_near_as_can_be(wanted):
    wanted = np.sort(wanted)
    found = arrangement.apart(wanted, 1e9)
    assert (np.diff(found) >= 1 - 1e-9).all()
    limits = [{"type": "ineq", "fun": lambda x, i=i: x[i + 1] - x[i] - 1} for i in range(len(wanted) - 1)]
    limits.append({"type": "ineq", "fun": lambda x: x[0]})
    start = wanted[0] + np.arange(len(wanted))
    best = minimize(lambda x: ((x - wanted) ** 2).sum(), start, constraints=limits, method="SLSQP", tol=1e-10)
    assert ((found - wanted) ** 2).sum() <= best.fun + 1e-4


def test_places_end_where_the_column_ends():
    assert arrangement.apart(np.array([9.0, 9.0, 9.0]), 9).tolist() == [7, 8, 9]


def test_time_goes_from_left_to_right_and_no_picture_lies_on_another():
    rng = np.random.default_rng(0)
    taken = moments("2015-01-01") + rng.integers(0, 3000, 500) * DAY
    colours = rng.integers(0, 255, (500, 3), np.uint8)
    line = arrangement.by_time_and_colour(taken, colours)
    order = np.argsort(taken, kind="stable")
    assert (np.diff(line.positions[order, 0]) >= 0).all()
    columns = line.positions[:, 0]
    for column in np.unique(columns):
        assert (np.diff(np.sort(line.positions[columns == column, 1])) > 1 - 1e-3).all()
    assert line.positions[:, 1].max() <= line.height - 1 + 1e-4


def test_periods_are_years_months_or_days_by_how_long_it_was():
    grey = np.zeros((3, 3), np.uint8)

    def labels(*texts):
        return [tick.label for tick in arrangement.by_time_and_colour(moments(*texts), grey).ticks]

    assert labels("2010-05-01", "2015-06-01", "2020-07-01") == ["2010", "2015", "2020"]
    assert labels("2020-05-01", "2020-06-01", "2021-07-01") == ["2020-05", "2020-06", "2021-07"]
    assert labels("2020-05-01", "2020-05-02", "2020-05-09") == ["2020-05-01", "2020-05-02", "2020-05-09"]


def test_no_pictures_make_an_empty_timeline():
    line = arrangement.by_time_and_colour(np.zeros(0, np.int64), np.zeros((0, 3), np.uint8))
    assert line.positions.shape == (0, 2)
    assert line.ticks == ()


def test_packs_keep_groups_together_and_apart():
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(6), 30)
    found = arrangement.in_packs(labels, rng.normal(size=(180, 2)) * 10)
    gap = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1))
    assert (gap + np.eye(180) * 9).min() > 0.8
    for label in range(6):
        mine = found[labels == label]
        reach = np.hypot(*(mine - mine.mean(axis=0)).T).max()
        others = found[labels != label] - mine.mean(axis=0)
        assert np.hypot(*others.T).min() > reach - 0.1


def naive_discs(middles, radii):
    """The same pushes, over all pairs of discs."""
    found, weight = middles.copy(), radii**2
    found *= np.sqrt((np.pi * weight).sum() * 1.6) / max(float(np.ptp(found, axis=0).max()), 1.0)
    for _ in range(400):
        moves, most = np.zeros_like(found), 0.0
        for one in range(len(found)):
            gap = found[one] - found
            length = np.maximum(np.hypot(*gap.T), 1e-9)
            over = np.maximum(radii[one] + radii - length, 0)
            over[one] = 0
            most = max(most, over.max())
            moves[one] = 0.9 * (gap * (over * weight / (weight[one] + weight) / length)[:, None]).sum(axis=0)
        if most < 0.05:
            break
        found += moves
        found -= 0.002 * (found - found.mean(axis=0))
    return found


def test_packs_are_pushed_apart_as_if_all_pairs_were_looked_at():
    rng = np.random.default_rng(5)
    middles, radii = rng.normal(size=(40, 2)) * 20, rng.gamma(2.0, 3.0, 40) + 1
    np.testing.assert_allclose(arrangement._discs(middles, radii), naive_discs(middles, radii), atol=1e-6)


def test_one_large_pack_does_not_make_all_small_ones_be_compared(monkeypatch):
    looked = []

    class Watched(scipy.spatial.cKDTree):
        def query_pairs(self, *given, **named):
            looked.append(super().query_pairs(*given, **named))
            return looked[-1]

        def sparse_distance_matrix(self, *given, **named):
            looked.append(super().sparse_distance_matrix(*given, **named))
            return looked[-1]

    rng = np.random.default_rng(6)
    middles, radii = rng.uniform(0, 900, (1000, 2)), np.full(1000, 8.0)
    radii[0] = 400.0
    monkeypatch.setattr(scipy.spatial, "cKDTree", Watched)
    one, other = arrangement._covering(middles, radii)
    gap = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1))
    covering = np.triu(gap < radii[:, None] + radii, 1)
    assert {frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)} == {
        frozenset(pair) for pair in np.argwhere(covering).tolist()
    }
    assert sum(map(len, looked)) < 3 * len(one)


def test_pictures_of_no_group_lie_in_a_field_below_the_packs():
    labels = np.array([0, 0, 0, -1, -1])
    found = arrangement.in_packs(labels, np.random.default_rng(2).normal(size=(5, 2)))
    assert found[3:, 1].min() > found[:3, 1].max() + 1
    assert len({tuple(place) for place in found[3:].tolist()}) == 2


def test_packs_without_any_group_are_one_field():
    found = arrangement.in_packs(np.full(7, -1), np.random.default_rng(3).normal(size=(7, 2)))
    assert len({tuple(place) for place in found.tolist()}) == 7
    assert arrangement.in_packs(np.zeros(0, np.int64), np.zeros((0, 2))).shape == (0, 2)


def test_the_curve_visits_a_grid_in_steps_of_one():
    y, x = np.mgrid[:16, :16]
    positions = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
    order = arrangement.along_curve(positions)
    assert sorted(order.tolist()) == list(range(256))
    steps = np.abs(np.diff(positions[order], axis=0)).sum(axis=1)
    assert steps.max() == 1
