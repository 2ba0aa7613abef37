"""`leitmotiv similar`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.blend import by_option, ready
from leitmotiv.cli.verbs import Verb, common, note, printable, session, show
from leitmotiv.errors import ImageNotFoundError

if TYPE_CHECKING:
    from leitmotiv.records import Result


@click.command("similar", cls=Verb)
@click.argument("image", metavar="IMAGE")
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@by_option
def command(image: str, n: int, by: str) -> None:
    """Print the pictures most like IMAGE, the nearest first.

    IMAGE is a file, in the library or not, or an id (4 or more of its characters). Each line has the relative
    divergence that the order goes by (0 is the same, 0.5 as far as two such pictures usually are, 1 has nothing in
    common), the divergence in nats (0 to 0.69), and the path. Without an index, or with `correction` none, both are the
    divergence.

    Of a file that is not in the library it is also told, on stderr, which trend it would join.

    --by subject goes by what the pictures show, whatever their colours, and needs no training; --by 0.4 is 0.6 parts
    look and 0.4 parts subject. The second number is then the cosine of what the two show (1 is the same).
    """
    import os

    from leitmotiv.web import forms
    from leitmotiv.workflows import browse, placing

    with session() as opened:
        chosen = ready(opened, by)
        path, trend = Path(image), None
        if os.path.lexists(path):
            known = opened.library.images.find_path(os.fsencode(os.path.abspath(path)))
            ranking = (
                browse.similar(opened, known.id, n=n, by=chosen)
                if known
                else browse.similar_to_file(opened, path, n=n, by=chosen)
            )
            if known is None and not chosen:
                trend = placing.trend_of_file(opened, path)
        elif "/" in image or "." in image:
            raise ImageNotFoundError(f"There is no file {image}.")
        else:
            ranking = browse.similar(opened, image, n=n, by=chosen)
        odd = browse.odd_paths(opened, ranking)
    if ranking.results and not common("json"):
        note(f"order   {'nats  ' if ranking.results[0].cosine is None else 'cosine'}  path")
    show(forms.ranking(ranking, odd), lambda: "\n".join(map(_line, ranking.results)))
    if trend is not None:
        exemplar, apart = trend
        click.echo(f"It would join the trend of {printable(exemplar.path)}, {apart:.4f} nats away.", err=True)
    if not ranking.results:
        sys.exit(1)


def _line(result: "Result") -> str:
    beside = result.divergence if result.cosine is None else result.cosine
    nats = "     -" if beside is None else f"{beside:.4f}"
    return f"{result.score:.4f}  {nats}  {printable(result.path)}"
