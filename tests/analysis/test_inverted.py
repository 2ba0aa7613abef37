import numpy as np
import pytest

from leitmotiv.analysis.inverted import Inverted

TEXTS = [{"red": 1.0, "boat": 1.0}, {"boat": 2.0, "sea": 1.0, "sky": 1.0}, {"sky": 1.0}, {}]


def test_a_text_covers_the_words_that_it_has_and_rare_ones_count_more():
    found = Inverted(TEXTS)
    assert found.covered(["boat"]).tolist() == [1, 1, 0, 0]
    both = found.covered(["red", "boat"])
    assert both[0] == pytest.approx(1)
    assert 0 < both[1] < 0.5
    assert found.covered(["boat", "nowhere"])[1] < 0.5
    assert found.covered([]).tolist() == [0, 0, 0, 0]
    assert found.covered(["boat", "boat"])[0] == 1


def test_of_texts_with_a_word_the_one_about_little_else_comes_first():
    points = Inverted(TEXTS).points(["sky"])
    assert points[2] > points[1] > points[0] == points[3] == 0


def test_an_index_is_packed_and_knows_how_often_words_stand():
    made = Inverted(TEXTS)
    again = Inverted.unpacked(made.packed)
    assert again.frequencies() == made.frequencies() == {"red": 1, "boat": 2, "sea": 1, "sky": 2}
    np.testing.assert_array_equal(again.points(["boat", "sky"]), made.points(["boat", "sky"]))
    assert ("sea" in again, "see" in again, next(iter(again))) == (True, False, "red")


@pytest.mark.parametrize("texts", [[], [{}, {}]])
def test_nothing_written_is_an_index_too(texts):
    found = Inverted.unpacked(Inverted(texts).packed)
    assert found.covered(["boat"]).tolist() == found.points(["boat"]).tolist() == [0] * len(texts)
    assert list(found) == []
