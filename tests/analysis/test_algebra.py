import numpy as np
import pytest

from leitmotiv.analysis import algebra

A, B = np.array([1.0, 0.9, 0.1, 0.0]), np.array([0.0, 0.8, 1.0, -0.5])


def test_or_and_minus_are_the_better_the_worse_and_what_is_left():
    np.testing.assert_allclose(algebra.combined(A, [("or", 1, B)]), np.maximum(A, B))
    np.testing.assert_allclose(algebra.combined(A, [("and", 1, B)]), np.minimum(A, B))
    np.testing.assert_allclose(algebra.combined(A, [("minus", 1, B)]), [1.0, 0.1, -0.9, 0.0])


@pytest.mark.parametrize("operation", algebra.OPERATIONS)
def test_a_slider_at_0_changes_nothing_and_moves_without_jumps(operation):
    np.testing.assert_array_equal(algebra.combined(A, [(operation, 0.0, B)]), A)
    path = np.array([algebra.combined(A, [(operation, weight, B)]) for weight in np.linspace(0, 1, 11)])
    assert np.abs(np.diff(path, axis=0)).max() < 0.11
    chances = np.clip(A, 0, 1), np.clip(B, 0, 1)
    np.testing.assert_array_equal(algebra.chance(chances[0], operation, 0.0, chances[1]), chances[0])
    whole = algebra.chance(chances[0], operation, 5.0, chances[1])
    assert whole.min() >= 0
    assert whole.max() <= 1


def test_the_order_of_terms_is_from_left_to_right():
    joined = algebra.combined(A, [("or", 1, B), ("minus", 0.5, A)])
    np.testing.assert_allclose(joined, np.maximum(A, B) - 0.5 * A)
