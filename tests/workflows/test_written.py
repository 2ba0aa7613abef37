"""Finding pictures by what is written of them, in scripts that no encoder here reads."""

import numpy as np
import pytest

from leitmotiv.analysis.inverted import Inverted
from leitmotiv.records import Caption
from leitmotiv.settings import Settings
from leitmotiv.workflows import seeking, slips, words
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.written import Written

from .spoken import fill
from .synthetic import add, image_id

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


def test_what_is_written_of_pictures_that_nothing_has_seen_is_found(tmp_path):
    """New pictures with captions, before the backbone looked at them; the others rank as without them."""
    with Session(Settings(library=tmp_path / "library", words="wordllama")) as opened:
        fill(opened)
        before = words.scores(opened, "pizza")
        order = [before.ids[row] for row in np.argsort(-before.values, kind="stable")]
        new = [image_id(number) for number in (900, 901, 902)]
        add(opened.library, (900, 901, 902))
        told = [Caption(new[0], "zorblax pizza", "caption", "told"), Caption(new[1], "a zorblax", "caption", "told")]
        opened.library.captions.replace(new, ["told"], told)
        found = words.scores(opened, "zorblax")
        assert list(found.ids) == sorted(found.ids)
        assert {found.ids[row] for row in np.argsort(-found.values)[:2]} == set(new[:2])
        assert found.cut == 2
        answer = seeking.search(opened, "zorblax", n=4)
        assert {one.id for one in answer.results[:2]} == set(new[:2])
        both = words.scores(opened, "pizza")
        after = [both.ids[row] for row in np.argsort(-both.values, kind="stable")]
        assert after[0] == new[0]
        assert [one for one in after if one not in new] == order
        assert both.cut >= before.cut


@pytest.mark.parametrize("phrase", ["नाव", "夕立", "מגדל"])
def test_a_word_that_is_written_nowhere_is_told_whole(session, phrase):
    assert list(slips.unknown(session, phrase)) == [phrase]
    assert words.scores(session, phrase).cut == 0


def test_words_apart_find_what_is_written_together():
    texts = [{"seahorse": 1.0}, {"sea": 1.0, "lion": 1.0}, {"horse": 1.0}, {"sea": 1.0, "horse": 1.0}]
    ids = tuple(map(image_id, range(len(texts))))
    told, whole = Written(ids, Inverted(texts), "key").match("sea horses", ids)
    assert whole.tolist() == [True, False, False, True]
    assert min(told[0], told[3]) > max(told[1], told[2])
