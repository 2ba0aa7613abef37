import math

import numpy as np
import pytest

from leitmotiv.analysis.lexical import LITTLE, Lexicon, stem, stems
from leitmotiv.records import ClassText

TEXTS = [
    ClassText("ferry", ("ferry", "ferryboat"), "A large boat that carries cars.", "Distinguish it from a trimaran."),
    ClassText("drink pitcher", ("pitcher", "ewer"), "A jug with a handle and a spout.", ""),
    ClassText(
        "trimaran", ("trimaran",), "A sailing boat of three hulls.", "Look for three hulls. Distinguish from a ferry."
    ),
    ClassText("class without words", ("class",), "", ""),
]


def test_a_match_is_that_of_the_formula():
    alone, other = ClassText("ewer", ("ewer",), "A jug.", ""), ClassText("x", ("x",), "A jug of y z w v.", "")
    # Weighted lengths: 3 for a name, 1 for each word of a description.
    lengths = [3 + 2, 3 + 7]
    norm = 1.2 * (0.25 + 0.75 * lengths[0] / np.mean(lengths))
    rarity = math.log1p((2 - 1 + 0.5) / (1 + 0.5))
    expected = rarity * 3 * 2.2 / (3 + norm) / 8
    np.testing.assert_allclose(Lexicon([alone, other]).match("ewers"), [expected, 0])


def test_a_name_counts_more_than_a_mention():
    found = Lexicon(TEXTS).match("trimaran")
    assert found[2] > 2 * found[0] > 0
    assert found[1] == found[3] == 0


def test_synonyms_are_found_where_the_name_says_nothing():
    assert Lexicon(TEXTS).match("ewers").argmax() == 1


def test_a_single_word_that_many_descriptions_have_tells_little_but_of_what_is_called_so():
    eyes = [ClassText(f"animal {n}", (f"animal {n}",), f"It has eyes and {'fur' * (n % 2)}.", "") for n in range(40)]
    lexicon = Lexicon([ClassText("eye of a needle", ("eye",), "A hole.", ""), *eyes, *TEXTS])
    alone, phrase = lexicon.match("an eye"), lexicon.match("furry eyes")
    assert lexicon.match("eyes")[1] == pytest.approx(alone[1] - lexicon.match("an")[1])
    assert alone[0] == phrase[0] > 0
    assert alone[1] == pytest.approx(LITTLE * phrase[1])
    # a rarer word tells as much as ever
    np.testing.assert_array_equal(lexicon.match("fur") > 0, [False, *(n % 2 == 1 for n in range(40)), *[False] * 4])
    assert lexicon.match("fur")[2] == pytest.approx(lexicon.match("fur zzz")[2])
    again = Lexicon.unpacked(lexicon.packed)
    np.testing.assert_array_equal(again.match("eye"), lexicon.match("eye"))


def test_a_phrase_of_strange_words_matches_nothing():
    for phrase in ("", "zzz", "日本", "🙂 !!"):
        np.testing.assert_array_equal(Lexicon(TEXTS).match(phrase), 0)


def test_matches_lie_between_0_and_1():
    found = Lexicon(TEXTS * 300).match("ferry ferryboat boat jug spout handle trimaran hulls ewer pitcher " * 20)
    assert found.max() == 1
    assert found.min() >= 0


@pytest.mark.parametrize(
    ("word", "expected"),
    [("dogs", "dog"), ("cities", "city"), ("boxes", "box"), ("grass", "grass"), ("bus", "bus"), ("iris", "iris")],
)
def test_plurals_and_singulars_are_one(word, expected):
    assert stem(word) == expected


def test_words_are_taken_in_any_script_and_case():
    assert stems("Grand-Piano, ÉTÉ 2 снега") == ["grand", "piano", "été", "2", "снега"]


def test_what_was_packed_matches_as_before():
    made = Lexicon(TEXTS)
    again = Lexicon.unpacked(made.packed)
    for phrase in ("ferry", "ewers and boats", "nothing", "three hulls"):
        np.testing.assert_array_equal(again.match(phrase), made.match(phrase))
    assert "hull" in again
