"""`leitmotiv critic flags`."""

import os
import sys

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, printable, session, show


@click.command("flags", cls=Verb)
@click.option("--of", "of", default="flag:any", show_default=True, metavar="FILTERS", help="These pictures.")
@click.option("-n", "n", type=click.IntRange(1), help="At most so many.")
@click.option("--paths", is_flag=True, help="Print paths only, one a line.")
def command(of: str, n: int | None, paths: bool) -> None:
    """Print what is technically wrong with pictures: blurred, dark, clipped, tilted, broken and so on.

    Pictures that were not measured yet are measured first. As a filter of any page and command: flag:blurred,
    flag:dark,bright, -flag:any. Without --of, pictures with a flaw are printed.
    """
    from leitmotiv.workflows import selecting, technical

    with session() as opened, bars() as report:
        technical.ensure(opened, report)
        ids = selecting.select(opened, of, sort="taken")[:n]
        images = opened.library.images.many(ids)
        rows = [(image, technical.told(opened, image.id), technical.of_picture(opened, image.id)) for image in images]
    if paths:
        click.echo(
            b"".join((one.paths[0] if one.paths else os.fsencode(one.id)) + b"\n" for one, _, _ in rows), nl=False
        )
    else:
        told = [
            {
                "id": image.id,
                "path": image.path,
                "flags": [name for name, _ in said.flags] if said else None,
                "measures": technical.named(numbers) if numbers is not None else None,
            }
            for image, said, numbers in rows
        ]
        lines = []
        for image, said, _ in rows:
            words = ", ".join(name for name, _ in said.flags) or "none" if said else "unmeasured"
            lines.append(f"{words:24} {printable(image.path)}")
        show({"pictures": told}, lambda: "\n".join(lines))
    if not rows:
        note("No picture has a flaw." if of == "flag:any" else "No picture fits these filters.")
        sys.exit(1)
