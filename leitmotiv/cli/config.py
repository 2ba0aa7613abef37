"""`leitmotiv config`."""

from dataclasses import fields

import click

from leitmotiv.cli.verbs import Verb, common_options, settings, version_option
from leitmotiv.cli.verbs import show as print_result
from leitmotiv.settings import user_file


@click.group("config", params=[*common_options(), version_option()])
def command() -> None:
    """Show the settings and where each comes from."""


@command.command("show", cls=Verb)
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
def show(origin: bool) -> None:
    """Print every setting as it holds now."""
    chosen = settings()
    values = {f.name: getattr(chosen, f.name) for f in fields(chosen) if f.name != "origins"}
    origins = {name: chosen.origins.get(name, "default") for name in values}
    width = max(map(len, values))
    rows = [f"{name:<{width}}  {value}" + (f"  ({origins[name]})" if origin else "") for name, value in values.items()]
    print_result(
        {"settings": values, "origins": origins, "file": str(user_file())},
        lambda: "\n".join([*rows, f"\nConfiguration file: {user_file()}"]),
    )
