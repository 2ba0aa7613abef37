import numpy as np
import pytest

from leitmotiv.kernels import patch_field

RNG = np.random.default_rng(3)
SIDE = 4
XS = RNG.integers(0, 256, (3, 12, 12, 2)).astype(np.uint8)
YS = RNG.integers(0, 256, (3, 12, 12, 3)).astype(np.uint8)
SHOWN = RNG.integers(0, 256, (11, 13, 2)).astype(np.uint8)
PAINTED = RNG.integers(0, 256, (11, 13, 3)).astype(np.uint8)


def tops(length, stride):
    """Where patches begin: every so many pixels, and as far as they fit."""
    return sorted({*range(0, length - SIDE, stride), length - SIDE})


def field_of(stride=1, seed=0):
    rng = np.random.default_rng(seed)
    shape = [len(tops(length, stride)) for length in SHOWN.shape[:2]]
    places = [rng.integers(0, most, shape) for most in (3, 9, 9)]
    return np.ascontiguousarray(np.stack(places, axis=-1), np.int32)


def laid(field, stride):
    """Each place of a field: where it is, its patch in the picture, and its patch of another."""
    rows, columns = (tops(length, stride) for length in SHOWN.shape[:2])
    for row, column in np.ndindex(*field.shape[:2]):
        n, y, x = field[row, column]
        here = np.s_[rows[row] : rows[row] + SIDE, columns[column] : columns[column] + SIDE]
        yield (row, column), here, np.s_[n, y : y + SIDE, x : x + SIDE]


def naive_costs(field, agree, stride=1):
    costs = np.empty(field.shape[:2])
    for at, here, there in laid(field, stride):
        costs[at] = np.square(SHOWN[here].astype(float) - XS[there]).sum()
        costs[at] += agree * np.square(PAINTED[here].astype(float) - YS[there]).sum()
    return costs


def swept(field, agree, stride=1, sweeps=3):
    costs = np.empty(field.shape[:2], np.float32)
    given = (SHOWN, PAINTED, XS, YS, SIDE, stride, agree)
    patch_field.weigh(*given, field, costs)
    for sweep in range(sweeps):
        draws = np.random.default_rng(sweep).random((*costs.shape, 6, 3), np.float32)
        patch_field.improve(*given, draws, bool(sweep % 2), field, costs)
    return costs


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("agree", [0.0, 0.5])
def test_costs_are_those_of_a_plain_sum_before_and_after_sweeps(stride, agree):
    field = field_of(stride)
    before = naive_costs(field, agree, stride)
    costs = swept(field, agree, stride)
    np.testing.assert_allclose(costs, naive_costs(field, agree, stride), rtol=1e-5)
    assert (costs <= before * (1 + 1e-6)).all()
    assert costs.mean() < 0.8 * before.mean()
    assert field.min() >= 0
    assert (field.max((0, 1)) <= [2, 8, 8]).all()


@pytest.mark.parametrize("stride", range(1, 9))
def test_places_reach_both_rims(stride):
    for length in range(SIDE, 30):
        assert patch_field.places(length, SIDE, stride) == len(tops(length, stride))


def test_many_sweeps_come_near_the_best_patch_of_all():
    field = field_of()
    costs = swept(field, 0.0, sweeps=2000)
    best = np.full(costs.shape, np.inf)
    for n, y, x in np.ndindex(3, 9, 9):
        best = np.minimum(best, naive_costs(np.broadcast_to(np.int32([n, y, x]), field.shape), 0.0))
    assert np.mean(costs <= best * 1.001) > 0.9
    assert (costs >= best * 0.999).all()


def test_what_a_neighbour_found_is_carried_on_by_as_many_pixels_as_lie_between():
    # the only patches that fit are those of the picture itself, cut out of the first of the others
    inside = np.ascontiguousarray(XS[0, :, :])
    rows = tops(12, 3)
    field = np.zeros((len(rows), len(rows), 3), np.int32)
    field[..., 0], field[0, 0] = 1, (0, 0, 0)
    costs = np.empty(field.shape[:2], np.float32)
    given = (inside, PAINTED, XS, YS, SIDE, 3, 0.0)
    patch_field.weigh(*given, field, costs)
    patch_field.improve(*given, np.zeros((*costs.shape, 0, 3), np.float32), False, field, costs)
    np.testing.assert_array_equal(field[..., 1], np.repeat(np.array(rows)[:, None], len(rows), 1))
    np.testing.assert_array_equal(field[..., 2], np.repeat(np.array(rows)[None], len(rows), 0))
    assert (costs == 0).all()


@pytest.mark.parametrize("stride", [1, 3])
def test_what_is_painted_is_the_weighted_mean_of_all_patches_over_a_pixel(stride):
    field = field_of(stride)
    costs = RNG.random(field.shape[:2]).astype(np.float32)
    window = RNG.random((SIDE, SIDE)).astype(np.float32)
    sums = np.empty((*SHOWN.shape[:2], 4), np.float32)
    patch_field.paint(field, costs, YS, SIDE, stride, 0.5, window, sums)
    naive = np.zeros_like(sums, np.float64)
    for at, here, there in laid(field, stride):
        weight = np.exp(-costs[at] / 0.5) * window
        naive[(*here, 3)] += weight
        naive[here][..., :3] += weight[..., None] * YS[there]
    np.testing.assert_allclose(sums, naive, rtol=1e-4)
