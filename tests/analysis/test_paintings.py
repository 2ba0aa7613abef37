"""Pictures made of formulas: the same seed paints the same."""

import numpy as np
import pytest

from leitmotiv.analysis import paintings


@pytest.mark.parametrize("painter", [paintings.dusk, paintings.sphere, paintings.stripes])
def test_a_seed_paints_the_same_and_another_seed_another_picture(painter):
    one, again, other = (paintings.painted(painter, seed) for seed in (3, 3, 4))
    assert (one.shape, one.dtype) == ((paintings.HEIGHT, paintings.WIDTH, 3), np.uint8)
    np.testing.assert_array_equal(one, again)
    assert np.abs(one.astype(int) - other).mean() > 5
    assert one.std() > 10
