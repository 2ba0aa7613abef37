"""Owns the way from a path to the bytes of a regular file, or to the reason why there are none; decodes nothing."""

# Paths are bytes in this module, which pathlib does not hold.
# ruff: noqa: PTH114, PTH116, PTH123

import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging.kinds import HEAD, Kind, RefusedError, sniff

# Files up to this size are read once and decoded from memory; larger ones are hashed in pieces and decoded from the
# open file, so that a 2 GB TIFF does not stand in memory twice.
IN_MEMORY = 64 << 20
# Decoders other than TIFF's want the whole file in memory; no picture within the megapixel limit comes near this.
LARGEST = 1 << 30
_PIECE = 1 << 20
# Zeros at the end of a compressed file are what a broken-off copy leaves, if they are that many bytes and more than
# one in that many of all: a WebP of one flat colour ends in zeros, but in no more than 6 % of the file.
_ZEROS, _ZERO_SHARE = 512, 8

_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOENT: "it is no longer there",
    errno.ENOTDIR: "it is no longer there",
    errno.ELOOP: "it is a link that leads back to itself",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "its path is too long for this system",
    errno.EIO: "the drive reported an error while it was read",
    errno.ESTALE: "the network drive no longer answers for it",
    errno.ENXIO: "it is not a regular file",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
}


@dataclass(frozen=True)
class Source:
    """A regular file, open at its beginning, and what the system says of it.

    Attributes
    ----------
    stream : binary file
        Seekable; the same bytes that `sha256` was computed over.
    """

    path: bytes
    stream: BinaryIO
    kind: Kind
    sha256: str
    size: int
    mtime_ns: int


def printable(path: bytes) -> str:
    """A path as text, U+FFFD where it is not UTF-8."""
    return path.decode("utf-8", "replace")


def reason_of(error: OSError, path: bytes) -> str:
    """Why the system refused a path, in plain words."""
    if error.errno == errno.ENOENT and os.path.islink(path):
        return "it is a broken link"
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    return f"the system refuses it: {(error.strerror or str(error)).lower()}"


@contextmanager
def plain_errors(path: bytes) -> Iterator[None]:
    """Turn whatever goes wrong with one file into an ImageReadError with a plain reason.

    Decoders of foreign data raise nearly every class of exception, hence the breadth.
    """
    try:
        yield
    except ImageReadError:
        raise
    except RefusedError as error:
        raise ImageReadError(printable(path), str(error)) from error
    except MemoryError as error:
        raise ImageReadError(printable(path), "there is not enough memory to decode it") from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise ImageReadError(printable(path), reason_of(error, path)) from error
        raise ImageReadError(printable(path), _decoding_reason(error)) from error


@contextmanager
def open_source(path: bytes) -> Iterator[Source]:
    """Open one regular file for decoding; pipes and devices are never opened.

    Raises
    ------
    RefusedError
        Not a regular file, empty, not a picture, or changed while it was read.
    OSError
        The system refuses it.
    """
    if b"\0" in path:
        raise RefusedError("no file can have this name")
    _require_regular(os.stat(path))
    # Between the two looks the path may become a pipe: without O_NONBLOCK the open would wait for a writer.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | _BINARY)
    with open(handle, "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        _require_regular(before)
        if before.st_size == 0:
            raise RefusedError("it is empty (0 bytes)")
        head = file.read(HEAD)
        kind = sniff(head, path)
        if before.st_size > LARGEST and kind != "TIFF":
            raise RefusedError(f"it has {before.st_size / 1e9:,.1f} GB, too large for a {kind} picture")
        stream, digest = _slurp(file, head, before.st_size)
        if isinstance(stream, io.BytesIO):
            stream = _without_zeros(stream, kind)
        yield Source(path, stream, kind, digest, before.st_size, before.st_mtime_ns)
        after = os.fstat(file.fileno())
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise RefusedError("it changed while it was being read")


_BINARY: int = getattr(os, "O_BINARY", 0)


def _require_regular(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise RefusedError("it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError("it is not a regular file but a pipe, socket or device")


def _slurp(file: io.FileIO, head: bytes, size: int) -> tuple[BinaryIO, str]:
    """The bytes as a seekable stream, and their SHA-256."""
    if size <= IN_MEMORY:
        pieces = [head]
        while piece := file.read(size + 1):
            pieces.append(piece)
        data = b"".join(pieces)
        return io.BytesIO(data), hashlib.sha256(data).hexdigest()
    digest = hashlib.sha256(head)
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return io.BufferedReader(_Borrowed(file), _PIECE), digest.hexdigest()


class _Borrowed(io.RawIOBase):
    """A file that a decoder may close without closing ours."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        return self._file.readinto(buffer) or 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _without_zeros(stream: io.BytesIO, kind: Kind) -> io.BytesIO:
    """Take away a tail of zeros, so that a copy broken off in the middle is seen to be cut short.

    Decoders take zeros for data and hand out a half-grey picture. JPEG, PNG and GIF end in a byte that is not zero,
    so that a whole file loses at most padding; the others have no such mark, and a long tail of zeros is refused.
    """
    view = stream.getbuffer()
    last, tail = view[-1], bytes(view[-max(_ZEROS, len(view) // _ZERO_SHARE) :])
    view.release()
    if last != 0:
        return stream
    if kind in ("JPEG", "PNG", "GIF"):
        return io.BytesIO(stream.getvalue().rstrip(b"\0"))
    if kind in ("WEBP", "HEIC", "AVIF") and len(tail) >= _ZEROS and not any(tail):
        raise RefusedError("it is cut short: its end holds nothing but zeros")
    return stream


_CUT = ("truncat", "end of file", "end-of-file", "unexpected end", "end of data", "beyond end", "not enough", "eof")


def _decoding_reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, EOFError) or any(word in text.lower() for word in _CUT):
        return "it is cut short"
    if "decoder error" in text:
        return "it is damaged: its pixels cannot be decoded"
    detail = text[:120].rstrip(".") or type(error).__name__
    return f"it is damaged: {detail}"
