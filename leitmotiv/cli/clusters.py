"""`leitmotiv clusters`."""

import click

from leitmotiv.cli.verbs import Verb, printable, session, show


@click.command("clusters", cls=Verb)
@click.option("--count", type=int, help="How many groups; as the index suggests if not given.")
def command(count: int | None) -> None:
    """Print the trends: each group with its size, its exemplar and its members.

    As text, a line for each group: size, coherence, the exemplar's path. With --json every member is named.
    """
    from leitmotiv.workflows import browse

    with session() as opened:
        page = browse.clusters(opened, count)
        paths = {image.id: image.path for image in opened.library.images.many([c.exemplar for c in page.clusters])}
        groups = [
            {
                "id": group.id,
                "exemplar": group.exemplar,
                "path": paths.get(group.exemplar, ""),
                "size": group.size,
                "coherence": round(group.coherence, 4),
                "name": group.name or browse.cluster_name(opened, group.id),
                "members": list(group.members),
            }
            for group in page.clusters
        ]
    rows = [f"{g['size']:>6}  {g['coherence']:.2f}  {g['name']}  {printable(str(g['path']))}" for g in groups]
    show({"clusters": groups, "count": page.count, "stale": page.stale}, lambda: "\n".join(rows))
