"""What boards learn and find, over a library whose pictures the network has seen."""

import shutil
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from leitmotiv.errors import BoardChangedError, BoardError, CavFileError, LayerError, NotFoundError, UsageError
from leitmotiv.formats import cav
from leitmotiv.records import ACTIVATIONS, BoardExample, BoardPicture
from leitmotiv.settings import Settings
from leitmotiv.workflows import board_viewing, boards, finding, learning, own, pinning, publishing, twins
from leitmotiv.workflows.concept_files import from_cav
from leitmotiv.workflows.session import Session
from tests.workflows.kinds import KINDS, features
from tests.workflows.synthetic import add, image_id

IDS = [image_id(number) for number in range(40)]
KIND = IDS[::KINDS]
OTHERS = IDS[1::KINDS]


@pytest.fixture
def session(tmp_path, seen_library):
    with Session(Settings(library=shutil.copytree(seen_library, tmp_path / "library"))) as opened:
        yield opened


@pytest.fixture
def board(session):
    return pinning.made(session, "dusk", KIND[:4])


def found(session, board, **more):
    return [one.id for one in finding.results(session, board.id, **more).results]


def test_a_trained_board_finds_the_rest_of_its_kind_first(session, board):
    taught = learning.train(session, board.id).board
    assert not taught.stale
    assert taught.snapshot.quality > 0.8  # the rest of the kind counts as others
    assert set(found(session, taught, n=6)) == set(KIND[4:])
    ranking = finding.results(session, board.id, n=100)
    assert (ranking.total, len(ranking.results), ranking.order) == (36, 36, "descending")
    scores = [one.score for one in ranking.results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= one.percentile <= 100 and 0 <= one.probability <= 1 for one in ranking.results)
    assert all(-1 <= one.cosine <= 1 for one in ranking.results)


def test_one_picture_in_several_formats_counts_once(session):
    twins = {image_id(number): features(0) for number in (60, 61)}
    add(session.library, (60, 61))
    session.library.activations.put(list(twins), np.stack(list(twins.values())))
    made = pinning.made(session, "one", [IDS[0], *twins])
    assert learning.train(session, made.id).board.snapshot.quality is None
    assert "3 of these are the same picture" in board_viewing.same(session, made)
    other = pinning.made(session, "two", [IDS[0], *twins, IDS[4]])
    assert learning.train(session, other.id).board.snapshot.quality is not None
    assert learning.train(session, other.id, method="sgd").board.snapshot.quality is not None
    assert board_viewing.same(session, pinning.made(session, "four", KIND[:4])) == ""


def test_pixels_tell_the_same_picture_saved_anew_from_another(session, monkeypatch):
    rng = np.random.default_rng(0)
    first = rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)
    shown = {IDS[0]: first, IDS[4]: first ^ 1, IDS[8]: 255 - first}
    monkeypatch.setattr(twins, "_small", lambda _, one: shown.get(one))
    monkeypatch.setattr(twins, "LIKELY", 0.0)
    assert twins.groups(session, KIND[:4]) == ((IDS[0], IDS[4]),)


def test_scores_are_those_of_the_whole_concept_and_not_of_its_vector(session, board):
    concept = learning.concept_of(session, learning.train(session, board.id).board)
    bare = replace(concept, calibration=None)
    assert not np.isnan(finding.scored(session, concept).probability).any()
    assert np.isnan(finding.scored(session, bare).probability).all()


def test_results_come_in_pages_in_any_order_of_any_selection(session, board):
    learning.train(session, board.id)
    whole = found(session, board, n=100)
    assert found(session, board, n=10, offset=10) == whole[10:20]
    assert found(session, board, n=100, sort="score") == whole[::-1]
    assert set(found(session, board, n=100, own=True)) == set(IDS)
    some = found(session, board, text="name:00000*", n=100)
    assert some == [one for one in whole if one in IDS[:10]]
    assert found(session, board, text="name:00000*", sort="name", n=100) == [one for one in IDS[:10] if one in whole]
    with pytest.raises(UsageError, match="sort"):
        found(session, board, sort="nothing")


def test_the_same_board_teaches_the_same_and_makes_no_second_snapshot(session, board):
    first = learning.train(session, board.id).board
    assert learning.train(session, board.id).board == first
    pinning.put(session, board.id, [KIND[5]])
    second = learning.train(session, board.id).board
    assert len(second.snapshots) == 2
    pinning.take_off(session, board.id, [KIND[5]])
    third = learning.train(session, board.id).board
    assert third.snapshot.concept == first.snapshot.concept
    assert [one.id for one in third.snapshots] == [3, 2, 1]


def test_a_picture_of_another_kind_is_named_as_a_contradiction(session, board):
    pinning.put(session, board.id, [OTHERS[0], *KIND[4:7]])
    taught = learning.train(session, board.id).board
    assert [image_id for image_id, _ in taught.snapshot.contradictions] == [OTHERS[0]]


def test_a_board_without_positive_pictures_learns_nothing_and_stays(session, board):
    taught = learning.train(session, board.id).board
    pinning.put(session, board.id, KIND[:4], "negative")
    with pytest.raises(BoardError, match="no picture that it is"):
        learning.train(session, board.id)
    pinning.put(session, board.id, {KIND[0]: 0.0})
    with pytest.raises(BoardError):
        learning.train(session, board.id)
    assert boards.get(session, board.id).snapshots == taught.snapshots


def test_one_picture_is_enough_and_identical_ones_do_no_harm(session):
    one = pinning.made(session, "one", KIND[:1])
    assert learning.train(session, one.id).board.snapshot.quality is None
    assert set(found(session, one, n=5)) <= set(KIND)
    session.library.activations.put(KIND[:3], np.stack([features(0)] * 3))
    same = pinning.made(session, "same", KIND[:3])
    learning.train(session, same.id)
    assert set(found(session, same, n=5)) <= set(KIND)


def test_a_tab_that_saw_an_older_state_trains_nothing(session, board):
    pinning.weigh(session, board.id, {KIND[0]: 2})
    with pytest.raises(BoardChangedError):
        learning.train(session, board.id, revision=board.revision)
    assert boards.get(session, board.id).snapshots == ()


def test_what_cavlib_needs_is_drawn_and_shown_on_the_board(session, board):
    taught = learning.train(session, board.id, method="sgd").board
    assert [one.drawn for one in taught.side("negative")] == [True] * 4
    assert (taught.snapshot.method, taught.snapshot.on("negative"), taught.stale) == ("sgd", 4, False)
    assert learning.train(session, board.id, method="sgd").board == taught


def test_a_picture_that_the_library_forgot_goes_on_teaching(session, board):
    first = learning.train(session, board.id).board
    concept = learning.concept_of(session, first)
    session.library.images.forget([KIND[0], IDS[39]])
    now = boards.get(session, board.id)
    assert now.examples == board.examples
    assert pinning.states(session, now)[KIND[0]] == "remembered"
    assert session.library.boards.handed_in([IDS[39]]) == {}
    taught = learning.train(session, board.id, name="after")
    assert taught.left_out == ()
    again = learning.concept_of(session, taught.board)
    cosine = concept.vector @ again.vector / np.linalg.norm(concept.vector) / np.linalg.norm(again.vector)
    assert cosine > 0.9


def test_a_picture_of_which_nothing_is_left_is_named_and_left_out(session, board):
    lost = image_id(99)
    session.library.boards.put_picture(BoardPicture(lost, "", 1, 1, b"", features(4), ACTIVATIONS))
    board = pinning.put(session, board.id, [lost])
    assert learning.train(session, board.id).left_out == ()
    session.library.boards.sweep()
    concept, left_out = learning.learn(session, [*board.examples, BoardExample(image_id(98))])
    assert (left_out, concept.missing) == ((image_id(98),), (image_id(98),))


def test_a_picture_that_the_network_has_not_seen_is_not_told_as_taught(session, board):
    unseen = image_id(40)
    add(session.library, [40])
    board = pinning.put(session, board.id, {unseen: 1.0, KIND[5]: 0.0})
    concept, left_out = learning.learn(session, board.examples)
    assert (left_out, concept.missing) == ((unseen,), (unseen,))
    taught = learning.train(session, board.id)
    assert taught.left_out == (unseen,)
    assert [one.id for one in taught.board.snapshot.examples] == [*KIND[:4], KIND[5]]
    assert taught.board.examples == board.examples
    assert taught.board.stale
    assert learning.concept_of(session, taught.board).missing == (unseen,)
    assert learning.train(session, board.id).board == taught.board
    session.library.activations.put([unseen], features(0)[None])
    later = learning.train(session, board.id)
    assert (later.left_out, later.board.stale, later.board.snapshot.on("positive")) == ((), False, 6)


def test_snapshots_are_named_brought_back_compared_and_removed(session, board):
    first = learning.train(session, board.id, name="first try").board
    pinning.put(session, board.id, {OTHERS[0]: 1.0, KIND[0]: 0.5})
    pinning.take_off(session, board.id, [KIND[1]])
    second = learning.train(session, board.id).board
    one, other = first.current, second.current
    changed = learning.compare(session, board.id, one, other)
    assert (changed.added, changed.removed, changed.weighed) == ((OTHERS[0],), (KIND[1],), (KIND[0],))
    assert 0 < changed.cosine < 0.999
    assert learning.compare(session, board.id, one, one).cosine == pytest.approx(1)
    assert found(session, board, snapshot=one, n=6) != found(session, board, snapshot=other, n=6)
    back = learning.bring_back(session, board.id, one)
    assert (back.examples, back.current, back.stale) == (board.examples, one, False)
    assert learning.call(session, board.id, other, "with another").snapshots[0].name == "with another"
    left = learning.prune(session, board.id, [one])
    assert (left.current, len(left.snapshots)) == (other, 1)
    assert own.undo(session) == "a snapshot of board dusk removed"
    assert boards.get(session, board.id).current == one
    with pytest.raises(NotFoundError, match="no snapshot 77"):
        learning.prune(session, board.id, [one, 77])


def test_an_untrained_board_says_so(session, board):
    with pytest.raises(NotFoundError, match="Train it first"):
        finding.results(session, board.id)


def test_training_is_undone_and_done_again(session, board):
    taught = learning.train(session, board.id).board
    own.undo(session)
    assert boards.get(session, board.id).snapshots == ()
    own.redo(session)
    assert boards.get(session, board.id) == taught
    assert len(found(session, board, n=3)) == 3


def test_the_pictures_that_would_teach_most_are_not_on_the_board(session, board):
    learning.train(session, board.id)
    asked = finding.informative(session, board.id, n=5)
    assert len(set(asked)) == 5
    assert not set(asked) & set(KIND[:4])
    pinning.put(session, board.id, asked[:2], "negative")
    assert not set(finding.informative(session, board.id, n=5)) & {*KIND[:4], *asked[:2]}


def test_pictures_are_ranked_without_keeping_anything(session):
    ranking = finding.loose(session, {KIND[0]: 1.0, KIND[1][:10]: 2.0}, [OTHERS[0]], n=6)
    assert {one.id for one in ranking.results} <= set(KIND[2:])
    assert ranking.query == {"positive": KIND[:2], "negative": OTHERS[:1]}
    assert boards.listed(session) == []


def test_boards_are_joined(session, board):
    learning.train(session, board.id)
    other = pinning.made(session, "dawn", OTHERS[:4])
    learning.train(session, other.id)
    either = finding.joined(session, [finding.Joined("dusk"), finding.Joined("dawn", "or")], n=12)
    assert {one.id for one in either.results} == {*KIND[4:], *OTHERS[4:]}
    without = finding.joined(session, [finding.Joined("dusk"), finding.Joined("dawn", "minus")], n=40)
    assert [one.id for one in without.results][:6] != []
    assert {one.id for one in without.results[:6]} == set(KIND[4:])
    assert {one.id for one in without.results[-6:]} == set(OTHERS[4:])


def test_a_concept_goes_out_and_comes_in_byte_by_byte(session, board):
    learning.train(session, board.id)
    data = publishing.written(session, board.id, "cav")
    taken = publishing.bring_in(session, data, "dusk")
    assert (taken.name, taken.examples, taken.stale) == ("dusk 2", (), False)
    assert publishing.written(session, taken.id, "cav") == data
    assert found(session, taken, n=6, own=True) == found(session, board, n=6, own=True)
    assert from_cav(data).positive[0].image_id == KIND[0]


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"no cav", b"\xdd\xff\xff\xff\xff", b"\x83\xa6vector\xdd\x7f\xff\xff\xff"]
)
def test_a_file_that_is_no_cav_makes_no_board(session, data):
    with pytest.raises(CavFileError):
        publishing.bring_in(session, data, "hostile")
    assert boards.listed(session) == []


def test_a_concept_of_another_network_is_kept_and_given_out_and_ranks_nothing(session):
    vector = np.random.default_rng(0).normal(size=25_088).astype(np.float32)
    data = cav.write(cav.CavFile(UUID(int=1), vector, "mobilenet_12d", {}))
    taken = publishing.bring_in(session, data, "theirs")
    assert publishing.written(session, taken.id, "cav") == data
    assert b"mobilenet_12d" in publishing.written(session, taken.id, "json")
    assert b"<title>theirs</title>" in publishing.written(session, taken.id, "html")
    with pytest.raises(LayerError, match="mobilenet_12d"):
        finding.results(session, taken.id)


def test_a_board_goes_out_as_one_page_without_paths(session, board):
    boards.rename(session, board.id, "<b>dusk</b>", words='"blue" & quiet\n<script>')
    learning.train(session, board.id)
    session.library.boards.put_picture(BoardPicture(IDS[0], "", 1, 1, b"\xff\xd8JPEG", None, ""))
    page = publishing.written(session, board.id, "html").decode()
    assert "<title>&lt;b&gt;dusk&lt;/b&gt;</title>" in page
    assert "<script" not in page
    assert "/nowhere/" not in page
    assert "data:image/jpeg;base64," in page
    assert 'download="&lt;b&gt;dusk&lt;/b&gt;.cav"' in page


def test_a_copied_board_has_its_own_snapshots(session, board):
    learning.train(session, board.id)
    copy = boards.duplicate(session, board.id)
    assert copy.snapshot.concept == boards.get(session, board.id).snapshot.concept
    learning.prune(session, copy.id, [copy.current])
    assert len(boards.get(session, board.id).snapshots) == 1
    boards.trash(session, copy.id)
    boards.remove(session, [copy.id])
    assert found(session, board, n=3)
