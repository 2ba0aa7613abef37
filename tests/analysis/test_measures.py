import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from leitmotiv.analysis.divergence import Look
from leitmotiv.analysis.measures import (
    bhattacharyya_distance,
    cauchy_schwarz_divergence,
    kl_monte_carlo,
    kl_variational,
)
from leitmotiv.records import Mixture
from tests.analysis.test_divergence import LINES, along_x, shuffled
from tests.kernels import naive_divergence
from tests.kernels.divergence_cases import SCALE, mixture

PLAIN = Look()
MEASURES = {
    "Bhattacharyya": bhattacharyya_distance,
    "Cauchy-Schwarz": cauchy_schwarz_divergence,
    "Kullback-Leibler": kl_variational,
}
SYMMETRIC = ("Bhattacharyya", "Cauchy-Schwarz")
mixtures = st.builds(mixture, st.integers(0, 10**6), st.integers(1, 6), st.sampled_from([1e-6, 0.1, 1.0, 30.0]))


# Laws.


@pytest.mark.parametrize("name", MEASURES)
@hypothesis.given(given=mixtures, seed=st.integers(0, 99))
@hypothesis.settings(max_examples=20)
def test_a_mixture_is_0_from_itself_in_any_order(name, given, seed):
    assert MEASURES[name](given, shuffled(given, seed)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", SYMMETRIC)
@hypothesis.given(a=mixtures, b=mixtures, smoothing=st.sampled_from([0.0, 0.3, 2.0]))
@hypothesis.settings(max_examples=30)
def test_a_distance_is_never_below_0_and_the_same_both_ways(name, a, b, smoothing):
    look = Look(smoothing=smoothing)
    there = MEASURES[name](a, b, look=look)
    assert 0 <= there < np.inf
    assert MEASURES[name](b, a, look=look) == pytest.approx(there, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", MEASURES)
def test_splitting_a_component_in_two_changes_nothing(name):
    given, other = mixture(5, 4), mixture(7, 3)
    twice = Mixture(
        np.repeat(given.weights / 2, 2),
        np.repeat(given.means, 2, axis=0),
        np.repeat(given.cholesky, 2, axis=0),
        given.shift,
        given.scale,
    )
    assert MEASURES[name](given, twice) == pytest.approx(0, abs=1e-9)
    assert MEASURES[name](twice, other) == pytest.approx(MEASURES[name](given, other))


@pytest.mark.parametrize("name", MEASURES)
def test_moving_a_picture_as_a_whole_moves_it_away(name):
    given = mixture(5, 4)
    moved = [
        Mixture(given.weights, given.means, given.cholesky, given.shift + by * np.eye(5)[2], given.scale)
        for by in (5, 20, 60)
    ]
    values = [MEASURES[name](given, other) for other in moved]
    assert values == sorted(values)
    assert values[0] > 0


# Numbers.


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 4)])
def test_one_gaussian_each_has_the_textbook_value(one, other):
    a, b = mixture(one, 1), mixture(other, 1)
    expected = dict.fromkeys(MEASURES, 0.0)
    for centred in (True, False):
        (_, (m,), (s,)), (_, (n,), (t,)) = (naive_divergence.place(given, PLAIN) for given in (a, b))
        apart, both = (m - n) * (not centred), s + t
        determinant = np.linalg.det
        distance = apart @ np.linalg.solve(both, apart)
        expected["Bhattacharyya"] += distance / 4 + 0.5 * np.log(
            determinant(both / 2) / np.sqrt(determinant(s) * determinant(t))
        )
        # ∫ N² is (4 pi)^(-D/2) |S|^(-1/2).
        expected["Cauchy-Schwarz"] += distance / 2 + 0.5 * np.log(determinant(both))
        expected["Cauchy-Schwarz"] -= 0.25 * np.log(determinant(2 * s) * determinant(2 * t))
        kl = np.trace(np.linalg.solve(t, s)) + apart @ np.linalg.solve(t, apart) - 5
        expected["Kullback-Leibler"] += 0.5 * (kl + np.log(determinant(t) / determinant(s)))
    for name, measure in MEASURES.items():
        assert measure(a, b) == pytest.approx(expected[name] / 2)


def densities(name, centred):
    """Both mixtures of `LINES` on a line, and what a step along it is worth."""
    x = np.linspace(-70, 70, 280_001)
    found = []
    for line in LINES[name]:
        weights, means, deviations = (np.asarray(values, float) for values in line)
        stretch = SCALE[0] / PLAIN.lab.scale[0]
        means = (means - weights @ means * centred) * stretch
        variances = (deviations * stretch) ** 2 + PLAIN.smoothing**2
        logs = -((x[:, None] - means) ** 2) / (2 * variances) - 0.5 * np.log(2 * np.pi * variances) + np.log(weights)
        found.append(np.logaddexp.reduce(logs, axis=1))
    return *found, x[1] - x[0]


@pytest.mark.parametrize("name", LINES)
def test_cauchy_schwarz_along_one_line_equals_quadrature(name):
    values = []
    for centred in (True, False):
        p, q, step = densities(name, centred)
        products = [np.logaddexp.reduce(one + other) + np.log(step) for one, other in ((p, q), (p, p), (q, q))]
        values.append((products[1] + products[2]) / 2 - products[0])
    a, b = (along_x(*values) for values in LINES[name])
    assert cauchy_schwarz_divergence(a, b) == pytest.approx(np.mean(values), rel=1e-6)


@pytest.mark.parametrize("name", LINES)
def test_kullback_leibler_along_one_line_equals_quadrature(name):
    values = []
    for centred in (True, False):
        p, q, step = densities(name, centred)
        values.append((np.exp(p) * (p - q)).sum() * step)
    a, b = (along_x(*values) for values in LINES[name])
    value, error = kl_monte_carlo(a, b, rng=np.random.default_rng(0), points=100_000)
    assert abs(value - np.mean(values)) < 4 * error + 1e-9
    assert error < 0.02 * (1 + value)


def test_kullback_leibler_equals_monte_carlo_with_a_million_points():
    a, b = mixture(2, 4), mixture(7, 3)
    value, error = kl_monte_carlo(a, b, rng=np.random.default_rng(0), points=500_000)
    rng, found, squares = np.random.default_rng(1), [], []
    (weights, means, covariances), q = (naive_divergence.place(given, PLAIN) for given in (a, b))
    for shift_p, shift_q in ((0, 0), (weights @ means, q[0] @ q[1])):
        chosen = rng.multinomial(500_000, weights)
        points = np.concatenate(
            [rng.multivariate_normal(*part, size) for *part, size in zip(means, covariances, chosen, strict=True)]
        )
        p_here = np.log(naive_divergence.density((weights, means, covariances), points))
        gains = p_here - np.log(naive_divergence.density(q, points - shift_p + shift_q))
        found.append(gains.mean())
        squares.append(gains.var() / len(gains))
    assert abs(value - np.mean(found)) < 4 * np.hypot(error, np.sqrt(np.sum(squares)) / 2)


def test_the_variational_approximation_lies_near_the_divergence():
    for seed in range(5):
        a, b = mixture(seed, 5), mixture(seed + 50, 5)
        value, error = kl_monte_carlo(a, b, rng=np.random.default_rng(0))
        assert kl_variational(a, b) == pytest.approx(value, rel=0.35, abs=4 * error)


def test_the_same_generator_gives_the_same_estimate():
    a, b = mixture(1, 3), mixture(2, 3)
    assert kl_monte_carlo(a, b, rng=np.random.default_rng(5)) == kl_monte_carlo(a, b, rng=np.random.default_rng(5))


# The edges.


@pytest.mark.parametrize("name", MEASURES)
def test_a_thousand_components_and_mixtures_without_extent(name):
    many, flat = mixture(6, 1000), mixture(2, 3, cholesky=np.zeros((3, 5, 5)), means=np.zeros((3, 5)))
    for a, b in ((many, mixture(4, 1)), (flat, many), (flat, mixture(1, 9))):
        assert 0 < MEASURES[name](a, b) < np.inf


@pytest.mark.parametrize("size", [1e-40, 1e-20, 1e6, 1e150])
@pytest.mark.parametrize("name", MEASURES)
def test_mixtures_of_any_extent_compare_with_finite_numbers(name, size):
    given, other = mixture(1, 4), mixture(1, 4, scale=SCALE * size)
    assert 0 < MEASURES[name](given, other) < np.inf
    assert MEASURES[name](other, other) == pytest.approx(0, abs=1e-9)


def test_what_cannot_be_compared_is_refused():
    given = mixture(5, 2)
    other = Mixture(given.weights, given.means, given.cholesky, given.shift, given.scale, "rgb")
    for measure in MEASURES.values():
        with pytest.raises(ValueError, match="lab cannot be compared with one in rgb"):
            measure(given, other)
    with pytest.raises(ValueError, match="points is 1"):
        kl_monte_carlo(given, given, rng=np.random.default_rng(0), points=1)
