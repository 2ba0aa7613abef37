from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitmotiv.errors import AmbiguousImageError, ImageNotFoundError, UsageError
from leitmotiv.records import Taken
from leitmotiv.store.images import taken_key
from leitmotiv.store.library import Library

from .conftest import sqlite_only
from .making import NOON, add, clusters, file, image, image_id, mixture, path_of


def pages(library: Library, limit: int, order: str = "taken") -> list[list[str]]:
    found, cursor = [], None
    while True:
        page, cursor = library.images.page(limit=limit, cursor=cursor, order=order)
        found.append([one.id for one in page])
        if cursor is None:
            return found


def test_everything_of_an_image_comes_back(library):
    zone = timezone(timedelta(hours=5, minutes=45))
    taken = Taken(datetime(2023, 2, 3, 4, 5, 6, 789012, tzinfo=zone), "exif")
    new = image(3, taken=taken, facts={"Objektiv": "50 mm ƒ/1.8", "odd": "\udcff"})
    library.images.add(new, files=[file(b"/p/a.jpg", new)], thumbnails={}, mixture=mixture())
    back = library.images.get(new.id)
    assert back.paths == (b"/p/a.jpg",)
    assert back.state == "present"
    for name in ("width", "height", "taken", "format", "size", "pixel_hash", "colour", "added", "facts"):
        assert getattr(back, name) == getattr(new, name)
    assert back.taken.at.utcoffset() == zone.utcoffset(None)


def test_adding_an_id_twice_is_a_mistake_that_changes_nothing(library):
    add(library, 0)
    with pytest.raises(ValueError, match="already has"):
        add(library, 0, paths=(b"/elsewhere",))
    assert library.images.find_path(b"/elsewhere") is None


def test_many_added_at_once_are_what_each_is_added_by_itself(library, tmp_path):
    count = 150  # more than go into one statement
    new = [image(number) for number in range(count)]
    sized = [{256: b"small" + one.id.encode(), 512: b"large"} if place % 3 else {} for place, one in enumerate(new)]
    library.images.add_all([(one, file(path_of(n), one), mixture(n)) for n, one in enumerate(new)], sized)
    ids = [one.id for one in new]
    assert library.images.ids() == ids
    with Library.open(tmp_path / "single") as single:
        for number, one in enumerate(new):
            held = [file(path_of(number), one)]
            single.images.add(one, files=held, thumbnails=sized[number], mixture=mixture(number))
        assert single.images.many(ids) == library.images.many(ids)
        assert single.files.known([b"/"]) == library.files.known([b"/"])
        for one in ids[1::3]:
            assert library.images.thumbnail(one, 256) == single.images.thumbnail(one, 256) == b"small" + one.encode()
            assert library.images.thumbnail(one, 512) == b"large"
        assert not library.images.has_thumbnail(ids[::3])
        for one, other in zip(library.mixtures.many(ids), single.mixtures.many(ids), strict=True):
            np.testing.assert_array_equal(one.cholesky, other.cholesky)


def test_many_of_which_one_is_there_change_nothing_and_leave_the_transaction_whole(library):
    add(library, 3)
    new = [image(number) for number in range(5)]
    with library.transaction():
        with pytest.raises(ValueError, match="already has some"):
            library.images.add_all([(one, file(path_of(n), one), mixture(n)) for n, one in enumerate(new)])
        add(library, 7)
    assert library.images.ids() == [image_id(3), image_id(7)]


def test_an_add_that_fails_leaves_nothing_of_the_image(library):
    new = image(0)
    broken = file(path_of(0), new, image_id=image_id(99))
    with pytest.raises(ImageNotFoundError):
        library.images.add(new, files=[broken], thumbnails={256: b"x"}, mixture=mixture())
    assert library.images.count() == 0
    assert library.files.known([b"/"]) == {}


@pytest.mark.parametrize(
    "path", [b"/a\nb.jpg", "/📷 \"quoted\" 'é'.jpg".encode(), b"/\xff\xfe.jpg", b"/" + b"x" * 4000, b"C:\\x.jpg"]
)
def test_paths_of_any_bytes_come_back(library, path):
    new = add(library, 0, paths=(path,))
    assert library.images.find_path(path) == new
    assert library.images.get(new.id).paths == (path,)
    assert list(library.files.known([path])) == [path]


def test_a_path_shows_the_image_that_it_holds_now(library):
    first, second = add(library, 0), add(library, 1)
    library.files.put(file(path_of(0), second))
    assert library.images.find_path(path_of(0)).id == second.id
    assert library.images.get(first.id).state == "missing"
    assert library.images.get(first.id).path == ""
    assert library.images.find_path(b"/unknown") is None


def test_the_path_that_is_there_comes_first(library):
    paths = (b"/gone", b"/away", b"/here")
    new = add(library, 0, paths=paths)
    library.files.set_state([b"/gone"], "missing")
    library.files.set_state([b"/away"], "offline")
    assert library.images.get(new.id).paths == (b"/here", b"/away", b"/gone")


def test_prefix_of_four_characters_finds_a_single_image(library):
    new = add(library, 0)
    assert library.images.get(new.id[:4]).id == new.id
    assert library.images.get(new.id[:9].upper()).id == new.id


@pytest.mark.parametrize("text", ["", "5fe", "xyzw", "5feg", "%%%%", "____", "ffffffff", "5feceb66'; --"])
def test_text_that_is_no_prefix_finds_nothing(library, text):
    add(library, 0)
    with pytest.raises(ImageNotFoundError):
        library.images.get(text)


def test_ambiguous_prefix_names_the_candidates(library):
    ids = ["abcd" + image_id(n)[4:] for n in range(5)]
    for number, name in enumerate(ids):
        add(library, number, id=name)
    with pytest.raises(AmbiguousImageError, match=f"{sorted(ids)[0][:12]}.*and others"):
        library.images.get("abcd")
    assert library.images.get(ids[2][:12]).id == ids[2]


def test_sha256_finds_the_image_by_id_and_by_file(library):
    new = add(library, 0)
    library.files.put(file(path_of(0), new, sha256=image_id(50)))
    assert library.images.by_sha256(new.id).id == new.id
    assert library.images.by_sha256(image_id(50)).id == new.id
    assert library.images.by_sha256(image_id(51)) is None


def test_first_paths_are_those_that_pictures_are_shown_with(library):
    ids = [add(library, number, paths=(b"/a/%d.jpg" % number, b"/b/\xff%d.jpg" % number)).id for number in range(3)]
    library.files.set_state([b"/a/1.jpg"], "missing")
    library.files.put(file(b"/a/2.jpg", library.images.get(ids[0])))
    library.files.put(file(b"/b/\xff2.jpg", library.images.get(ids[0])))
    shown = {one.id: one.path for one in library.images.many(ids)}
    assert shown == {ids[0]: "/a/0.jpg", ids[1]: "/b/\ufffd1.jpg", ids[2]: ""}
    assert library.files.first([*ids, "unknown"]) == shown


def test_pixel_hash_finds_every_image_in_the_order_of_adding(library):
    same = [add(library, number, pixel_hash="p").id for number in (5, 2, 9)]
    add(library, 1)
    assert [one.id for one in library.images.by_pixel_hash("p")] == same
    assert library.images.by_pixel_hash("q") == ()


def test_many_keeps_the_order_asked_and_passes_over_the_unknown(library):
    ids = [add(library, number).id for number in range(4)]
    asked = [ids[3], "unknown", ids[0], ids[3]]
    assert [one.id for one in library.images.many(asked)] == [ids[3], ids[0], ids[3]]
    assert library.images.many([]) == []


def test_many_takes_more_ids_than_a_statement_has_parameters(library):
    with library.transaction():
        ids = [add(library, number).id for number in range(1201)]
    assert [one.id for one in library.images.many(ids[::-1])] == ids[::-1]
    assert len(library.mixtures.many(ids)) == 1201


def test_ids_are_in_the_order_of_adding_without_the_missing(library):
    ids = [add(library, number).id for number in (7, 1, 4)]
    library.files.set_state([path_of(1)], "missing")
    library.files.set_state([path_of(4)], "offline")
    assert library.images.ids() == [ids[0], ids[2]]
    assert library.images.ids(all=True) == ids
    assert [library.images.count(state) for state in (None, "present", "missing", "offline")] == [3, 1, 1, 1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 3), min_size=0, max_size=12),
    limit=st.integers(1, 5),
    order=st.sampled_from(["taken", "added"]),
)
def test_pages_give_each_image_once_whatever_the_dates(tmp_path_factory, minutes, limit, order):
    with Library.open(tmp_path_factory.mktemp("pages") / "library") as library:
        with library.transaction():
            for number, minute in enumerate(minutes):
                add(library, number, taken=Taken(NOON + timedelta(minutes=minute), "file"))
        found = pages(library, limit, order)
    if order == "taken":
        wanted = [(minute, image_id(number)) for number, minute in enumerate(minutes)]
    else:
        wanted = [(number, image_id(number)) for number in range(len(minutes))]
    assert [name for page in found for name in page] == [name for _, name in sorted(wanted, reverse=True)]
    assert all(len(page) == limit for page in found[:-1])


def test_pages_are_not_disturbed_by_what_comes_and_goes_between(library):
    ids = [add(library, number).id for number in range(6)]
    first, cursor = library.images.page(limit=2)
    library.images.forget([first[-1].id])
    add(library, 50)
    second, _ = library.images.page(limit=2, cursor=cursor)
    assert [one.id for one in second] == [ids[3], ids[2]]


@pytest.mark.parametrize("cursor", ["", "x", "né", "LTEuYQ", "OS" * 40, "MS5hYg%%"])
def test_a_cursor_of_somebody_else_is_an_error_of_usage(library, cursor):
    with pytest.raises(UsageError, match="cursor"):
        library.images.page(limit=2, cursor=cursor)


def test_a_limit_below_one_is_an_error_of_usage(library):
    with pytest.raises(UsageError, match="limit is 0"):
        library.images.page(limit=0)


times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))


@given(times, times)
def test_taken_key_orders_by_the_clock_of_the_camera(one, other):
    assert (taken_key(one) < taken_key(other)) == (one < other)
    assert taken_key(one.replace(tzinfo=timezone(timedelta(hours=-9)))) == taken_key(one)


def test_days_count_by_the_cameras_clock_newest_first(library):
    late = datetime(2024, 5, 17, 23, 59, 59, 999999)
    early = datetime(2024, 5, 18, 0, 0, tzinfo=timezone(timedelta(hours=11)))
    for number, at in enumerate((late, early, late, datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59))):
        add(library, number, taken=Taken(at, "exif"))
    assert library.images.days() == [
        ("9999-12-31", 1),
        ("2024-05-18", 1),
        ("2024-05-17", 2),
        ("0001-01-01", 1),
    ]
    page, _ = library.images.page(limit=10)
    assert [one.taken.at.date().isoformat() for one in page] == [
        day for day, count in library.images.days() for _ in range(count)
    ]


def test_film_strip_has_the_image_between_its_neighbours(library):
    ids = [add(library, number).id for number in range(7)]
    assert [one.id for one in library.images.neighbours_by_date(ids[3], 2)] == ids[1:6]
    assert [one.id for one in library.images.neighbours_by_date(ids[0], 2)] == ids[:3]
    assert [one.id for one in library.images.neighbours_by_date(ids[6], 0)] == ids[6:]
    with pytest.raises(ImageNotFoundError):
        library.images.neighbours_by_date("unknown", 2)


def test_film_strip_is_exact_under_equal_dates(library):
    ids = sorted(add(library, number, taken=Taken(NOON, "file")).id for number in range(5))
    for place, name in enumerate(ids):
        strip = [one.id for one in library.images.neighbours_by_date(name, 1)]
        assert strip == ids[max(0, place - 1) : place + 2]


def test_thumbnail_is_the_one_asked_or_the_next_larger_or_the_largest(library):
    new = add(library, 0)
    assert library.images.thumbnail(new.id, 256).startswith(b"small")
    assert library.images.thumbnail(new.id, 100).startswith(b"small")
    assert library.images.thumbnail(new.id, 257).startswith(b"large")
    assert library.images.thumbnail(new.id, 9999).startswith(b"large")
    with pytest.raises(ImageNotFoundError):
        library.images.thumbnail("unknown", 256)


def test_forget_removes_everything_of_an_image(library):
    ids = [add(library, number).id for number in range(3)]
    library.arrays.put("divergence", {"values": np.eye(3, dtype=np.float32)}, ids, "d")
    library.clusters.replace(clusters(ids, (0, 2)), digest="d")
    assert library.images.forget([ids[1], "unknown"]) == 1
    with pytest.raises(ImageNotFoundError):
        library.images.get(ids[1])
    with pytest.raises(ImageNotFoundError):
        library.mixtures.get(ids[1])
    with pytest.raises(ImageNotFoundError):
        library.images.thumbnail(ids[1], 256)
    assert list(library.files.known([b"/"])) == [path_of(0), path_of(2)]
    assert library.clusters.get().ids == (ids[0], ids[2])
    assert library.arrays.get("divergence").ids == (ids[0], "", ids[2])


@sqlite_only  # a server decides by itself when it writes over what is gone
def test_forget_leaves_no_byte_of_an_image_behind(library, folder):
    ids = [add(library, number).id for number in range(3)]
    library.arrays.put("divergence", {"values": np.eye(3, dtype=np.float32)}, ids, "d")
    library.clusters.replace(clusters(ids, (0, 2)), digest="d")
    library.images.forget([ids[1]])
    with library.writer("emptying the log"):
        pass
    library.close()
    left = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"small" + ids[0].encode() in left
    assert ids[1].encode() not in left


def test_forgotten_in_a_transaction_that_fails_is_not_forgotten(library):
    new = add(library, 0)
    with pytest.raises(ZeroDivisionError), library.transaction():
        assert library.images.forget([new.id]) / 0
    assert library.images.get(new.id) == new
    assert library.images.thumbnail(new.id, 256)


def test_a_forgotten_image_may_be_added_again(library):
    new = add(library, 0)
    library.images.forget([new.id])
    assert add(library, 0) == new


def test_added_keeps_its_moment(library):
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    assert add(library, 0, added=moment).added == moment
