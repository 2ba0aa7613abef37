"""`leitmotiv eyes pairs`, and `leitmotiv eyes compare`: what goes to tools made elsewhere, and what comes back."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.eyes_options import SIDES, force, line, partial_of, seed, shown_options, side
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, common_options, note, session, show, version_option

if TYPE_CHECKING:
    from leitmotiv.workflows.eye_results import Compared


@click.group("pairs", params=[*common_options(), version_option()])
def pairs() -> None:
    """Pairs in pix2pix's own form, side by side in one file: the photo left, what is shown of it right."""


_direction = click.option(
    "--direction",
    type=click.Choice(["BtoA", "AtoB"]),
    default="BtoA",
    show_default=True,
    help="Which half is learnt: BtoA makes the left of the right.",
)


@pairs.command("export", cls=Verb)
@click.argument("query")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@shown_options
@click.option("--side", type=click.Choice(SIDES), default="256", show_default=True, help="Pixels a side of each half.")
@_direction
@click.option("--held-out", type=click.IntRange(0), default=20, show_default=True, help="Pictures for val.")
@click.option(
    "--most",
    type=click.IntRange(20, 20_000),
    default=2_000,
    show_default=True,
    help="Pictures for train; of more, so many are drawn by lot. All of them are in memory meanwhile.",
)
@seed
@force
def pairs_export(
    query: str,
    folder: Path,
    side: str,
    direction: Any,
    held_out: int,
    most: int,
    seed: int,
    force: bool,
    **shown: Any,
) -> None:
    """Write the pairs of a QUERY into FOLDER/train and FOLDER/val, for tools that train pix2pix elsewhere."""
    from leitmotiv.workflows import eye_pairs

    with session() as opened, bars() as report:
        made = eye_pairs.write(
            opened,
            query,
            folder,
            partial=partial_of(**shown),
            side=int(side),
            direction=direction,
            seed=seed,
            held_out=held_out,
            most=most,
            force=force,
            report=report,
        )
    data: dict[str, Any] = {"folder": str(made.folder), "train": made.taught, "val": made.held, "direction": direction}
    data["drawn_from"] = made.drawn_from
    show(data, lambda: f"{made.folder}: {made.taught:,} pairs to learn from, {made.held:,} held out; {direction}")
    if made.drawn_from:
        note(f"They were drawn by lot from {made.drawn_from:,} pictures; --most takes more.")


@pairs.command("import", cls=Verb)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--name", default="", metavar="NAME", help="What the eyes are called; the folder's name if not given.")
@shown_options
@side
@click.option(
    "--direction",
    type=click.Choice(["BtoA", "AtoB"]),
    help="Which half is learnt.  [default: as the export noted, else BtoA]",
)
@seed
def pairs_import(folder: Path, name: str, side: str, direction: Any, seed: int, **shown: Any) -> None:
    """Make patch eyes of a FOLDER of pairs; --shown and --direction say what they are where no export noted it."""
    from leitmotiv.workflows import eye_pairs

    with session(create=True) as opened:
        made = eye_pairs.imported(
            opened, folder, name, partial=partial_of(**shown), side=int(side), direction=direction, seed=seed
        )
    show(made.as_json(), lambda: line(made))


@click.command("compare", cls=Verb)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--eyes", "names", multiple=True, metavar="NAME", help="Eyes to measure beside; may be repeated.")
def compare(folder: Path, names: tuple[str, ...]) -> None:
    """Measure what another tool made, in the FOLDER of its results, beside eyes of the library.

    FOLDER holds three pictures each, as the usual tools write them: NAME_real_A, NAME_fake_B and NAME_real_B, or
    NAME-inputs, NAME-outputs and NAME-targets. Eyes are shown the target as they were in their making, and all are
    measured at the smallest side. Whether eyes have learnt from these targets, nobody can tell: take pictures that were
    held out by both. Prints the distance in levels (L1), structural similarity, the F1 of their edges with those that
    are there, and how far the colours lie from those that are there and from those shown.
    """
    from leitmotiv.workflows import eye_results, eyes

    with session() as opened, bars() as report:
        through = [eyes.get(opened, name) for name in names]
        found = eye_results.compare(opened, folder, through, report=report)
    results = [{"who": one.who, "shown": one.shown, "figures": asdict(one.figures)} for one in found.results]
    show({"pictures": found.pictures, "side": found.side, "results": results}, lambda: _table(found))


def _table(found: "Compared") -> str:
    head = f"{'who':24}{'shown':10}{'L1':>7}{'SSIM':>8}{'edges':>8}{'to there':>10}{'to shown':>10}"
    lines = [f"{found.pictures:,} pictures at {found.side} pixels", "", head]
    for one in found.results:
        figures = one.figures
        cells = f"{figures.l1:7.1f}{figures.ssim:8.3f}{figures.edges:8.3f}"
        lines.append(f"{one.who[:23]:24}{one.shown:10}{cells}{figures.to_known:10.1f}{figures.to_shown:10.1f}")
    return "\n".join(lines)
