import numpy as np
import pytest

from leitmotiv.analysis.plane import plane, thinned


@pytest.fixture(scope="module")
def vectors():
    rng = np.random.default_rng(5)
    found = rng.normal(size=(400, 12)) * np.array([5, 3, *[0.5] * 10])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_places_lie_on_the_unit_square_and_keep_the_order_along_each_axis(vectors):
    flat = plane(vectors)
    places = flat.place(vectors)
    along = (vectors - flat.centre) @ flat.axes
    assert places.min() >= 0
    assert places.max() <= 1
    for axis in range(2):
        order = np.argsort(along[:, axis])
        assert (np.diff(places[order, axis]) >= -1e-12).all()
    assert along.var(axis=0).sum() > 0.6 * (vectors - flat.centre).var(axis=0).sum()


def test_the_same_vectors_in_another_order_lie_in_the_same_places(vectors):
    order = np.random.default_rng(1).permutation(len(vectors))
    np.testing.assert_allclose(plane(vectors[order]).place(vectors), plane(vectors).place(vectors), atol=2e-3)


def test_a_window_shows_one_of_each_cell_that_has_any(vectors):
    places = plane(vectors).place(vectors)
    box = (0.2, 0.1, 0.5, 0.4)
    rows = thinned(places, box, 7, 5)
    inside = (places - box[:2]) / box[2:] * [7, 5]
    cells = {tuple(cell) for cell in np.floor(inside).astype(int).tolist() if 0 <= cell[0] < 7 and 0 <= cell[1] < 5}
    assert {tuple(np.floor(inside[row]).astype(int).tolist()) for row in rows} == cells
    assert len(rows) == len(cells)
    first = np.random.default_rng(5).random(len(places)) < 0.2
    chosen = thinned(places, box, 7, 5, first)
    where = np.floor(inside).astype(int)
    within = ((where >= 0) & (where < [7, 5])).all(axis=1)
    held = {tuple(cell) for cell in where[first & within].tolist()}
    assert {tuple(where[row].tolist()) for row in chosen if first[row]} == held
    assert (len(chosen), bool(held)) == (len(cells), True)
    assert thinned(places, (0.999, 0.999, 0.0001, 0.0001), 7, 5).tolist() == []
