"""`leitmotiv clusters`."""

import click

from leitmotiv.cli.blend import by_option, ready
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, printable, session, show


@click.command("clusters", cls=Verb)
@click.option("--count", type=int, help="How many groups; as the index suggests if not given.")
@click.option("--of", "query", default="", metavar="TEXT", help="Trends of these pictures alone; a line of filters.")
@by_option
def command(count: int | None, query: str, by: str) -> None:
    """Print the trends: each group with its size, its exemplar and its members.

    As text, a line for each group: size, coherence, its name, the exemplar's path. With --json every member is named.
    With --of, such as --of year:2024, only these pictures are clustered; those of more than 2,000 pictures are kept.

    With --by subject the trends are of what the pictures show; with --by 0.4 of 0.6 parts look and 0.4 parts subject.
    """
    from leitmotiv.workflows import blended_trends, large_parts, portraits, scopes

    with session() as opened, bars() as report:
        chosen = ready(opened, by)
        if chosen and not query.strip() and opened.library.writable:
            blended_trends.bring_up_to_date(opened, chosen, report)
        if query.strip() and not chosen and opened.library.writable:
            large_parts.ensure(opened, query, report)
        page = scopes.clusters(opened, query, count, chosen)
        paths = {image.id: image.path for image in opened.library.images.many([c.exemplar for c in page.clusters])}
        names = portraits.names(opened, page.clusters, chosen)
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
