"""`leitmotiv restore`."""

from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, settings, show


@click.command("restore", cls=Verb)
@click.argument("source", metavar="FILE.zip", type=click.Path(path_type=Path))
def command(source: Path) -> None:
    """Make a library from a backup, in a new or an empty folder (--library DIR). Nothing is ever replaced."""
    from leitmotiv.workflows.backup import restore

    chosen = settings()
    with bars() as report:
        count = restore(chosen, source, report)
    show({"library": str(chosen.library), "images": count}, lambda: f"{count:,} pictures in {chosen.library}")
