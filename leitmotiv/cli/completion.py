"""`leitmotiv completion`."""

import click
from click.shell_completion import get_completion_class

from leitmotiv.cli.verbs import Verb


@click.command("completion", cls=Verb)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    For bash: leitmotiv completion bash >> ~/.bashrc
    """
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is not None:
        click.echo(kind(root, {}, "leitmotiv", "_LEITMOTIV_COMPLETE").source())
