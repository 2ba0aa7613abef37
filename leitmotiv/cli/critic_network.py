"""`leitmotiv critic train --network` and `critic export`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from leitmotiv.cli.critic_card import card
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, session, show

SCHEDULES = ("few", "notebook", "idealo", "idealo-technical", "idealo-technical-gpu")
_OPTIONS = (
    click.option(
        "--network",
        type=click.Choice(SCHEDULES),
        help="Train the backbone, too, by this schedule; see the documentation on critics.",
    ),
    click.option(
        "--images",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        metavar="DIR",
        help="With --network: the files of rated pictures that are not in the library.",
    ),
    click.option("--head-epochs", type=click.IntRange(0), help="With --network: other than the schedule's."),
    click.option("--all-epochs", type=click.IntRange(0), help="With --network: other than the schedule's."),
    click.option(
        "--shrink",
        type=click.Choice(["1", "2", "4"]),
        default="1",
        show_default=True,
        help="With --network: average pictures over so many pixels a side first: quicker, and less is seen.",
    ),
)


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Those of a training of the whole network."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def refuse(**given: Any) -> None:
    """Say that something is of no use without --network.

    Raises
    ------
    UsageError
    """
    from leitmotiv.errors import UsageError

    usual = {"network": None, "shrink": "1"}
    for name, value in given.items():
        if value != usual.get(name):
            raise UsageError(f"--{name.replace('_', '-')} is for trainings of the network: name one with --network.")


def train(
    sets: Sequence[str],
    name: str,
    seed: int,
    files: Mapping[str, Path | None],
    force: bool,
    labels: Mapping[str, Any],
    *,
    network: str,
    images: Path | None,
    head_epochs: int | None,
    all_epochs: int | None,
    shrink: str,
) -> None:
    """Train a critic with its network, print its card, and draw what was asked for."""
    from leitmotiv.workflows import critic_figures, critic_networks, critiques
    from leitmotiv.workflows.places import outside_photos, write_file

    plan = critic_networks.schedule(network, head=head_epochs, whole=all_epochs, shrink=int(shrink))
    with session() as opened, bars() as report:
        made = critic_networks.train(opened, sets, plan, name=name, seed=seed, images=images, report=report, **labels)
        critiques.ensure(opened, made.critic, report)
        wanted = {what: file for what, file in files.items() if file is not None}
        drawn = critic_figures.of_network(made) if wanted else {}
        for what, file in wanted.items():
            write_file(outside_photos(opened, file), [drawn[what]], force=force)
            note(f"{what} in {file}")
    one = made.critic
    show({"name": one.name, "layer": one.layer, **one.card}, lambda: card(one))


@click.command("export", cls=Verb)
@click.argument("name", required=False, default="")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", required=True, help="Of ONNX."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def export(name: str, output: Path, force: bool) -> None:
    """Write a critic as one file of ONNX, with its card beside the graph; the last trained without NAME.

    "picture", (batch, 224, 224, 3) uint8, the middle of a picture whose short side has 256 pixels, becomes "shares" of
    the votes for 1 to 10, and "score", their mean.
    """
    from leitmotiv.workflows import critic_networks, critics
    from leitmotiv.workflows.places import outside_photos, write_file

    with session() as opened:
        one = critics.get(opened, name)
        data = critic_networks.exported(opened, one)
        write_file(outside_photos(opened, output), [data], force=force)
    show({"name": one.name, "file": str(output), "bytes": len(data)}, lambda: f"{one.name} in {output}")
