"""A picture among others: neighbours from every kind of list, and the components that a colour has."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, likeness
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.viewing import Listing, around, regions

from .pictures import folder_of

COUNT = 18


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("viewing")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(folder / "photos", COUNT)])
        build_index(opened)
        yield opened


@pytest.fixture(scope="module")
def ids(session):
    return [image.id for image in browse.images(session).images]


def test_without_a_list_the_neighbours_are_those_by_date(session, ids):
    place = around(session, ids[5], Listing(), n=2)
    assert [image.id for image in place.images] == ids[3:8]
    assert (place.at, place.total, place.first, place.last) == (5, COUNT, ids[0], ids[-1])


def test_at_an_end_of_the_list_there_are_neighbours_on_one_side(session, ids):
    assert [image.id for image in around(session, ids[0], Listing(), n=2).images] == ids[:3]
    assert [image.id for image in around(session, ids[-1], Listing(), n=2).images] == ids[-3:]


def test_a_filter_and_its_order_make_the_list(session, ids):
    named = {browse.image(session, one).name: one for one in ids}
    place = around(session, named["p004.jpg"], Listing(text="name:p00*", sort="name"), n=1)
    assert [image.name for image in place.images] == ["p003.jpg", "p004.jpg", "p005.jpg"]
    assert (place.at, place.total) == (4, 10)


def test_a_ranking_begins_with_its_own_picture(session, ids):
    order = likeness.order(session, ids[2]).ids
    place = around(session, order[0], Listing(like=ids[2]), n=1)
    assert [image.id for image in place.images] == [ids[2], order[0], order[1]]
    assert around(session, ids[2], Listing(like=ids[2])).at == 0


def test_a_trend_is_in_the_order_of_its_page(session, ids):
    group = browse.clusters(session).clusters[0]
    place = around(session, group.members[1], Listing(trend=group.id), n=1)
    assert [image.id for image in place.images] == list(group.members[:3])
    assert place.total == group.size


def test_a_list_may_be_named_picture_by_picture(session, ids):
    named = (ids[9], ids[2][:12], ids[5][:8])
    place = around(session, ids[2], Listing(among=named))
    assert [image.id for image in place.images] == [ids[9], ids[2], ids[5]]
    assert (place.at, place.total) == (1, 3)


@pytest.mark.parametrize(
    "listing",
    [
        Listing(text="year:1990"),
        Listing(text="no filter"),
        Listing(sort="beauty"),
        Listing(like="ffffffffffff"),
        Listing(trend=99999),
        Listing(among=("ffffffff", "xyz")),
    ],
)
def test_a_list_that_does_not_hold_the_picture_gives_way_to_all(session, ids, listing):
    place = around(session, ids[5], listing)
    assert (place.at, place.total, place.listing) == (5, COUNT, Listing())


def test_each_component_belongs_to_a_colour_of_the_palette(session, ids):
    swatches = browse.palette(session, ids[0])
    found = regions(session, ids[0])
    ellipses = browse.ellipses(session, ids[0])
    assert len(found) == len(ellipses)
    shares = [sum(e.weight for e, at in zip(ellipses, found, strict=True) if at == swatch) for swatch in (0, 1)]
    assert shares == pytest.approx([swatches[0].share, swatches[1].share], abs=0.15)
