from dataclasses import fields, replace

import numpy as np
from skimage import data

from leitmotiv.imaging import edges
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Controls
from leitmotiv.workflows import live
from leitmotiv.workflows.live import Film

FRAME = data.chelsea()
NOTHING = Controls(flip_h=False, pre_median=0, canny=False, post_time_lerp=0)
EVERYTHING = Controls(
    frame_diff=True,
    flip_v=True,
    grayscale=True,
    pre_blur=1,
    pre_thresh=9,
    adaptive_thresh=True,
    invert=True,
    post_blur=1,
    accum_w1=0.5,
    accum_w2=0.5,
    post_thresh=9,
    pre_time_lerp=0.5,
)
PROCESSING = {
    "frame_diff": False,
    "flip_h": True,
    "flip_v": False,
    "grayscale": False,
    "pre_blur": 0,
    "pre_median": 1,
    "pre_thresh": 0,
    "adaptive_thresh": False,
    "adaptive_thresh_block": 1,
    "adaptive_thresh_c": 2,
    "invert": False,
    "canny": True,
    "canny_t1": 1,
    "canny_t2": 10,
    "post_blur": 0,
    "accum_w1": 0.0,
    "accum_w2": 0.0,
    "post_thresh": 0,
}
PREDICTION = {"pre_time_lerp": 0.0, "post_time_lerp": 0.5}


def test_the_classic_controls_have_the_names_and_defaults_of_the_original():
    # The original lists eighteen under "processing", and these two under "prediction"; this is their order, too.
    assert [(one.name, one.default) for one in fields(Controls)][:18] == list(PROCESSING.items())
    assert [(one.name, one.default) for one in fields(Controls)][18:] == list(PREDICTION.items())
    assert live.PRESETS["classic"] == Controls()


def test_all_steps_act_in_the_order_of_the_original():
    film = Film()
    live.prepare(FRAME, EVERYTHING, film, 64)
    assert film.done == [
        "flip_v",
        "flip_h",
        "frame_diff",
        "square",
        "grayscale",
        "pre_blur",
        "pre_median",
        "pre_thresh",
        "adaptive_thresh",
        "invert",
        "canny",
        "post_blur",
        "accum",
        "post_thresh",
        "pre_time_lerp",
    ]


def test_the_classic_picture_is_that_of_the_steps_done_one_by_one():
    flipped = middle_square(FRAME[:, ::-1], 64)
    lines = edges.canny(edges.median(edges.grey(flipped), 1), 1, 10)
    seen = live.prepare(FRAME, Controls(), Film(), 64)
    np.testing.assert_array_equal(seen[..., 0], np.where(lines, 255, 0))


def test_the_order_matters_and_is_kept():
    one = replace(NOTHING, grayscale=True, pre_thresh=100, invert=True)
    grey = edges.grey(middle_square(FRAME, 32))
    np.testing.assert_array_equal(live.prepare(FRAME, one, Film(), 32)[..., 1], 255 - np.where(grey > 100, grey, 0))


def test_nothing_switched_on_shows_the_middle_of_the_frame():
    film = Film()
    np.testing.assert_array_equal(live.prepare(FRAME, NOTHING, film, 48), middle_square(FRAME, 48))
    assert film.done == ["square"]


def test_a_still_camera_shows_no_difference_and_accumulates_to_all_of_it():
    film, one = Film(), replace(NOTHING, frame_diff=True)
    assert not live.prepare(FRAME, one, film, 32).any()
    assert not live.prepare(FRAME, one, film, 32).any()
    film, one = Film(), replace(NOTHING, accum_w1=1.0, accum_w2=1.0)
    first, second = (live.prepare(FRAME, one, film, 32).astype(int) for _ in range(2))
    np.testing.assert_array_equal(second, np.minimum(255, 2 * first))


def test_what_the_eyes_see_follows_slowly_where_it_is_smoothed():
    film, one = Film(), replace(NOTHING, post_time_lerp=0.5)
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    levels = [int(live.settle(now, one, film)[0, 0, 0]) for now in (black, white, white, white)]
    assert levels == [0, 128, 191, 223]


def test_a_frame_of_another_size_begins_anew():
    film = Film()
    for size in (40, 60):
        live.look(FRAME[:size, :size], EVERYTHING, film, lambda shown: 255 - shown, size // 2)
    assert film.seen.shape == (30, 30, 3)
