"""Words that nobody knows and words that captions know: the real WordLlama over pictures whose features are made."""

import numpy as np
import pytest

from leitmotiv.analysis.spelling import Vocabulary
from leitmotiv.errors import LibraryLockedError, UsageError
from leitmotiv.records import Caption, Unknown
from leitmotiv.settings import Settings
from leitmotiv.workflows import backgrounds, knowing, remarks, seeking, slips, words, written
from leitmotiv.workflows.query import parse
from leitmotiv.workflows.session import Session

from .spoken import EACH, fill, of_kind
from .synthetic import add, image_id

ALONE = [image_id(4 * EACH + number) for number in range(3)]
"""Pictures that are like no others."""
TEXTS = {
    ALONE[0]: "Our zorblax at the harbour",
    ALONE[1]: "A zorblax, asleep",
    ALONE[2]: "The sea lion that the keeper calls Wibblefop",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("slips") / "library", words="wordllama")) as session:
        fill(session)
        texts = [Caption(image_id, text, "caption", "text") for image_id, text in TEXTS.items()]
        session.library.captions.replace(list(TEXTS), ["text"], texts)
        yield session


def first(session, line, count):
    return [one.id for one in seeking.search(session, line, n=count, everything=True).results]


def test_a_word_that_only_captions_know_is_known_and_finds_them(session):
    found = words.scores(session, "zorblaxes")
    best = [found.ids[row] for row in np.argsort(-found.values)]
    assert set(best[:2]) == {ALONE[0], ALONE[1]}
    assert found.cut == 2
    assert (found.values.mean(), found.values.std()) == (pytest.approx(0, abs=1e-9), pytest.approx(1))
    assert slips.unknown(session, "zorblax wibblefop") == {}
    assert slips.unknown(session, "zorblaxx")["zorblaxx"][0] == "zorblax"


def test_what_is_written_comes_before_what_is_seen_and_takes_nothing_from_it(session):
    best = first(session, "sea lion", 1 + EACH)
    assert best[0] == ALONE[2]
    assert len(of_kind("sea lion") & set(best)) >= EACH - 1
    assert words.scores(session, "sea lion").cut >= EACH // 2 + 1


def test_half_of_a_phrase_is_not_what_it_says(session):
    assert words.scores(session, "purple zorblax riding a bicycle").cut == 0
    assert first(session, "zorblax harbour", 1) == [ALONE[0]]


def test_captions_are_indexed_anew_when_one_changes(session, tmp_path):
    before = written.of(session)
    assert before is written.of(session)
    assert "keeper" in before
    again = Session(session.settings)
    with again:
        kept = written.of(again)
        assert kept.ids == before.ids
        ids = tuple(session.library.images.ids())
        for phrase in ("zorblax", "the keeper", "nothing of it"):
            np.testing.assert_array_equal(kept.match(phrase, ids)[0], before.match(phrase, ids)[0])
    with Session(Settings(library=tmp_path / "library", words="wordllama")) as other:
        fill(other)
        assert written.of(other) is None
        for text in ("a grumbold", "a frabjous"):
            other.library.captions.replace([ALONE[0]], ["text"], [Caption(ALONE[0], text, "caption", "text")])
            assert text.split()[1] in written.of(other)


def test_nobody_s_word_is_named_with_what_it_may_be_a_slip_of(session):
    found = slips.unknown(session, "an accordian and a gerenuk, on dogs")
    assert list(found) == ["accordian"]
    assert found["accordian"][0] == "accordion"
    both = slips.unknown(session, "the pnada of the sunfower")
    assert {word: near[0] for word, near in both.items()} == {"pnada": "panda", "sunfower": "sunflower"}
    for word in ("giraffe", "tulips", "wrench", "menorah"):
        assert slips.unknown(session, word) == {}, word
    assert slips.with_word("pnada + pnadas", "pnada", "panda") == "panda + pnadas"


def test_a_word_that_names_a_folder_is_looked_for_by_a_filter(session, monkeypatch):
    monkeypatch.setattr(slips.names, "folders", lambda session: ("old_zanzibarbar",))
    session.memory.pop("folder words", None)
    assert slips.unknown(session, "zanzibarbar") == {"zanzibarbar": ("folder:zanzibarbar",)}
    session.memory.pop("folder words", None)


def test_joined_words_are_known_only_as_they_are_written_of_classes():
    assert knowing.known("T-shirt")
    assert knowing.known("umbrella's")
    assert knowing.known("2")
    for joined in ("bike-park", "beach-sunrise", "car-yellow", "cold-snow", "train-car"):
        assert not knowing.known(joined), joined


def test_a_slip_is_read_as_what_is_there_and_the_answer_says_so(session):
    found = seeking.search(session, "flaminggo")
    assert {one.id for one in found.results} <= of_kind("flamingo")
    assert found.unknown == (Unknown("flaminggo", found.unknown[0].near, "flamingo"),)
    assert found.unknown[0].near[0] == "flamingo"


@pytest.mark.parametrize("mode", ["scores", "sum", "classic"])
def test_a_word_that_nobody_knows_shows_no_pictures_as_if_it_had_found_them(session, mode):
    for line in ("xqzzrv", "xqzzrv - flamingo", "-xqzzrv"):
        if mode == "classic" and "-" in line:
            continue
        lost = seeking.search(session, line, everything=True, mode=mode)
        assert (lost.results, lost.total, lost.nearest, lost.unknown) == ((), 0, (), (Unknown("xqzzrv"),)), line
    near = seeking.search(session, "pnada", everything=True, mode=mode)
    assert (near.results, near.unknown[0].near[0]) == ((), "panda")
    assert seeking.search(session, "xqzzrv + pizza", n=1, mode=mode).results
    assert seeking.search(session, "-pizza - xqzzrv", n=1).results


def test_where_nothing_stands_out_a_folder_of_that_name_is_named(session, monkeypatch):
    monkeypatch.setattr(remarks.names, "folders", lambda session: ("old_Zeppelin", "pizza"))
    (note,) = seeking.search(session, "old zeppelin").notes
    assert note.endswith("is found by folder:old_Zeppelin")
    assert seeking.search(session, "old zeppelin name:*").notes == (note,)
    monkeypatch.setattr(remarks.names, "folders", lambda session: ("old_Zeppelin", "pizza", "justice"))
    for line in ("justice - old zeppelin", "-old zeppelin"):
        assert not [one for one in seeking.search(session, line).notes if "Zeppelin" in one], line
    for line in ("justice year:1850", "old zeppelin year:1850"):
        (left_none,) = seeking.search(session, line).notes
        assert left_none.startswith("The filters leave no picture"), line
    monkeypatch.setattr(remarks.names, "folders", lambda session: ("old_Zeppelin", "pizza"))
    assert seeking.search(session, "pizza").notes == seeking.search(session, "justice").notes == ()


def test_a_word_that_nobody_knows_stands_behind_what_another_finds(session):
    found = seeking.search(session, "flamingo + xqzzrv", n=EACH, everything=True)
    assert {one.id for one in found.results} == of_kind("flamingo")


def test_words_that_say_nothing_find_nothing_and_the_answer_says_so(session):
    for line in ("of the", "it", '"and the"'):
        found = seeking.search(session, line)
        assert (found.results, found.total, found.cut) == ((), 0, 0), line
        assert "says nothing of what a picture shows" in found.notes[0]
    both = seeking.search(session, "of the + flamingo", n=EACH, everything=True)
    assert {one.id for one in both.results} == of_kind("flamingo")


def test_an_and_in_small_letters_is_explained(session):
    assert seeking.search(session, "pizza AND flamingo").notes == ()
    (note,) = seeking.search(session, "pizza and flamingo").notes
    assert "AND or &" in note
    assert "pizza and flamingo" in note
    (note,) = remarks.notes(session, parse("pizza without cheese"), 5, 5)
    assert "NOT or - takes away" in note
    assert remarks.notes(session, parse("pizza or flamingo - cheese"), 5, 5) == ()


def test_what_is_taken_away_from_itself_finds_nothing_and_the_answer_says_so(session):
    for line in ("pizza - pizza", "pizza & NOT pizzas", "red pizza - red"):
        for mode in ("scores", "sum"):
            if mode == "sum" and "red" in line:
                continue
            found = seeking.search(session, line, mode=mode)
            assert (found.results, found.total, found.cut) == ((), 0, 0), line
            assert "nothing of it is left" in found.notes[0]
    assert not seeking.totals(session, "pizza - pizza").says_something
    assert {one.id for one in seeking.search(session, "pizza + flamingo - pizza", n=EACH).results} == of_kind(
        "flamingo"
    )


def test_a_word_that_nobody_knows_changes_nothing_in_the_order_of_others(session):
    alone = first(session, "flamingo", EACH)
    for line in ("flamingo & xqzzrv", "flamingo - xqzzrv", "flamingo & of the"):
        assert first(session, line, EACH) == alone
    assert seeking.search(session, "flamingo & xqzzrv").cut == 0
    assert seeking.search(session, "flamingo & of the").cut == seeking.search(session, "flamingo").cut


def test_words_with_a_hyphen_are_known_by_their_parts(session):
    assert slips.unknown(session, "pizza-flamingo") == {}
    assert "pizza-xqzzrv" in slips.unknown(session, "pizza-xqzzrv")


def test_filters_that_leave_nothing_say_so_and_where_keywords_come_from(session):
    for line in ("keyword:zorblax", "pizza keyword:zorblax"):
        (note,) = seeking.search(session, line).notes
        assert "leave no picture: keyword:zorblax" in note
        assert "found by plain words" in note
    (note,) = seeking.search(session, "year:1850").notes
    assert "found by plain words" not in note


def test_signs_that_nobody_knows_find_nothing_and_are_named(session):
    for line in ("🐼", "🐼 🍕", "熊猫"):
        found = seeking.search(session, line, everything=True)
        assert (found.results, found.total, found.cut) == ((), 0, 0), line
        assert [one.word for one in found.unknown] == line.split(), line
    assert [one.kind for one in (Unknown("🐼"), Unknown("熊猫"))] == ["sign", "word"]
    beside = seeking.search(session, "flamingo + 🐼", n=EACH, everything=True)
    assert {one.id for one in beside.results} == of_kind("flamingo")
    assert beside.unknown == (Unknown("🐼"),)


@pytest.mark.parametrize("line", ["", "   "])
def test_an_empty_line_is_told_what_to_type(session, line):
    with pytest.raises(UsageError, match="Type a word"):
        seeking.read_asked(session, line)
    assert seeking.search(session, line).total > 4 * EACH  # a selection without a line is every picture


def test_a_session_that_was_open_hears_of_captions_that_another_brings(session):
    mine = seeking.search(session, "gramophone", n=1, everything=True).results
    told = Caption(ALONE[1], "A gramophone", "caption", "later")
    with Session(session.settings) as other:
        other.library.captions.replace([ALONE[1]], ["later"], [told])
        theirs = seeking.search(other, "gramophone", n=1, everything=True).results
        again = seeking.search(session, "gramophone", n=1, everything=True).results
        other.library.captions.clear(["later"])
    assert theirs[0].id == again[0].id == ALONE[1] != mine[0].id
    assert theirs[0].score == pytest.approx(again[0].score)
    assert seeking.search(session, "gramophone", n=1, everything=True).results == mine


def test_a_search_does_not_wait_each_time_for_another_process_that_writes(session, monkeypatch, tmp_path):
    waits = []

    def refuse(session, report=None, *, wait=5.0):
        waits.append(wait)
        raise LibraryLockedError("The library is being written by process 7.")

    monkeypatch.setattr(backgrounds.activations, "ensure", refuse)
    session.memory.clear()  # what another test asked is remembered, and asks nothing again
    assert seeking.search(session, "flamingo", n=1).results
    words.scores(session, "a flamingo of another search")
    assert set(waits) == {0.0}
    with Session(Settings(library=tmp_path / "unseen", words="wordllama")) as fresh:
        add(fresh.library, range(2))
        with pytest.raises(LibraryLockedError, match="process 7"):
            seeking.search(fresh, "flamingo")
    assert waits[-1] <= 1


def test_a_slip_is_looked_up_once_and_read_as_soon_as_another_reading_finds_something(session, monkeypatch):
    looked, scored = [], []
    nearest, scores = Vocabulary.nearest, words._scores

    def noted_nearest(self, word, count=3):
        looked.append(word)
        return nearest(self, word, count)

    def noted_scores(knows, phrase):
        scored.append(phrase)
        return scores(knows, phrase)

    monkeypatch.setattr(Vocabulary, "nearest", noted_nearest)
    monkeypatch.setattr(words, "_scores", noted_scores)
    ranking = seeking.search(session, "zorrblax")
    assert [one.word for one in ranking.unknown] == ["zorrblax"]
    assert ranking.results
    assert (looked, scored) == (["zorrblax"], ["zorblax"])
