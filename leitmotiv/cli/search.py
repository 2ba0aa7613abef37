"""`leitmotiv search`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.verbs import Verb, note, printable, session, show

if TYPE_CHECKING:
    from leitmotiv.records import Ranking, Result


TERMS = """\b
Terms:
  colour:#0a5f73            this colour; CSS names too (colour:teal)
  colour:teal:30%           about so much of it; >30% at least, <30% at most
  colour:teal@top           where: top, bottom-left, centre, …
  colour:teal@10,20,30,40   a box: left, top, width, height in percent
  colour:teal@oval:50,50,20,10  an ellipse: middle and half axes
  [img:3f2a]                like this picture of the library
  [img:3f2a@10,20,30,40]    holds this part of it; with :here in the same place
  sketch:150_50.30.15.10.45.0a5f73  like a sketch, as the page writes it
  photo.jpg                 like this file, in the library or not
  year:2024 -name:dsc*      filters
"""


@click.command("search", cls=Verb, epilog=TERMS)
@click.argument("query", metavar="QUERY...", nargs=-1, required=True)
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option("--all", "everything", is_flag=True, help="Go on where chance begins.")
@click.option("--paths", is_flag=True, help="Print paths only, one a line.")
@click.option("-0", "nul", is_flag=True, help="Print paths only, each ended by a NUL byte.")
def command(query: tuple[str, ...], n: int, everything: bool, paths: bool, nul: bool) -> None:
    """Print the pictures that fit QUERY best: colours and where they are, pictures, sketches, and filters.

    Several terms go together; each may have a weight (2*colour:red), and a minus before what should not be there. Put
    the query into quotes; one that begins with a minus comes after --. A path to a file is a term too.

    Each line has the score (1 is a perfect fit, 0 chance), what each term gave to it, and the path. Pictures past the
    cut-off, where scores are no better than chance, are left out.
    """
    from leitmotiv.web import forms
    from leitmotiv.workflows import browse, seeking

    files = [Path(part) for part in query if _is_file(part)]
    text = " ".join(part for part in query if not _is_file(part))
    with session() as opened:
        ranking = seeking.search(opened, text, n=n, everything=everything, files=files)
        odd = browse.odd_paths(opened, ranking)
    if paths or nul:
        _write(ranking, odd, b"\0" if nul else b"\n")
    else:
        show(forms.ranking(ranking, odd), lambda: "\n".join(map(_line, ranking.results)))
        if ranking.cut == 0:
            note("Nothing stands out from chance; these fit best.")
    if not ranking.results:
        sys.exit(1)


def _is_file(text: str) -> bool:
    return os.path.lexists(text) and not text.startswith(("colour:", "color:", "["))


def _write(ranking: "Ranking", odd: dict[str, bytes], end: bytes) -> None:
    """Paths as the system spells them."""
    for result in ranking.results:
        click.echo(odd.get(result.id, os.fsencode(result.path)) + end, nl=False)


def _line(result: "Result") -> str:
    parts = " ".join(f"{part:+.2f}" for part in result.parts)
    return f"{result.score:.3f}  {parts}  {printable(result.path)}"
