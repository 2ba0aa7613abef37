"""The filter grammar on a real library of small pictures."""

from dataclasses import replace

import pytest

from leitmotiv.errors import UsageError
from leitmotiv.records import Image, Taken
from leitmotiv.settings import Settings
from leitmotiv.store.texts import Texts
from leitmotiv.workflows import own
from leitmotiv.workflows.orders import Section
from leitmotiv.workflows.selecting import FILTERS, SORTS, Term, ordered, parse, select, write
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, image_id, mixture

DAYS = ("2023-12-31", "2024-01-01", "2024-05-09", "2024-05-31", "2024-06-01", "2025-02-03")
FOLDERS = (b"/photos/Trip to X", b"/photos/Trip to X/raw", b"/photos/trips", b"/drive/a", b"/drive/a", b"/drive/b")
CAMERAS = ("Ricoh GR", "RICOH GR III", "Canon EOS", "", "Canon R5", "Canon R5")
SHAPES = ((640, 480), (480, 640), (500, 500), (6000, 4000), (3000, 2000), (100, 200))


def made(number: int) -> Image:
    width, height = SHAPES[number]
    taken = Taken(image().taken.at.fromisoformat(f"{DAYS[number]}T12:00:00"), "exif")
    facts = {"Camera": CAMERAS[number]} if CAMERAS[number] else {}
    return image(number, width=width, height=height, taken=taken, facts=facts, size=1000 - number)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(replace(Settings(), library=tmp_path_factory.mktemp("selecting") / "library")) as opened:
        for number in range(6):
            one = made(number)
            path = FOLDERS[number] + f"/DSC{number:02}.jpg".encode()
            state = {4: "offline", 5: "missing"}.get(number, "present")
            held = [file(path, one, state=state)]
            if number == 0:
                held.append(file(b"/drive/copies/copy.jpg", one))
            opened.library.images.add(one, files=held, thumbnails={}, mixture=mixture(number))
        own.rate(opened, [image_id(0)], stars=5, favourite=True)
        own.rate(opened, [image_id(1)], stars=3, label="red")
        own.rate(opened, [image_id(2)], rejected=True)
        own.keep_selection(opened, "Best of X", query="rating:>=3")
        own.keep_selection(opened, "two", ids=[image_id(2), image_id(3)])
        own.keep_selection(opened, "nested", query='selection:"best of x" -label:red')
        own.keep_selection(opened, "circle", query="year:2024")
        circle = opened.library.selections.get("circle")
        own.keep_selection(opened, "circle", query="selection:circle", id=circle.id)
        yield opened


def numbers(session: Session, text: str, sort: str = "added") -> list[int]:
    place = {image_id(number): number for number in range(6)}
    return [place[one] for one in select(session, text, sort=sort)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("year:2024", [1, 2, 3, 4]),
        ("year:2023,2025", [0]),
        ("is:missing", [5]),
        ("is:present,offline,missing year:2025", [5]),
        ("date:2024-05", [2, 3]),
        ("date:2024-05-09..2024-05-31", [2, 3]),
        ("date:2023..2024-01", [0, 1]),
        ("-year:2024", [0]),
        ("NOT year:2024", [0]),
        ('folder:"trip to x"', [0, 1]),
        ("folder:/photos", [0, 1, 2]),
        ("folder:copies", [0]),
        ("folder:tri", []),
        ("name:dsc0*", [0, 1, 2, 3, 4]),
        ("name:copy", [0]),
        ("camera:ricoh", [0, 1]),
        ("camera:none", [3]),
        ('camera:"canon r5",ricoh -folder:raw', [0, 4]),
        ("orientation:portrait", [1]),
        ("orientation:square,portrait", [1, 2]),
        ("size:>2000", [3, 4]),
        ("size:500..640", [0, 1, 2]),
        ("bytes:<1", []),
        ("bytes:>=1 rating:>=3", [0, 1]),
        ("stars:>=3", [0, 1]),
        ("rating:>=3", [0, 1]),
        ("rating:0", [2, 3, 4]),
        ("favourite:yes", [0]),
        ("favourite:no rejected:no", [1, 3, 4]),
        ("label:red", [1]),
        ("label:none", [0, 2, 3, 4]),
        ('selection:"Best of X"', [0, 1]),
        ("selection:two", [2, 3]),
        ("selection:nested", [0]),
        ("format:jpeg", [0, 1, 2, 3, 4]),
    ],
)
def test_filters_keep_what_they_say(session, text, expected):
    assert numbers(session, text) == expected


def test_ids_and_prefixes_select_single_pictures(session):
    assert numbers(session, f"id:{image_id(3)},{image_id(1)[:10]}") == [1, 3]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-taken", [4, 3, 2, 1, 0]),
        ("taken", [0, 1, 2, 3, 4]),
        ("bytes", [4, 3, 2, 1, 0]),
        ("-size", [3, 4, 0, 1, 2]),
        ("name", [0, 1, 2, 3, 4]),
        ("-name", [4, 3, 2, 1, 0]),
    ],
)
def test_orders_go_by_what_they_say(session, sort, expected):
    found = numbers(session, "", sort)
    if sort == "-size":  # two of one size stand by their ids
        assert (found[:2], sorted(found[2:4]), found[4]) == ([3, 4], [0, 1], 2)
    else:
        assert found == expected


def test_every_order_and_its_reverse_hold_the_same_pictures(session):
    for sort in set(SORTS) - {"cluster"}:
        assert sorted(select(session, sort=sort)) == sorted(select(session, sort=f"-{sort}"))
    for sort in ("taken", "added", "name", "bytes"):
        assert select(session, sort=sort) == tuple(reversed(select(session, sort=f"-{sort}")))


def test_equal_ones_are_newest_first_whichever_way_the_order_runs(session):
    assert numbers(session, "rating:0", "rating") == numbers(session, "rating:0", "-rating") == [4, 3, 2]


def test_sections_cover_every_picture_once_and_name_what_is_shared(session):
    for sort in set(SORTS) - {"cluster"}:
        order = ordered(session, "", sort=sort)
        assert [one.start for one in order.sections] == [
            sum(one.count for one in order.sections[:at]) for at in range(len(order.sections))
        ]
        assert sum(one.count for one in order.sections) == len(order.ids)
        assert len({one.key for one in order.sections}) == len(order.sections)
    assert [(one.key, one.count) for one in ordered(session, "", sort="-taken", group="year").sections] == [
        ("2024", 4),
        ("2023", 1),
    ]
    assert [one.key for one in ordered(session, "", sort="-rating").sections] == ["5", "3", "0"]
    assert [one.key for one in ordered(session, "", sort="camera").sections][-1] == ""
    assert [one.key for one in ordered(session, "", sort="name").sections] == ["D"]
    assert ordered(session, "", sort="name", group="none").sections == (Section("", 0, 5),)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("beach", "'beach' is no filter. Filters are: year:"),
        ("colr:red", "There is no filter colr:"),
        ("yaer:2024", "no filter yaer:. Did you mean year:"),
        ("year:24", "'24' is no time"),
        ("year:2024-13", "is no time"),
        ("date:2024..2023", "ends before it begins"),
        ("rating:many", "rating: takes a number"),
        ("orientation:sideways", "landscape or portrait or square"),
        ("label:pink", "label: takes"),
        ("selection:nothing", "There are: Best of X, circle, nested, two"),
        ("selection:circle", "names itself"),
        ("cluster:x", "the number of a trend"),
        ('folder:"open', "no filter"),
    ],
)
def test_what_cannot_be_read_is_named(session, text, match):
    with pytest.raises(UsageError, match=match):
        select(session, text)


def test_an_unknown_order_is_named(session):
    with pytest.raises(UsageError, match="sort is 'beauty', but must be taken or added"):
        select(session, sort="beauty")


def test_a_line_is_read_into_terms():
    assert parse('  -folder:"trip, to x",y NOT year:2024 RATING:>=3 ') == (
        Term("folder", ("trip, to x", "y"), negated=True),
        Term("year", ("2024",), negated=True),
        Term("rating", (">=3",)),
    )
    assert parse("") == ()
    assert set(FILTERS) > {"year", "folder", "rating"}


def test_a_change_of_a_rating_is_seen_at_once(session):
    assert numbers(session, "rating:4") == []
    own.rate(session, [image_id(3)], stars=4)
    assert numbers(session, "rating:4") == [3]
    own.undo(session)
    assert numbers(session, "rating:4") == []


def test_texts_hold_each_value_once():
    column = Texts.of(["b", "a", "b", ""])
    assert column.values == ("b", "a", "")
    assert column.codes.tolist() == [0, 1, 0, 2]
    assert Texts.of([]).codes.shape == (0,)


def test_an_empty_library_has_nothing_to_select(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library")) as opened:
        assert select(opened, "year:2024 rating:>=3 camera:x folder:y", sort="-name") == ()


@pytest.mark.parametrize(
    "text", ["year:2024", '-folder:"trip to x",b rating:>=3', 'name:"a,b"', "NOT camera:none  id:3f2a", ""]
)
def test_a_line_that_was_written_reads_as_the_same_terms(text):
    assert parse(write(parse(text))) == parse(text)
