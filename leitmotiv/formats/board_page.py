"""A mood board as one HTML file: its pictures, what it found, and the concept itself; it opens from the disk alone."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources

LARGE, MIDDLE = 2, 18
"""Results of the mosaic that are four tiles wide, and how many of those below are two."""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class PagePicture:
    """A picture of the page.

    Attributes
    ----------
    data : bytes
        JPEG or WebP; empty where there is nothing to see.
    note : str
        What stands on it: a weight, a score.
    """

    data: bytes
    note: str = ""


def written(
    name: str,
    words: str,
    facts: Sequence[str],
    positive: Sequence[PagePicture],
    negative: Sequence[PagePicture],
    results: Sequence[PagePicture],
    concept: bytes = b"",
) -> bytes:
    """The file, UTF-8.

    Parameters
    ----------
    facts : sequence of str
        Short sentences below the name.
    concept : bytes
        Of a .cav file, which the page hands out; empty for none.
    """
    style = (resources.files("leitmotiv.formats") / "site_files" / "board.css").read_text("utf-8")
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(name)}</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        f"<header><h1>{escape(name)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in words.splitlines() if line.strip()),
        f'<p class="facts">{escape(" · ".join(facts))}</p></header>',
        *_section("It is", "pins", positive),
        *_section("It is not", "pins not", negative),
        *_section("What it finds", "mosaic", results),
    ]
    if concept:
        address = _address("application/octet-stream", concept)
        file = escape(f"{name}.cav")
        parts.append(f'<p class="facts"><a href="{address}" download="{file}">The concept as a .cav file</a></p>')
    return "\n".join([*parts, "</body>", "</html>", ""]).encode("utf-8", "replace")


def _section(title: str, kind: str, pictures: Sequence[PagePicture]) -> list[str]:
    seen = [one for one in pictures if one.data]
    if not seen:
        return []
    figures = [_figure(one, _size(place) if kind == "mosaic" else "") for place, one in enumerate(seen)]
    return [f"<section><h2>{title}</h2>", f'<div class="{kind}">', *figures, "</div></section>"]


def _size(place: int) -> str:
    return "large" if place < LARGE else "middle" if place < LARGE + MIDDLE else ""


def _figure(one: PagePicture, size: str) -> str:
    kind = "image/webp" if one.data[8:12] == b"WEBP" else "image/jpeg"
    said = f"<figcaption>{escape(one.note)}</figcaption>" if one.note else ""
    return f'<figure class="{size}"><img src="{_address(kind, one.data)}" alt="">{said}</figure>'


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
