import numpy as np
import pytest

from leitmotiv.kernels.simd import size_of_gaussian
from tests.kernels import lanes


@pytest.fixture(scope="module", params=lanes.ALL)
def words(request, tmp_path_factory):
    return lanes.run("word_cases:words", request.param, tmp_path_factory.mktemp("words"))


def test_operators_and_choices_do_to_each_lane_what_numpy_does_to_each_number(words):
    a, b, c = words["a"], words["b"], words["c"]
    running = (a * b - c) / b
    expected = [a + b, a - b, a * b, a / b, -a, a * b + c, np.minimum(a, b), np.maximum(a, b), np.where(a < b, c, a)]
    np.testing.assert_allclose(words["combined"][:9], expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(words["combined"][11], running, rtol=1e-4, atol=1e-5)


def test_total_and_highest_look_at_every_lane_of_one_vector(words):
    vectors = words["a"].reshape(-1, words["width"])
    np.testing.assert_allclose(words["combined"][9], vectors.sum(1).repeat(words["width"]), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(words["combined"][10], vectors.max(1).repeat(words["width"]))


@pytest.mark.parametrize(("row", "error"), [(0, 8e-5), (1, 3e-6), (2, 3e-7)])
def test_exp2_keeps_the_error_that_its_degree_promises_over_its_whole_range(words, row, error):
    expected = np.exp2(words["powers"].astype(float))
    assert np.abs(words["raised"][row] / expected - 1).max() < error


def test_log2_is_right_to_two_parts_in_ten_million(words):
    expected = np.log2(words["positive"].astype(float))
    np.testing.assert_allclose(words["logs"][3], expected, rtol=2e-7, atol=2e-7)


def test_nan_stays_nan_through_powers_logarithms_and_second_arguments(words):
    nan = np.arange(words["of_nan"].shape[1]) % 2 == 0
    for row in (*words["of_nan"], words["bounded"][6], words["bounded"][7]):
        np.testing.assert_array_equal(np.isnan(row), nan)


def test_rows_are_summed_from_where_the_index_says(words):
    shares = words["a"].reshape(-1, words["width"])
    rows = words["rows"][:, 1:4].reshape(2, 3, *shares.shape)
    np.testing.assert_allclose(words["sums"], (shares * rows).sum(2), rtol=1e-5, atol=1e-5)


def test_log_gaussian_is_c_less_the_square_of_an_affine_map(words):
    points, table = words["points"].astype(float), words["table"].astype(float)
    for k, row in enumerate(table):
        matrix = np.zeros((5, 5))
        matrix[np.tril_indices(5)] = row[6:]
        expected = row[0] - ((matrix @ points + row[1:6, None]) ** 2).sum(0)
        np.testing.assert_allclose(words["scores"][k], expected, rtol=2e-5, atol=2e-5)


def test_log_gaussian_of_one_dimension_is_a_parabola(words):
    c, b, m = words["table"][0, :3].astype(float)
    np.testing.assert_allclose(words["line"], c - (m * words["points"][0] + b) ** 2, rtol=2e-5, atol=2e-5)


def test_a_gaussian_takes_a_constant_a_shift_and_a_triangle():
    assert [size_of_gaussian(d) for d in (1, 2, 3, 5)] == [3, 6, 10, 21]
