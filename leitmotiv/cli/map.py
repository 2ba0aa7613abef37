"""`leitmotiv map`."""

import csv
import io
import sys

import click

from leitmotiv.cli.blend import by_option, ready
from leitmotiv.cli.verbs import Verb, session, show


@click.command("map", cls=Verb)
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with commas and a heading.")
@click.option("--anew", is_flag=True, help="Lay the map out anew first: pictures that have a place move.")
@by_option
def command(as_csv: bool, anew: bool, by: str) -> None:
    """Print where each picture lies on the map.

    Each line has the picture's id, its place by look (x and y in units of a picture, y downwards), its column and row
    on the sorted grid, and its path. Pictures get their places when the index is built, and keep them.

    With --by subject, or --by 0.4, the same pictures have other places, which are found when they are first asked for.
    """
    from leitmotiv.cli.progress import bars
    from leitmotiv.workflows import map_making, map_page

    with session() as opened, bars() as report:
        chosen = ready(opened, by)
        if anew or (chosen and opened.library.writable):
            map_making.lay_out(opened, anew=anew, by=chosen, report=report)
        found = map_page.positions(opened, chosen)
    names = ("id", "x", "y", "column", "row", "path")
    rows = [(one.id, *place, one.path) for one, place in found]
    if as_csv:
        sheet = io.StringIO()
        csv.writer(sheet, lineterminator="\n").writerows([names, *((row[0], *_rounded(row[1:])) for row in rows)])
        click.echo(sheet.getvalue(), nl=False)
    else:
        form = {"schema": "leitmotiv.map-positions/1", "pictures": [dict(zip(names, row, strict=True)) for row in rows]}
        show(form, lambda: "\n".join("  ".join((row[0][:12], *map(str, _rounded(row[1:])))) for row in rows))
    if not rows:
        sys.exit(1)


def _rounded(values: tuple[object, ...]) -> list[object]:
    return [round(value, 4) if isinstance(value, float) else value for value in values]
