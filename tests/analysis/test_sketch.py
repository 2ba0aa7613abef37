import numpy as np
import pytest

from leitmotiv.analysis import divergence, patches, sketch
from leitmotiv.analysis.mixture import fit_image, sample
from leitmotiv.analysis.sketch import Blob, Sketch
from tests.analysis.looks import in_frame, patchwork

RED, BLUE, GREY = (200, 40, 40), (40, 60, 190), (90, 90, 90)
LEFT = patchwork(GREY, (RED, slice(20, 60), slice(5, 45)))
RIGHT = patchwork(GREY, (RED, slice(20, 60), slice(75, 115)))
BOTH = patchwork(GREY, (RED, slice(20, 60), slice(5, 45)), (BLUE, slice(20, 60), slice(75, 115)))
NONE = patchwork(GREY)
RED_LEFT = Blob(0.2, 0.5, 0.16, 0.16, 0, "#c82828")
STILL = np.zeros((1, 2))


@pytest.fixture(scope="module")
def pictures() -> list:
    return [fit_image(one) for one in (LEFT, RIGHT, BOTH, NONE)]


def test_blobs_are_found_where_they_were_drawn_and_the_rest_counts_for_nothing(pictures):
    table = patches.gather(pictures)
    left, right, both, none = sketch.held(table, sketch.parts(Sketch((RED_LEFT,))), STILL)[0]
    assert left > 0.7
    assert both == pytest.approx(left, abs=0.1)
    assert right < 0.05
    assert none < 0.03


def test_every_blob_has_its_part_in_the_score(pictures):
    table = patches.gather(pictures)
    two = Sketch((RED_LEFT, Blob(0.8, 0.5, 0.16, 0.16, 0, "#283cbe")))
    left, _, both, _ = sketch.held(table, sketch.parts(two), STILL)[0]
    assert both > 0.7
    assert left == pytest.approx(both / 2, abs=0.1)


def test_what_may_lie_anywhere_is_found_where_it_is(pictures):
    shifts = np.array([[0, 0], [0.3, 0.0], [0.58, 0.0]])
    held, at = sketch.held(patches.gather(pictures), sketch.parts(Sketch((RED_LEFT,))), shifts)
    assert held[1] == pytest.approx(held[0], abs=0.15)
    assert at[0] == 0
    assert at[1] == 2


def test_a_sketch_with_a_ground_is_a_mixture_nearest_to_what_it_shows(pictures):
    drawn = sketch.mixture(Sketch((RED_LEFT,), ground="#5a5a5a"))
    values = divergence.js_to(drawn, pictures)
    assert values.argmin() == 0
    assert values[0] < 0.6 * values[1:].min()


def test_the_mixture_of_a_sketch_fills_its_canvas_with_its_shares():
    blob = Blob(0.3, 0.4, 0.1, 0.1, 0, "#c82828", share=0.2)
    drawn = sketch.mixture(Sketch((blob,), aspect=0.5, ground="#5a5a5a"))
    assert drawn.weights.sum() == pytest.approx(1)
    points = sample(drawn, 40_000, np.random.default_rng(0))
    red = points[:, 3] > 30
    assert red.mean() == pytest.approx(0.2, abs=0.03)
    assert in_frame(points[red], 0.5).mean(0) == pytest.approx([0.3, 0.4], abs=0.01)
    xy = in_frame(points, 0.5)
    assert ((xy > 0) & (xy < 1)).all(axis=1).mean() > 0.85
    with pytest.raises(ValueError, match="ground"):
        sketch.mixture(Sketch((blob,)))
