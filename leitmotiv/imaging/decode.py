"""Owns the choice of decoder: an open file to an upright sRGB picture of a wanted size."""

from leitmotiv.imaging import arrays, exif, raw
from leitmotiv.imaging.opening import Decoded, load, open_header
from leitmotiv.imaging.source import Source

_BITS, _PLANAR, _SAMPLE_FORMAT, _DNG_VERSION = 258, 284, 339, 50706


def decode(source: Source, target: int | None, max_megapixels: float) -> Decoded:
    """Decode the first picture of a file.

    Parameters
    ----------
    target : int, optional
        Longest side wanted, pixels; a smaller picture keeps its size, a JPEG may come out up to 3 % smaller.
        Without it the picture comes whole.
    max_megapixels : float
        Pictures above it are refused from their header, before any pixel is decoded.

    Raises
    ------
    RefusedError
        Too many pixels, or a form of the format that no decoder here knows.
    """
    if source.kind == "RAW":
        return raw.decode(source, target, max_megapixels)
    try:
        image = open_header(source.stream, source.kind, max_megapixels)
    except SyntaxError:
        if source.kind != "TIFF":
            raise
        return arrays.decode(source, target, max_megapixels)
    if source.kind == "TIFF":
        tags = getattr(image, "tag_v2", {})
        if _DNG_VERSION in tags:
            return raw.decode(source, target, max_megapixels)
        if _misread(tags):
            return arrays.decode(source, target, max_megapixels)
    size = image.size
    picture = load(image, target)
    tags = exif.tags_of(image)
    turn = exif.orientation(tags)
    width, height = exif.turned_size(image.size if source.kind in ("TIFF", "HEIC") else size, turn)
    return Decoded(exif.turned(picture, turn), width, height, source.kind, tags)


def _misread(tags: exif.Tags) -> bool:
    """Whether Pillow opens a TIFF file, but takes its values for others: wide channels apart, and signed bytes."""
    bits = max(tags.get(_BITS, (1,)))
    apart, signed = tags.get(_PLANAR) == 2, 2 in tags.get(_SAMPLE_FORMAT, ())
    return (apart and bits > 8) or (signed and bits == 8)
