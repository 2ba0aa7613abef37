"""`leitmotiv add-image`."""

from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, add_result, session


@click.command("add-image", cls=Verb)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Add single files, whatever their names."""
    from leitmotiv.workflows.ingest import add_files
    from leitmotiv.workflows.upkeep import place

    with session(create=True) as opened, bars() as report:
        added = add_files(opened, files, report=report)
        place(opened, report=report)
    add_result(added)
