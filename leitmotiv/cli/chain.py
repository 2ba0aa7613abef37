"""`leitmotiv chain`."""

import click

from leitmotiv.cli.verbs import Verb, printable, session, show


@click.command("chain", cls=Verb)
@click.argument("start", metavar="IMAGE")
@click.argument("goal", metavar="IMAGE")
@click.option("-n", "n", type=click.IntRange(1, 40), default=7, show_default=True, help="How many steps.")
@click.option("--of", "query", default="", metavar="TEXT", help="Lead through these pictures only; a line of filters.")
def command(start: str, goal: str, n: int, query: str) -> None:
    """Print a chain of looks from one picture to another.

    Each picture of the chain comes nearer to the goal, and of all such chains it is the one along which looks change
    most evenly. IMAGE is an id (4 or more of its characters) or a file of the library. Each line has the divergence to
    the picture before, in nats (0 to 0.69), and the path.
    """
    from leitmotiv.workflows import browse, chains

    with session() as opened:
        ends = [browse.named(opened, one) for one in (start, goal)]
        found = chains.chain(opened, ends[0], ends[1], steps=n, query=query)
        paths = {one.id: one.path for one in opened.library.images.many(found.ids)}
    data = {
        "ids": found.ids,
        "paths": [paths.get(image_id, "") for image_id in found.ids],
        "steps": found.steps,
        "direct": found.direct,
        "usual": found.usual,
        "considered": found.considered,
        "estimated": found.estimated,
    }
    numbers = ["      ", *(f"{step:.4f}" for step in found.steps)]
    lines = [f"{step}  {printable(paths.get(one, ''))}" for step, one in zip(numbers, found.ids, strict=True)]
    show(data, lambda: "\n".join(lines))
