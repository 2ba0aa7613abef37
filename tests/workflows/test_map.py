"""The map: every indexed picture has a place, keeps it, and only laying out anew moves it."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from leitmotiv.analysis.views import average_image
from leitmotiv.errors import NoIndexError, NoMapError, UsageError
from leitmotiv.imaging.read import encode
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import map_making, map_page, sprites
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.map import stored_places
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget

from .synthetic import add, image_id


@pytest.fixture
def session(tmp_path: Path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, points=48)) as opened:
        yield opened


def places(session: Session) -> dict[str, tuple[list[float], list[int]]]:
    found = stored_places(session.library, session.settings)
    assert found is not None
    rows = zip(found.ids, found.look.tolist(), found.grid.tolist(), strict=True)
    return {image: (look, cell) for image, look, cell in rows if image}


def test_the_index_gives_every_picture_a_place_and_a_cell_of_its_own(session):
    add(session.library, range(70))
    build_index(session)
    found = places(session)
    assert set(found) == set(session.library.images.ids())
    assert len({tuple(cell) for _, cell in found.values()}) == 70


def test_pictures_of_a_family_lie_nearer_than_others(session):
    add(session.library, range(96))
    build_index(session)
    found = places(session)
    look = np.array([found[image_id(number)][0] for number in range(96)])
    apart = np.hypot(*(look[:, None] - look[None]).transpose(2, 0, 1))
    same = np.equal.outer(np.arange(96) % 12, np.arange(96) % 12) & ~np.eye(96, dtype=bool)
    assert apart[same].mean() < 0.6 * apart[~same].mean()


def test_new_pictures_find_places_and_no_old_one_moves(session):
    add(session.library, range(80))
    build_index(session)
    before = places(session)
    add(session.library, range(80, 95))
    assert map_page.unplaced(session) == 15
    build_index(session)
    after = places(session)
    assert {image: after[image] for image in before} == before
    assert len({tuple(cell) for _, cell in after.values()}) == 95
    later = stored_places(session.library, session.settings)
    assert later.later.sum() == 15
    assert map_page.unplaced(session) == 0


def test_new_pictures_lie_with_their_family(session):
    add(session.library, range(96))
    build_index(session)
    add(session.library, range(96, 108))
    build_index(session)
    found = places(session)
    look = np.array([found[image_id(number)][0] for number in range(108)])
    apart = np.hypot(*(look[96:, None] - look[None, :96]).transpose(2, 0, 1))
    nearest = np.argsort(apart, axis=1)[:, :5] % 12
    assert (nearest == np.arange(96, 108)[:, None] % 12).mean() > 0.6


def test_laying_out_anew_moves_pictures_and_forgets_which_came_later(session):
    add(session.library, range(80))
    build_index(session)
    add(session.library, range(80, 95))
    build_index(session)
    before = places(session)
    assert map_making.lay_out(session) == 0
    assert map_making.lay_out(session, anew=True) == 95
    assert places(session) != before
    assert not stored_places(session.library, session.settings).later.any()
    assert session.library.jobs.list()[0].kind == "map"


def test_the_same_pictures_in_another_library_have_the_same_map(session, tmp_path):
    with Session(replace(session.settings, library=tmp_path / "other")) as other:
        for one, order in ((session, range(60)), (other, reversed(range(60)))):
            add(one.library, order)
            build_index(one)
        mine, theirs = places(session), places(other)
    assert set(mine) == set(theirs)


def test_a_forgotten_picture_leaves_a_gap_that_a_new_one_takes(session):
    add(session.library, range(80))
    build_index(session)
    before = places(session)
    forget(session, [image_id(7)])
    page = map_page.map_page(session)
    assert page.ids.count("") == 1
    assert map_page.flags(session, page)[page.ids.index("")] & map_page.GONE
    assert map_page.unplaced(session) == 0
    add(session.library, [80])
    build_index(session)
    after = places(session)
    assert "" not in map_page.map_page(session).ids
    assert after[image_id(80)][1] == before[image_id(7)][1]
    assert all(after[image] == place for image, place in before.items() if image != image_id(7))


def test_above_the_limit_the_map_is_made_from_neighbours(tmp_path):
    settings = replace(Settings(), library=tmp_path / "library", workers=1, points=48, limit=60)
    with Session(settings) as session:
        add(session.library, range(120))
        build_index(session)
        before = places(session)
        assert len(before) == 120
        add(session.library, range(120, 130))
        build_index(session)
        after = places(session)
        assert len(after) == 130
        assert {image: after[image] for image in before} == before


def test_without_an_index_there_is_no_map_and_the_error_says_how_to_get_one(session):
    add(session.library, range(5))
    with pytest.raises(NoMapError, match="build-index"):
        map_page.map_page(session)
    with pytest.raises(NoIndexError, match="build-index"):
        map_making.lay_out(session)
    with pytest.raises(NoIndexError, match="build-index"):
        map_making.start(session)
    assert not map_making.is_running(session)


def test_a_child_process_lays_out_what_has_no_places_yet(session):
    add(session.library, range(20))
    build_index(session)
    session.library.arrays.remove("map")
    assert map_making.start(session)
    map_making._running[session.settings.library].join(60)
    assert not map_making.is_running(session)
    assert len(places(session)) == 20


def test_the_page_holds_every_layout_and_is_read_back_as_it_was_made(session):
    add(session.library, range(60))
    build_index(session)
    page = map_page.map_page(session)
    assert [frame.name for frame in page.frames] == list(map_page.LAYOUTS)
    assert all(len(column) == 60 for column in page.columns.values())
    assert sum(column.dtype.itemsize for column in page.columns.values()) < 29  # 3 MB for 100,000, with flags
    found = stored_places(session.library, session.settings)
    made = map_page._made(session.library, found, "x", session.library.clusters.get())
    for name, column in made.columns.items():
        np.testing.assert_array_equal(column, page.columns[name])
    assert (made.groups, made.frames, made.ticks) == (page.groups, page.frames, page.ticks)


def test_columns_give_places_back_to_a_hundredth_of_a_picture(session):
    add(session.library, range(60))
    build_index(session)
    page, found = map_page.map_page(session), stored_places(session.library, session.settings)
    frame = page.frames[0]
    x = frame.left + page.columns["look-x"] * (frame.extent / map_page.LEVELS)
    np.testing.assert_allclose(x, found.look[:, 0], atol=0.01)


def test_trends_on_the_map_are_those_of_the_index(session):
    add(session.library, range(60))
    build_index(session)
    page = map_page.map_page(session)
    counts = np.bincount(page.columns["trend"][page.columns["trend"] != map_page.NO_TREND])
    assert counts.tolist() == [group.size for group in page.groups]
    assert [group.size for group in page.groups] == sorted(counts.tolist(), reverse=True)
    assert all(page.columns["trend"][group.row] == number for number, group in enumerate(page.groups))


def test_a_trend_is_named_by_its_colours_or_by_what_somebody_called_it(session):
    add(session.library, range(60))
    build_index(session)
    page = map_page.map_page(session)
    assert map_page.colour_name(session, page, 0)
    clusters, made_from = session.library.clusters.get(), session.library.clusters.digest()
    session.library.clusters.replace(clusters, digest=made_from, names={page.groups[0].id: "dusk"})
    assert map_page.colour_name(session, page, 0) == "dusk"


def test_filters_choose_rows(session):
    add(session.library, range(60))
    build_index(session)
    page = map_page.map_page(session)
    kept = map_page.chosen(session, f"id:{image_id(3)[:12]},{image_id(9)[:12]}")
    assert {page.ids[row] for row in np.flatnonzero(kept)} == {image_id(3), image_id(9)}
    assert map_page.chosen(session, "").all()


def test_sheets_are_made_once_and_swept_with_their_map(session):
    add(session.library, range(60), {256: encode(np.full((40, 60, 3), 200, np.uint8), "JPEG", quality=90)})
    build_index(session)
    page = map_page.map_page(session)
    names = {sprites.sheet_name(page.ids, level, 0) for level in sprites.LEVELS}
    folder = session.library.folder / "arrays" / "sprites"
    assert {path.stem for path in folder.iterdir()} == names
    assert sprites.map_sheet(session, 64, 0)[:2] == b"\xff\xd8"
    with pytest.raises(UsageError, match="no sheet 1"):
        sprites.map_sheet(session, 64, 1)
    with pytest.raises(UsageError, match="32 pixels"):
        sprites.map_sheet(session, 32, 0)
    map_making.lay_out(session, anew=True)
    assert len(list(folder.iterdir())) == 2


def test_pictures_without_thumbnails_are_drawn_when_their_sheet_is_asked_for(session):
    add(session.library, range(60))
    build_index(session)
    folder = session.library.folder / "arrays" / "sprites"
    assert not folder.exists()
    page = map_page.map_page(session)
    first = session.library.mixtures.get(page.ids[0])
    colour = average_image([first], None, 1, 1)[0, 0].astype(int)
    for level in sprites.LEVELS:
        with Picture.open(io.BytesIO(sprites.map_sheet(session, level, 0))) as sheet:
            cell = np.asarray(sheet.convert("RGB"), int)[:level, :level]
        assert np.abs(cell.mean(axis=(0, 1)) - colour).max() < 40
        assert cell.max() > 20
    assert {path.stem for path in folder.iterdir()} == {sprites.sheet_name(page.ids, at, 0) for at in sprites.LEVELS}


def test_positions_name_each_picture_with_its_place(session):
    add(session.library, range(20))
    build_index(session)
    found = map_page.positions(session)
    assert {image.id for image, _ in found} == set(session.library.images.ids())
    assert all(len(place) == 4 for _, place in found)


def test_a_damaged_map_is_made_again(session):
    add(session.library, range(20))
    build_index(session)
    for path in (session.library.folder / "arrays").glob("map-*.bin"):
        path.write_bytes(b"damaged")
    with Library.open(session.library.folder) as library:
        assert stored_places(library, session.settings) is None
    with Session(session.settings) as again:
        build_index(again)
        assert len(places(again)) == 20
