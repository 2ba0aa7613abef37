import numpy as np
import pytest

from leitmotiv.imaging import edges

RNG = np.random.default_rng(8)
NOISE = RNG.integers(0, 256, (17, 23, 3)).astype(np.uint8)


def sobel_by_hand(levels):
    across, down = np.zeros(levels.shape), np.zeros(levels.shape)
    padded = np.pad(levels.astype(float), 1, mode="reflect")
    for row in range(levels.shape[0]):
        for column in range(levels.shape[1]):
            window = padded[row : row + 3, column : column + 3]
            across[row, column] = (window * [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]).sum()
            down[row, column] = (window * [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]).sum()
    return across, down


def test_slopes_are_those_of_the_window_summed_by_hand():
    for found, naive in zip(edges.slopes(NOISE[..., 1]), sobel_by_hand(NOISE[..., 1]), strict=True):
        np.testing.assert_array_equal(found, naive)


def test_a_step_gives_one_thin_line_where_its_slope_passes_the_threshold():
    pixels = np.zeros((9, 12), np.uint8)
    pixels[:, 6:] = 100  # a slope of 4 x 100
    assert edges.canny(pixels, 150, 399).sum(1).tolist() == [1] * 9
    assert not edges.canny(pixels, 150, 401).any()


def test_weak_edges_stay_only_where_they_hang_together_with_strong_ones():
    pixels = np.zeros((16, 30), np.uint8)
    pixels[:8, 6:15] = 200
    pixels[8:, 6:15] = 60  # the line goes on, weaker
    pixels[:, 22:] = 60  # and a weak line alone
    found = edges.canny(pixels, 150, 500)
    assert found[12, 4:8].any()
    assert not found[:, 20:].any()


def test_every_edge_is_above_the_low_threshold_and_a_ridge_is_never_two_wide():
    found = edges.canny(NOISE, 300, 600)
    strength = np.max([np.abs(a) + np.abs(d) for a, d in (sobel_by_hand(NOISE[..., c]) for c in range(3))], axis=0)
    assert found.any()
    assert strength[found].min() > 300
    np.testing.assert_array_equal(found, edges.canny(NOISE, 600, 300))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
def test_pictures_of_one_line_have_edges_too(shape):
    pixels = RNG.integers(0, 256, shape).astype(np.uint8)
    assert edges.canny(pixels, 1, 10).shape == shape
    assert edges.sobel(pixels).shape == shape


def test_ink_is_found_in_any_light():
    paper = np.tile(np.linspace(60, 250, 64), (48, 1))
    paper[20:24, 8:56] -= 40
    found = edges.below_surroundings(np.rint(paper).astype(np.uint8), 8, 10)
    assert found[21:23, 10:54].all()
    assert not found[:12].any()


def test_blur_keeps_the_mean_and_a_median_takes_specks_away():
    specks = np.full((24, 24), 90, np.uint8)
    specks[::6, ::6] = 255
    assert (edges.median(specks, 1) == 90).all()
    assert edges.blurred(NOISE, 0) is NOISE
    assert abs(float(edges.smooth(NOISE, 2.0).mean()) - NOISE.mean()) < 4


def test_a_small_picture_is_drawn_in_as_many_blocks_as_it_has_pixels():
    made = edges.shrunk(RNG.integers(0, 256, (32, 64, 3)).astype(np.uint8), 8)
    assert made.shape == (32, 64, 3)
    assert len(np.unique(made.reshape(-1, 3), axis=0)) <= 32
    np.testing.assert_array_equal(made[:8, :8], np.broadcast_to(made[0, 0], (8, 8, 3)))
