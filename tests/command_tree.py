"""Every command of the program, by its path."""

from collections.abc import Iterator

import click
from click.testing import CliRunner

from leitmotiv.cli.main import command as program

Path = tuple[str, ...]


def walk(command: click.Command = program, path: Path = ()) -> Iterator[tuple[Path, click.Command]]:
    """The program itself, then each verb, then the verbs of groups."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, (*path, name))


def help_text(path: Path) -> str:
    """What `leitmotiv … --help` prints on a terminal of 80 columns."""
    done = CliRunner(env={"COLUMNS": "80"}).invoke(program, [*path, "--help"], prog_name="leitmotiv")
    assert done.exit_code == 0, done.output
    return "\n".join(line.rstrip() for line in done.output.strip().splitlines())
