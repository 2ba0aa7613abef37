"""Taking the place where a picture was taken out of a copy of its file, without touching a pixel or moving a byte.

What is emptied: the GPS directory of every EXIF block (tag 0x8825, EXIF 2.32, section 4.6.6), and every GPS property of
XMP that lies in the file as plain text. The lengths stay, so that every offset in the file holds.
"""

import re
import struct
import zlib

GPS_POINTER = 0x8825
_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_ATTRIBUTE = re.compile(rb"""[\w.-]{1,40}:GPS\w{1,40}+\s*+=\s*+(?:"([^"<>]*)"|'([^'<>]*)')""")
_ELEMENT = re.compile(rb"<[\w.-]{1,40}:GPS\w{1,40}+[^<>]{0,200}+>([^<]*+)</")
_TIFF = (b"II*\0", b"MM\0*")
_PNG = b"\x89PNG\r\n\x1a\n"


def without_place(data: bytes) -> bytes:
    """A file's bytes with every place emptied that is found; as many bytes, and the same ones where there was none.

    Whether nothing is left is for the caller to check with a reader of its own: a file may hold a place in a form that
    is not known here.
    """
    copy = bytearray(data)
    for start in _blocks(data):
        _empty_directory(copy, start)
    for pattern in (_ATTRIBUTE, _ELEMENT):
        for found in pattern.finditer(data):
            group = next(number for number in range(1, pattern.groups + 1) if found[number] is not None)
            low, high = found.span(group)
            copy[low:high] = b" " * (high - low)
    if data.startswith(_PNG) and copy != data:
        _check_anew(copy)
    return bytes(copy)


def places_in_text(data: bytes) -> bool:
    """Whether XMP in plain text still tells a place."""
    return any(
        (found[number] or b"").strip()
        for pattern in (_ATTRIBUTE, _ELEMENT)
        for found in pattern.finditer(data)
        for number in range(1, pattern.groups + 1)
    )


def places_packed(data: bytes) -> bool:
    """Whether a PNG has compressed text, in which a place could lie that is not found here."""
    if not data.startswith(_PNG):
        return False
    for name, start, length in _chunks(data):
        if name == b"zTXt":
            return True
        if name == b"iTXt":
            _, found, rest = data[start : start + min(length, 200)].partition(b"\0")
            if found and rest[:1] == b"\1":
                return True
    return False


def _blocks(data: bytes) -> list[int]:
    """Where TIFF structures begin: the file itself, after "Exif", and in the chunks of PNG and WebP that hold one."""
    starts = [0] if data[:4] in _TIFF else []
    at = data.find(b"Exif\0\0")
    while at >= 0:
        if data[at + 6 : at + 10] in _TIFF:
            starts.append(at + 6)
        at = data.find(b"Exif\0\0", at + 6)
    if data.startswith(_PNG):
        starts += [start for name, start, _ in _chunks(data) if name == b"eXIf" and data[start : start + 4] in _TIFF]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        at = 12
        while at + 8 <= len(data):
            (length,) = struct.unpack_from("<I", data, at + 4)
            if data[at : at + 4] == b"EXIF" and data[at + 8 : at + 12] in _TIFF:
                starts.append(at + 8)
            at += 8 + length + length % 2
    return starts


def _empty_directory(data: bytearray, start: int) -> None:
    """Empty the GPS directory of the TIFF structure at `start`; a broken structure is left to the caller's check."""
    order = "<" if data[start : start + 2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "I", data, start + 4)
        (count,) = struct.unpack_from(order + "H", data, start + first)
        for entry in range(start + first + 2, start + first + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(order + "HHII", data, entry)
            if tag == GPS_POINTER:
                _empty_entries(data, start, start + value, order)
    except struct.error:
        return


def _empty_entries(data: bytearray, start: int, directory: int, order: str) -> None:
    (count,) = struct.unpack_from(order + "H", data, directory)
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        _, kind, length, value = struct.unpack_from(order + "HHII", data, entry)
        size = _LENGTHS.get(kind, 1) * length
        if size > 4 and start + value + size <= len(data):
            data[start + value : start + value + size] = bytes(size)
        data[entry : entry + 12] = bytes(12)
    # a directory of no entries: what follows its count is the offset of a next one, and zero says that there is none
    struct.pack_into(order + "H", data, directory, 0)


def _chunks(data: bytes | bytearray) -> list[tuple[bytes, int, int]]:
    """Name, start and length of each chunk of a PNG."""
    found, at = [], len(_PNG)
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append((bytes(data[at + 4 : at + 8]), at + 8, length))
        at += 12 + length
    return found


def _check_anew(data: bytearray) -> None:
    """Write the checksum of each chunk of a PNG again."""
    for _, start, length in _chunks(data):
        if start + length + 4 <= len(data):
            struct.pack_into(">I", data, start + length, zlib.crc32(data[start - 4 : start + length]))
