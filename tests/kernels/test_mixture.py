import numpy as np
import pytest

from leitmotiv.kernels import mixture, posterior
from leitmotiv.kernels.compiled import LANES
from tests.kernels import lanes, mixture_cases, naive_mixture

SAMPLES = mixture_cases.samples()


@pytest.fixture(scope="module", params=lanes.ALL)
def fits(request, tmp_path_factory):
    return lanes.run("mixture_cases:fits", request.param, tmp_path_factory.mktemp("fits"))


def naive(points, relaxation):
    numbers, dimensions = mixture_cases.labels(len(points)), points.shape[1]
    belief = naive_mixture.Belief(0.01, 1.0, dimensions + 1.0, np.eye(dimensions), mixture_cases.COMPONENTS)
    return naive_mixture.fit(points, numbers, belief, mixture_cases.PASSES, int(numbers.max()) + 1, relaxation)


@pytest.mark.parametrize("relaxation", mixture_cases.RELAXATIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_vector_form_equals_its_naive_twin(fits, name, relaxation):
    state, bounds = naive(SAMPLES[name], relaxation)
    count = len(SAMPLES[name])
    found = {part: fits[f"{name}, {relaxation}: {part}"] for part in ("bounds", "counts", "means", "scatters")}
    np.testing.assert_allclose(found["bounds"], bounds, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(found["counts"], state.alpha - 0.01, rtol=1e-3, atol=1e-4 * count)
    heavy = state.alpha > 0.5
    np.testing.assert_allclose(found["means"][heavy], state.means[heavy], rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(found["scatters"][heavy], state.scatters[heavy], rtol=5e-3, atol=2e-2)


def test_padding_counts_for_nothing(fits):
    for name, points in SAMPLES.items():
        assert fits[f"{name}, 1.0: counts"].sum() == pytest.approx(len(points), rel=1e-5)


def test_longer_steps_save_passes_and_lead_as_high():
    rng = np.random.default_rng(1)
    points = np.repeat(rng.normal(size=(6, 5)), 150, axis=0) + rng.normal(size=(900, 5)) * 0.6
    numbers = rng.integers(6, size=900)
    short, long = (
        mixture_cases.run_blocks(points, numbers, passes=2000, tolerance=1e-2, relaxation=longest)[3]
        for longest in mixture_cases.RELAXATIONS
    )
    assert len(long) < 0.8 * len(short)
    assert long[-1] > short[-1] - 1


def test_a_fit_has_the_same_bits_in_every_process(tmp_path):
    found = lanes.run("mixture_cases:fits", LANES, tmp_path)
    here = mixture_cases.fits()
    assert found.keys() == here.keys()
    for name, values in here.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize("relaxation", [1.0, 2.0, 8.0])
@pytest.mark.parametrize("dimensions", [3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_the_bound_never_falls(seed, dimensions, relaxation):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(6, dimensions))[rng.integers(6, size=900)] + rng.normal(size=(900, dimensions)) * 0.3
    numbers = rng.integers(6, size=900)
    bounds = mixture_cases.run_blocks(points, numbers, passes=80, relaxation=relaxation)[3]
    assert len(bounds) == 80
    # A bound of thousands of nats is a sum in single precision.
    assert np.diff(bounds).min() > -0.02
    assert bounds[-1] - bounds[0] > 100


def test_components_that_lose_their_samples_are_dropped_and_the_bound_still_never_falls():
    rng = np.random.default_rng(3)
    points = rng.normal(size=(600, 5)) * 0.2
    counts, means, _, bounds = mixture_cases.run_blocks(
        points, rng.integers(6, size=600), passes=400, drop=0.5, relaxation=2.0
    )
    assert len(counts) == len(means) < 6
    assert counts.sum() == pytest.approx(600, rel=1e-5)
    assert np.diff(bounds).min() > -0.02


def test_the_largest_component_stays_even_if_it_has_less_than_asked_for():
    counts, *_ = mixture_cases.run_blocks(np.zeros((3, 5)), np.arange(3), drop=1000.0)
    assert counts == pytest.approx([3])


def test_samples_whose_components_have_all_gone_go_to_those_that_are_left():
    points = np.repeat([[9.0] * 5, [-9.0] * 5], mixture.BLOCK, axis=0)
    points += np.random.default_rng(0).normal(size=points.shape) * 0.1
    numbers = np.repeat([0, 1, 2], [mixture.BLOCK, mixture.BLOCK // 2, mixture.BLOCK // 2])
    counts, _, _, bounds = mixture_cases.run_blocks(points, numbers, drop=mixture.BLOCK * 0.75)
    assert counts == pytest.approx([2 * mixture.BLOCK])
    assert np.isfinite(bounds).all()


def test_the_order_of_samples_changes_nothing_but_rounding():
    points = SAMPLES["ordinary"]
    numbers = mixture_cases.labels(len(points))
    order = np.random.default_rng(0).permutation(len(points))
    for one, other in zip(
        mixture_cases.run_blocks(points, numbers), mixture_cases.run_blocks(points[order], numbers[order]), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=5e-3)


def test_a_mirror_image_has_the_mirrored_mixture():
    points = SAMPLES["ordinary"]
    flip = np.array([-1, 1, 1, -1, 1])
    numbers = mixture_cases.labels(len(points))
    counts, means, scatters, bounds = mixture_cases.run_blocks(points, numbers)
    mirrored = mixture_cases.run_blocks(points * flip, numbers)
    np.testing.assert_allclose(mirrored[0], counts, rtol=1e-3, atol=5e-3)
    np.testing.assert_allclose(mirrored[1], means * flip, rtol=1e-3, atol=2e-3)
    np.testing.assert_allclose(mirrored[2], scatters * np.outer(flip, flip), rtol=2e-3, atol=5e-2)
    np.testing.assert_allclose(mirrored[3], bounds, rtol=1e-5)


def test_it_stops_once_the_gain_is_below_the_tolerance():
    points = SAMPLES["ordinary"]
    numbers = mixture_cases.labels(len(points))
    bounds = mixture_cases.run_blocks(points, numbers, passes=500, tolerance=0.5)[3]
    gains = np.diff(bounds)
    assert len(bounds) < 500
    assert abs(gains[-1]) < 0.5
    assert (gains[:-2] >= 0.5).all()


@pytest.mark.parametrize("dimensions", [1, 2, 3, 7])
@pytest.mark.parametrize("dropped", [0, 4])
def test_update_equals_its_naive_twin_with_any_prior(dimensions, dropped):
    rng = np.random.default_rng(dimensions)
    points = rng.normal(size=(50, dimensions)) + 0.5
    responsibilities = rng.dirichlet(np.ones(3), size=50)
    root = rng.normal(size=(dimensions, dimensions))
    scatter = root @ root.T + np.eye(dimensions)
    belief = naive_mixture.Belief(0.3, 0.7, dimensions + 2.5, scatter, 3 + dropped)
    state = naive_mixture.maximise(points, responsibilities, belief)

    counts = responsibilities.sum(0)
    averages = responsibilities.T @ points / counts[:, None]
    deviations = points - averages[:, None]
    scatters = np.einsum("nk,kni,knj->kij", responsibilities, deviations, deviations)
    means, lowers = np.empty((3, dimensions)), np.zeros((3, dimensions, dimensions))
    table = np.empty((3, 1 + dimensions + dimensions * (dimensions + 1) // 2))
    prior = posterior.Prior(0.3, 0.7, dimensions + 2.5, scatter, 3 + dropped)
    divergence = posterior.update(counts, averages, scatters, prior, means, lowers, table)

    assert divergence == pytest.approx(naive_mixture.divergence(state, belief), rel=1e-10)
    np.testing.assert_allclose(means, state.means, rtol=1e-12)
    np.testing.assert_allclose(lowers @ lowers.transpose(0, 2, 1), state.scatters, rtol=1e-10)
    for k, row in enumerate(table):
        matrix = np.zeros((dimensions, dimensions))
        matrix[np.tril_indices(dimensions)] = row[1 + dimensions :]
        base_2 = row[0] - ((points @ matrix.T + row[1 : 1 + dimensions]) ** 2).sum(1)
        np.testing.assert_allclose(base_2 * np.log(2), naive_mixture.log_rho(points, state, belief)[:, k], rtol=1e-9)


def test_digamma_has_its_known_values():
    # Abramowitz and Stegun 6.3.2 to 6.3.5.
    euler = 0.57721566490153286
    assert posterior.digamma(1.0) == pytest.approx(-euler, rel=1e-12)
    assert posterior.digamma(0.5) == pytest.approx(-euler - 2 * np.log(2), rel=1e-12)
    for x in (0.01, 0.7, 3.0, 9.99, 12.5, 5000.0):
        assert posterior.digamma(x + 1) - posterior.digamma(x) == pytest.approx(1 / x, rel=1e-9)


def test_a_matrix_without_cholesky_factor_yields_nan():
    lower = np.zeros((2, 2))
    assert np.isnan(posterior.factor(np.array([[1.0, 2.0], [2.0, 1.0]]), lower))
