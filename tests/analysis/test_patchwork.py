import numpy as np

from leitmotiv.analysis import patchwork
from leitmotiv.analysis.patchwork import Patchwork

SIDE = 32


def blobs(rng, colour):
    y, x = np.mgrid[:SIDE, :SIDE]
    shape = np.zeros((SIDE, SIDE), bool)
    for _ in range(3):
        cx, cy, r = [*rng.uniform(6, 26, 2).tolist(), rng.uniform(4, 9)]
        shape |= np.hypot(x - cx, y - cy) < r
    picture = np.where(shape[..., None], np.array(colour), np.array([20, 30, 60]))
    noise = rng.integers(-6, 7, picture.shape)
    return np.where(shape, 255, 0).astype(np.uint8)[..., None], np.clip(picture + noise, 0, 255).astype(np.uint8)


def work(colour, count=12, seed=0):
    rng = np.random.default_rng(seed)
    shown, pictures = zip(*[blobs(rng, colour) for _ in range(count)], strict=True)
    return Patchwork(np.stack(shown), np.stack(pictures))


ORANGE = work((230, 140, 40))


def test_a_shape_that_was_never_seen_is_drawn_in_the_colours_of_the_pictures():
    shown, truth = blobs(np.random.default_rng(77), (230, 140, 40))
    made = patchwork.redraw(ORANGE, shown)
    assert np.abs(made.astype(int) - truth).mean() < 14
    mean = np.abs(ORANGE.pictures.mean(0) - truth).mean()
    assert np.abs(made.astype(int) - truth).mean() < mean / 2


def test_a_picture_of_the_set_is_found_again():
    made = patchwork.redraw(ORANGE, ORANGE.shown[4])
    assert np.abs(made.astype(int) - ORANGE.pictures[4]).mean() < 8


def test_the_same_seed_draws_the_same_and_one_picture_is_enough():
    shown, _ = blobs(np.random.default_rng(5), (0, 0, 0))
    one = Patchwork(ORANGE.shown[:1].copy(), ORANGE.pictures[:1].copy())
    for of in (ORANGE, one):
        np.testing.assert_array_equal(patchwork.redraw(of, shown, seed=3), patchwork.redraw(of, shown, seed=3))


def test_what_begins_with_the_frame_before_stays_near_to_it():
    shown, _ = blobs(np.random.default_rng(9), (230, 140, 40))
    first = patchwork.redraw(ORANGE, shown, seed=1)
    alone, steady = patchwork.redraw(ORANGE, shown, seed=2), patchwork.redraw(ORANGE, shown, seed=2, start=first)
    assert np.abs(steady.astype(int) - first).mean() <= np.abs(alone.astype(int) - first).mean()


def test_it_may_be_smaller_than_a_patch_allows_elsewhere():
    tiny = Patchwork(ORANGE.shown[:, :8, :8].copy(), ORANGE.pictures[:, :8, :8].copy())
    assert patchwork.redraw(tiny, tiny.shown[0]).shape == (8, 8, 3)
