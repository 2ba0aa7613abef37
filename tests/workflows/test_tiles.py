import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.workflows.tiles import tiles

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)


@given(PAIRS, st.integers(1, 50), st.integers(1, 20))
def test_every_pair_is_in_exactly_one_tile_and_names_the_same_rows(listed, side, most):
    pairs = np.array(listed, np.int64).reshape(-1, 2)
    cut = list(tiles(pairs, side=side, most=most))
    places = np.concatenate([np.zeros(0, np.int64), *(tile.places for tile in cut)])
    assert sorted(places.tolist()) == list(range(len(pairs)))
    for tile in cut:
        assert 0 < len(tile.places) <= most
        assert tile.pairs.max() < side
        rows = tile.pairs + np.array([tile.left * side, tile.right * side])
        np.testing.assert_array_equal(rows, pairs[tile.places])


def test_tiles_with_the_same_first_block_come_one_after_the_other():
    pairs = np.random.default_rng(0).integers(0, 100, (500, 2))
    firsts = [tile.left for tile in tiles(pairs, side=10, most=7)]
    assert firsts == sorted(firsts)
