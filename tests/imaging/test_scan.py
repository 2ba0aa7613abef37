# Paths are bytes here, which pathlib does not hold.
# ruff: noqa: PTH102, PTH118, PTH119
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.imaging import scan as scanning
from leitmotiv.imaging.scan import Found, scan


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An empty folder, unlike `tmp_path` with nothing hidden above it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def fill(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def searched(*roots: Path, **options: Any) -> tuple[list[Found], list[tuple[bytes, str]]]:
    errors: list[tuple[bytes, str]] = []
    found = list(scan(roots, on_error=lambda path, reason: errors.append((path, reason)), **options))
    return found, errors


def names(*roots: Path, **options: Any) -> list[str]:
    """What is found, below the first root; with no error on the way."""
    found, errors = searched(*roots, **options)
    assert errors == []
    return [os.fsdecode(one.path).removeprefix(f"{roots[0]}/") for one in found]


def test_pictures_are_found_in_all_folders_in_the_order_of_their_names(tree: Path) -> None:
    fill(tree, "b/2.jpg", "b/10.jpg", "a/x/z.png", "a/y.JPG", "c.heic", "notes.txt", "b/film.mp4")
    assert names(tree) == ["c.heic", "a/y.JPG", "a/x/z.png", "b/10.jpg", "b/2.jpg"]


def test_size_and_time_are_those_of_the_file(tree: Path) -> None:
    fill(tree, "a.jpg")
    os.utime(tree / "a.jpg", ns=(0, 1_234_567_890_123_456_789))
    (found,), _ = searched(tree)
    assert found == Found(os.fsencode(tree / "a.jpg"), 5, 1_234_567_890_123_456_789, None)


def test_hidden_and_system_folders_are_skipped(tree: Path) -> None:
    fill(tree, ".git/a.jpg", ".thumbnails/a.jpg", "x/@eaDir/a.jpg", "node_modules/a.jpg", "$RECYCLE.BIN/a.jpg")
    fill(tree, "__MACOSX/a.jpg", ".a.jpg", "x/._b.jpg", "x/b.jpg")
    assert names(tree) == ["x/b.jpg"]


def test_a_hidden_folder_is_searched_when_it_is_asked_for(tree: Path) -> None:
    fill(tree, ".hidden/a.jpg", ".hidden/.deeper/b.jpg")
    assert names(tree / ".hidden") == ["a.jpg"]


def test_a_file_given_directly_is_found_whatever_its_name(tree: Path) -> None:
    fill(tree, "noname", ".hidden.jpg", "a.jpg")
    assert names(tree / "noname", tree / ".hidden.jpg", include=["*.png"])[0] == str(tree / "noname")
    assert len(names(tree / "noname", tree / ".hidden.jpg", exclude=["*"])) == 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"include": ["*.png"]}, ["b.PNG", "trip/c.png"]),
        ({"include": ["trip/*"]}, ["trip/a.jpg", "trip/c.png", "trip/raw/d.jpg"]),
        ({"exclude": ["*.jpg"]}, ["b.PNG", "trip/c.png"]),
        ({"exclude": ["raw"]}, ["a.jpg", "b.PNG", "trip/a.jpg", "trip/c.png"]),
        ({"exclude": ["trip/raw/"]}, ["a.jpg", "b.PNG", "trip/a.jpg", "trip/c.png"]),
        ({"exclude": ["trip"]}, ["a.jpg", "b.PNG"]),
        ({"include": ["*.jpg"], "exclude": ["trip/a*"]}, ["a.jpg", "trip/raw/d.jpg"]),
        ({"include": ["[ab].*"]}, ["a.jpg", "b.PNG", "trip/a.jpg"]),
        ({"include": ["*"]}, ["a.jpg", "b.PNG", "trip/a.jpg", "trip/c.png", "trip/raw/d.jpg"]),
    ],
)
def test_patterns_choose_by_name_and_by_path(tree: Path, options: Any, expected: list[str]) -> None:
    fill(tree, "a.jpg", "b.PNG", "trip/a.jpg", "trip/c.png", "trip/raw/d.jpg", "trip/e.txt")
    assert names(tree, **options) == expected


def test_a_raw_file_beside_its_jpeg_is_one_picture(tree: Path) -> None:
    fill(tree, "A.CR2", "a.jpg", "b.nef", "c.heic", "c.dng", "d/a.arw", "e.jpg")
    found, errors = searched(tree)
    assert errors == []
    pairs = {os.path.basename(one.path): one.paired and os.path.basename(one.paired) for one in found}
    assert pairs == {b"a.jpg": b"A.CR2", b"b.nef": None, b"c.heic": b"c.dng", b"a.arw": None, b"e.jpg": None}


def test_a_png_is_no_twin_of_a_raw_file(tree: Path) -> None:
    fill(tree, "a.cr2", "a.png")
    assert names(tree) == ["a.cr2", "a.png"]


def test_a_raw_file_whose_jpeg_is_excluded_stands_for_itself(tree: Path) -> None:
    fill(tree, "a.cr2", "a.jpg")
    assert names(tree, exclude=["*.jpg"]) == ["a.cr2"]


def test_files_given_directly_are_paired_too(tree: Path) -> None:
    fill(tree, "a.cr2", "a.jpg", "x/a.nef")
    found, _ = searched(tree / "a.cr2", tree / "a.jpg", tree / "x/a.nef")
    assert [(os.path.basename(one.path), one.paired is not None) for one in found] == [
        (b"a.jpg", True),
        (b"a.nef", False),
    ]


def test_links_to_folders_and_files_are_followed(tree: Path, tmp_path: Path) -> None:
    fill(tmp_path, "elsewhere/a.jpg", "other.jpg")
    (tree / "link").symlink_to(tmp_path / "elsewhere")
    (tree / "b.jpg").symlink_to(tmp_path / "other.jpg")
    assert names(tree) == ["b.jpg", "link/a.jpg"]


def test_a_loop_of_links_ends(tree: Path) -> None:
    fill(tree, "a/b/x.jpg")
    (tree / "a/b/up").symlink_to(tree)
    (tree / "a/self").symlink_to(".")
    (tree / "in.a.circle").symlink_to("in.a.circle")
    assert names(tree) == ["a/b/x.jpg"]


def test_a_folder_is_searched_once_and_by_its_real_place(tree: Path) -> None:
    fill(tree, "zoo/a.jpg")
    (tree / "alias").symlink_to("zoo")
    assert names(tree) == ["zoo/a.jpg"]
    assert names(tree, tree / "zoo", tree) == ["zoo/a.jpg"]


def test_a_broken_link_with_the_name_of_a_picture_is_reported(tree: Path) -> None:
    fill(tree, "a.jpg")
    (tree / "b.jpg").symlink_to("nowhere")
    (tree / "c.jpg").symlink_to("c.jpg")
    (tree / "d.txt").symlink_to("nowhere")
    found, errors = searched(tree)
    assert [one.path for one in found] == [os.fsencode(tree / "a.jpg")]
    assert errors == [
        (os.fsencode(tree / "b.jpg"), "it is a broken link"),
        (os.fsencode(tree / "c.jpg"), "it is a link that leads back to itself"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_with_the_name_of_a_picture_is_reported(tree: Path) -> None:
    os.mkfifo(tree / "a.jpg")
    for root in (tree, tree / "a.jpg"):
        found, errors = searched(root)
        assert found == []
        assert errors == [(os.fsencode(tree / "a.jpg"), "it is not a regular file but a pipe, socket or device")]


def test_a_folder_with_the_name_of_a_picture_is_a_folder(tree: Path) -> None:
    fill(tree, "album.jpg/a.jpg")
    assert names(tree) == ["album.jpg/a.jpg"]


def test_a_root_that_is_not_there_is_reported_and_the_others_are_searched(tree: Path) -> None:
    fill(tree, "a.jpg")
    (tree / "broken").symlink_to("nowhere")
    found, errors = searched(tree / "gone", tree / "broken", tree)
    assert len(found) == 1
    assert [reason for _, reason in errors] == ["there is no such file or folder", "it is a broken link"]


@pytest.mark.parametrize(
    "name",
    [b"new\nline", b"\"quotes' $(x)", "\N{SUNRISE}\N{VARIATION SELECTOR-16}".encode(), b"\xff\xfe\x80", b"-rf * ? [x]"],
)
def test_any_name_is_found_and_handed_out_unchanged(tree: Path, name: bytes) -> None:
    folder = os.path.join(os.fsencode(tree), name)
    try:
        os.mkdir(folder)
        Path(os.fsdecode(folder + b"/" + name + b".jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system refuses the name")
    found, errors = searched(tree)
    assert [one.path for one in found] == [folder + b"/" + name + b".jpg"]
    assert errors == []


def test_a_folder_that_vanishes_during_the_scan_is_reported(tree: Path) -> None:
    fill(tree, "a/1.jpg", "b/2.jpg", "b/deep/3.jpg", "c/4.jpg")
    errors: list[tuple[bytes, str]] = []
    found: list[bytes] = []
    for one in scan([tree], on_error=lambda path, reason: errors.append((path, reason))):
        found.append(os.path.basename(one.path))
        if len(found) == 1:
            shutil.rmtree(tree / "b")
    assert found == [b"1.jpg", b"4.jpg"]
    assert errors == [(os.fsencode(tree / "b"), "the folder vanished during the scan")]


def test_a_file_that_vanishes_during_the_scan_is_reported(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tree, "a.jpg", "b.jpg")
    listed = scanning._entries

    def and_gone(path: bytes) -> list[os.DirEntry[bytes]]:
        entries = listed(path)
        (tree / "a.jpg").unlink()
        return entries

    monkeypatch.setattr(scanning, "_entries", and_gone)
    found, errors = searched(tree)
    assert [one.path for one in found] == [os.fsencode(tree / "b.jpg")]
    assert errors == [(os.fsencode(tree / "a.jpg"), "it is no longer there")]


AS_NOBODY = """
import os, pwd, sys
from pathlib import Path
from leitmotiv.imaging.scan import scan
os.setgid(pwd.getpwnam("nobody").pw_gid)
os.setuid(pwd.getpwnam("nobody").pw_uid)
for found in scan([Path(sys.argv[1])], on_error=lambda path, reason: print(os.path.basename(path).decode(), reason)):
    print(os.path.basename(found.path).decode())
"""


@pytest.fixture
def open_tree() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_that_this_user_may_not_enter_is_reported_and_skipped(open_tree: Path) -> None:
    fill(open_tree, "a.jpg", "locked/b.jpg", "open/c.jpg")
    (open_tree / "locked").chmod(0)
    expected = "a.jpg\nlocked permission denied: the folder cannot be searched\nc.jpg\n"
    if os.getuid() == 0:
        pytest.importorskip("pwd").getpwnam("nobody")
        script = AS_NOBODY
    else:
        script = "\n".join(line for line in AS_NOBODY.splitlines() if "nobody" not in line)
    run = subprocess.run([sys.executable, "-c", script, str(open_tree)], capture_output=True, text=True, check=True)
    (open_tree / "locked").chmod(0o755)
    assert run.stdout == expected


def test_a_tree_of_any_depth_is_searched(tree: Path) -> None:
    folder = tree
    for _ in range(300):
        folder = folder / "d"
    fill(folder, "a.jpg")
    assert names(tree) == ["d/" * 300 + "a.jpg"]


@given(st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=8, unique=True), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_making(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], random: Any
) -> None:
    files = ["/".join(part) + ".jpg" for part in parts]
    seen = []
    for _ in range(2):
        root = tmp_path_factory.mktemp("tree")
        random.shuffle(files)
        fill(root, *files)
        seen.append(names(root))
    assert seen[0] == seen[1]
    assert sorted(seen[0]) == sorted(files)
