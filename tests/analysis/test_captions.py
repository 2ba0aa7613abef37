"""Captions made fit to learn from: tags, links, fillers, and scripts that put no spaces between words."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from leitmotiv.analysis import captions


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("RT @me: The #redPanda sleeps! https://example.org/a?b=c", ["red", "panda", "sleeps"]),
        ("#sea_side2019 <b>bold</b> Claude Monet's garden", ["sea", "side", "bold", "claude", "monet", "garden"]),
        ("Der alte Hafen und das Meer, für immer", ["alte", "hafen", "meer", "immer"]),
        ("Старый город и море", ["старый", "город", "море"]),
        ("夕焼けの海 at dusk", ["夕焼", "焼け", "けの", "の海", "dusk"]),
        ("猫", ["猫"]),
        ("مدينة قديمة على البحر", ["مدينة", "قديمة", "البحر"]),
        ("ＦＵＬＬ　ｗｉｄｔｈ", ["full", "width"]),
        ("नदी के किनारे #सूर्यास्त", ["नदी", "किनारे", "सूर्यास्त"]),
        ("தமிழ் நாடு", ["தமிழ்", "நாடு"]),
        ("ที่ at", ["ที", "ี่"]),
        ("مُحَمَّد", ["محمد"]),
        ("שָׁלוֹם", ["שלום"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("산 위의 꽃 그", ["산", "위의", "꽃"]),
        ("İstanbul'da gece", ["istanbulda", "gece"]),
        ("Sonnen\u00aduntergang \ufeffam Zu\u0308richsee", ["sonnenuntergang", "zürichsee"]),
        ("1\ufe0f\u20e3 ❤\ufe0f", []),
        ("写信给me@example.org谢谢", ["写信", "信给", "谢谢"]),
        ("the of and 12345 🙂 …", []),
        ("x" * 41, []),
    ],
)
def test_words_are_what_says_something(text, wanted):
    assert captions.words(text) == wanted


def test_names_of_files_say_what_people_called_them():
    assert captions.of_name("DSC_0123-old_harbour.jpg") == "old harbour"
    assert captions.of_name("IMG_20240517_120000.jpg") == ""
    assert captions.of_name("goldenHour2.tif") == "golden Hour"
    assert captions.of_name("Zu\u0308rich_cafe\u0301.jpg") == "Zürich café"
    assert captions.of_name("नदी-02.jpg") == "नदी"


def test_texts_of_a_picture_are_joined_without_saying_one_twice():
    assert captions.joined(["A red boat.", "red boat", "at sea #evening", ""]) == "A red boat. at sea evening"
    assert captions.joined(["Car", "A carpet.", "a carpet"]) == "Car. A carpet"
    assert captions.joined(["夕焼け", "海と夕焼け", "नद", "नदी"]) == "海と夕焼け. नद. नदी"


@pytest.mark.parametrize("unit", ["a", "@", "a.", "a@", "#a", "夕", "<", "www."])
def test_a_long_run_without_spaces_is_read(unit):
    """Where each letter began a search of its own, this took hours."""
    assert len(captions.words(unit * 150_000 + " end")) <= captions.MOST_WORDS


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_any_text_is_cleaned_once_and_for_all(text):
    once = captions.sentence(text)
    assert once == " ".join(once.split())
    found = captions.words(text)
    assert all(word == word.casefold() and word not in captions.STOP_WORDS and not word.isspace() for word in found)
    assert len(found) <= captions.MOST_WORDS
    assert bool(found) == captions.says_something(text)
