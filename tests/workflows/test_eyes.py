"""Eyes of a selection: made, kept, looked through; what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import EyesError, NotFoundError, UsageError
from leitmotiv.records import Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows import eyes
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.partial import glimpse
from leitmotiv.workflows.session import Session
from tests.store.making import image_id
from tests.workflows.watched import fill, stripes


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(replace(Settings(), library=tmp_path_factory.mktemp("eyes") / "library")) as opened:
        fill(opened.library, tmp_path_factory.mktemp("photos"), 30)
        yield opened


@pytest.mark.parametrize(
    "partial",
    [Partial("edges"), Partial("regions", regions=3)],
    ids=("edges", "regions"),
)
def test_patches_see_only_colours_of_their_pictures_and_the_same_each_time(session, partial):
    made = eyes.make(session, "  Reds  ", "name:p000,p006,p012,p018", partial=partial, side=32)
    assert (made.name, made.way, made.side, made.partial) == ("Reds", "patches", 32, partial)
    assert set(made.pictures) == {image_id(number) for number in (0, 6, 12, 18)}
    assert made.card["pictures"] == 4
    assert eyes.get(session, made.id) == made
    seen = eyes.see(session, made, stripes())
    assert seen.truth.shape == seen.shown.shape == seen.seen.shape == (32, 32, 3)
    assert seen.seen[..., 2].max() < 100 < seen.truth[..., 2].max()
    np.testing.assert_array_equal(seen.shown, glimpse(seen.truth, partial).pixels)
    np.testing.assert_array_equal(seen.seen, eyes.see(session, made, stripes()).seen)
    eyes.see(session, made, stripes(), seen)


def test_a_palette_takes_its_colours_and_leaves_the_shapes(session):
    made = eyes.make(session, "Colours", "name:p000,p006", way="palette", side=32)
    seen = eyes.see(session, made, stripes())
    np.testing.assert_array_equal(seen.shown, seen.truth)
    assert not np.array_equal(seen.seen, seen.truth)


def test_eyes_are_found_by_name_where_only_one_pair_has_it(session):
    first = eyes.make(session, "Only Me", "name:p001,p007", side=32)
    assert eyes.get(session, "only me") == first
    second = eyes.make(session, "Only Me", "name:p001,p007", side=32)
    assert second.id == "only-me-2"
    assert eyes.get(session, "only-me") == first
    with pytest.raises(UsageError, match="2 pairs of eyes are called 'Only Me'"):
        eyes.get(session, "Only Me")
    with pytest.raises(NotFoundError, match="no eyes"):
        eyes.get(session, "nobody")


def test_pairs_are_held_out_by_picture_and_shown_as_eyes_are(session):
    pairs = eyes.training_pairs(session, "", Partial("regions", regions=3), 32, held_out=5)
    assert (pairs.x.shape, pairs.held_y.shape) == ((25, 32, 32, 3), (5, 32, 32, 3))
    assert set(pairs.ids) | set(pairs.held_ids) == {image_id(number) for number in range(30)}
    np.testing.assert_array_equal(pairs.x[0], glimpse(pairs.y[0], Partial("regions", regions=3)).pixels)
    again = eyes.training_pairs(session, "", Partial(), 32, held_out=5)
    assert again.held_ids == pairs.held_ids
    assert eyes.training_pairs(session, "", Partial(), 32, seed=1, held_out=5).held_ids != pairs.held_ids


def test_of_a_large_selection_some_are_drawn_by_lot_the_same_each_time(session):
    whole = eyes.training_pairs(session, "", Partial(), 32, held_out=5)
    assert whole.drawn_from == 0
    some, again, other = (eyes.training_pairs(session, "", Partial(), 32, seed, 5, most=20) for seed in (0, 0, 1))
    assert (len(some.ids), len(some.held_ids), some.drawn_from) == (20, 5, 30)
    assert set(some.held_ids) == set(whole.held_ids)
    assert (some.ids, some.held_ids) == (again.ids, again.held_ids)
    assert set(some.ids) != set(other.ids)


def test_pictures_through_eyes_are_remembered_up_to_a_number(session):
    for kind in ("sight", "partial"):
        for number in range(100):
            remember(session, (kind, number), lambda: b"")
        assert len(session.memory[kind]) < 65


@pytest.mark.parametrize(
    ("ask", "error", "told"),
    [
        (lambda s: eyes.make(s, "", "name:p001", side=32), EyesError, "'name:p001' has 1 picture; 2 are needed"),
        (
            lambda s: eyes.make(s, "", "", side=64),
            EyesError,
            r"30 pictures, of which 0 can be used \(30 are smaller than 64",
        ),
        (lambda s: eyes.make(s, "", "", side=33), UsageError, "side is 33"),
        (lambda s: eyes.make(s, "", "", way="network"), UsageError, "a network is trained"),
        (lambda s: eyes.make(s, "", "", partial=Partial("whole")), UsageError, "Patches are found by a part"),
        (lambda s: eyes.make(s, "", "nonsense:3"), UsageError, "nonsense"),
        (
            lambda s: eyes.training_pairs(s, "name:p001,p007", Partial(), 32),
            EyesError,
            "has 2 pictures; 24 are needed. Patches need only 2: leitmotiv eyes make",
        ),
    ],
)
def test_what_cannot_be_made_says_how_many_there_are_and_what_can(session, ask, error, told):
    with pytest.raises(error, match=told):
        ask(session)


def test_a_card_that_does_not_fit_its_parts_is_refused(session):
    made = eyes.make(session, "Odd", "name:p001,p007", side=32)
    session.library.eyes.put(replace(made, side=48), {})
    with pytest.raises(EyesError, match="do not fit their card"):
        eyes.looker(session, eyes.get(session, "odd"))
    colours = eyes.make(session, "Grey", "name:p001,p007", way="palette", side=32)
    session.library.eyes.put(colours, {"palette.json": b'{"weights": [1], "means": [[1, 2, 3]], "covariances": [[1]]}'})
    with pytest.raises(EyesError, match="palette of eyes is damaged"):
        eyes.looker(session, colours)
