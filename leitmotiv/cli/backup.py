"""`leitmotiv backup`."""

from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, session, show


@click.command("backup", cls=Verb)
@click.argument("target", metavar="FILE.zip", type=click.Path(path_type=Path))
@click.option("--small", is_flag=True, help="Without what can be computed again.")
def command(target: Path, small: bool) -> None:
    """Write the whole library into one file; the photos themselves are not in it.

    It may be in use meanwhile. `leitmotiv restore` makes a library of it again.
    """
    from leitmotiv.workflows.backup import backup

    with session() as opened, bars() as report:
        size = backup(opened, target, arrays=not small, report=report)
    show({"file": str(target), "bytes": size}, lambda: f"{size / 1e6:,.1f} MB in {target}")
