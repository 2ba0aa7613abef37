"""Owns which decoders are at work: what others make of a file has other pixels, and with them another mixture."""

import PIL
from PIL import features


def decoders() -> dict[str, str]:
    """Name and version of each library that turns files into pixels."""
    import pillow_heif  # loaded on first use, as where pictures are read
    import rawpy
    import tifffile

    jpeg = features.version("libjpeg_turbo") or features.version("jpg")
    return {
        "Pillow": PIL.__version__,
        "libjpeg": str(jpeg),
        "libwebp": str(features.version("webp")),
        "lcms": str(features.version("littlecms2")),
        "LibRaw": ".".join(map(str, rawpy.libraw_version)),
        "libheif": str(pillow_heif.libheif_version()),
        "tifffile": str(tifffile.__version__),
    }
