"""`leitmotiv compare`."""

import click

from leitmotiv.cli.verbs import Verb, session, show


@click.command("compare", cls=Verb)
@click.argument("a", metavar="TEXT")
@click.argument("b", metavar="TEXT")
@click.option("--count", type=int, help="How many groups of trends; as the index suggests if not given.")
def command(a: str, b: str, count: int | None) -> None:
    """Print which trends two selections share, and which belong to one of them.

    TEXT is a line of filters, such as year:2023 or 'folder:"trip to x"'. Each line has a trend's share of the first and
    of the second selection, where it belongs, and its name. It is said to belong to one of them only where the
    difference is more than chance.
    """
    from leitmotiv.workflows import comparing

    with session() as opened:
        found = comparing.compare(opened, a, b, count=count)
    trends = [
        {
            "id": one.group.id,
            "name": one.name,
            "exemplar": one.group.exemplar,
            "where": one.where,
            "a": vars(one.a),
            "b": vars(one.b),
            "difference": {"low": one.low, "high": one.high},
        }
        for one in found.trends
    ]
    rows = [f"{one.a.share:>5.0%}  {one.b.share:>5.0%}  {one.where:<9}  {one.name}" for one in found.trends]
    data = {"a": vars(found.a), "b": vars(found.b), "in_both": found.in_both, "trends": trends}
    show(data, lambda: "\n".join(rows))
