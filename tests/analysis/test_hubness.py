import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from leitmotiv.analysis import hubness

LN_2 = np.log(2)


def matrix(size, seed=0):
    """Symmetric divergences with a zero diagonal, (N, N) float32; the first picture is a hub."""
    values = np.random.default_rng(seed).uniform(0.1, LN_2, (size, size))
    values = (values + values.T) / 2
    values[0] = values[:, 0] = values[0] * 0.4
    np.fill_diagonal(values, 0)
    return values.astype(np.float32)


def remote(values):
    return hubness.remoteness(values)


# Remoteness and its witnesses.


def test_remoteness_is_the_mean_over_the_others_and_where_these_are_few_also_over_usual_ones():
    values = matrix(7)
    more = [hubness.USUAL] * (hubness.FEWEST - 6)
    wanted = [np.mean([*values[row, np.arange(7) != row], *more]) for row in range(7)]
    np.testing.assert_allclose(remote(values), wanted, rtol=1e-6)
    values = matrix(40)
    wanted = [values[row, np.arange(40) != row].mean() for row in range(40)]
    np.testing.assert_allclose(remote(values), wanted, rtol=1e-6)


def test_where_nothing_else_is_there_remoteness_is_the_usual_divergence():
    assert hubness.remoteness(np.zeros((1, 1))).tolist() == [hubness.USUAL]
    assert hubness.remoteness(np.zeros((3, 0))).tolist() == [hubness.USUAL] * 3
    assert hubness.remoteness(np.zeros((0, 0))).shape == (0,)


def test_a_copy_is_no_witness():
    values = matrix(12)
    doubled = np.pad(values, (0, 1), mode="wrap")
    np.testing.assert_allclose(hubness.remoteness(doubled[:, :12])[12], remote(values)[0])
    np.testing.assert_allclose(hubness.remoteness(doubled[:1, 1:]), remote(values)[:1])


@hypothesis.given(near=st.floats(0.01, LN_2 / 2), size=st.integers(2, 6))
def test_a_near_pair_is_nearer_than_a_far_one_in_a_library_of_any_size(near, size):
    apart = np.full((size, size), near)
    np.fill_diagonal(apart, 0)
    found, twice = (
        hubness.relative_matrix(values, remote(values), float(remote(values).mean()))[0, 1]
        for values in (apart, 2 * apart)
    )
    assert found < 0.9 * twice


def test_witnesses_do_not_depend_on_order_and_hardly_on_a_few_more_ids():
    ids = [f"{number:064x}" for number in range(2000)]
    chosen = hubness.witnesses(ids)
    assert len(set(chosen)) == hubness.WITNESSES
    assert chosen == hubness.witnesses(ids[::-1])
    assert len(set(chosen) - set(hubness.witnesses([*ids, *(f"{number:064x}" for number in range(2000, 2020))]))) < 8
    assert hubness.witnesses(ids[:5]) == hubness.witnesses(ids[:5], 5)


# The relative divergence.


@hypothesis.given(
    divergence=st.floats(0, LN_2), one=st.floats(0, LN_2), other=st.floats(0, LN_2), middle=st.floats(0, LN_2)
)
def test_a_relative_divergence_lies_between_0_and_1_and_is_the_same_both_ways(divergence, one, other, middle):
    found = hubness.relative(np.float64(divergence), one, other, middle)
    assert 0 <= found <= 1
    assert (found == 0) == (divergence == 0)
    assert found == hubness.relative(np.float64(divergence), other, one, middle)


def test_it_is_a_half_where_a_pair_is_as_far_as_expected():
    assert hubness.relative(np.array(0.4), 0.4, 0.4, 0.4) == pytest.approx(0.5)
    assert hubness.relative(np.array(0.3), 0.2, 0.6, 0.4) == pytest.approx(0.5)


def test_it_grows_with_the_divergence_and_falls_with_remoteness():
    rising = hubness.relative(np.linspace(0, LN_2, 50), 0.4, 0.5, 0.45)
    assert (np.diff(rising) > 0).all()
    falling = hubness.relative(np.full(50, 0.3), np.linspace(0.05, LN_2, 50), 0.5, 0.45)
    assert (np.diff(falling) < 0).all()


def test_the_middle_changes_no_order():
    values = matrix(30)
    orders = [np.argsort(hubness.relative_matrix(values, remote(values), m), axis=1) for m in (0.2, 0.6)]
    np.testing.assert_array_equal(*orders)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 300])
def test_a_matrix_has_the_numbers_of_its_pairs(size):
    values = matrix(size) if size else np.zeros((0, 0), np.float32)
    numbers = remote(values)
    found = hubness.relative_matrix(values, numbers, 0.4)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diagonal(found), 0)
    for row, column in ((0, 1), (1, size - 1)) if size > 1 else ():
        wanted = hubness.relative(values[row, column], numbers[row], numbers[column], 0.4)
        assert found[row, column] == pytest.approx(wanted, rel=1e-6)


def test_a_hub_is_nearest_to_fewer():
    values = matrix(60)
    far = np.diag(np.full(60, np.inf))
    before = (np.argmin(values + far, axis=1) == 0).sum()
    after = (np.argmin(hubness.relative_matrix(values, remote(values), 0.4) + far, axis=1) == 0).sum()
    assert before > 25
    assert after < before / 2


def test_copies_of_one_picture_do_not_drive_the_others_away():
    # Local scaling does: the neighbours of a copy are its copies, and everything else is far by comparison.
    values = np.full((60, 60), 0.4, np.float32)
    values[:30, :30] = 0.01
    np.fill_diagonal(values, 0)
    found = hubness.relative_matrix(values, remote(values), float(remote(values).mean()))
    assert found[0, 59] < 0.7
    assert hubness.local_scaling(values)[0, 59] > 0.8


# Those of the literature.


def test_local_scaling_orders_as_its_formula():
    values = matrix(20)
    scale = np.array([np.sort(row)[1:4].mean() for row in values])
    wanted = values / np.sqrt(np.outer(scale, scale))
    found = hubness.local_scaling(values, 3)
    np.testing.assert_allclose(found / np.maximum(1 - found, 1e-12), wanted, rtol=1e-5)


def test_mutual_proximity_is_bounded_symmetric_and_0_on_itself():
    found = hubness.mutual_proximity(matrix(40))
    assert 0 <= found.min() <= found.max() <= 1
    np.testing.assert_allclose(found, found.T)
    np.testing.assert_allclose(np.diagonal(found), 0, atol=1e-12)
