"""`leitmotiv relocate`."""

import sys
from pathlib import Path

import click

from leitmotiv.cli.verbs import Verb, session, show


@click.command("relocate", cls=Verb)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def command(old: Path, new: Path) -> None:
    """Tell the library that the folder OLD is now NEW.

    Nothing is read or moved; ids, groups and everything else stay. Ends with 1 where no picture lay under OLD.
    """
    from leitmotiv.workflows.upkeep import relocate

    with session() as opened:
        count = relocate(opened, old, new)
    show({"relocated": count}, lambda: f"{count:,} files relocated")
    if not count:
        sys.exit(1)
