"""Counts of what pictures can be narrowed down by, on the library of the filters."""

import pytest

from leitmotiv.workflows import grid
from leitmotiv.workflows.facets import facets, toggled
from leitmotiv.workflows.selecting import parse, select
from tests.workflows.test_selecting import session  # noqa: F401 - the fixture


def counts(session, text, name):  # noqa: F811
    return {one.value: one.count for facet in facets(session, text, 50) if facet.name == name for one in facet.values}


def test_every_count_is_what_the_line_with_that_value_finds(session):  # noqa: F811
    checked = 0
    for text in ("", "year:2024", "-camera:ricoh rating:0", "orientation:landscape,portrait"):
        for facet in facets(session, text, 50):
            others = [term for term in parse(text) if term.name != facet.name or term.negated]
            for one in facet.values:
                line = toggled(others, facet.name, one.value)
                assert len(select(session, line)) == one.count, line
                checked += 1
    assert checked > 40


def test_a_value_is_taken_in_beside_others_of_its_filter_and_out_again(session):  # noqa: F811
    found = {one.value: one for facet in facets(session, "year:2024") if facet.name == "year" for one in facet.values}
    assert (found["2024"].chosen, found["2024"].line) == (True, "")
    assert (found["2023"].chosen, found["2023"].line) == (False, "year:2024,2023")
    assert toggled(parse("-year:2024 rating:3"), "year", "2023") == "-year:2024 rating:3 year:2023"


def test_a_text_that_is_part_of_another_is_asked_for_whole(session):  # noqa: F811
    found = counts(session, "", "camera")
    assert found == {"=Ricoh GR": 1, "RICOH GR III": 1, "Canon EOS": 1, "none": 1, "Canon R5": 1}


def test_a_folder_counts_what_lies_below_it(session):  # noqa: F811
    found = counts(session, "", "folder")
    assert found["/photos/Trip to X"] == 2
    assert found["/photos/Trip to X/raw"] == 1


def test_a_filter_that_tells_nothing_apart_is_left_out(session):  # noqa: F811
    assert "format" not in {facet.name for facet in facets(session)}


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_of_a_line_hold_each_picture_once_in_order(session, limit):  # noqa: F811
    seen, cursor = [], None
    while True:
        page = grid.page(session, "-year:2025", "name", limit=limit, cursor=cursor)
        seen += [image.id for image in page.images]
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(select(session, "-year:2025", sort="name"))


def test_a_cursor_survives_a_picture_that_is_gone(session):  # noqa: F811
    ids = select(session, "", sort="name")
    gone = f"2.{'f' * 64}"
    assert [image.id for image in grid.page(session, "", "name", limit=9, cursor=gone).images] == list(ids[2:])
    moved = f"4.{ids[0]}"
    assert [image.id for image in grid.page(session, "", "name", limit=9, cursor=moved).images] == list(ids[1:])
