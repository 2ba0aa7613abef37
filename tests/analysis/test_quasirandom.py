import numpy as np
import pytest
from scipy.stats import qmc

from leitmotiv.analysis.quasirandom import sobol


@pytest.mark.parametrize("dimensions", [1, 2, 5, 6])
def test_the_points_are_those_of_sobol(dimensions):
    wanted = qmc.Sobol(dimensions, scramble=False).random_base2(12)
    np.testing.assert_array_equal(sobol(4096, dimensions), wanted)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100, 1023, 1024, 1025])
def test_a_shorter_sequence_is_the_beginning_of_a_longer_one(count):
    found = sobol(count, 5)
    assert found.shape == (count, 5)
    np.testing.assert_array_equal(found, sobol(2000, 5)[:count])


@pytest.mark.parametrize("power", [1, 4, 9])
def test_a_power_of_2_puts_one_point_into_each_slice_of_every_coordinate(power):
    points = sobol(2**power, 6)
    for coordinate in points.T:
        np.testing.assert_array_equal(np.sort(np.floor(coordinate * 2**power)), np.arange(2**power))
