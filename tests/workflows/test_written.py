"""Finding pictures by what is written of them, in scripts that no encoder here reads."""

import numpy as np
import pytest

from leitmotiv.records import Caption
from leitmotiv.settings import Settings
from leitmotiv.workflows import seeking, slips, words
from leitmotiv.workflows.session import Session

from .spoken import fill
from .synthetic import image_id

SAID = ("नदी के किनारे सूर्यास्त", "夕焼けの海と山", "ทะเลที่สวยงาม", "מִדְבָּר בלילה", "гора зимой", "Zu\u0308richsee")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("said") / "library", words="wordllama")) as opened:
        fill(opened)
        ids = [image_id(number) for number in range(len(SAID))]
        told = [Caption(one, text, "caption", "told") for one, text in zip(ids, SAID, strict=True)]
        opened.library.captions.replace(ids, ["told"], told)
        yield opened


@pytest.mark.parametrize(
    ("phrase", "number"),
    [
        ("नदी", 0),
        ("सूर्यास्त किनारे", 0),
        ("夕焼け", 1),
        ("海と山", 1),
        ("ทะเล", 2),
        ("מדבר", 3),
        ("гора", 4),
        ("zürichsee", 5),
    ],
)
def test_a_word_of_any_script_finds_what_is_written_and_is_known(session, phrase, number):
    found = words.scores(session, phrase)
    assert found.ids[int(np.argmax(found.values))] == image_id(number)
    assert found.cut >= 1
    assert slips.unknown(session, phrase) == {}
    answer = seeking.search(session, phrase, n=3)
    assert answer.results[0].id == image_id(number)
    assert not answer.unknown


@pytest.mark.parametrize("phrase", ["नाव", "夕立", "מגדל"])
def test_a_word_that_is_written_nowhere_is_told_whole(session, phrase):
    assert list(slips.unknown(session, phrase)) == [phrase]
    assert words.scores(session, phrase).cut == 0
