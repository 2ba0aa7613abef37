"""`leitmotiv build-index`."""

from typing import TYPE_CHECKING

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, session, show

if TYPE_CHECKING:
    from leitmotiv.workflows.grain import Groups


@click.command("build-index", cls=Verb)
@click.option("--skip-distances", is_flag=True, help="Cluster again, but compare no further pictures.")
@click.option(
    "--groups",
    type=click.Choice(["fewer", "more", "default", "anew"]),
    help="Find other trends: about two thirds or one and a half times as many, the usual number, or all anew.",
)
@click.option("--limit", type=int, help="Most pictures of which all pairs are compared, in this run.")
@click.option("--executor", metavar="WHERE", help="Who works: local, or dask://HOST:PORT for a cluster.")
def command(skip_distances: bool, groups: "Groups | None", limit: int | None, executor: str | None) -> None:
    """Compare the pictures and find their trends.

    Only pairs with a new picture are computed. Groups stay where nothing changed. Interrupted, it goes on from where
    it was. Then a network looks at what the new pictures show (the setting `activations`).

    --groups holds until it is given again: new pictures join fewer or more trends, too. "anew" is for once; groups may
    then move that nothing else would move.
    """
    from leitmotiv.workflows import word_space
    from leitmotiv.workflows.backgrounds import follow
    from leitmotiv.workflows.index import build_index

    with session(limit=limit, executor=executor) as opened, bars() as report:
        built = build_index(opened, skip_distances=skip_distances, groups=groups, report=report)
        said = follow(opened, report)
        word_space.follow(opened, report)
    show(vars(built), lambda: str(built))
    if said:
        note(said)
