"""Captions that find their pictures: measured on what nothing was learnt from, by file and by folder."""

import json

import numpy as np
import pytest

from leitmotiv.analysis import ranks
from leitmotiv.cli.main import run as main
from leitmotiv.errors import SpaceError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import evaluate_space as measuring
from leitmotiv.workflows.evaluate_search import evaluate_search
from leitmotiv.workflows.evaluate_space import evaluate_space

from .pictures import picture

LOOKS = ("red barn", "blue lake", "green field", "grey tower")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("captioned")
    told = {}
    for look, words in enumerate(LOOKS):
        for number in range(11):
            place = made / f"shelf{number % 4}" / f"{look}-{number}.png"
            place.parent.mkdir(exist_ok=True)
            picture(look + 6 * number).save(place)
            told[place.name] = f"{words} {number % 6}nd visit"
            if look < 2:
                place.with_suffix(".txt").write_text(told[place.name])
    (made / "told.json").write_text(json.dumps(told))
    return made


def test_learnt_spaces_stand_beside_the_untrained_one_on_what_was_held_out(folder, capsys, monkeypatch):
    monkeypatch.setenv("LEITMOTIV_WORDS", "wordllama")
    arguments = ["--captions", str(folder / "told.json"), "--words", "ppmi", "--folds", "2", "--epochs", "2", "--quiet"]
    assert main(["evaluate", "space", str(folder), *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "44 pictures with 24 captions in 4 folders; 0 without; words of ppmi; each is looked for"
    )
    ways = [line.split("  ")[0] for line in lines if "[" in line]
    assert ways == 2 * ["untrained", "ridge", "triplet, random", "search, untrained", "search, with it"]
    assert [line.split()[1] for line in lines if line.startswith("by ")] == ["file", "folder"]


def test_captions_may_be_asked_of_a_search(folder):
    found = evaluate_search(Settings(workers=1, words="wordllama"), folder, captions=True)
    assert (found.pictures, found.queries) == (22, 12)
    assert all(0 < one.results["mAP"].value <= 1 for one in found.single)


def test_what_cannot_be_measured_is_told(folder, tmp_path):
    with pytest.raises(SpaceError, match="22 pictures with captions are too few"):
        evaluate_space(Settings(workers=1), folder, words="ppmi")
    with pytest.raises(UsageError, match="is not a folder"):
        evaluate_space(Settings(workers=1), tmp_path / "nix", words="ppmi")
    with pytest.raises(UsageError, match="two folds"):
        evaluate_space(Settings(workers=1), folder, folds=1)


def test_parts_are_even_and_keep_what_belongs_together():
    names = [f"n{number % 37}" for number in range(400)]
    parts = measuring.parted(names, 5, 0)
    assert np.ptp(np.bincount(parts)) <= 11
    for name in set(names):
        assert len({parts[row] for row, one in enumerate(names) if one == name}) == 1


def test_places_count_equal_scores_by_halves():
    scores = np.array([[3.0, 2, 1, 0], [1, 1, 1, 1], [0, 5, 5, 1]])
    same = np.array([[False, True, False, False], [True, False, False, False], [True, False, False, True]])
    assert ranks.places(scores, same).tolist() == [2, 2.5, 3]
    told = ranks.found(np.array([1.0, 2, 30, 4]), np.array([0, 0, 1, 2]), 0, base=np.array([20.0, 20, 20, 20]))
    assert [round(one.value, 2) for one in told.recall] == [0.25, 0.75, 0.75]
    assert told.median.value == 3
    assert told.median.low <= 3 <= told.median.high
    assert told.gain is not None
    assert told.gain.value == 0.75
