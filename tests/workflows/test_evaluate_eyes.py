"""Trained eyes measured beside what needs no training, on a small folder; and parts of pictures to learn from."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import EyesError
from leitmotiv.records import Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows.evaluate_eyes import evaluate_eyes
from leitmotiv.workflows.partial import glimpse
from leitmotiv.workflows.views import VIEWS, views
from tests.nets import torch_there
from tests.workflows.pictures import folder_of

torch_there.need()
SIZE = {"shown": ["random regions"], "losses": ["l1", "gan"], "side": 32, "width": 4, "learnt": 20, "held": 2}


def test_all_ways_are_measured_on_pictures_that_were_not_learnt_from(tmp_path):
    photos = folder_of(tmp_path / "photos", 25)
    (photos / "broken.jpg").write_bytes(b"nothing")
    found = evaluate_eyes(replace(Settings(), workers=1), photos, steps=3, **SIZE)
    assert [(one.shown, one.way) for one in found.results] == [
        ("random regions", way) for way in ("copy", "mean", "patches", "l1", "gan")
    ]
    named = {one.way: one for one in found.results}
    assert named["copy"].figures.to_shown == pytest.approx(0, abs=1e-3)
    np.testing.assert_array_equal(named["copy"].pixels, found.parts["random regions"])
    for one in found.results:
        assert one.figures.l1 == pytest.approx(np.abs(one.pixels.astype(int) - found.truth).mean())
    assert named["gan"].steps == 3
    assert 1 <= named["l1"].steps <= 3
    assert found.frames > 0
    assert len(found.failed) <= 1
    with pytest.raises(EyesError, match="60 are needed"):
        evaluate_eyes(Settings(), photos, steps=1, **{**SIZE, "held": 20})


def test_parts_lie_in_the_middle_square_and_each_has_what_is_shown_of_it():
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, :20], wide[:, 60:] = (255, 0, 0), (255, 0, 0)
    wide[:, 20:60, 1] = np.arange(40, dtype=np.uint8) * 6
    known, shown = views([wide], Partial("grey"), 16, 3)
    assert len(known) == len(shown) == VIEWS
    assert known[..., 0].max() == 0
    assert len(np.unique(known.reshape(VIEWS, -1), axis=0)) > VIEWS // 2
    for picture, part in zip(known, shown, strict=True):
        np.testing.assert_array_equal(part, glimpse(picture, Partial("grey")).pixels)
    again = views([wide], Partial("grey"), 16, 3)
    np.testing.assert_array_equal(again[0], known)
