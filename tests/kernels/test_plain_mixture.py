import numpy as np
import pytest
from scipy.special import logsumexp

from leitmotiv.kernels import plain, posterior
from tests.kernels import naive_mixture


def cases():
    rng = np.random.default_rng(2)
    return {
        "ordinary": rng.normal(size=(60, 3)),
        "one sample": rng.normal(size=(1, 2)),
        "one dimension": rng.normal(size=(30, 1)),
        "all the same": np.ones((20, 4)),
        "far from the origin": rng.normal(size=(40, 2)) + 1e4,
    }


@pytest.mark.parametrize("name", cases())
def test_gather_and_expect_equal_their_naive_twin(name):
    points = cases()[name]
    count, dimensions = points.shape
    responsibilities = np.random.default_rng(0).dirichlet(np.ones(4), size=count)
    belief = naive_mixture.Belief(0.5, 1.5, dimensions + 1.0, np.eye(dimensions) * 2, 4)
    state = naive_mixture.maximise(points, responsibilities, belief)

    counts, averages = np.empty(4), np.empty((4, dimensions))
    scatters = np.empty((4, dimensions, dimensions))
    plain.gather(points, responsibilities, counts, averages, scatters)
    means, lowers = np.empty_like(averages), np.zeros_like(scatters)
    table = np.empty((4, 1 + dimensions + dimensions * (dimensions + 1) // 2))
    prior = posterior.Prior(0.5, 1.5, dimensions + 1.0, np.eye(dimensions) * 2, 4)
    posterior.update(counts, averages, scatters, prior, means, lowers, table)
    np.testing.assert_allclose(means, state.means, rtol=1e-10)
    np.testing.assert_allclose(lowers @ lowers.transpose(0, 2, 1), state.scatters, rtol=1e-8)

    found, evidence = np.empty((count, 4)), np.empty(count)
    plain.expect(points, table, found, evidence)
    scores = naive_mixture.log_rho(points, state, belief)
    np.testing.assert_allclose(evidence, logsumexp(scores, axis=1), rtol=1e-7)
    np.testing.assert_allclose(found, np.exp(scores - logsumexp(scores, axis=1)[:, None]), rtol=1e-5, atol=1e-7)


def test_a_component_without_a_sample_has_no_average_and_no_scatter():
    responsibilities = np.array([[1.0, 0.0], [1.0, 0.0]])
    counts, averages, scatters = np.empty(2), np.empty((2, 3)), np.empty((2, 3, 3))
    plain.gather(np.ones((2, 3)), responsibilities, counts, averages, scatters)
    np.testing.assert_array_equal(counts, [2, 0])
    np.testing.assert_array_equal(averages, [[1] * 3, [0] * 3])
    np.testing.assert_array_equal(scatters, np.zeros((2, 3, 3)))


def test_samples_beyond_the_reach_of_exp_still_have_responsibilities_that_sum_to_1():
    table = np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 1.0]])
    found, evidence = np.empty((2, 2)), np.empty(2)
    plain.expect(np.array([[1e4], [-1e4]]), table, found, evidence)
    np.testing.assert_allclose(found, [[0, 1], [1, 0]])
    assert np.isfinite(evidence).all()
