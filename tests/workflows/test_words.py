"""The real WordLlama and the real texts of classes, over pictures whose features are made: of chosen classes."""

import gc
import shutil
import weakref
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import background
from leitmotiv.errors import EmptyLibraryError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import scoring, seeking, slips, word_space, words
from leitmotiv.workflows.session import Session

from .spoken import EACH, KINDS, fill, of_kind
from .synthetic import add, image_id


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("words") / "library", words="wordllama")) as session:
        fill(session)
        yield session


@pytest.mark.parametrize("name", KINDS)
def test_a_name_finds_its_kind_first_and_a_cut_near_its_end(session, name):
    found = words.scores(session, name)
    best = [found.ids[row] for row in np.argsort(-found.values)[:EACH]]
    assert set(best) == of_kind(name)
    assert EACH // 2 <= found.cut <= 2 * EACH
    assert found.nearest[0] == name
    assert (found.values.mean(), found.values.std()) == (pytest.approx(0, abs=1e-9), pytest.approx(1))


def test_other_words_for_a_kind_find_it(session):
    for phrase, name in (("pizzas", "pizza"), ("a wading pink bird", "flamingo"), ("concert piano", "grand piano")):
        found = words.scores(session, phrase)
        best = {found.ids[row] for row in np.argsort(-found.values)[:5]}
        assert best <= of_kind(name), phrase


def test_what_is_not_there_is_not_found(session):
    for phrase in ("parking meter", "justice", "日本語", "🙂"):
        assert words.scores(session, phrase).cut == 0, phrase


def test_a_single_letter_of_another_script_is_a_word_that_nobody_knows(session):
    assert list(slips.unknown(session, "象 panda x 7")) == ["象"]


def test_what_says_nothing_scores_nothing(session):
    found = words.scores(session, "\U000f0000")
    assert not found.values.any()
    assert (found.cut, found.nearest) == (0, ())


def test_a_slip_of_the_pen_is_read_as_what_is_there(session):
    found = words.scores(session, "flaminggo")
    assert found.cut > 0
    assert {found.ids[row] for row in np.argsort(-found.values)[:EACH]} == of_kind("flamingo")


def test_the_same_phrase_gives_the_same_scores_also_in_a_new_session(session):
    first = words.scores(session, " grand   piano ")
    assert words.scores(session, "grand piano") is first
    with Session(session.settings) as again:
        other = words.scores(again, "grand piano")
    assert other.ids == first.ids
    np.testing.assert_array_equal(other.values, first.values)
    assert other.cut == first.cut


def test_places_are_kept_with_the_library_and_follow_new_pictures(session, tmp_path):
    stored = session.library.arrays.get(word_space.PLACES)
    assert stored is not None
    assert stored.ids == words.scores(session, "pizza").ids
    with Session(Settings(library=tmp_path / "library", words="wordllama")) as other:
        rng = np.random.default_rng(1)
        for wanted in (6, 9):
            have = other.library.activations.count()
            add(other.library, range(have, wanted))
            features = rng.gamma(0.4, 1.0, (wanted - have, 1280)).astype("f2")
            other.library.activations.put([image_id(number) for number in range(have, wanted)], features)
            assert len(words.scores(other, "pizza").ids) == wanted


@pytest.mark.parametrize("ask", [words.scores, lambda session, text: seeking.search(session, text, mode="classic")])
def test_nothing_keeps_the_pictures_of_before_in_memory(session, tmp_path, ask):
    library = tmp_path / "library"
    shutil.copytree(session.settings.library, library)
    with Session(replace(session.settings, library=library)) as other:
        before = []
        for number in (400, 401):
            for phrase in ("pizza", "flamingo"):
                ask(other, phrase)
            found = word_space.placed(other)
            before += [weakref.ref(found), weakref.ref(found.ground)]
            add(other.library, [number])
            values = np.random.default_rng(number).gamma(0.4, 0.25, (1, 1280)).astype("f2")
            other.library.activations.put([image_id(number)], values)
        ask(other, "pizza")
        assert len(word_space.placed(other).ground.ids) == len(words.scores(session, "pizza").ids) + 2
        del found
        gc.collect()
        assert [one() for one in before] == [None] * 4
        assert len(other.memory.get("classic", {})) <= 1


def test_a_large_library_is_placed_with_the_index(session, monkeypatch):
    session.library.arrays.remove(word_space.PLACES)
    session.memory.pop("word places", None)
    word_space.follow(session)
    assert session.library.arrays.get(word_space.PLACES) is None
    monkeypatch.setattr(word_space, "PREPARED_FROM", 60)
    word_space.follow(session)
    assert session.library.arrays.get(word_space.PLACES).ids == session.library.activations.matrix()[0]


def test_space_is_kept_for_the_user_and_a_damaged_file_is_made_anew(session, tmp_path, monkeypatch):
    monkeypatch.setenv("LEITMOTIV_CACHE", str(tmp_path))
    told = []
    encoder = session.encoder()
    first = word_space._class_words(encoder, told.append)
    assert told
    assert told[-1].done == told[-1].total
    (path,) = tmp_path.glob("words-wordllama-*.npz")
    told.clear()
    again = word_space._class_words(encoder, told.append)
    assert told == []
    np.testing.assert_array_equal(again.space.words, first.space.words)
    path.write_bytes(path.read_bytes()[:-5])
    np.testing.assert_array_equal(word_space._class_words(encoder, told.append).space.words, first.space.words)
    assert told


def test_pictures_and_words_are_vectors_of_one_space(session):
    ids, vectors = words.picture_vectors(session)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-4)
    word = words.vector(session, "sea lion")
    assert word.shape == vectors.shape[1:]
    best = {ids[row] for row in np.argsort(-(vectors @ word))[:EACH]}
    assert best == of_kind("sea lion")


def test_an_empty_phrase_and_an_empty_library_are_clear_errors(session, tmp_path):
    with pytest.raises(UsageError, match="no word to look for"):
        words.scores(session, "  \n ")
    with (
        Session(Settings(library=tmp_path / "empty", words="wordllama")) as empty,
        pytest.raises(EmptyLibraryError, match="no pictures yet"),
    ):
        words.scores(empty, "dog")


def test_ten_thousand_characters_are_a_phrase_like_any_other(session):
    assert len(words.scores(session, "pizza " * 1700).ids) == session.library.activations.count()


def naive(session, phrase):
    """The same scores by whole matrices and one phrase at a time, in the words of the formulas."""
    known, found = word_space.class_words(session), word_space.placed(session)
    encoded = [known.encoder.encode([prompt.format(phrase)])[0] for prompt in ("{}", "a photo of a {}")]
    place = (sum(encoded) / np.linalg.norm(sum(encoded)) - known.space.centre) @ known.space.levelling
    said = known.space.words @ (place / np.linalg.norm(place)) + known.encoder.lexical * known.lexicon.match(phrase)
    count = len(found.ground.ids)
    mixing, spreading = np.zeros((count, len(said))), np.zeros((count, count))
    for row in range(count):
        mixing[row, found.places.classes[row]] = found.places.shares[row]
        spreading[row, found.ground.background.near[row]] += found.ground.background.closeness[row]
    first = mixing @ said
    for _ in range(2):
        first = (first + 2 * spreading @ first) / 3
    rows = found.ground.background.rows.astype(np.float64)
    best = np.argsort(-first, kind="stable")[:5]
    metric = background.metric(found.ground.background, 5)
    kernel = rows[best] @ metric @ rows[best].T + background.ordinary(found.ground.background, 5) * np.eye(5)
    taught = rows @ (metric @ rows[best].T @ np.linalg.solve(kernel, np.ones(5)))
    final = (taught - taught.mean()) / taught.std() + (first - first.mean()) / first.std()
    return (final - final.mean()) / final.std()


@pytest.mark.parametrize("phrase", [*KINDS, "a wading pink bird"])
def test_scores_and_their_order_are_those_of_the_formulas(session, phrase):
    found, slow = words.scores(session, phrase), naive(session, phrase)
    np.testing.assert_allclose(found.values, slow, atol=2e-4)
    assert np.argsort(-found.values)[:EACH].tolist() == np.argsort(-slow)[:EACH].tolist()


def test_phrases_that_are_read_together_score_as_those_that_are_read_alone(session):
    one, other = "a pink bird", "a very grand piano"
    with Session(session.settings) as fresh:
        words.read(fresh, [one, other])
        together = [words.scores(fresh, phrase).values for phrase in (one, other)]
    for phrase, values in zip((one, other), together, strict=True):
        np.testing.assert_allclose(values, words.scores(session, phrase).values, atol=1e-4)


def test_a_phrase_scores_the_same_to_the_last_digit_alone_and_beside_others(session):
    phrases = ("a grand piano", "flamingo")
    session.memory.clear()
    words.read(session, phrases)
    together = [words.scores(session, phrase).values for phrase in phrases]
    for one, phrase in zip(together, phrases, strict=True):
        session.memory.clear()
        assert words.scores(session, phrase).values.tolist() == one.tolist()


@pytest.mark.parametrize(
    "names",
    [
        [image_id(number) for number in (3, 1, 7)],
        sorted(image_id(number) for number in range(9)),
        [],
        ["x", "y"],
        ["00" * 7 + "ab" + "11", "00" * 7 + "ab" + "22"],
        ["0" * 64, image_id(5), "f" * 64],
    ],
)
def test_rows_among_other_ids_are_those_of_looking_for_each(names):
    ids = [*names[::-1], image_id(5), image_id(2), "0" * 64, "f" * 64]
    for wanted in (ids, ids[: len(names)], []):
        found = scoring.rows_among(names, wanted).tolist()
        assert found == [names.index(one) if one in names else -1 for one in wanted]


def test_names_nearest_to_pictures_are_those_of_the_largest_cosines(session):
    words.scores(session, "pizza")
    space, found = word_space.class_words(session).space, word_space.placed(session)
    names = word_space.class_words(session).names
    ids = [*found.ground.ids[:5], image_id(999), found.ground.ids[-1]]
    nearest = words.nearest_of(session, ids)
    assert list(nearest) == [*ids[:5], ids[-1]]
    for one, said in nearest.items():
        cosines = found.places.vectors(space)[found.ground.row_of[one]] @ space.words.T
        assert said == tuple(names[number] for number in np.argsort(-cosines)[:3])


def test_a_broader_term_finds_its_kinds_and_not_one_of_them_alone(session):
    shown = {one.id for one in seeking.search(session, "the animals", n=200, everything=False).results}
    for name in ("sea lion", "flamingo"):
        assert len(shown & of_kind(name)) > EACH // 2, name
    for name in ("pizza", "grand piano"):
        assert not shown & of_kind(name), name


def test_variety_goes_on_past_the_cut_off_and_what_stands_out_stays_before(session):
    def order(diverse: float, everything: bool) -> list[str]:
        found = seeking.search(session, "flamingo", n=200, everything=everything, diverse=diverse)
        return [one.id for one in found.results]

    cut = seeking.search(session, "flamingo").cut
    plain, varied = order(0.0, True), order(0.8, True)
    assert set(varied) == set(plain)
    assert set(varied[:cut]) == set(plain[:cut])
    assert varied[cut:] != plain[cut:]
    assert varied[:cut] == order(0.8, False) != plain[:cut]
    assert varied[0] == plain[0]


def test_phrases_may_be_read_together_while_the_lane_is_held_and_slips_are_read_too(session):
    phrases = ["flaminggo", "grand piano", "of the"]
    with Session(session.settings) as fresh:
        with fresh.lane:
            words.read(fresh, phrases)
        together = [words.scores(fresh, phrase) for phrase in phrases]
    for phrase, found in zip(phrases, together, strict=True):
        alone = words.scores(session, phrase)
        np.testing.assert_allclose(found.values, alone.values, atol=1e-5)
        assert (found.cut, found.nearest, found.read) == (alone.cut, alone.nearest, alone.read)
