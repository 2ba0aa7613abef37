"""`leitmotiv diverse`."""

import click

from leitmotiv.cli.verbs import Verb, note, printable, session, show


@click.command("diverse", cls=Verb)
@click.option("-n", "n", type=click.IntRange(1, 2000), default=24, show_default=True, help="How many.")
@click.option("--of", "query", default="", metavar="TEXT", help="Choose from these pictures only; a line of filters.")
@click.option("--by", type=click.Choice(["different", "typical"]), default="different", show_default=True, help="How.")
def command(n: int, query: str, by: str) -> None:
    """Print a few pictures in place of all: the most different ones, or the most typical.

    With --by different each is the one farthest from all before it; with --by typical each stands for as many others as
    it can. The choice is the same every time, and the first ones of a larger choice are the smaller one. Each line has
    the divergence to the nearest picture before, in nats (0 to 0.69), and the path.
    """
    from leitmotiv.web import forms
    from leitmotiv.workflows import browse, diverse

    with session() as opened:
        found = diverse.diverse(opened, query, count=n, way="typical" if by == "typical" else "different")
        ranking = diverse.as_ranking(opened, found, query)
        odd = browse.odd_paths(opened, ranking)
    within = [{"share": share, "nats": nats} for share, nats in found.within]
    data = forms.ranking(ranking, odd) | {"within": within, "usual": found.usual, "size": found.size}
    show(data, lambda: "\n".join(f"{result.score:.4f}  {printable(result.path)}" for result in ranking.results))
    half, most, whole = (nats for _, nats in found.within)
    note(
        f"Half of {found.size:,} pictures lie within {half:.2f} nats of one of these, nine in ten within {most:.2f}, "
        f"all within {whole:.2f}."
    )
