import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitmotiv.errors import ImageNotFoundError, UsageError
from leitmotiv.store.library import Library

from .making import add, file, image_id, path_of

FAR_FUTURE_NS = 13_569_465_600 * 10**9 * 2


def test_a_file_comes_back_as_it_was_put(library):
    new = add(library, 0)
    for known in (
        file(b"/a", new, mtime_ns=FAR_FUTURE_NS),
        file(b"/b", new, mtime_ns=-5, size=2**40, state="offline"),
        file(b"/c", None, state="failed"),
    ):
        library.files.put(known)
        assert library.files.known([known.path]) == {known.path: known}


def test_known_has_what_lies_under_the_roots_and_nothing_beside(library):
    inside = [b"/p/a", b"/p/b/c", b"/p/\xff", b"/p/\xff\xff/x"]
    add(library, 0, paths=(*inside, b"/p", b"/p!", b"/p0", b"/pp/a", b"/q", b"p/a"))
    assert set(library.files.known([b"/p"])) == {*inside, b"/p"}
    assert set(library.files.known([b"/p/"])) == set(inside)
    assert set(library.files.known([b"/p/b", b"/q"])) == {b"/p/b/c", b"/q"}
    assert len(library.files.known([b"/"])) == 9
    assert library.files.known([]) == {}


def test_known_takes_many_single_files(library):
    paths = tuple(path_of(number) for number in range(700))
    add(library, 0, paths=paths)
    assert set(library.files.known(paths[50:])) == set(paths[50:])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["present", "offline", "missing"]), max_size=4))
def test_an_image_is_where_its_best_file_is(tmp_path_factory, states):
    with Library.open(tmp_path_factory.mktemp("states") / "library") as library:
        new = add(library, 0, paths=())
        for number, state in enumerate(states):
            library.files.put(file(path_of(number), new, state=state))
        best = next((state for state in ("present", "offline") if state in states), "missing")
        assert library.images.get(new.id).state == best
        for number in range(len(states)):
            library.files.set_state([path_of(number)], "missing")
        assert library.images.get(new.id).state == "missing"
        library.files.set_state([path_of(number) for number in range(len(states))], "offline")
        assert library.images.get(new.id).state == ("offline" if states else "missing")


def test_set_state_takes_many_paths_and_passes_over_the_unknown(library):
    paths = [path_of(number) for number in range(1200)]
    new = add(library, 0, paths=tuple(paths))
    library.files.set_state([*paths, b"/unknown"], "offline")
    assert {known.state for known in library.files.known([b"/"]).values()} == {"offline"}
    assert library.images.get(new.id).state == "offline"
    assert len(library.files.known([b"/"])) == 1200


def test_removing_the_last_path_leaves_the_image_missing(library):
    new = add(library, 0, paths=(b"/a", b"/b"))
    library.files.remove([b"/a", b"/unknown"])
    assert library.images.get(new.id).state == "present"
    library.files.remove([b"/b"])
    assert library.images.get(new.id).state == "missing"
    assert library.images.get(new.id).paths == ()


def test_sizes_tell_which_hashes_a_size_may_have(library):
    first, second = add(library, 0, size=7), add(library, 1, size=7)
    library.files.put(file(b"/broken", None, size=7, state="failed"))
    assert sorted(library.files.sizes()) == sorted([(7, first.id), (7, second.id)])


def test_a_file_of_an_unknown_image_is_refused(library):
    new = add(library, 0)
    with pytest.raises(ImageNotFoundError):
        library.files.put(file(b"/a", new, image_id=image_id(9)))
    assert library.files.known([b"/a"]) == {}


def test_relocate_changes_the_folder_everywhere(library):
    add(library, 0, paths=(b"/old/a", b"/old/sub/b", b"/older/c"))
    library.folders.add(b"/old", ("*.jpg",), ())
    library.folders.add(b"/old/sub", (), ())
    library.failures.put(b"/old/bad", "it is empty", 0, 1)
    assert library.files.relocate(b"/old/", b"/new/place") == 2
    assert set(library.files.known([b"/"])) == {b"/new/place/a", b"/new/place/sub/b", b"/older/c"}
    assert [path for path, _, _ in library.folders.list()] == [b"/new/place", b"/new/place/sub"]
    assert [failure.path for failure in library.failures.list()] == [b"/new/place/bad"]
    assert library.images.find_path(b"/new/place/a") is not None


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        (b"/a", b"/a/b", b"/a/x", b"/a/b/x"),
        (b"/a/b", b"/a", b"/a/b/x", b"/a/x"),
        (b"/", b"/mnt", b"/x", b"/mnt/x"),
        (b"/mnt", b"/", b"/mnt/x", b"/x"),
        (b"/\xff", b"/\xfe", b"/\xff/x", b"/\xfe/x"),
        (b"/a", b"/a", b"/a/x", b"/a/x"),
    ],
)
def test_relocate_between_nested_folders_and_the_root(library, old, new, before, after):
    add(library, 0, paths=(before,))
    library.files.relocate(old, new)
    assert list(library.files.known([b"/"])) == [after]


def test_relocate_through_paths_of_its_own(library):
    ids = [add(library, 0, paths=(b"/a/x",)).id, add(library, 1, paths=(b"/a/a/x",)).id]
    assert library.files.relocate(b"/a", b"/a/a") == 2
    assert library.images.find_path(b"/a/a/x").id == ids[0]
    assert library.images.find_path(b"/a/a/a/x").id == ids[1]


def test_relocate_onto_a_known_file_changes_nothing(library):
    first = add(library, 0, paths=(b"/old/a", b"/old/b"))
    add(library, 1, paths=(b"/new/b",))
    with pytest.raises(UsageError, match="/new/b"):
        library.files.relocate(b"/old", b"/new")
    assert library.images.get(first.id).paths == (b"/old/a", b"/old/b")


def test_relocate_what_is_not_there_moves_nothing(library):
    add(library, 0)
    assert library.files.relocate(b"/nowhere", b"/elsewhere") == 0


def test_folders_keep_the_latest_patterns(library):
    library.folders.add(b"/p/\xff", ("a", "b\n"), ())
    library.folders.add(b"/p/\xff", (), ("*.raw", "\udcff"))
    assert library.folders.list() == [(b"/p/\xff", (), ("*.raw", "\udcff"))]
    library.folders.remove(b"/p/\xff")
    assert library.folders.list() == []


def test_failures_come_back_until_they_are_cleared(library):
    library.failures.put(b"/p/bad\n\xff", "its name has \udcff in it", 12, FAR_FUTURE_NS)
    library.failures.put(b"/p/worse", "old", 1, 1)
    library.failures.put(b"/p/worse", "it is empty (0 bytes)", 0, 2)
    assert library.failures.count() == 2
    assert library.failures.known([b"/p"]) == {
        b"/p/bad\n\xff": ("its name has ? in it", 12, FAR_FUTURE_NS),
        b"/p/worse": ("it is empty (0 bytes)", 0, 2),
    }
    assert [failure.path for failure in library.failures.list()] == [b"/p/bad\n\xff", b"/p/worse"]
    assert library.failures.list()[1].at.tzinfo is not None
    library.failures.clear([b"/p/worse", b"/unknown"])
    assert list(library.failures.known([b"/p"])) == [b"/p/bad\n\xff"]
    assert library.failures.known([b"/other"]) == {}
