"""`leitmotiv build-index`."""

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, session, show


@click.command("build-index", cls=Verb)
@click.option("--skip-distances", is_flag=True, help="Cluster again, but compare no further pictures.")
@click.option("--limit", type=int, help="Most pictures of which all pairs are compared (default 5000).")
def command(skip_distances: bool, limit: int | None) -> None:
    """Compare the pictures and find their trends.

    Only pairs with a new picture are computed. Groups stay where nothing changed. Interrupted, it goes on from where
    it was.
    """
    from leitmotiv.workflows.index import build_index

    with session(limit=limit) as opened, bars() as report:
        built = build_index(opened, skip_distances=skip_distances, report=report)
    show(vars(built), lambda: str(built))
