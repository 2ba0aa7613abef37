"""Mood boards as a whole and what is on them, over a real library."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from leitmotiv.errors import (
    BoardChangedError,
    BoardError,
    ImageNotFoundError,
    ImageReadError,
    NotFoundError,
    UsageError,
)
from leitmotiv.settings import Settings
from leitmotiv.workflows import boards, learning, own, pinning, samples
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import picture
from tests.workflows.synthetic import add, image_id

IDS = [image_id(number) for number in range(12)]


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as opened:
        add(opened.library, range(12))
        yield opened


def jpeg(seed=0, width=72, height=48):
    out = io.BytesIO()
    picture(seed, width, height).save(out, "JPEG", quality=92)
    return out.getvalue()


def ids(board, side="positive"):
    return [one.id for one in board.side(side)]


def test_a_board_is_made_with_pictures_found_and_named(session):
    made = pinning.made(session, "  blue   hour ", IDS[:3], {IDS[3]: 0.5}, words="the sky after sunset")
    assert (made.name, ids(made), ids(made, "negative")) == ("blue hour", IDS[:3], [IDS[3]])
    assert made.side("negative")[0].weight == 0.5
    assert boards.get(session, "BLUE hour") == boards.get(session, made.id) == boards.get(session, str(made.id)) == made
    assert boards.listed(session, "sunset HOUR") == [made]
    assert boards.listed(session, "sunrise") == []
    assert boards.rename(session, made.id, "dusk").name == "dusk"
    with pytest.raises(NotFoundError, match="board list"):
        boards.get(session, "blue hour")


def test_boards_without_a_name_get_one_that_is_free_and_no_two_share_a_name(session):
    first, second = boards.create(session), boards.create(session)
    assert (first.name, second.name) == ("Board 1", "Board 2")
    for name in ("BOARD 1", " ", 'a "b"', "x" * 121):
        with pytest.raises(UsageError):
            boards.rename(session, second.id, name)
    with pytest.raises(UsageError, match="already"):
        boards.create(session, "board 2")
    assert boards.rename(session, second.id, "board 2").name == "board 2"


def test_pictures_move_between_the_sides_and_are_weighed(session):
    board = pinning.made(session, "dusk", IDS[:2])
    board = pinning.put(session, "dusk", [IDS[1][:12], IDS[2]], "negative")
    assert (ids(board), ids(board, "negative")) == (IDS[:1], IDS[1:3])
    board = pinning.weigh(session, board.id, {IDS[0]: 2.5, IDS[2][:10]: 0})
    assert [one.weight for one in board.examples] == [2.5, 1, 0]
    board = pinning.take_off(session, board.id, [IDS[0], IDS[9]])
    assert ids(board) == []
    assert boards.get(session, board.id) == board


@pytest.mark.parametrize("weight", [-0.1, 10.5, float("nan"), float("inf")])
def test_a_weight_out_of_bounds_changes_nothing(session, weight):
    board = pinning.made(session, "dusk", IDS[:2])
    with pytest.raises(UsageError, match="weight"):
        pinning.weigh(session, board.id, {IDS[0]: weight})
    with pytest.raises(UsageError, match="weight"):
        pinning.put(session, board.id, {IDS[5]: weight})
    assert boards.get(session, board.id) == board


def test_a_picture_that_is_nowhere_changes_nothing(session):
    with pytest.raises(ImageNotFoundError):
        pinning.made(session, "dusk", [IDS[0], "f" * 64])
    assert boards.listed(session) == []
    board = pinning.made(session, "dusk", IDS[:2])
    with pytest.raises(ImageNotFoundError, match="not on board"):
        pinning.weigh(session, board.id, {IDS[0]: 2, IDS[7]: 2})
    assert boards.get(session, board.id) == board


def test_two_places_that_change_one_board_do_not_overwrite_each_other(session):
    seen = pinning.made(session, "dusk", IDS[:2])
    changed = pinning.put(session, seen.id, [IDS[5]], revision=seen.revision)
    with pytest.raises(BoardChangedError, match="anew"):
        pinning.take_off(session, seen.id, [IDS[0]], revision=seen.revision)
    with pytest.raises(BoardChangedError):
        boards.trash(session, seen.id, revision=seen.revision)
    assert boards.get(session, seen.id) == changed
    own.undo(session)
    assert ids(pinning.take_off(session, seen.id, [IDS[0]], revision=seen.revision)) == [IDS[1]]


def test_every_change_has_a_title_and_is_undone(session):
    board = pinning.made(session, "{dusk}", IDS[:2])
    pinning.weigh(session, board.id, {IDS[0]: 0.5})
    boards.rename(session, board.id, "{0} {name}")
    assert [own.undo(session) for _ in range(4)] == [
        "board {dusk} called {0} {name}",
        "weight 0.5 for 1 picture of board {dusk}",
        "2 pictures put on board {dusk}",
        "board {dusk} made",
    ]
    assert boards.listed(session) == []
    for _ in range(4):
        own.redo(session)
    assert boards.get(session, board.id).name == "{0} {name}"


def test_drawn_pictures_are_the_same_each_time_and_keep_their_order_when_others_come(session):
    board = pinning.made(session, "dusk", IDS[:2])
    drawn = ids(pinning.draw(session, board.id, 4), "negative")
    assert len(drawn) == 4
    assert not set(drawn) & set(IDS[:2])
    assert ids(pinning.draw(session, board.id, 2), "negative") == drawn[:2]
    assert ids(pinning.draw(session, board.id, 4), "negative") == drawn
    add(session.library, range(100, 130))
    assert ids(pinning.draw(session, board.id, 4), "negative") == drawn  # those that were drawn stay
    pinning.draw(session, board.id, 0)
    anew = ids(pinning.draw(session, board.id, 40), "negative")
    assert len(anew) == 40
    assert [one for one in anew if one in IDS][:4] == drawn  # others may come between, in the same order
    other = boards.create(session, "other", seed=99)
    assert ids(pinning.draw(session, other.id, 4), "negative") != drawn


def test_a_drawn_picture_that_is_replaced_does_not_come_again_while_there_are_others(session):
    board = pinning.made(session, "dusk", IDS[:2])
    seen = ids(pinning.draw(session, board.id, 2), "negative")
    for _ in range(8):
        now = ids(pinning.draw(session, board.id, replacing=[seen[-1]]), "negative")
        assert len(now) == 2
        assert now[-1] not in seen
        seen.append(now[-1])
    assert set(seen) == set(IDS[2:])
    assert len(ids(pinning.draw(session, board.id, replacing=[seen[-1]]), "negative")) == 2
    with pytest.raises(UsageError, match="by hand"):
        pinning.draw(session, board.id, replacing=[IDS[0]])


def test_a_drawn_picture_that_a_person_chooses_is_not_drawn_any_more(session):
    board = pinning.made(session, "dusk", IDS[:2])
    drawn = ids(pinning.draw(session, board.id, 2), "negative")
    board = pinning.put(session, board.id, [drawn[0]], "negative")
    assert [one.drawn for one in board.side("negative")] == [False, True]


def test_a_copy_has_everything_and_goes_its_own_way(session):
    board = pinning.made(session, "dusk", IDS[:2])
    copy = boards.duplicate(session, "dusk")
    assert (copy.name, copy.examples) == ("dusk copy", board.examples)
    assert boards.duplicate(session, "dusk").name == "dusk copy 2"
    pinning.take_off(session, copy.id, IDS[:2])
    assert boards.get(session, board.id) == board


def test_a_board_in_the_trash_comes_back_even_where_its_name_is_taken(session):
    board = pinning.made(session, "dusk", IDS[:2])
    boards.trash(session, "dusk")
    assert boards.listed(session) == []
    assert [one.id for one in boards.listed(session, trashed=True)] == [board.id]
    boards.create(session, "dusk")
    back = boards.bring_back(session, board.id)
    assert (back.name, back.examples) == ("dusk 2", board.examples)


def test_a_board_in_the_trash_is_not_changed(session):
    board = pinning.made(session, "dusk", IDS[:2])
    thrown = boards.trash(session, board.id)
    changes = (
        lambda: pinning.put(session, board.id, [IDS[5]]),
        lambda: pinning.take_off(session, board.id, [IDS[0]]),
        lambda: pinning.hand_in(session, board.id, jpeg(), "p.jpg"),
        lambda: boards.rename(session, board.id, "dawn"),
        lambda: learning.train(session, board.id),
    )
    for change in changes:
        with pytest.raises(BoardError, match="in the trash"):
            change()
    assert boards.trash(session, board.id) == boards.get(session, board.id) == thrown
    assert pinning.put(session, boards.bring_back(session, board.id).id, [IDS[5]]).side("positive")[2].id == IDS[5]


def test_a_number_of_a_board_is_not_given_again_after_undoing(session):
    first = boards.create(session)
    own.undo(session)
    assert boards.create(session).id > first.id


def test_what_is_removed_for_good_takes_its_pictures_along(session):
    board, picture_id = pinning.hand_in(session, boards.create(session, "dusk").id, jpeg(), "p.jpg")
    with pytest.raises(UsageError, match="in use"):
        boards.remove(session, [board.id])
    boards.trash(session, board.id)
    assert boards.remove(session, [board.id]) == 1
    with pytest.raises(ImageNotFoundError):
        pinning.shown(session, picture_id)
    assert own.undo(session) is None


def test_a_file_is_handed_in_without_becoming_a_picture_of_the_library(session):
    board = boards.create(session, "dusk")
    board, picture_id = pinning.hand_in(session, board.id, jpeg(3, 2000, 1000), "holiday.jpg", "negative")
    assert ids(board, "negative") == [picture_id]
    assert pinning.states(session, board) == {picture_id: "handed in"}
    from PIL import Image

    assert Image.open(io.BytesIO(pinning.shown(session, picture_id))).size == (1024, 512)
    assert session.library.images.count() == 12
    other = pinning.made(session, "other", [picture_id])
    assert ids(other) == [picture_id]


def test_nobody_waits_for_the_library_while_a_picture_is_decoded(session, monkeypatch):
    board, decode = boards.create(session, "dusk"), pinning.reading.read
    seen = []

    def beside(*given, **more):
        with ThreadPoolExecutor(1) as pool:  # another writer, which had to wait inside of a transaction
            seen.append(pool.submit(lambda: boards.create(session)).result(2))
        return decode(*given, **more)

    monkeypatch.setattr(pinning.reading, "read", beside)
    pinning.hand_in(session, board.id, jpeg(), "p.jpg")
    samples.make(session)
    assert len(seen) == 1 + 3 * (samples.FOR + 2)


def test_a_file_that_is_no_picture_is_refused_and_nothing_is_kept(session):
    board = boards.create(session, "dusk")
    with pytest.raises(ImageReadError, match=r"notes\.jpg"):
        pinning.hand_in(session, board.id, b"not a picture", "notes.jpg")
    with pytest.raises(ImageReadError):
        pinning.hand_in(session, board.id, b"", "empty.jpg")
    assert boards.get(session, board.id) == board


def test_a_board_says_which_of_its_pictures_are_gone(session):
    board = pinning.made(session, "dusk", IDS[:2])
    session.library.images.forget([IDS[0]])
    assert pinning.states(session, board) == {IDS[0]: "gone", IDS[1]: "library"}
    assert boards.get(session, board.id) == board


def test_pictures_that_are_put_on_at_the_same_moment_are_all_there(session):
    board = boards.create(session, "dusk")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: pinning.put(session, board.id, [one]), IDS))
    assert set(ids(boards.get(session, board.id))) == set(IDS)
    for _ in IDS:
        assert own.undo(session) == "1 picture put on board dusk"
    assert boards.get(session, board.id).examples == ()
