"""Results of other tools beside eyes of the library: who copies the truth is nearest, whoever that is."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import UsageError
from leitmotiv.imaging.read import encode
from leitmotiv.records import Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows import eye_results, eyes
from leitmotiv.workflows.partial import glimpse
from leitmotiv.workflows.session import Session
from tests.workflows.watched import fill

SIDE = 48
PARTIAL = Partial("blur", size=0.1)


def write(folder, made_of):
    """Six pictures of which a tool made something, as pix2pix writes them."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        there = rng.integers(0, 256, (6, 6, 3)).astype(np.uint8).repeat(SIDE // 6, 0).repeat(SIDE // 6, 1)
        shown = glimpse(there, PARTIAL).pixels
        for name, pixels in (("real_A", shown), ("fake_B", made_of(shown, there)), ("real_B", there)):
            (folder / f"{number}_{name}.png").write_bytes(encode(pixels, "PNG"))
    return folder


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        fill(opened.library, tmp_path / "photos", 12)
        yield opened


def test_a_tool_that_copies_what_is_shown_or_what_is_there_is_measured_as_such(session, tmp_path):
    copied = eye_results.compare(session, write(tmp_path / "copied", lambda shown, there: shown))
    theirs, copy = copied.results
    assert (copied.pictures, copied.side, theirs.who, copy.who) == (6, SIDE, "the results", "copy")
    assert theirs.figures == copy.figures
    assert theirs.figures.l1 > 5
    (right, copy) = eye_results.compare(session, write(tmp_path / "right", lambda shown, there: there)).results
    assert (right.figures.l1, right.figures.ssim, right.figures.edges) == (0, pytest.approx(1), 1)
    assert right.figures.to_known == pytest.approx(0, abs=1e-3)


def test_eyes_stand_beside_and_all_are_measured_at_the_smallest_side(session, tmp_path):
    made = eyes.make(session, "Watched", "", partial=PARTIAL, side=32)
    found = eye_results.compare(session, write(tmp_path / "results", lambda shown, there: 255 - there), [made])
    theirs, _, ours = found.results
    assert (found.side, ours.who, ours.shown) == (32, made.id, "blur")
    assert 0 < ours.figures.l1 < theirs.figures.l1


def test_a_folder_without_results_is_named(session, tmp_path):
    with pytest.raises(UsageError, match="has no results: files such as NAME_real_A"):
        eye_results.compare(session, tmp_path)
