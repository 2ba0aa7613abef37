import numpy as np
import pytest
from scipy.stats import multivariate_normal

from leitmotiv.analysis.places import NAMED, Box, Oval, integral


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.69, 0.9, 0.99])
def test_integrals_over_rectangles_equal_a_published_algorithm(correlation):
    spread = np.array([[0.04, correlation * 0.02], [correlation * 0.02, 0.01]])
    normal = multivariate_normal([0.45, 0.55], spread)
    for left, right, top, bottom in ((-9, 0.5, -9, 0.5), (0.25, 0.75, 0.25, 0.75), (0.4, 9, 0.7, 0.72)):
        corners = [[right, bottom], [left, bottom], [right, top], [left, top]]
        expected = np.dot([1, -1, -1, 1], [normal.cdf(corner) for corner in corners])
        found = integral(np.array([[0.45, 0.55]]), spread[None], left, right, top, bottom)
        assert found[0] == pytest.approx(expected, abs=1e-3)


def test_named_places_lie_where_their_names_say():
    for name, box in NAMED.items():
        assert isinstance(box, Box)
        x, y = box.x + box.width / 2, box.y + box.height / 2
        assert ("left" in name) == (x < 0.4)
        assert ("right" in name) == (x > 0.6)
        assert ("top" in name) == (y < 0.4)
        assert ("bottom" in name) == (y > 0.6)


def test_a_box_on_the_edge_has_everything_beyond_it():
    assert Box(0, 0.2, 0.5, 0.8).edges == (-np.inf, 0.5, 0.2, np.inf)
    assert Box(0, 0.2, 0.5, 0.8).extent == pytest.approx(0.4)


def test_an_oval_keeps_its_shape_on_its_canvas():
    turned = Oval.drawn(0.5, 0.5, 0.2, 0.1, 90, aspect=2.0)
    assert turned.xx == pytest.approx(0.05**2)
    assert turned.yy == pytest.approx((0.1 / 0.5) ** 2)
    assert turned.xy == pytest.approx(0, abs=1e-12)


def test_the_extent_of_an_oval_is_what_a_full_frame_has_in_it():
    oval = Oval.drawn(0.9, 0.2, 0.3, 0.15, 20)
    x, y = (np.mgrid[:400, :400] + 0.5) / 400
    apart = np.stack([x - oval.x, y - oval.y], axis=-1)
    inverse = np.linalg.inv([[oval.xx, oval.xy], [oval.xy, oval.yy]])
    assert oval.extent == pytest.approx(
        np.exp(-0.5 * np.einsum("xyi,ij,xyj->xy", apart, inverse, apart)).mean(), rel=1e-3
    )
