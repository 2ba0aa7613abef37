"""What `leitmotiv critic` draws beside its figures: contact sheets and curves, as options and as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.verbs import note

if TYPE_CHECKING:
    from leitmotiv.workflows.session import Session

_file = click.Path(path_type=Path, dir_okay=False)
sheet = click.option(
    "--sheet",
    type=_file,
    metavar="FILE",
    help="Draw truth and prediction under 96 pictures, as PNG: green within 0.5, orange within 1, red beyond.",
)
curves = click.option("--curves", type=_file, metavar="FILE", help="Draw the loss over the steps of learning, as PNG.")
force = click.option("--force", is_flag=True, help="Replace files that are there.")


def training(
    session: "Session", sets: Sequence[str], files: Mapping[str, Path | None], force: bool, **labels: Any
) -> None:
    """Draw what was asked for of a training."""
    from leitmotiv.workflows import critic_figures
    from leitmotiv.workflows.places import outside_photos, write_file

    wanted = {name: file for name, file in files.items() if file is not None}
    if not wanted:
        return
    for name, data in critic_figures.of_training(session, sets, wanted=tuple(wanted), **labels).items():
        write_file(outside_photos(session, wanted[name]), [data], force=force)
        note(f"{name} in {wanted[name]}")


def predictions(
    labels: Path, predictions: Path, images: Path | None, file: Path | None, force: bool, *, seed: int
) -> None:
    """Draw predictions beside their labels, if a file was named."""
    from leitmotiv.workflows import critic_figures
    from leitmotiv.workflows.places import write_file

    if file is not None:
        write_file(file, [critic_figures.of_predictions(labels, predictions, images, seed=seed)], force=force)
        note(f"sheet in {file}")
