"""Whether a file tells where it was taken, as a reader of pictures sees it."""

import io

from PIL import Image

from leitmotiv.imaging.kinds import RefusedError, sniff
from leitmotiv.imaging.opening import open_header
from leitmotiv.imaging.quiet import quiet

GPS_DIRECTORY = 0x8825
_NO_LIMIT = 1e5
_TIFF = (b"II*\0", b"MM\0*")


def tells_place(data: bytes, path: bytes = b"") -> bool | None:
    """Whether the EXIF data of a file hold a place; None where they cannot be read, so that nobody knows.

    Parameters
    ----------
    path : bytes
        The file's name: it tells a RAW file from the TIFF it is built on.
    """
    try:
        kind = sniff(data[:4096], path)
        if kind == "RAW":
            if data[:4] not in _TIFF:
                return None
            exif = Image.Exif()
            exif.load(data)
            return _filled(exif)
        with quiet(), open_header(io.BytesIO(data), kind, _NO_LIMIT) as image:
            return _filled(image.getexif())
    except (RefusedError, OSError, SyntaxError, ValueError, KeyError, TypeError, EOFError, ImportError):
        return None


def _filled(exif: Image.Exif) -> bool:
    return any(value not in (None, "", b"", 0) for value in exif.get_ifd(GPS_DIRECTORY).values())
