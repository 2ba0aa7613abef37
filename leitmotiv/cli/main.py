"""The command `leitmotiv`: finds the verb, loads only its file, and turns failures into one line and an exit code."""

import difflib
import gc
import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from leitmotiv.cli.verbs import clean, common_options, version_option
from leitmotiv.errors import LeitmotivError

VERBS = {
    "add-directory": ("add_directory", "Add folders of pictures to the library."),
    "add-image": ("add_image", "Add single files."),
    "backup": ("backup", "Write the whole library into one file."),
    "board": ("board", "Teach mood boards what to look for, and find it."),
    "build-index": ("build_index", "Compare the pictures and find their trends."),
    "captions": ("captions", "Read texts about the pictures, to show, find and learn from."),
    "chain": ("chain", "Print a chain of looks from one picture to another."),
    "clusters": ("clusters", "Print the trends."),
    "compare": ("compare", "Print which trends two selections share."),
    "completion": ("completion", "Print the completion script of a shell."),
    "config": ("config", "Show the settings and where each comes from."),
    "critic": ("critic", "Learn from ratings, and score pictures."),
    "diverse": ("diverse", "Print a few pictures in place of all."),
    "doctor": ("doctor", "Check this machine and this installation."),
    "duplicates": ("duplicates", "Find copies of pictures, and move those you chose to the trash."),
    "evaluate": ("evaluate", "Measure how well pictures and their copies are told apart."),
    "evolve": ("evolve", "Evolve designs under a critic."),
    "eyes": ("eyes", "See pictures, films and the camera through pictures of one kind."),
    "explore": ("explore", "Add a folder, find its trends, and open them in the browser."),
    "export": ("export", "Take tables, pictures, sheets or a site out of the library."),
    "forget": ("forget", "Remove pictures from the library; their files stay."),
    "map": ("map", "Print where each picture lies on the map."),
    "metadata": ("metadata", "Import, list and write catalogues of the pictures."),
    "ratings": ("ratings", "Stars, favourites and labels; ratings that others gave."),
    "jobs": ("jobs", "List long work, and let it rest, go on or end."),
    "relocate": ("relocate", "Tell the library that a folder moved."),
    "restore": ("restore", "Make a library from a backup."),
    "search": ("search", "Print the pictures that fit colours, places, sketches."),
    "serve": ("serve", "Serve the pages of the library."),
    "similar": ("similar", "Print the pictures most like one."),
    "watch": ("watch", "Keep the library current while folders change."),
    "space": ("space", "Learn words from captions, and choose what searches use."),
    "status": ("status", "Print what the library holds and what is wrong with it."),
    "why": ("why", "Tell why two pictures are alike or not."),
}
NEW_OBJECTS = 100_000
"""How many come before Python looks for what is no longer used."""
SHOW_AT_BUG = "This is a fault of leitmotiv, not of yours. The lines above say where it happened."


class Leitmotiv(click.Group):
    """The verbs, each loaded on its first use; a folder in place of a verb means `explore`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every verb."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the file of a verb."""
        if cmd_name not in VERBS:
            return None
        command = import_module(f"leitmotiv.cli.{VERBS[cmd_name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take `leitmotiv FOLDER` as `leitmotiv explore FOLDER`."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            if Path(args[0]).is_dir() or args[0].startswith((".", "~")) or os.sep in args[0]:
                args = ["explore", *args]
            elif near := difflib.get_close_matches(args[0], VERBS, 1):
                ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, without loading their files."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(VERBS.items())])


EPILOG = """\b
Examples:
  leitmotiv explore ~/Pictures            trends of a folder, in the browser
  leitmotiv similar photo.jpg -n 10       the ten pictures most like one
  leitmotiv clusters --count 12 --json    twelve trends, for a script
"""


@click.group(
    cls=Leitmotiv,
    params=[*common_options(), version_option()],
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)
def command() -> None:
    """Find the recurring trends in a collection of photos, and explore it.

    Everything runs on this machine; pictures are never changed and nothing is sent anywhere.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    # lists of a hundred thousand would be gone through again and again while they grow
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run the command line; return the exit code.

    0 done, 1 nothing matched, 2 usage, 3 some images failed, 4 an extra is missing, 5 the library is locked or too
    new, 6 another named failure, 70 a fault of leitmotiv, 130 interrupted.
    """
    arguments = sys.argv[1:] if args is None else args
    try:
        code = command.main(arguments, prog_name="leitmotiv", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return _as_json("UsageError", error.format_message(), error.exit_code, arguments)
    except (click.Abort, KeyboardInterrupt):
        text = "Interrupted; what was finished is kept."
        click.echo(text, err=True)
        return _as_json("Interrupted", text, 130, arguments)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except LeitmotivError as error:
        return _fail(error, arguments)
    except Exception as error:
        from leitmotiv.workflows.progress import Stopped

        if isinstance(error, Stopped):
            text = "Stopped from the page of jobs; what was finished is kept."
            click.echo(text, err=True)
            return _as_json("Stopped", text, 130, arguments)
        traceback.print_exc()
        click.echo(SHOW_AT_BUG, err=True)
        return _as_json(type(error).__name__, str(error), 70, arguments)


def _fail(error: LeitmotivError, arguments: list[str]) -> int:
    if {"-d", "--debug"} & set(arguments):
        traceback.print_exc()
    click.echo(f"leitmotiv: {clean(str(error))}", err=True)
    return _as_json(type(error).__name__, str(error), error.exit_code, arguments)


def _as_json(kind: str, message: str, exit_code: int, arguments: list[str]) -> int:
    """With --json, print an ending that is no result as one object too; return the exit code."""
    if "--json" in arguments:
        click.echo(json.dumps({"error": {"kind": kind, "message": clean(message), "exit_code": exit_code}}))
    return exit_code
