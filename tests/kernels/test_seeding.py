import numpy as np
import pytest

from leitmotiv.kernels import seeding


def padded(points):
    rows = np.zeros((points.shape[1], -(-len(points) // seeding.WIDTH) * seeding.WIDTH), np.float32)
    rows[:, : len(points)] = points.T
    return rows


def choose(points, count, seed=0):
    centres = np.empty((count, points.shape[1]), np.float32)
    uniforms = np.random.default_rng(seed).random(count, np.float32)
    return centres[: seeding.choose_centres(padded(points), len(points), uniforms, centres)]


@pytest.mark.parametrize("count", [1, 3, 97, 500])
@pytest.mark.parametrize("dimensions", [1, 3, 5])
def test_centres_are_different_samples(count, dimensions):
    points = np.random.default_rng(count).normal(size=(count, dimensions)).astype(np.float32)
    centres = choose(points, min(count, 20))
    assert len(np.unique(centres, axis=0)) == len(centres) == min(count, 20)
    assert all((points == centre).all(1).any() for centre in centres)


def test_there_are_no_more_centres_than_different_samples():
    points = np.repeat([[0.0, 0.0], [3.0, 4.0], [-7.0, 1.0]], 50, axis=0)
    assert len(choose(points, 10)) == 3
    assert len(choose(np.ones((64, 5)), 10)) == 1


def test_far_samples_are_chosen_in_proportion_to_their_square_distance():
    points = np.array([[0.0]] * 100 + [[1.0]] * 100 + [[3.0]] * 100)
    second = [float(choose(points, 2, seed)[1, 0]) for seed in range(2000) if choose(points, 2, seed)[0, 0] == 0]
    assert np.mean(np.array(second) == 3) == pytest.approx(0.9, abs=0.04)


def test_assign_finds_the_nearest_centre():
    rng = np.random.default_rng(1)
    points, centres = rng.normal(size=(333, 5)).astype(np.float32), rng.normal(size=(9, 5)).astype(np.float32)
    rows = padded(points)
    labels = np.empty(rows.shape[1], np.float32)
    seeding.assign(rows, centres, labels)
    distances = ((points[:, None] - centres) ** 2).sum(2)
    np.testing.assert_array_equal(labels[:333], distances.argmin(1))


def test_lloyds_steps_lower_the_square_distance_to_the_nearest_centre():
    rng = np.random.default_rng(4)
    points = rng.normal(size=(400, 3)).astype(np.float32)
    rows = padded(points)
    costs = []
    for steps in (0, 1, 3, 10):
        centres = choose(points, 12)
        labels = np.empty(rows.shape[1], np.float32)
        seeding.improve_centres(rows, 400, steps, centres, labels)
        costs.append(((points - centres[labels[:400].astype(int)]) ** 2).sum())
        nearest = ((points[:, None] - centres) ** 2).sum(2).argmin(1)
        np.testing.assert_array_equal(labels[:400], nearest)
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.95 * costs[0]


def test_sorting_keeps_every_sample_and_puts_equal_labels_side_by_side():
    rng = np.random.default_rng(5)
    points = rng.normal(size=(150, 2)).astype(np.float32)
    rows = padded(points)
    labels = rng.integers(4, size=rows.shape[1]).astype(np.float32)
    blocks, weights = np.zeros((3, 2, 64), np.float32), np.zeros((3, 64), np.float32)
    seeding.sort_columns(rows, 150, labels, 4, blocks, weights)
    found = blocks.transpose(0, 2, 1).reshape(-1, 2)[weights.ravel() == 1]
    np.testing.assert_array_equal(found, points[np.argsort(labels[:150], kind="stable")])
    np.testing.assert_array_equal(weights.ravel(), np.arange(192) < 150)


def test_moments_are_sums_of_ones_samples_and_products():
    rng = np.random.default_rng(6)
    points = rng.normal(size=(40, 3)).astype(np.float32)
    labels = rng.integers(2, size=seeding.WIDTH * 8).astype(np.float32)
    moments = np.zeros((2, 10))
    seeding.sum_moments(padded(points), 40, labels, moments)
    for k in range(2):
        own = points[labels[:40] == k].astype(float)
        expected = [len(own), *own.sum(0), *(own.T @ own)[np.tril_indices(3)]]
        np.testing.assert_allclose(moments[k], expected, rtol=1e-5, atol=1e-6)
