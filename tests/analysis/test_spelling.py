from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis import spelling
from leitmotiv.analysis.spelling import Vocabulary, slips

NAMES = ["accordion", "according", "elephant", "elegant", "flower", "ferry", "sketch", "dog", "panda", "sunflower"]
WORDS = Vocabulary(NAMES)


def apart(one, other):
    """Slips between two words, letter by letter: missing, added, wrong, or swapped with the next."""
    table = (
        {(-1, -1): 0} | {(at, -1): at + 1 for at in range(len(one))} | {(-1, at): at + 1 for at in range(len(other))}
    )
    for i in range(len(one)):
        for j in range(len(other)):
            found = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (one[i] != other[j])]
            if i and j and one[i] == other[j - 1] and one[i - 1] == other[j]:
                found.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(found)
    return table[len(one) - 1, len(other) - 1]


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("pnada", "panda"),
        ("sunfower", "sunflower"),
        ("accordian", "accordion"),
        ("fery", "ferry"),
    ],
)
def test_what_is_missing_swapped_or_wrong_is_known_again(slip, word):
    assert WORDS.nearest(slip)[0][0] == word


def test_a_long_word_may_have_two_slips():
    assert [near for near, _ in WORDS.nearest("elefant")] == ["elegant", "elephant"]
    assert WORDS.nearest("flwr") == []


def test_what_is_far_or_known_or_short_is_no_slip():
    for word in ("menorah", "dg", "do", "x", "", "flowers of the field", "жжж", "pa" * 30):
        assert WORDS.nearest(word) == [], word
    assert all(near != "panda" for near, _ in WORDS.nearest("panda"))
    assert Vocabulary([]).nearest("panda") == []


def test_of_words_as_near_the_one_that_is_said_more_comes_first():
    assert Vocabulary({"bear": 1.0, "beer": 50.0}).nearest("beur")[0][0] == "beer"
    assert Vocabulary({"bear": 50.0, "beer": 1.0}).nearest("beur")[0][0] == "bear"
    more = Vocabulary({"bear": 1.0, "beer": 50.0}).with_more({"bear": 900.0})
    assert more.nearest("beur")[0][0] == "bear"
    assert "beer" in more


@settings(max_examples=50)
@given(
    st.text("abcd", min_size=1, max_size=8), st.lists(st.text("abcd", min_size=1, max_size=8), min_size=1, max_size=6)
)
def test_slips_are_counted_as_one_counts_them_by_hand(word, others):
    width = max(map(len, others))
    letters = np.array([[ord(one) for one in other.ljust(width, "\0")] for other in others], np.int32)
    found = slips(word, letters, np.array([len(one) for one in others]))
    assert found.tolist() == [apart(word, other) for other in others]


@settings(max_examples=30)
@given(st.text(max_size=50))
def test_any_word_has_an_answer(word):
    near = WORDS.nearest(word)
    assert len(near) <= 3
    assert all(0 < how <= 3 for _, how in near)


def test_only_words_with_nearly_the_same_letters_are_compared_letter_by_letter(monkeypatch):
    compared = []

    def noted(word, letters, lengths):
        compared.append(len(letters))
        return slips(word, letters, lengths)

    monkeypatch.setattr(spelling, "slips", noted)
    many = Vocabulary([*NAMES, *("".join(one) for one in permutations("qwxyz", 5))])
    assert many.nearest("pnada") == [("panda", 1.0)]
    assert compared == [1]


@settings(max_examples=60)
@given(st.text("abcä", min_size=3, max_size=12), st.sets(st.text("abcdää", min_size=1, max_size=12), min_size=1))
def test_no_word_that_is_near_is_passed_over(word, others):
    allowed = min(3, (len(word) + 1) // 4)
    near = {other for other in others if 0 < apart(word, other) <= allowed}
    assert {other for other, _ in Vocabulary(others).nearest(word, len(others))} == near
