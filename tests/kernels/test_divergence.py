import numpy as np
import pytest

from leitmotiv.kernels.compiled import LANES
from tests.kernels import divergence_cases, lanes, naive_divergence

PAIRS = divergence_cases.pairs()


@pytest.fixture(scope="module", params=lanes.ALL)
def found(request, tmp_path_factory):
    return lanes.run("divergence_cases:values", request.param, tmp_path_factory.mktemp("values"))


@pytest.mark.parametrize("name", PAIRS)
def test_the_kernel_equals_its_naive_twin_on_the_same_points(found, name):
    a, b, look, error = PAIRS[name]
    points = found[f"{name}: points"].astype(np.float64).transpose(0, 2, 1)
    assert points.shape == (2, look.points, 5)
    wanted = naive_divergence.divergences(a, b, *points, look)
    np.testing.assert_allclose(found[f"{name}: value"], wanted, rtol=0, atol=error)


@pytest.mark.parametrize("name", PAIRS)
def test_points_that_fill_up_a_vector_count_for_nothing(found, name):
    shares, points = found[f"{name}: shares"], PAIRS[name][2].points
    np.testing.assert_array_equal(shares[points:], 0)
    np.testing.assert_allclose(shares[:points], 1 / points, rtol=1e-6)


def test_a_divergence_has_the_same_bits_in_every_process(tmp_path):
    there, here = lanes.run("divergence_cases:values", LANES, tmp_path), divergence_cases.values()
    assert there.keys() == here.keys()
    for name, values in here.items():
        np.testing.assert_array_equal(there[name], values)


def test_a_picture_moved_far_off_is_moved_in_the_common_space_alone(found):
    centred, common = found["far apart: value"]
    assert centred < 0.7
    assert common == pytest.approx(np.log(2), abs=1e-5)


def test_almost_equal_pictures_are_almost_nothing_apart(found):
    assert (found["almost equal: value"] < 1e-4).all()
    assert found["almost equal: value"][1] > 0
