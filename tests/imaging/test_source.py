import errno
import hashlib
import os
from pathlib import Path

import pytest

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import source
from leitmotiv.imaging.kinds import RefusedError
from leitmotiv.imaging.source import open_source, plain_errors, reason_of
from tests.imaging.makers import encoded, photo


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    path = tmp_path / "a.tif"
    path.write_bytes(encoded(photo(), "TIFF"))
    return os.fsencode(path)


@pytest.mark.parametrize("limit", [1 << 30, 100])
def test_the_bytes_and_their_hash_are_those_of_the_file(
    picture: bytes, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "IN_MEMORY", limit)
    data = Path(os.fsdecode(picture)).read_bytes()
    with open_source(picture) as opened:
        assert opened.sha256 == hashlib.sha256(data).hexdigest()
        assert (opened.size, opened.kind) == (len(data), "TIFF")
        assert opened.stream.read() == data
        assert opened.stream.seek(3) == 3
        assert opened.stream.read(4) == data[3:7]


@pytest.mark.parametrize("limit", [1 << 30, 100])
def test_a_file_that_changes_while_it_is_read_is_refused(
    picture: bytes, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "IN_MEMORY", limit)
    with pytest.raises(RefusedError, match="changed while"), open_source(picture):
        Path(os.fsdecode(picture)).write_bytes(b"other")


def test_what_is_too_large_for_any_picture_is_not_read(picture: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(os.fsdecode(picture)).write_bytes(encoded(photo(), "JPEG"))
    monkeypatch.setattr(source, "LARGEST", 100)
    with pytest.raises(RefusedError, match="too large for a JPEG"), open_source(picture):
        pass


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, "x"), "permission denied"),
        (FileNotFoundError(errno.ENOENT, "x"), "it is no longer there"),
        (OSError(errno.EIO, "x"), "the drive reported an error while it was read"),
        (OSError(errno.EDOM, "Bad Thing"), "the system refuses it: bad thing"),
        (OSError("image file is truncated (7 bytes not processed)"), "it is cut short"),
        (EOFError(), "it is cut short"),
        (OSError("decoder error -2"), "it is damaged: its pixels cannot be decoded"),
        (SyntaxError("not a TIFF file"), "it is damaged: not a TIFF file"),
        (ZeroDivisionError(), "it is damaged: ZeroDivisionError"),
        (MemoryError(), "there is not enough memory to decode it"),
        (RefusedError("it is a film"), "it is a film"),
        (ImageReadError("a", "as it was"), "as it was"),
    ],
)
def test_every_failure_gets_a_plain_reason(error: Exception, reason: str) -> None:
    with pytest.raises(ImageReadError) as caught, plain_errors(b"/a\xff.jpg"):
        raise error
    assert caught.value.reason == reason
    assert caught.value.path == ("a" if isinstance(error, ImageReadError) else "/a�.jpg")


def test_an_interruption_is_no_failure_of_the_file() -> None:
    with pytest.raises(KeyboardInterrupt), plain_errors(b"a"):
        raise KeyboardInterrupt


def test_a_broken_link_is_called_so(tmp_path: Path) -> None:
    link = tmp_path / "a.jpg"
    link.symlink_to("nowhere")
    assert reason_of(FileNotFoundError(errno.ENOENT, "x"), os.fsencode(link)) == "it is a broken link"
