"""Files that the tests need and no library writes: ICC profiles, RAW files, TIFF directories, bombs."""

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[Any]

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
_CODES = {BYTE: "B", ASCII: "B", SHORT: "H", LONG: "I", RATIONAL: "I", SRATIONAL: "i"}

# CIE XYZ of the primaries under D50, as a profile holds them.
ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
_D50 = (0.9642, 1.0, 0.8249)


def photo(width: int = 96, height: int = 64) -> Image.Image:
    """A smooth picture whose corners differ: red grows to the right, green downwards."""
    y, x = np.mgrid[:height, :width]
    channels = (40 + 180 * x / max(1, width - 1), 30 + 190 * y / max(1, height - 1), np.full(x.shape, 90.0))
    return Image.fromarray(np.stack(channels, -1).round().astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file of a kind that Pillow writes."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(tags: Mapping[int, Any], inner: Mapping[int, Any] | None = None) -> Image.Exif:
    """EXIF with tags of its first directory and of its EXIF directory."""
    found = Image.Exif()
    found.update(tags)
    if inner:
        found.get_ifd(0x8769).update(inner)
    return found


def tiff(directories: Sequence[Sequence[tuple[int, int, Sequence[int]]]], blobs: Sequence[bytes], sub: bool) -> bytes:
    """A little-endian TIFF of one directory, or two of which the second is below the first (tag 330).

    Each directory's StripOffsets (273) stands for the blob of the same number; its value is filled in here.
    """
    sizes = [_directory_size(entries) for entries in directories]
    starts = [8 + sum(sizes[:number]) for number in range(len(directories))]
    offsets = [8 + sum(sizes) + sum(map(len, blobs[:number])) for number in range(len(blobs))]
    out = b"II*\0" + struct.pack("<I", 8)
    for number, entries in enumerate(directories):
        filled = {273: [offsets[number]], 279: [len(blobs[number])]}
        if sub and number == 0:
            filled[330] = [starts[1]]
        out += _directory([(tag, kind, filled.get(tag, values)) for tag, kind, values in entries], starts[number])
    return out + b"".join(blobs)


def _packed(kind: int, values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}{_CODES[kind]}", *values)


def _directory_size(entries: Sequence[tuple[int, int, Sequence[int]]]) -> int:
    lengths = (len(_packed(kind, values)) for _, kind, values in entries)
    return 6 + 12 * len(entries) + sum(length + length % 2 for length in lengths if length > 4)


def _directory(entries: Sequence[tuple[int, int, Sequence[int]]], start: int) -> bytes:
    table, data = struct.pack("<H", len(entries)), b""
    behind = start + 6 + 12 * len(entries)
    for tag, kind, values in sorted(entries):
        packed = _packed(kind, values)
        count = len(values) // 2 if kind in (RATIONAL, SRATIONAL) else len(values)
        table += struct.pack("<HHI", tag, kind, count)
        if len(packed) <= 4:
            table += packed.ljust(4, b"\0")
        else:
            table += struct.pack("<I", behind + len(data))
            data += packed + b"\0" * (len(packed) % 2)
    return table + struct.pack("<I", 0) + data


def dng(
    size: tuple[int, int] = (640, 480),
    preview: tuple[int, int] | None = (320, 240),
    orientation: int = 1,
    blue: int = 200,
) -> bytes:
    """A RAW file in Adobe's DNG form: a Bayer mosaic of `photo`, and before it a JPEG preview that is bluer."""
    width, height = size
    levels = np.asarray(photo(width, height)).astype(np.uint16) * 64
    mosaic = levels[..., 1].copy()
    mosaic[0::2, 0::2] = levels[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = levels[1::2, 1::2, 2]
    camera = [
        (271, ASCII, b"Maker\0"),
        (272, ASCII, b"Model One\0"),
        (274, SHORT, [orientation]),
        (306, ASCII, b"2021:03:04 05:06:07\0"),
        (50706, BYTE, [1, 4, 0, 0]),
        (50707, BYTE, [1, 1, 0, 0]),
        (50708, ASCII, b"Maker Model One\0"),
        (50721, SRATIONAL, [1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]),
        (50728, RATIONAL, [1, 1, 1, 1, 1, 1]),
        (50778, SHORT, [21]),
    ]
    sensor = [
        (254, LONG, [0]),
        (256, LONG, [width]),
        (257, LONG, [height]),
        (258, SHORT, [16]),
        (259, SHORT, [1]),
        (262, SHORT, [32803]),
        (273, LONG, [0]),
        (277, SHORT, [1]),
        (278, LONG, [height]),
        (279, LONG, [0]),
        (33421, SHORT, [2, 2]),
        (33422, BYTE, [0, 1, 1, 2]),
        (50714, SHORT, [0]),
        (50717, SHORT, [255 * 64]),
    ]
    data = mosaic.astype("<u2").tobytes()
    if preview is None:
        return tiff([camera + sensor], [data], sub=False)
    shown = [
        (254, LONG, [1]),
        (256, LONG, [preview[0]]),
        (257, LONG, [preview[1]]),
        (258, SHORT, [8, 8, 8]),
        (259, SHORT, [7]),
        (262, SHORT, [6]),
        (273, LONG, [0]),
        (277, SHORT, [3]),
        (278, LONG, [preview[1]]),
        (279, LONG, [0]),
        (330, LONG, [0]),
    ]
    small = np.array(photo(*preview))
    small[..., 2] = blue
    picture = encoded(Image.fromarray(small), "JPEG", quality=95)
    return tiff([camera + shown, sensor], [picture + b"\0" * (len(picture) % 2), data], sub=True)


def matrix_profile(primaries: Sequence[Sequence[float]], gamma: float) -> bytes:
    """An ICC profile of an RGB display with these primaries (XYZ under D50) and one gamma."""
    tags = {name: _xyz(primary) for name, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(gamma))
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | {b"wtpt": _xyz(_D50)})


def grey_profile(gamma: float) -> bytes:
    """An ICC profile of a grey display."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _gamma(gamma), b"wtpt": _xyz(_D50)})


def ink_profile(corners: Mapping[tuple[int, int, int, int], tuple[float, float, float]]) -> bytes:
    """An ICC profile of a press: the L*a*b* of each of the 16 full or missing combinations of C, M, Y and K."""
    grid = b""
    for number in range(16):
        inks = (number >> 3 & 1, number >> 2 & 1, number >> 1 & 1, number & 1)
        lightness, a, b = corners[inks]
        grid += bytes((round(lightness * 2.55), round(a) + 128, round(b) + 128))
    straight = bytes(range(256))
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + straight * 4 + grid + straight * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table, b"wtpt": _xyz(_D50)})


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _gamma(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _profile(kind: bytes, space: bytes, connection: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78
    named = {b"desc": text + b"\0" * (-len(text) % 4), b"cprt": b"text\0\0\0\0free\0\0\0\0", **tags}
    offset, table, data = 128 + 4 + 12 * len(named), struct.pack(">I", len(named)), b""
    for name, content in named.items():
        padded = content + b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", offset + len(data), len(content))
        data += padded
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, kind, space, connection)
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    header += struct.pack(">3i", *(round(value * 65536) for value in _D50))
    return header.ljust(128, b"\0") + table + data


def png_header(width: int, height: int) -> bytes:
    """A PNG of a size that no memory holds: its header is valid, and of its pixels there are almost none."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
