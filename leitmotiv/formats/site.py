"""A static site of the trends in one zip: it opens from the disk, asks no server, and holds no path and no place."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

FILES = ("index.html", "style.css", "site.js")
README = """Open index.html in a browser. Nothing else is needed: no server, no network.
The folder can be put on any web server as it is.
"""


@dataclass(frozen=True)
class SitePicture:
    """A picture of the site.

    Attributes
    ----------
    ratio : float
        Width by height.
    colour : str
        Mean colour, "#rrggbb".
    """

    id: str
    name: str
    taken: str
    ratio: float
    colour: str
    stars: int = 0


@dataclass(frozen=True)
class SiteGroup:
    """A trend of one cut.

    Attributes
    ----------
    exemplar : int
        Row of its picture.
    members : sequence of int
        Rows, from most to least alike to the exemplar, which comes first.
    palette : sequence of (colour, share)
    """

    name: str
    members: Sequence[int]
    palette: Sequence[tuple[str, float]]
    coherence: float


def written(
    title: str,
    pictures: Sequence[SitePicture],
    cuts: Mapping[int, Sequence[SiteGroup]],
    shown: int,
    image_of: Callable[[str, int], bytes],
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The zip.

    Parameters
    ----------
    cuts : mapping of int to sequence of SiteGroup
        By number of groups.
    shown : int
        Which of them is shown first.
    image_of : callable
        A picture's JPEG or WebP by id and longest side (256 or 512).
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in FILES:
            _add(archive, name, (resources.files("leitmotiv.formats") / "site_files" / name).read_bytes())
        _add(archive, "README.txt", README.encode())
        names = []
        for row, picture in enumerate(pictures):
            if progress is not None:
                progress(row, len(pictures))
            small, large = image_of(picture.id, 256), image_of(picture.id, 512)
            suffix = "webp" if small[8:12] == b"WEBP" else "jpg"
            names.append(f"{picture.id[:16]}.{suffix}")
            for size, data in ((256, small), (512, large)):
                _add(archive, f"images/{size}/{names[-1]}", data, zipfile.ZIP_STORED)
        if progress is not None:
            progress(len(pictures), len(pictures))
        _add(archive, "data.js", _data(title, pictures, names, cuts, shown))
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
    # one moment for every file: the same pictures make the same bytes
    entry = zipfile.ZipInfo(f"leitmotiv/{name}", (1980, 1, 1, 0, 0, 0))
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def _data(
    title: str,
    pictures: Sequence[SitePicture],
    names: Sequence[str],
    cuts: Mapping[int, Sequence[SiteGroup]],
    shown: int,
) -> bytes:
    form: dict[str, Any] = {
        "title": title,
        "shown": shown,
        "pictures": [
            [name, one.name, one.taken, round(one.ratio, 3), one.colour, one.stars]
            for name, one in zip(names, pictures, strict=True)
        ],
        "cuts": {
            str(count): [
                {
                    "name": group.name,
                    "members": list(group.members),
                    "palette": [[colour, round(share, 3)] for colour, share in group.palette],
                    "likeness": round(group.coherence, 3),
                }
                for group in groups
            ]
            for count, groups in cuts.items()
        },
    }
    # "</" inside a script element would end it, and these two separators are line breaks to old engines
    text = json.dumps(form, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"window.LEITMOTIV = {text};\n".encode("utf-8", "replace")
