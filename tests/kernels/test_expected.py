import numpy as np
import pytest

from leitmotiv.analysis import views
from leitmotiv.kernels import expected
from tests.kernels import naive_expected
from tests.kernels.divergence_cases import mixture


def draw(given, columns, rows):
    places, planes = views._planes(given, 1.0)
    padded = np.resize(np.float32(columns), -(-len(columns) // expected.WIDTH) * expected.WIDTH)
    out = np.empty((len(rows), 3, len(padded)), np.float32)
    expected.draw(places, planes, padded, np.float32(rows), out)
    return out[:, :, : len(columns)].transpose(0, 2, 1)


@pytest.mark.parametrize(
    ("components", "spread"), [(1, 0.3), (2, 0.3), (9, 0.3), (40, 0.2), (200, 0.5), (5, 1e-3), (3, 0.0)]
)
def test_the_kernel_equals_its_naive_twin(components, spread):
    given = mixture(components, components, spread)
    # Places that the mixture holds: far from all of them the twin's densities vanish.
    centres = given.shift[:2] + given.scale[:2] * given.means[:8, :2]
    for x, y in centres + 1e-3:
        found = draw(given, [x, x + 0.01], [y])[0, 0]
        assert found == pytest.approx(naive_expected.expected(given, np.float32(x), np.float32(y)), abs=0.02)


def test_far_from_every_component_the_colour_is_finite():
    given = mixture(3, 5, 0.01)
    assert np.isfinite(draw(given, [-50.0, 50.0], [-50.0, 50.0])).all()
