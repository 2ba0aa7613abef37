"""`leitmotiv evolve`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, session, show

if TYPE_CHECKING:
    from leitmotiv.records import Round, Run

DESIGNS = ("landscape", "poster", "lettering", "palette", "star", "heart", "spiral", "trapezoid", "crop", "collage")


@click.command("evolve", cls=Verb)
@click.option("--design", type=click.Choice(DESIGNS), default="landscape", show_default=True, help="What evolves.")
@click.option("--critic", default="", metavar="NAME", help='Who judges: a critic, or "plain"; the last trained first.')
@click.option("--rounds", type=click.IntRange(1, 200), show_default="10", help="How many; with --run up to which.")
@click.option("--batch", type=click.IntRange(4, 64), default=32, show_default=True, help="Designs a round.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same designs.")
@click.option("--greedy", is_flag=True, help="Only variations of the best one, to compare with.")
@click.option("--of", "pictures", default="", metavar="FILTERS", help="For crops and collages: only these pictures.")
@click.option(
    "--run", "number", type=click.IntRange(1), help="Go on with this run instead: to its end, or to --rounds."
)
@click.option("--list", "listed", is_flag=True, help="Print the runs that there are.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write sheets, winners and the best there, as PNG and SVG.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
def command(
    design: str,
    critic: str,
    rounds: int | None,
    batch: int,
    seed: int,
    greedy: bool,
    pictures: str,
    number: int | None,
    listed: bool,
    output: Path | None,
    force: bool,
) -> None:
    """Evolve designs under a critic: landscapes, posters, palettes, shapes, crops and collages of your pictures.

    A round has 32 designs; the critic scores them, the best are crossed and varied, and designs that it cannot tell
    from the best go by how new they are. Every round is kept: a run that was interrupted goes on with --run. The page
    /evolve shows runs, and lets you choose in the critic's place.
    """
    from leitmotiv.workflows import evolved, evolving

    if number is not None:
        _beside()
    with session(create=True) as opened, bars() as report:
        if listed:
            found = evolving.listed(opened)
            show({"runs": [evolved.told(one, []) | {"done": one.done} for one in found]}, lambda: _list(found))
            if not found:
                sys.exit(1)
            return
        if number is None:
            number = evolving.start(
                opened,
                design,
                pictures=pictures,
                critic=critic,
                rounds=rounds or evolving.ROUNDS,
                batch=batch,
                seed=seed,
                greedy=greedy,
            ).id
            rounds = None
        elif rounds is not None and rounds > evolving.of(opened, number)[0].rounds:
            evolving.extend(opened, number, rounds)
        run, made = evolving.go_on(opened, number, until=rounds, report=report)
        written = evolved.write(opened, run, made, output, force=force) if output is not None else []
    data: dict[str, Any] = evolved.told(run, made)
    show(data | {"files": [str(one) for one in written]}, lambda: _lines(run, made, data))
    if output is not None:
        note(f"{len(written)} files in {output}")


def _beside() -> None:
    """Refuse what a run was begun with, and cannot be changed now."""
    context = click.get_current_context()
    for name in ("design", "critic", "batch", "seed", "greedy", "pictures"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            flag = "--of" if name == "pictures" else f"--{name}"
            raise click.UsageError(
                f"{flag} cannot be changed in a run that was begun: leave it out, or leave out --run."
            )


def _list(found: "list[Run]") -> str:
    return (
        "\n".join(
            f"{one.id:>4}  {one.design:10} {one.done:>3} of {one.rounds} rounds  by {one.critic}, seed {one.seed}"
            f"{', greedy' if one.greedy else ''}"
            for one in found
        )
        or "No run yet: leitmotiv evolve."
    )


def _lines(run: "Run", rounds: "list[Round]", data: dict[str, Any]) -> str:
    lines = [f"run {run.id}: {run.design} by {run.critic}, seed {run.seed}, {data['judged']:,} designs judged"]
    for one in rounds:
        median = sorted(one.scores.tolist())[len(one.scores) // 2]
        twins = sum(twin >= 0 for twin in one.twins)
        score, band = one.scores[one.chosen], one.bands[one.chosen]
        found = f"{one.number + 1:>4}  winner {score:5.2f}  ± {band:4.2f}  median {median:5.2f}  {twins:>2} twins"
        lines.append("  ".join(filter(None, [found, one.note, "chosen by you" if one.picks else ""])))
    first = sorted(rounds[0].scores.tolist())[len(rounds[0].scores) // 2]
    best = f"best {data['best']['score']:.2f}, of round {data['best']['round'] + 1}; {first:.2f} in the median at first"
    return "\n".join([*lines, best])
