"""`leitmotiv search`."""

import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.verbs import Verb, common, note, printable, session, show

if TYPE_CHECKING:
    from leitmotiv.records import Ranking, Result, Unknown
    from leitmotiv.workflows.session import Session


SHOWN = 20
"""How many are printed where nobody says."""
TERMS = """\b
Terms:
  hot air balloon           what pictures show: a word, or a few side by side
  "two words"               the same, whatever stands in it
  beach + 2*sunrise - snow  either, the second twice as much, and without a third
  red car                   colours before words are looked for as colours
  (cat | dog) & grass       either of two, and a third at once; cat^3 weighs 3
  bike-park                 - takes away without spaces, too (not in t-shirt)
  board:dusk                what a mood board learnt
  concept:dusk.cav          what a concept in a file says
  [img:3f2a]                like this picture of the library
  [img:3f2a@10,20,30,40]    holds this part of it; with :here before the ] in the same place
  [IMG_0]                   the first picture of the ranking of --from
  photo.jpg                 like this file, in the library or not; in a query, too
  colour:#0a5f73            this colour; CSS names too (colour:teal)
  colour:teal:30%           about so much of it; >30% at least, <30% at most
  colour:teal@top, teal@top  where: top, bottom-left, centre, …
  colour:teal@10,20,30,40   a box: left, top, width, height in percent
  colour:teal@oval:50,50,20,10  an ellipse: middle and half axes
  sketch:150_50.30.15.10.45.0a5f73  like a sketch, as the page writes it
  like:subject              compare pictures by what they show; like:look, like:0.4
  year:2024 -name:dsc*      filters, for the whole search
"""

_PATH = re.compile(r"[^\"]*\.(jpe?g|png|webp|gif|tiff?|bmp|hei[cf]|avif|dng)", re.IGNORECASE)
"""What looks like the path of a picture."""
_PART = re.compile(r"""[\w-]+:"[^"]*"|"(?P<quoted>[^"]*)"|(?P<sign>[-−–!])?(?P<word>[^\s"()+&|*^]+)""")
"""A word of a query, or what stands in quotation marks."""


_MINUS = re.compile(r"-[^-\d].")
"""What begins as a word that is taken away does, and is no option of one letter."""


class _Asking(Verb):
    """Where a search that begins with a minus is taken for options, the error says how it is written."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = args[: args.index("--")] if "--" in args else list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if (first := next(filter(_MINUS.match, given), None)) is None:
                raise
            hint = f"What begins with a minus comes after --: leitmotiv search -- {shlex.quote(first)}"
            raise click.UsageError(f"{error.format_message()} {hint}", ctx) from error


@click.command("search", cls=_Asking, epilog=TERMS)
@click.argument("query", metavar="QUERY...", nargs=-1, required=True)
@click.option("-n", "n", type=click.IntRange(1), help="How many. Without it, 20 at most, and none past the cut-off.")
@click.option("--all", "everything", is_flag=True, help="Go on where chance begins.")
@click.option(
    "--from", "ranking", metavar="FILE", type=click.Path(path_type=Path), help="The ranking that [IMG_n] counts in."
)
@click.option(
    "--mode",
    type=click.Choice(("scores", "sum", "projection", "classic")),
    default="scores",
    show_default=True,
    help="How terms go together: by scores, or as vectors.",
)
@click.option(
    "--diverse",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Variety among the best, from 0 to 1: what is like a picture before it comes later.",
)
@click.option("--copies", is_flag=True, help="Show copies one by one, not only the best of them.")
@click.option("--paths", is_flag=True, help="Print paths only, one a line.")
@click.option("-0", "nul", is_flag=True, help="Print paths only, each ended by a NUL byte.")
def command(
    query: tuple[str, ...],
    n: int | None,
    everything: bool,
    ranking: Path | None,
    mode: str,
    diverse: float,
    copies: bool,
    paths: bool,
    nul: bool,
) -> None:
    """Print the pictures that fit QUERY best: words, pictures, boards, colours, sketches, and filters.

    Terms are added, weighed and taken away. Put the query into quotes; one that begins with a minus comes after --. A
    path to a file is a term too. FILE of --from is what --json or --paths wrote.

    Each line has the score, the terms that it is owed to where there are several, and the path. Of looks alone, 1 is a
    perfect fit and 0 chance, if nothing is taken away; else scores are standard deviations from what is usual here.
    """
    from leitmotiv.web import forms
    from leitmotiv.workflows import seeking

    if (paths or nul) and common("json"):
        raise click.UsageError("--json prints more than paths: give it, or --paths or -0, but not both.")
    for option in _options_behind(query):
        note(f"{option} stands behind --, so it is read as a part of the search; options come before: {option} … -- …")
    files = [Path(part) for part in query if _is_file(part)]
    text = " ".join(_with_files(part) for part in query if not _is_file(part))
    with session() as opened:
        seeking.read_asked(opened, text, files=files, local=True)
        numbered = () if ranking is None else _numbered(opened, ranking)
        found = seeking.search(
            opened,
            text,
            n=n or SHOWN,
            everything=everything or n is not None,
            files=files,
            numbered=numbered,
            local=True,
            mode=mode,
            diverse=round(diverse, 2),
            copies=copies,
        )
        odd = _odd_paths(opened, found)
    for one in found.unknown:
        note(_unknown(one))
    for line in found.notes:
        note(line)
    lost = found.cut == 0 and n is None and not everything and found.results
    if (paths or nul) and lost:
        note("Nothing stands out from chance, so there is no path to print; --all prints what comes nearest.")
        sys.exit(1)
    if paths or nul:
        _write(found, odd, b"\0" if nul else b"\n")
    else:
        show(
            forms.ranking(found, odd),
            lambda: "\n".join(_line(one, found.terms, found.decimals) for one in found.results),
        )
        if found.cut == 0 and found.results:
            note("Nothing stands out from chance; these come nearest.")
        elif found.cut is not None and found.cut < len(found.results):
            note(f"From the {found.cut + 1}. on they fit little better than chance.")
    if not found.results:
        sys.exit(1)


def _options_behind(query: Sequence[str]) -> list[str]:
    """What is spelt as an option of this command, and was read as a part of the query."""
    spelt = {name for parameter in click.get_current_context().command.params for name in parameter.opts}
    return [part for part in query if part.startswith("-") and part in spelt]


def _unknown(one: "Unknown") -> str:
    """What to say of a word that nobody knows."""
    word, near = printable(one.word), [name for name in one.near if name != one.read]
    if one.read:
        return f"{word!r} is no {one.kind} that is known here; it is read as {one.read!r}." + (
            f" It may also be {' or '.join(near)}." if near else ""
        )
    said = f"{word!r} is no {one.kind} that is known here"
    if near:
        return f"{said}; did you mean {' or '.join(near)}?"
    return f"{said}." if one.kind == "sign" else f"{said}, and none that is known is near it."


def _numbered(opened: "Session", ranking: Path) -> tuple[str, ...]:
    from leitmotiv.workflows import rankings

    return rankings.of_file(opened, ranking)


def _odd_paths(opened: "Session", ranking: "Ranking") -> dict[str, bytes]:
    """Paths that are not UTF-8, by id; what knows them takes longer to import than a search, and is seldom needed."""
    if not any("\ufffd" in result.path for result in ranking.results):
        return {}
    from leitmotiv.workflows import browse

    return browse.odd_paths(opened, ranking)


def _is_file(text: str) -> bool:
    """Whether an argument names a file; what has neither a dot nor a slash is a word, whatever lies here."""
    if not ("." in text or os.sep in text) or text.startswith(("colour:", "color:", "[")):
        return False
    return os.path.lexists(text) and not Path(text).is_dir()


def _with_files(text: str) -> str:
    """A part of a query in which paths of pictures are terms; in quotation marks only those that are there.

    Raises
    ------
    UsageError
        A path leads nowhere: it would be read as words.
    """

    def term(match: re.Match[str]) -> str:
        quoted, sign, word = match["quoted"], match["sign"] or "", match["word"]
        path = word if quoted is None else quoted
        if path is None or not _PATH.fullmatch(path) or ":" in path or path.startswith("["):
            return match[0]
        if os.path.lexists(path):
            return f'{sign}file:"{path}"'
        if quoted is not None:
            return match[0]
        raise click.UsageError(f"There is no file {path!r}. For words, write them in quotation marks of their own.")

    return _PART.sub(term, text)


def _write(ranking: "Ranking", odd: dict[str, bytes], end: bytes) -> None:
    """Paths as the system spells them."""
    for result in ranking.results:
        click.echo(odd.get(result.id, os.fsencode(result.path)) + end, nl=False)


def _line(result: "Result", terms: Sequence[str], decimals: int) -> str:
    """A result as a line; of several terms those are named that gave it something or took something from it."""
    told = zip(terms, result.parts, strict=True) if len(terms) > 1 else ()
    given = [(term, part) for term, part in told if abs(part) >= 0.5 * 10**-decimals]
    parts = ", ".join(f"{printable(term)} {part:+.{decimals}f}" for term, part in given)
    copies = f"  (+{len(result.copies)})" if result.copies else ""
    return "  ".join(filter(None, [f"{result.score:.{decimals + 1}f}", parts, printable(result.path) + copies]))
