"""`leitmotiv clusters`."""

import click

from leitmotiv.cli.verbs import Verb, printable, session, show


@click.command("clusters", cls=Verb)
@click.option("--count", type=int, help="How many groups; as the index suggests if not given.")
@click.option("--of", "query", default="", metavar="TEXT", help="Trends of these pictures alone; a line of filters.")
def command(count: int | None, query: str) -> None:
    """Print the trends: each group with its size, its exemplar and its members.

    As text, a line for each group: size, coherence, its name, the exemplar's path. With --json every member is named.
    With --of, such as --of year:2024, only these pictures are clustered, at most 2,000.
    """
    from leitmotiv.workflows import portraits, scopes

    with session() as opened:
        page = scopes.clusters(opened, query, count)
        paths = {image.id: image.path for image in opened.library.images.many([c.exemplar for c in page.clusters])}
        names = portraits.names(opened, page.clusters)
        groups = [
            {
                "id": group.id,
                "exemplar": group.exemplar,
                "path": paths.get(group.exemplar, ""),
                "size": group.size,
                "coherence": round(group.coherence, 4),
                "name": names[group.id],
                "members": list(group.members),
            }
            for group in page.clusters
        ]
    rows = [f"{g['size']:>6}  {g['coherence']:.2f}  {g['name']}  {printable(str(g['path']))}" for g in groups]
    show({"clusters": groups, "count": page.count, "stale": page.stale}, lambda: "\n".join(rows))
