import numpy as np

from leitmotiv.kernels import patch_field

RNG = np.random.default_rng(3)
SIDE = 4
XS = RNG.integers(0, 256, (3, 12, 12, 2)).astype(np.uint8)
YS = RNG.integers(0, 256, (3, 12, 12, 3)).astype(np.uint8)
SHOWN = RNG.integers(0, 256, (11, 13, 2)).astype(np.uint8)
PAINTED = RNG.integers(0, 256, (11, 13, 3)).astype(np.uint8)


def field_of(seed=0):
    rng = np.random.default_rng(seed)
    shape = (SHOWN.shape[0] - SIDE + 1, SHOWN.shape[1] - SIDE + 1)
    places = [rng.integers(0, most, shape) for most in (3, 9, 9)]
    return np.ascontiguousarray(np.stack(places, axis=-1), np.int32)


def naive_costs(field, agree):
    costs = np.empty(field.shape[:2])
    for row, column in np.ndindex(*costs.shape):
        n, y, x = field[row, column]
        here = np.s_[row : row + SIDE, column : column + SIDE]
        there = np.s_[n, y : y + SIDE, x : x + SIDE]
        costs[row, column] = np.square(SHOWN[here].astype(float) - XS[there]).sum()
        costs[row, column] += agree * np.square(PAINTED[here].astype(float) - YS[there]).sum()
    return costs


def swept(field, agree, sweeps=3):
    costs = np.empty(field.shape[:2], np.float32)
    patch_field.weigh(SHOWN, PAINTED, XS, YS, SIDE, agree, field, costs)
    for sweep in range(sweeps):
        draws = np.random.default_rng(sweep).random((*costs.shape, 6, 3), np.float32)
        patch_field.improve(SHOWN, PAINTED, XS, YS, SIDE, agree, draws, bool(sweep % 2), field, costs)
    return costs


def test_costs_are_those_of_a_plain_sum_before_and_after_sweeps():
    for agree in (0.0, 0.5):
        field = field_of()
        before = naive_costs(field, agree)
        costs = swept(field, agree)
        np.testing.assert_allclose(costs, naive_costs(field, agree), rtol=1e-5)
        assert (costs <= before * (1 + 1e-6)).all()
        assert costs.mean() < 0.8 * before.mean()
        assert field.min() >= 0
        assert (field.max((0, 1)) <= [2, 8, 8]).all()


def test_many_sweeps_come_near_the_best_patch_of_all():
    field = field_of()
    costs = swept(field, 0.0, sweeps=2000)
    best = np.full(costs.shape, np.inf)
    for n, y, x in np.ndindex(3, 9, 9):
        best = np.minimum(best, naive_costs(np.broadcast_to(np.int32([n, y, x]), field.shape), 0.0))
    assert np.mean(costs <= best * 1.001) > 0.9
    assert (costs >= best * 0.999).all()


def test_what_is_painted_is_the_weighted_mean_of_all_patches_over_a_pixel():
    field = field_of()
    costs = RNG.random(field.shape[:2]).astype(np.float32)
    window = RNG.random((SIDE, SIDE)).astype(np.float32)
    sums = np.empty((*SHOWN.shape[:2], 4), np.float32)
    patch_field.paint(field, costs, YS, SIDE, 0.5, window, sums)
    naive = np.zeros_like(sums, np.float64)
    for row, column in np.ndindex(*costs.shape):
        n, y, x = field[row, column]
        weight = np.exp(-costs[row, column] / 0.5) * window
        naive[row : row + SIDE, column : column + SIDE, 3] += weight
        naive[row : row + SIDE, column : column + SIDE, :3] += weight[..., None] * YS[n, y : y + SIDE, x : x + SIDE]
    np.testing.assert_allclose(sums, naive, rtol=1e-4)
