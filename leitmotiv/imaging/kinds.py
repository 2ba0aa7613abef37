"""Owns which files are pictures, by name and by first bytes; it opens nothing."""

# Paths are bytes in this module, which pathlib does not hold.
# ruff: noqa: PTH122

import os
from typing import Literal

Kind = Literal["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIC", "AVIF", "RAW"]

RAW_SUFFIXES = frozenset(
    b".3fr .ari .arw .bay .cap .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .k25 .kdc .mef .mos .mrw .nef .nrw .orf .pef "
    b".ptx .pxn .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f".split()
)
PICTURE_SUFFIXES = frozenset(
    b".apng .avif .bmp .dib .gif .heic .heif .hif .jfif .jpe .jpeg .jpg .png .tif .tiff .webp".split()
)
# What a camera writes beside a RAW file as the same picture.
TWIN_SUFFIXES = frozenset(b".heic .heif .hif .jpe .jpeg .jpg".split())

HEAD = 64  # bytes that `sniff` wants to see

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")
_PICTURE_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
)
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OTHER_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "it is a PDF document, not a picture"),
    (b"PK\x03\x04", "it is a ZIP archive, not a picture"),
    (b"\x1f\x8b", "it is a compressed archive, not a picture"),
    (b"7z\xbc\xaf", "it is a compressed archive, not a picture"),
    (b"Rar!", "it is a compressed archive, not a picture"),
    (b"\x7fELF", "it is a program, not a picture"),
    (b"ID3", "it is a sound recording, not a picture"),
    (b"SQLite format 3", "it is a database, not a picture"),
    (b"\x1aE\xdf\xa3", "it is a film, not a picture"),
    (b"8BPS", "it is a Photoshop file, which is not supported"),
    (b"\0\0\0\x0cjP  ", "it is a JPEG 2000 picture, which is not supported"),
    (b"\xff\x4f\xff\x51", "it is a JPEG 2000 picture, which is not supported"),
    (b"\0\0\0\x0cJXL ", "it is a JPEG XL picture, which is not supported"),
    (b"\xff\x0a", "it is a JPEG XL picture, which is not supported"),
    (b"\0\0\1\0", "it is an icon, which is not supported"),
    (b"<svg", "it is an SVG drawing, which is not supported"),
    (b"<!DOCTYPE html", "it is not a picture: it is a web page"),
    (b"<!doctype html", "it is not a picture: it is a web page"),
    (b"<html", "it is not a picture: it is a web page"),
)
_UNKNOWN = "it is not a picture of a kind that is supported"
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")


class RefusedError(Exception):
    """A file that is no picture to us; its text is the reason in plain words. It never leaves this package."""


def suffix_of(path: bytes) -> bytes:
    """The lower-case extension with its dot, or nothing."""
    return os.path.splitext(path)[1].lower()


def is_image_name(path: bytes | str | os.PathLike[str]) -> bool:
    """Whether a file of this name is expected to hold a picture, RAW included."""
    return suffix_of(os.fsencode(path)) in PICTURE_SUFFIXES | RAW_SUFFIXES


def is_raw_name(path: bytes | str | os.PathLike[str]) -> bool:
    """Whether a file of this name is expected to be a camera's RAW file."""
    return suffix_of(os.fsencode(path)) in RAW_SUFFIXES


def sniff(head: bytes, path: bytes) -> Kind:
    """What a file holds, from its first bytes; the name only tells a RAW file from the TIFF it is built on.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, fewer where the file is shorter; not empty.

    Raises
    ------
    RefusedError
        No picture that we read; the text says what it seems to be instead.
    """
    for start, kind in _PICTURE_STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(_TIFF_STARTS):
        return "RAW" if is_raw_name(path) or head[8:10] == b"CR" else "TIFF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    if head.startswith(_RAW_STARTS):
        return "RAW"
    reason = _refusal(head)
    if reason == _UNKNOWN and is_raw_name(path):
        return "RAW"
    raise RefusedError(reason)


def _sniff_brands(head: bytes) -> Kind:
    # The major brand, then (behind the minor version) the compatible ones.
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    if b"crx " in brands:
        return "RAW"
    if _AVIF_BRANDS.intersection(brands):
        return "AVIF"
    if _HEIF_BRANDS.intersection(brands):
        return "HEIC"
    raise RefusedError("it is a film, not a picture")


def _refusal(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for start, reason in _OTHER_STARTS:
        if head.startswith(start) or text.startswith(start):
            return reason
    if not any(head):
        return "it holds nothing but zeros"
    if _looks_like_text(head):
        return "it is not a picture: it looks like text"
    if head[:1] == b"\xff" or any(start.startswith(head[:8]) for start, _ in _PICTURE_STARTS):
        return "it is damaged or cut short: it does not start like a picture"
    return _UNKNOWN


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 32 and byte not in _TEXT_CONTROLS for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that the end of `head` cut in two is no fault of the file.
        return error.start >= len(head) - 3 and len(head) == HEAD
    return True
