from hypothesis import given, settings
from hypothesis import strategies as st

from leitmotiv.analysis.spelling import Vocabulary

WORDS = Vocabulary(["accordion", "according", "elephant", "elegant", "flower", "ferry", "sketch", "dog"])


def test_nearest_words_come_first():
    assert WORDS.nearest("accordian")[0][0] in ("accordion", "according")
    assert WORDS.nearest("elefant", 2)[1][0] == "elephant"
    assert WORDS.nearest("dog")[0] == ("dog", 1.0)


def test_a_slip_is_near_and_about_as_long():
    assert set(WORDS.meant("accordian")) == {"accordion", "according"}
    assert WORDS.meant("sunflower") == []
    assert WORDS.meant("menorah") == []


def test_nothing_shared_is_nothing_near():
    assert WORDS.nearest("жжж") == []
    assert Vocabulary([]).nearest("dog") == []


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_any_word_has_an_answer(word):
    near = WORDS.nearest(word)
    assert len(near) <= 3
    assert [how for _, how in near] == sorted((how for _, how in near), reverse=True)
    assert (word in WORDS) == any(found == word for found, _ in near)
