"""The option `--by` of the commands that go by likeness, and what it needs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leitmotiv.cli.progress import bars

if TYPE_CHECKING:
    from leitmotiv.workflows.session import Session

Command = TypeVar("Command", bound=Callable[..., Any])


def by_option(command: Command) -> Command:
    """Add `--by` to a command, which is given its text."""
    about = "What counts: look, subject (needs no training), or a number between, 0 to 1."
    return click.option("--by", default="look", show_default=True, metavar="LIKENESS", help=about)(command)


def ready(session: "Session", text: str) -> float:
    """What `--by` says, after the backbone has seen what it has not seen yet, where that is needed.

    Raises
    ------
    UsageError
        No such likeness.
    MissingExtraError
        The weights of the backbone are not installed, or damaged.
    """
    from leitmotiv.workflows import activations, blending

    by = blending.read(text)
    if by and session.library.writable:
        with bars() as report:
            activations.ensure(session, report)
    return by
