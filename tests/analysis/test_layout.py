"""Places on the map: near pictures near each other, the same every time, and old ones stay when new ones come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis import layout


def families(count, members, rng, spread=0.2):
    """Points in `count` families and the matrix of their squared distances."""
    middles = rng.normal(size=(count, 6)) * 2
    points = np.concatenate([middle + spread * rng.normal(size=(members, 6)) for middle in middles])
    return points, ((points[:, None] - points[None]) ** 2).sum(axis=-1)


def laid_out(matrix, seed=0):
    rows, values = layout.nearest(matrix)
    return layout.lay_out(rows, values, layout.features(matrix), seed=seed)


def naive_membership(distances):
    """One row of the fuzzy set, by bisection as the paper has it."""
    apart = min((d for d in distances if d > 0), default=0.0)
    low, high, width = 0.0, np.inf, 1.0
    for _ in range(64):
        total = sum(np.exp(-max(0.0, d - apart) / width) for d in distances)
        if total > np.log2(len(distances)):
            high = width
        else:
            low = width
        width = 2 * width if np.isinf(high) else (low + high) / 2
    return [np.exp(-max(0.0, d - apart) / width) for d in distances]


def test_nearest_finds_the_nearest_in_order_and_never_itself():
    matrix = np.array([[0, 3, 1], [3, 0, 2], [1, 2, 0]], np.float32)
    rows, values = layout.nearest(matrix, 5)
    assert rows.tolist() == [[2, 1], [2, 0], [0, 1]]
    assert values.tolist() == [[1, 3], [2, 3], [1, 2]]


def test_memberships_equal_those_of_a_plain_bisection():
    rng = np.random.default_rng(1)
    values = np.sort(rng.gamma(2.0, size=(20, 15)), axis=1)
    expected = [naive_membership(row.tolist()) for row in values]
    np.testing.assert_allclose(layout.memberships(values), expected, rtol=1e-6)
    np.testing.assert_allclose(layout.memberships(values).sum(axis=1), np.log2(15), rtol=1e-6)


def test_memberships_are_one_for_the_nearest_and_zero_for_nobody():
    weights = layout.memberships(np.array([[0.1, 0.2, np.nan], [np.nan] * 3, [0.0, 0.0, 0.3]]))
    assert weights[0, 0] == 1
    assert weights[0, 2] == 0
    assert weights[1].tolist() == [0, 0, 0]
    assert weights[2, :2].tolist() == [1, 1]


def test_features_keep_squared_distances():
    points, matrix = families(3, 12, np.random.default_rng(2))
    found = layout.features(matrix, 6)
    np.testing.assert_allclose(((found[:, None] - found[None]) ** 2).sum(axis=-1), matrix, atol=1e-8)
    assert found.shape == (len(points), 6)


def test_principal_coordinates_keep_distances_and_begin_with_the_longest():
    points, matrix = families(3, 12, np.random.default_rng(3))
    found = layout.principal(points, 6)
    np.testing.assert_allclose(((found[:, None] - found[None]) ** 2).sum(axis=-1), matrix, atol=1e-8)
    assert (np.diff(found.var(axis=0)) <= 1e-9).all()


def test_pictures_of_one_family_lie_together():
    _, matrix = families(5, 20, np.random.default_rng(4))
    places = laid_out(matrix)
    family = np.repeat(np.arange(5), 20)
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.eye(100) * 1e9
    assert (family[apart.argmin(axis=1)] == family).mean() > 0.95


def test_the_same_pictures_and_seed_give_the_same_map():
    _, matrix = families(4, 15, np.random.default_rng(5))
    np.testing.assert_array_equal(laid_out(matrix), laid_out(matrix))


def test_laying_out_tells_how_far_it_is_and_ends_where_that_raises():
    _, matrix = families(40, 20, np.random.default_rng(5))
    rows, values = layout.nearest(matrix)
    told: list[tuple[int, int]] = []

    def stop(done, total):
        raise KeyboardInterrupt

    options = {"start": layout.features(matrix), "seed": 0}
    found = layout.lay_out(rows, values, laying=lambda *now: told.append(now), **options)
    np.testing.assert_array_equal(found, laid_out(matrix))
    assert told[-1] == (300, 300)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    with pytest.raises(KeyboardInterrupt):
        layout.lay_out(rows, values, laying=stop, **options)


def test_a_map_is_wider_than_high_and_lies_about_the_origin():
    _, matrix = families(4, 15, np.random.default_rng(6))
    places = laid_out(matrix)
    assert np.ptp(places[:, 0]) > np.ptp(places[:, 1])
    assert np.abs(places.mean(axis=0)).max() < 0.2 * np.ptp(places)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5])
def test_a_handful_of_pictures_has_a_map_too(size):
    matrix = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float32)
    places = laid_out(matrix)
    assert places.shape == (size, 2)
    assert np.isfinite(places).all()


def test_pictures_that_are_all_the_same_do_not_lie_on_each_other():
    places = laid_out(np.zeros((60, 60), np.float32))
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.eye(60)
    assert apart.min() > 0.8


def test_a_new_picture_lies_among_those_that_it_is_like():
    points, matrix = families(5, 20, np.random.default_rng(7))
    old = laid_out(matrix)
    family = np.repeat(np.arange(5), 20)
    new = points[[3, 50, 97]] + 0.01
    apart = ((new[:, None] - points[None]) ** 2).sum(axis=-1)
    order = np.argsort(apart, axis=1)[:, :15]
    found = layout.place(order.astype(np.int32), np.take_along_axis(apart, order, axis=1), old, seed=0)
    near = np.hypot(*(found[:, None] - old[None]).transpose(2, 0, 1)).argmin(axis=1)
    assert family[near].tolist() == family[[3, 50, 97]].tolist()


def test_a_picture_like_nothing_that_has_a_place_lies_at_the_edge():
    old = np.zeros((3, 2), np.float32) + np.arange(3, dtype=np.float32)[:, None] * 2
    found = layout.place(np.full((1, 4), -1, np.int32), np.full((1, 4), np.nan), old, seed=0)
    assert found[0, 0] > old[:, 0].max()


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 60))
def test_making_room_leaves_no_picture_on_another(seed, size):
    points = np.random.default_rng(seed).normal(size=(size, 2)).astype(np.float32)
    found = layout.separate(points)
    apart = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1)) + np.eye(size)
    assert apart.min() > 0.7


def test_making_room_moves_only_what_may_move():
    points = np.random.default_rng(8).normal(size=(40, 2)).astype(np.float32)
    movable = np.arange(40) >= 30
    found = layout.separate(points, movable)
    np.testing.assert_array_equal(found[:30], points[:30])
    assert not np.array_equal(found[30:], points[30:])


def test_making_room_leaves_alone_what_has_room():
    points = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1).reshape(-1, 2).astype(np.float32) * 2
    np.testing.assert_allclose(layout.separate(points), points, atol=1e-3)
