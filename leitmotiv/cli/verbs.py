"""What every command has: the options accepted before and after the verb, one way to print, one way to end."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv import __version__
from leitmotiv.settings import Settings, load

if TYPE_CHECKING:
    from leitmotiv.workflows.ingest import AddReport
    from leitmotiv.workflows.session import Session


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Remember a common option wherever it stands; the one nearest to the verb's end wins."""
    if value is not None:
        ctx.find_root().meta[f"leitmotiv.{parameter.name}"] = value
    return value


def common_options() -> list[click.Option]:
    """Fresh options for one command."""
    folder = click.Path(file_okay=False, path_type=Path)
    file = click.Path(dir_okay=False, path_type=Path)
    texts: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("-c", "--config"), {"type": file, "metavar": "FILE", "help": "Configuration file (TOML)."}),
        (("-d", "--debug"), {"is_flag": True, "default": None, "help": "Show the traceback of every failure."}),
        (("--library",), {"type": folder, "metavar": "DIR", "help": "Library folder; else LEITMOTIV_LIBRARY."}),
        (("--json", "json"), {"is_flag": True, "default": None, "help": "Print one JSON object on stdout."}),
        (("--quiet",), {"is_flag": True, "default": None, "help": "No progress on stderr."}),
    ]
    return [click.Option(names, expose_value=False, callback=_keep, **more) for names, more in texts]


def _tell_version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"leitmotiv {__version__}")
        ctx.exit()


def version_option() -> click.Option:
    """`--version`, for the group and for every command."""
    text = "Show the version and end."
    return click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_tell_version, help=text
    )


class Verb(click.Command):
    """A command with the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend([*common_options(), version_option()])


def common(name: str, default: Any = None) -> Any:
    """The value of a common option of the running command."""
    return click.get_current_context().find_root().meta.get(f"leitmotiv.{name}", default)


def settings(**overrides: Any) -> Settings:
    """The settings of this run: command line, environment, file, defaults."""
    return load({"library": common("library"), **overrides}, environ=os.environ, config=common("config"))


@contextmanager
def session(create: bool = False, patient: bool = True, **overrides: Any) -> Iterator["Session"]:
    """A session over the library; without `create` a library that is not there is an error of usage."""
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows.session import Session, is_library

    chosen = settings(**overrides)
    if not create and not is_library(chosen.library):
        raise UsageError(no_library(chosen.library))
    with Session(chosen, create=create, patient=patient) as opened:
        yield opened


def has_library() -> bool:
    """Whether there is a library where one should be: some verbs do without, and make none."""
    from leitmotiv.workflows.session import is_library

    return is_library(settings().library)


def own_libraries() -> Path:
    """Where `explore` keeps a library for each set of folders."""
    import platformdirs

    return Path(platformdirs.user_data_dir("leitmotiv", False)) / "libraries"


def no_library(folder: Path) -> str:
    """What to say where a library should be: how to make one, and which ones `explore` made."""
    text = f"There is no library at {folder}. Make one with `leitmotiv add-directory FOLDER`, or name another: "
    made = sorted(path.parent for path in own_libraries().glob("*/leitmotiv.db"))
    return text + (", ".join(f"--library {shlex.quote(str(path))}" for path in made[:8]) or "--library DIR") + "."


def clean(text: str) -> str:
    """Text that any terminal takes, whatever a file name held."""
    return text.encode("utf-8", "replace").decode()


def add_result(added: "AddReport") -> None:
    """Print what an add found, name what failed, and end with 3 where something did."""
    data = {name: value for name, value in vars(added).items() if name != "failed"}
    failed = [{"path": clean(path), "reason": reason} for path, reason in added.failed]
    show({**data, "failed": failed}, lambda: str(added))
    tell_failures(added.failed)
    if added.new or added.changed:
        library = common("library")
        note("Next: leitmotiv build-index" + (f" --library {shlex.quote(str(library))}" if library else ""))
    finish(len(added.failed))


def show(data: dict[str, Any], text: Callable[[], str]) -> None:
    """Print a result: one JSON object with --json, else the text."""
    click.echo(json.dumps(data, default=str) if common("json") else clean(text()))


def note(text: str) -> None:
    """Tell something on stderr, unless --quiet."""
    if not common("quiet"):
        click.echo(text, err=True)


def tell(text: str) -> None:
    """Tell what went otherwise than asked on stderr, also with --quiet."""
    click.echo(clean(text), err=True)


def finish(failed: int) -> None:
    """End with 3 where some images failed."""
    if failed:
        sys.exit(3)


def tell_failures(failed: list[tuple[str, str]], most: int = 20) -> None:
    """Name the files that failed on stderr, the first ones in full."""
    for path, reason in failed[:most]:
        click.echo(f"  {printable(path)}: {reason}", err=True)
    if len(failed) > most:
        click.echo(f"  … and {len(failed) - most:,} more: `leitmotiv status` lists them all.", err=True)


def printable(path: str) -> str:
    """A path on one line: control characters as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)
