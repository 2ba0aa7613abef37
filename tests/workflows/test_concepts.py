import shutil

import numpy as np
import pytest

from leitmotiv.analysis import background as ground
from leitmotiv.errors import BoardError, EmptyLibraryError, LayerError, NoActivationsError
from leitmotiv.records import Concept, Example
from leitmotiv.settings import Settings
from leitmotiv.store import tables
from leitmotiv.workflows import activations, backgrounds, concepts
from leitmotiv.workflows.concepts import Term
from leitmotiv.workflows.session import Session

from .seen import features, fill
from .synthetic import add, image_id


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("filled") / "library")) as opened:
        yield opened, fill(opened)[0]


@pytest.fixture
def session(filled) -> Session:
    """A library that tests only ask."""
    return filled[0]


@pytest.fixture
def kinds(filled) -> list[list[str]]:
    return filled[1]


@pytest.fixture
def own(tmp_path, filled):
    """A library that a test may change."""
    shutil.copytree(filled[0].library.folder, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library")) as opened:
        yield opened


def board(ids) -> list[Example]:
    return [Example(image_id) for image_id in ids]


def best(scores, count) -> set[str]:
    return {scores.ids[row] for row in np.argsort(-scores.score)[:count]}


@pytest.mark.parametrize("method", concepts.METHODS)
def test_a_board_finds_the_rest_of_its_kind(session, kinds, method):
    learnt = concepts.teach(session, board(kinds[1][:4]), method=method)
    scores = concepts.score(session, learnt)
    assert best(scores, 12) == set(kinds[1])
    assert scores.ids == session.library.activations.matrix()[0]
    assert scores.percentile.max() == pytest.approx(100 * 47 / 48)
    assert np.abs(scores.cosine).max() <= 1 + 1e-6
    assert ((scores.probability > 0) & (scores.probability < 1)).all()
    assert learnt.quality > 0.7


@pytest.mark.parametrize("method", concepts.METHODS)
def test_the_same_board_gives_the_same_concept(session, own, kinds, method):
    taught = concepts.teach(session, board(kinds[0][:3]), board(kinds[2][:1]), method=method, seed=5)
    own.library.arrays.remove(backgrounds.BACKGROUND)
    again = concepts.teach(own, board(kinds[0][:3]), board(kinds[2][:1]), method=method, seed=5)
    assert taught.id == again.id
    np.testing.assert_array_equal(taught.vector, again.vector)


def test_scores_of_some_pictures_are_those_of_all_in_their_order(session, kinds):
    learnt = concepts.teach(session, board(kinds[0][:2]))
    whole = concepts.score(session, learnt)
    wanted = [kinds[3][0], kinds[0][5], "f" * 64]
    some = concepts.score(session, learnt, wanted)
    assert some.ids == tuple(wanted[:2])
    for name in ("score", "percentile", "probability", "cosine"):
        row = [whole.ids.index(image_id) for image_id in some.ids]
        np.testing.assert_array_equal(getattr(some, name), getattr(whole, name)[row])


def test_a_picture_from_outside_teaches_as_one_from_inside(session, kinds):
    outside = features(4, 12)[0][0] * 0.9 + features(4, 12)[0][1] * 0.1
    learnt = concepts.teach(session, [Example(features=outside.astype(np.float32)), *board(kinds[0][2:4])])
    assert best(concepts.score(session, learnt), 12) == set(kinds[0])


def test_what_the_library_lost_is_named_and_the_rest_teaches(own, kinds):
    lost = kinds[0][0]
    own.library.images.forget([lost])
    learnt = concepts.teach(own, board(kinds[0][:4]))
    assert learnt.missing == (lost,)
    assert len(learnt.positive) == 4
    assert best(concepts.score(own, learnt), 11) == set(kinds[0][1:])
    with pytest.raises(BoardError, match="none of its 1 pictures"):
        concepts.teach(own, board([lost]))


@pytest.mark.parametrize(
    ("positive", "match"),
    [
        ([], "nothing is on its side"),
        ([Example(image_id(0), weight=float("nan"))], "number from 0"),
        ([Example(image_id(0), weight=-1)], "number from 0"),
        ([Example(image_id(0), weight=0)], "nothing is on its side"),
        ([Example(features=np.zeros(3, np.float32))], "1280 numbers"),
    ],
)
def test_boards_that_teach_nothing_are_refused(session, kinds, positive, match):
    with pytest.raises(BoardError, match=match):
        concepts.teach(session, positive)
    with pytest.raises(BoardError, match="no way to learn"):
        concepts.teach(session, board(kinds[0]), method="magic")


def test_boards_of_one_and_of_the_same_picture_teach(session, kinds):
    for ids in (kinds[2][:1], [kinds[2][0]] * 5):
        learnt = concepts.teach(session, board(ids))
        assert np.isfinite(learnt.vector).all()
        assert best(concepts.score(session, learnt), 3) <= set(kinds[2])
    assert concepts.teach(session, board(kinds[2][:1])).quality is None


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with (
        Session(Settings(library=tmp_path / "library")) as opened,
        pytest.raises(EmptyLibraryError, match="add-directory"),
    ):
        concepts.teach(opened, board([image_id(0)]))


def test_contradictions_name_the_picture_and_its_place(session, kinds):
    wrong = kinds[3][0]
    learnt = concepts.teach(session, board([*kinds[0][:3], wrong, *kinds[0][3:6]]))
    assert [(one.side, one.index, one.image_id) for one in learnt.contradictions] == [("positive", 3, wrong)]
    both = concepts.teach(session, board(kinds[0][:2]), board([kinds[1][0], kinds[0][0]]))
    assert {(one.side, one.index) for one in both.contradictions} == {("positive", 0), ("negative", 1)}
    assert all(one.strength == 1 for one in both.contradictions)


def test_what_is_not_meant_falls_when_it_is_said(session, kinds):
    positive = board([*kinds[0][:2], kinds[1][0]])

    def ahead(learnt) -> float:
        wanted, unwanted = (concepts.score(session, learnt, kind[6:]).cosine.mean() for kind in kinds[:2])
        return wanted - unwanted

    before = ahead(concepts.teach(session, positive))
    assert ahead(concepts.teach(session, positive, board(kinds[1][1:5]))) > before


def test_negatives_are_drawn_each_by_its_own_lot(session, kinds):
    ids = [image_id for kind in kinds for image_id in kind]
    drawn = concepts.draw(ids, 8, taken=ids[:10], seed=1)
    assert len(set(drawn) - set(ids[:10])) == 8
    assert drawn == concepts.draw(ids[::-1], 8, taken=ids[:10], seed=1)
    assert set(drawn[:7]) <= set(concepts.draw([*ids, "new"], 8, taken=ids[:10], seed=1)) | {"new"}
    assert drawn != concepts.draw(ids, 8, taken=ids[:10], seed=2)
    assert len(concepts.teach(session, board(kinds[0][:3]), method="sgd").drawn) == 3


def test_concepts_combine(session, kinds):
    zero, one = (concepts.teach(session, board(kind[:3])) for kind in kinds[:2])
    both = concepts.combine(session, [Term(zero), Term(one, "or")])
    assert best(both, 24) == {*kinds[0], *kinds[1]}
    neither = concepts.combine(session, [Term(zero), Term(one, "or"), Term(one, "minus", 2.0)])
    assert best(neither, 12) == set(kinds[0])
    at_rest = concepts.combine(session, [Term(zero), Term(one, "and", 0.0)])
    np.testing.assert_array_equal(at_rest.score, concepts.score(session, zero).score)
    for terms, match in (([], "at least one"), ([Term(zero), Term(one, "or", float("nan"))], "0 to 10")):
        with pytest.raises(BoardError, match=match):
            concepts.combine(session, terms)


def test_asked_for_are_pictures_that_are_not_on_the_board(session, kinds):
    learnt = concepts.teach(session, board(kinds[0][:3]), board(kinds[1][:2]))
    asked = concepts.informative(session, learnt, 10)
    assert len(set(asked)) == 10
    assert not set(asked) & {*kinds[0][:3], *kinds[1][:2]}


def test_a_concept_of_another_network_is_refused_by_the_name_of_its_layer(session, kinds):
    strange = Concept(image_id(1), np.ones(103_488, np.float32), None, 0.0, "googlenet_4d", "cosine")
    with pytest.raises(LayerError, match=r"'googlenet_4d'.*does not have"):
        concepts.score(session, strange)
    places = Concept(image_id(1), np.ones(62_720, np.float32), None, 0.0, "lite0_map", "cosine")
    with pytest.raises(LayerError, match=r"'lite0_map'.*one at a time"):
        concepts.score(session, places)
    with pytest.raises(LayerError, match=r"'lite0_map'.*not combined"):
        concepts.combine(session, [Term(concepts.teach(session, board(kinds[0][:2]))), Term(places)])


def test_a_bare_vector_ranks_by_its_cosine(session, kinds):
    mean = np.mean(features(4, 12)[0][:12], axis=0)
    bare = Concept(image_id(1), mean, None, 0.0, "lite0_pooled", "cosine")
    scores = concepts.score(session, bare)
    assert best(scores, 12) == set(kinds[0])
    assert np.isnan(scores.probability).all()


def test_a_background_is_stored_and_made_anew_when_pictures_come(own, kinds):
    first = backgrounds.background(own)
    assert own.library.arrays.get(backgrounds.BACKGROUND).ids == first.ids
    own.memory.clear()
    again = backgrounds.background(own)
    np.testing.assert_array_equal(first.background.rows, again.background.rows)
    add(own.library, [900])
    own.library.activations.put([image_id(900)], features(1, 1, seed=9)[0])
    assert image_id(900) in backgrounds.background(own).row_of


def test_a_large_background_is_patched(own, kinds, monkeypatch):
    monkeypatch.setattr(backgrounds, "PATCHED_FROM", 10)
    old = backgrounds.background(own)
    add(own.library, [900])
    copy = own.library.activations.matrix()[1][old.row_of[kinds[2][0]]]
    own.library.activations.put([image_id(900)], copy[None])
    own.library.images.forget([kinds[0][0]])
    new = backgrounds.background(own)
    assert new.ids == own.library.activations.matrix()[0]
    kept = kinds[3][0]
    np.testing.assert_array_equal(new.background.rows[new.row_of[kept]], old.background.rows[old.row_of[kept]])
    placed = new.background.rows[new.row_of[image_id(900)]]
    nearest = new.ids[int(np.argsort(-(new.background.rows @ placed))[1])]
    assert nearest in kinds[2]
    known = new.background
    assert known.near.shape == known.closeness.shape == (len(new.ids), old.background.near.shape[1])
    assert set(known.near[new.row_of[image_id(900)]]) & {new.row_of[one] for one in kinds[2]}
    for row, image in enumerate(new.ids):
        if image in old.row_of:
            before = {old.ids[at] for at in old.background.near[old.row_of[image]]}
            now = {new.ids[at] for at, weight in zip(known.near[row], known.closeness[row], strict=True) if weight > 0}
            assert now <= before - {kinds[0][0]}


def test_a_background_that_was_made_otherwise_is_not_patched(own, monkeypatch):
    monkeypatch.setattr(backgrounds, "PATCHED_FROM", 10)
    backgrounds.background(own)
    monkeypatch.setattr(backgrounds, "REVISION", backgrounds.REVISION + 1)
    learnt = []
    learn = ground.learn
    monkeypatch.setattr(ground, "learn", lambda *given: learnt.append(1) or learn(*given))
    ids = backgrounds.background(own).ids
    assert learnt == [1]
    assert own.library.arrays.get(backgrounds.BACKGROUND).digest == backgrounds.digest(ids)


def test_a_page_waits_for_a_few_pictures_only(own, kinds, monkeypatch):
    shown = []
    monkeypatch.setattr(activations, "see", lambda session, ids: shown.extend(ids) or 0)
    monkeypatch.setattr(activations, "ensure", lambda *given: pytest.fail("a page began a job"))
    monkeypatch.setattr(own, "patient", False)
    add(own.library, range(900, 900 + activations.FEW))
    assert len(backgrounds.background(own).ids) == 48
    assert len(shown) == activations.FEW
    add(own.library, [990])
    own.memory.clear()
    assert len(backgrounds.background(own).ids) == 48
    assert len(shown) == activations.FEW
    with pytest.raises(NoActivationsError, match="leitmotiv build-index"):
        concepts.teach(own, board([image_id(990)]))
    own.library._database.run(tables.Activations.delete())
    with pytest.raises(NoActivationsError, match='the job "activations"'):
        backgrounds.background(own)


def test_a_large_collection_is_learnt_with_the_index(own, monkeypatch):
    own.library.arrays.remove(backgrounds.BACKGROUND)
    backgrounds.follow(own)
    assert own.library.arrays.get(backgrounds.BACKGROUND) is None
    monkeypatch.setattr(backgrounds, "PREPARED_FROM", 48)
    backgrounds.follow(own)
    assert own.library.arrays.get(backgrounds.BACKGROUND).ids == own.library.activations.matrix()[0]
