import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from leitmotiv.analysis import divergence
from leitmotiv.analysis.divergence import Look, js_divergence, js_matrix, js_pairs, js_to, js_update, pack
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.records import Mixture
from tests.kernels import naive_divergence
from tests.kernels.divergence_cases import SCALE, SHIFT, mixture

MIXTURES = [mixture(seed, 1 + seed % 6) for seed in range(60)]
PLAIN = Look()


def shuffled(given, seed):
    order = np.random.default_rng(seed).permutation(len(given))
    return Mixture(
        given.weights[order], given.means[order], given.cholesky[order], given.shift, given.scale, given.colour_space
    )


@pytest.fixture(scope="module")
def matrix():
    return js_matrix(MIXTURES)


# Laws.


@hypothesis.given(
    seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    components=st.tuples(st.integers(1, 8), st.integers(1, 8)),
    spread=st.sampled_from([1e-6, 0.1, 1.0, 30.0]),
    smoothing=st.sampled_from([0.0, 0.3, 2.0]),
)
@hypothesis.settings(max_examples=60)
def test_a_divergence_lies_between_0_and_ln_2_and_is_the_same_both_ways(seeds, components, spread, smoothing):
    a, b = (mixture(seed, count, spread) for seed, count in zip(seeds, components, strict=True))
    look = Look(points=64, smoothing=smoothing)
    there = js_divergence(a, b, look)
    assert 0 <= there <= np.log(2)
    assert js_divergence(b, a, look) == there


@pytest.mark.parametrize("given", MIXTURES[:12])
def test_a_mixture_is_exactly_0_from_itself_and_from_its_shuffled_self(given):
    assert js_divergence(given, given) == 0
    assert js_divergence(given, shuffled(given, 3)) == 0


def test_other_mixtures_are_more_than_0_apart(matrix):
    assert matrix[~np.eye(len(matrix), dtype=bool)].min() > 0


def test_the_order_of_components_does_not_matter_to_the_last_bit():
    for row in range(0, 20, 2):
        a, b = MIXTURES[row : row + 2]
        assert js_divergence(shuffled(a, 1), shuffled(b, 2)) == js_divergence(a, b)


def test_splitting_a_component_in_two_hardly_matters():
    given, other = MIXTURES[5], MIXTURES[7]
    twice = Mixture(
        np.repeat(given.weights / 2, 2),
        np.repeat(given.means, 2, axis=0),
        np.repeat(given.cholesky, 2, axis=0),
        given.shift,
        given.scale,
    )
    assert js_divergence(given, twice) < 1e-6
    assert js_divergence(twice, other) == pytest.approx(js_divergence(given, other), abs=0.02)


def test_another_scaled_space_is_the_same_picture():
    given, other = MIXTURES[5], MIXTURES[7]
    stretch = np.array([2.0, 0.5, 3.0, 0.1, 1.0])
    same = Mixture(
        given.weights,
        (given.means - 1) / stretch,
        given.cholesky / stretch[:, None],
        given.shift + given.scale,
        given.scale * stretch,
    )
    assert js_divergence(same, given) < 1e-6
    assert js_divergence(same, other) == pytest.approx(js_divergence(given, other), abs=1e-5)


def test_moving_a_picture_as_a_whole_changes_only_the_common_space():
    given = MIXTURES[5]
    moved = [
        Mixture(given.weights, given.means, given.cholesky, given.shift + by * np.eye(5)[2], given.scale)
        for by in (5, 20, 60, 1e4)
    ]
    values = [js_divergence(given, other) for other in moved]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(0.3 * np.log(2), abs=1e-5)


def test_each_space_can_be_had_alone_and_both_are_their_weighted_mean():
    parts = divergence.js_parts(MIXTURES[:20], threads=2)
    for name, row in (("centred", 0), ("common", 1)):
        np.testing.assert_array_equal(js_matrix(MIXTURES[:20], look=Look(spaces=name)), parts[..., row])
    np.testing.assert_allclose(js_matrix(MIXTURES[:20]), parts @ [0.7, 0.3], atol=1e-7)
    assert (parts[..., 0] != parts[..., 1]).any()


def test_in_the_centred_space_alone_a_picture_moved_as_a_whole_is_the_same():
    given = MIXTURES[5]
    moved = Mixture(given.weights, given.means, given.cholesky, given.shift + 40 * np.eye(5)[2], given.scale)
    assert js_divergence(given, moved, Look(spaces="centred")) < 1e-6
    assert js_divergence(given, moved, Look(spaces="common")) > 0.3


def test_more_smoothing_brings_pictures_nearer():
    values = [js_divergence(MIXTURES[5], MIXTURES[7], Look(smoothing=h)) for h in (0, 0.1, 0.3, 1, 10)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.02


# Numbers.


def along_x(weights, means, deviations):
    """A mixture whose components differ in nothing but x."""
    weights, means, deviations = (np.asarray(values, float) for values in (weights, means, deviations))
    factors = np.tile(np.eye(5) * 0.4, (len(weights), 1, 1))
    factors[:, 0, 0] = deviations
    places = np.zeros((len(weights), 5))
    places[:, 0] = means
    return Mixture(weights, places, factors, SHIFT, SCALE)


LINES = {
    "two Gaussians": (([1], [0], [0.5]), ([1], [1], [0.5])),
    "wide and narrow": (([1], [0], [2]), ([1], [0], [0.1])),
    "one and two": (([1], [0], [1]), ([0.5, 0.5], [-1, 1], [0.3, 0.3])),
    "uneven": (([0.9, 0.1], [0, 3], [0.5, 0.2]), ([0.6, 0.4], [0, 2], [0.5, 0.5])),
    "far apart": (([1], [-20], [0.5]), ([0.5, 0.5], [20, 30], [0.5, 0.5])),
}


@pytest.mark.parametrize("name", LINES)
def test_a_divergence_along_one_line_equals_quadrature(name):
    a, b = (along_x(*values) for values in LINES[name])
    x = np.linspace(-60, 60, 240_001)

    def density(line, centred):
        weights, means, deviations = (np.asarray(values, float) for values in line)
        stretch = SCALE[0] / PLAIN.lab.scale[0]
        means = (means - weights @ means * centred) * stretch
        variances = (deviations * stretch) ** 2 + PLAIN.smoothing**2
        parts = np.exp(-((x[:, None] - means) ** 2) / (2 * variances)) / np.sqrt(2 * np.pi * variances)
        return parts @ weights + 1e-300

    wanted = 0.0
    for centred in (True, False):
        p, q = (density(line, centred) for line in LINES[name])
        whole = p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))
        wanted += (0.7 if centred else 0.3) * np.trapezoid(whole, x) / 2
    assert js_divergence(a, b) == pytest.approx(wanted, abs=0.015)
    assert js_divergence(a, b, Look(points=50_000)) == pytest.approx(wanted, abs=5e-4)


@pytest.mark.parametrize(("one", "other"), [(8, 9), (2, 7)])
def test_a_divergence_equals_monte_carlo_with_a_million_points(one, other):
    a, b = MIXTURES[one], MIXTURES[other]
    common, centred = naive_divergence.monte_carlo(a, b, 250_000, PLAIN, np.random.default_rng(0))
    wanted = 0.7 * centred + 0.3 * common
    assert js_divergence(a, b) == pytest.approx(wanted, abs=0.02)
    assert js_divergence(a, b, Look(points=50_000)) == pytest.approx(wanted, abs=0.002)


def test_the_default_number_of_points_is_off_by_less_than_a_hundredth_of_a_nat(matrix):
    rows = np.triu_indices(20, 1)
    exact = js_matrix(MIXTURES[:20], look=Look(points=20_000))[rows]
    assert np.sqrt(np.mean((matrix[:20, :20][rows] - exact) ** 2)) < 0.01
    coarse = js_matrix(MIXTURES[:20], look=Look(points=24))[rows]
    assert np.sqrt(np.mean((coarse - exact) ** 2)) > 0.01


# Independence of order, blocks and threads.


def test_the_matrix_is_symmetric_with_a_diagonal_of_0(matrix):
    assert matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(np.diagonal(matrix), 0)


@pytest.mark.parametrize(("threads", "tile"), [(1, 7), (2, 24), (3, 1), (4, 100)])
def test_threads_and_blocks_change_no_bit(matrix, monkeypatch, threads, tile):
    monkeypatch.setattr(divergence, "TILE", tile)
    np.testing.assert_array_equal(js_matrix(MIXTURES, threads=threads), matrix)


def test_the_order_of_pictures_changes_no_bit(matrix):
    order = np.random.default_rng(1).permutation(len(MIXTURES))
    found = js_matrix([MIXTURES[row] for row in order])
    np.testing.assert_array_equal(found, matrix[np.ix_(order, order)])


def test_one_against_many_has_the_numbers_of_the_matrix(matrix, monkeypatch):
    packed = pack(MIXTURES)
    for row in (0, 17, 59):
        np.testing.assert_array_equal(js_to(MIXTURES[row], packed), matrix[row])
        np.testing.assert_array_equal(js_to(MIXTURES[row], MIXTURES, threads=2), matrix[row])
        assert js_divergence(MIXTURES[row], MIXTURES[3]) == matrix[row, 3]
    monkeypatch.setattr(divergence, "TILE", 3)
    np.testing.assert_array_equal(js_to(MIXTURES[0], packed, threads=2), matrix[0])


@pytest.mark.parametrize("known", [0, 1, 23, 24, 25, 59, 60])
def test_an_update_equals_computing_all_anew(matrix, known):
    np.testing.assert_array_equal(js_update(matrix[:known, :known], MIXTURES, threads=2), matrix)


def test_an_update_keeps_what_is_known_and_computes_only_what_is_new(matrix):
    marked = np.full((50, 50), 0.25, np.float32)
    counts = []
    found = js_update(marked, MIXTURES, progress=lambda done, total: counts.append((done, total)))
    np.testing.assert_array_equal(found[:50, :50], marked)
    np.testing.assert_array_equal(found[50:], matrix[50:])
    new = 60 * 59 // 2 - 50 * 49 // 2
    assert counts[-1] == (new, new)
    assert [done for done, _ in counts] == sorted(done for done, _ in counts)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_progress_raises_ends_the_work(threads):
    calls = []

    def progress(done, total):
        calls.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        js_matrix(MIXTURES, threads=threads, progress=progress)
    assert len(calls) == 1


# The edges.


def test_no_picture_and_one_picture_have_a_matrix_too():
    assert js_matrix([]).shape == (0, 0)
    np.testing.assert_array_equal(js_matrix(MIXTURES[:1]), [[0]])
    assert js_to(MIXTURES[0], []).shape == (0,)
    assert len(pack([])) == 0


def test_components_without_weight_count_for_nothing():
    given = MIXTURES[5]
    more = Mixture(
        np.append(given.weights, 0.0),
        np.vstack([given.means, np.full(5, 99.0)]),
        np.concatenate([given.cholesky, np.eye(5)[None]]),
        given.shift,
        given.scale,
    )
    assert js_divergence(given, more) == 0


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("size", [1e-40, 1e-20, 1e6, 1e30])
def test_mixtures_of_any_extent_compare_with_finite_numbers(size, smoothing):
    given, other, look = MIXTURES[5], mixture(5, 6, scale=SCALE * size), Look(smoothing=smoothing)
    assert 0 < js_divergence(given, other, look) <= np.log(2)
    assert js_divergence(other, other, look) == 0


def test_pictures_of_next_to_nothing_compare_sensibly():
    rng = np.random.default_rng(0)
    flat = {level: np.full((20, 30, 3), level, np.uint8) for level in (0, 10, 128, 255)}
    noise = rng.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    black, almost, grey, white = (fit_image(pixels) for pixels in flat.values())
    dot, strip, noisy = fit_image(flat[128][:1, :1]), fit_image(noise[:1]), fit_image(noise)
    found = js_matrix([black, almost, grey, white, dot, strip, noisy])
    assert np.isfinite(found).all()
    assert found[0, 1] < found[0, 2] <= found[0, 3]
    # All of one colour: they differ in the common space alone.
    assert found[0, 3] == pytest.approx(0.3 * np.log(2), abs=0.03)
    assert found[3, 6] > found[0, 1]


@pytest.mark.parametrize("space", ["rgb", "yuv"])
def test_other_colour_spaces_have_constants_of_their_own(space):
    a, b = (
        Mixture(m.weights, m.means, m.cholesky, m.shift / [1, 1, 100, 100, 100], m.scale / [1, 1, 100, 100, 100], space)
        for m in MIXTURES[5:7]
    )
    assert 0 < js_divergence(a, b) < np.log(2)
    assert js_divergence(a, b) != js_divergence(*MIXTURES[5:7])


def test_what_cannot_be_compared_is_refused():
    given = MIXTURES[5]
    other = Mixture(given.weights, given.means, given.cholesky, given.shift, given.scale, "rgb")
    with pytest.raises(ValueError, match="lab, rgb"):
        js_matrix([given, other])
    with pytest.raises(ValueError, match="rgb cannot be compared with mixtures in lab"):
        js_to(other, [given])
    with pytest.raises(ValueError, match="packed for"):
        js_matrix(pack([given]), look=Look(points=48))
    with pytest.raises(ValueError, match=r"shape \(2, 2\) do not fit the first of 1"):
        js_update(np.zeros((2, 2), np.float32), [given])
    with pytest.raises(ValueError, match="not finite"):
        js_divergence(given, mixture(1, 2, shift=np.full(5, np.nan)))
    with pytest.raises(ValueError, match="over \\(x, y, colour\\)"):
        pack([Mixture(np.ones(1), np.zeros((1, 2)), np.eye(2)[None], np.zeros(2), np.ones(2))])


@pytest.mark.parametrize("values", [{"points": 0}, {"smoothing": -0.1}, {"smoothing": float("inf")}])
def test_a_look_refuses_what_means_nothing(values):
    with pytest.raises(ValueError, match="points >= 1"):
        Look(**values)


def test_a_look_refuses_a_space_that_is_none():
    with pytest.raises(ValueError, match="both, centred or common"):
        Look(spaces="own")


def test_looks_are_equal_where_their_divergences_are():
    assert Look() == divergence.DEFAULT
    assert repr(Look(points=96)) != repr(Look())
    assert Look(points=96) != Look()


@pytest.mark.parametrize("threads", [1, 3])
def test_pairs_have_the_numbers_of_the_matrix_in_any_order(matrix, threads, monkeypatch):
    monkeypatch.setattr(divergence, "TILE", 5)
    rng = np.random.default_rng(0)
    pairs = rng.integers(0, len(MIXTURES), (400, 2)).astype(np.int32)
    calls = []
    values = js_pairs(MIXTURES, pairs, threads=threads, progress=lambda *done: calls.append(done))
    assert np.array_equal(values, matrix[pairs[:, 0], pairs[:, 1]])
    assert np.array_equal(js_pairs(MIXTURES, pairs[::-1, ::-1]), values[::-1])
    assert calls[-1] == (400, 400)


def test_pairs_must_name_mixtures():
    assert js_pairs(MIXTURES, np.zeros((0, 2), np.int64)).shape == (0,)
    for row in (-1, len(MIXTURES)):
        with pytest.raises(ValueError, match="rows from 0 to 59"):
            js_pairs(MIXTURES, np.array([[0, row]]))
