"""`leitmotiv add-image`."""

from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, finish, session, show, tell_failures


@click.command("add-image", cls=Verb)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Add single files, whatever their names."""
    from leitmotiv.workflows.ingest import add_files

    with session(create=True) as opened, bars() as report:
        added = add_files(opened, files, report=report)
        if added.new or added.changed:
            from leitmotiv.workflows.index import place_new

            place_new(opened, report=report)
    data = {name: value for name, value in vars(added).items() if name != "failed"}
    show({**data, "failed": [{"path": p, "reason": r} for p, r in added.failed]}, lambda: str(added))
    tell_failures(added.failed)
    finish(len(added.failed))
