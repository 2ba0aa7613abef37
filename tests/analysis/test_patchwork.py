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
    made = patchwork.redraw(ORANGE, shown).pixels
    assert np.abs(made.astype(int) - truth).mean() < 14
    mean = np.abs(ORANGE.pictures.mean(0) - truth).mean()
    assert np.abs(made.astype(int) - truth).mean() < mean / 2


def test_a_picture_of_the_set_is_found_again():
    made = patchwork.redraw(ORANGE, ORANGE.shown[4]).pixels
    assert np.abs(made.astype(int) - ORANGE.pictures[4]).mean() < 8


def test_the_same_seed_draws_the_same_and_one_picture_is_enough():
    shown, _ = blobs(np.random.default_rng(5), (0, 0, 0))
    one = Patchwork(ORANGE.shown[:1].copy(), ORANGE.pictures[:1].copy())
    for of in (ORANGE, one):
        first, second = (patchwork.redraw(of, shown, seed=3) for _ in range(2))
        np.testing.assert_array_equal(first.pixels, second.pixels)
        np.testing.assert_array_equal(first.field, second.field)


def test_a_frame_that_goes_on_with_the_one_before_flickers_less_and_is_as_near():
    shown, truth = blobs(np.random.default_rng(9), (230, 140, 40))
    first = patchwork.redraw(ORANGE, shown, seed=1)
    alone, steady = patchwork.redraw(ORANGE, shown, seed=2), patchwork.redraw(ORANGE, shown, seed=2, before=first)

    def apart(one, other):
        return np.abs(one.astype(int) - other).mean()

    assert apart(steady.pixels, first.pixels) < 0.8 * apart(alone.pixels, first.pixels)
    assert apart(steady.pixels, truth) < 1.2 * apart(alone.pixels, truth)
    assert steady.anew == first.apart
    assert steady.apart != first.apart


def test_a_frame_after_a_cut_begins_anew():
    shown, _ = blobs(np.random.default_rng(9), (230, 140, 40))
    first = patchwork.redraw(ORANGE, shown, seed=1)
    cut, alone = (patchwork.redraw(ORANGE, 255 - shown, seed=2, before=one) for one in (first, None))
    np.testing.assert_array_equal(cut.pixels, alone.pixels)
    assert cut.anew == alone.apart


def test_a_large_picture_is_drawn_by_half_its_side_first_and_comes_as_near():
    large = Patchwork(*(np.ascontiguousarray(one.repeat(4, 1).repeat(4, 2)) for one in (ORANGE.shown, ORANGE.pictures)))
    assert (large.side, large.halved.side, large.halved.halved) == (128, 64, None)
    np.testing.assert_array_equal(large.halved.pictures, ORANGE.pictures.repeat(2, 1).repeat(2, 2))
    shown, truth = (one.repeat(4, 0).repeat(4, 1) for one in blobs(np.random.default_rng(77), (230, 140, 40)))
    made = patchwork.redraw(large, shown)
    assert made.pixels.shape == (128, 128, 3)
    assert np.abs(made.pixels.astype(int) - truth).mean() < 14
    assert made.field.max() <= 128 - made.side


def test_it_may_be_smaller_than_a_patch_allows_elsewhere():
    tiny = Patchwork(ORANGE.shown[:, :8, :8].copy(), ORANGE.pictures[:, :8, :8].copy())
    assert patchwork.redraw(tiny, tiny.shown[0]).pixels.shape == (8, 8, 3)
