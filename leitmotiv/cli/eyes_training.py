"""`leitmotiv eyes train`."""

from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.eyes_options import partial_of, shown_options, table
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, session, show, tell

if TYPE_CHECKING:
    from leitmotiv.records import Eyes

SIDES = ("32", "64", "128", "256")
WIDTHS = ("4", "8", "16", "32", "64")


@click.command("train", cls=Verb)
@click.argument("query", required=False, metavar="[QUERY]")
@click.option("--name", default="", metavar="NAME", help="What they are called; the query if not given.")
@shown_options
@click.option("--side", type=click.Choice(SIDES), default="64", show_default=True, help="Pixels a side.")
@click.option(
    "--width", type=click.Choice(WIDTHS), default="16", show_default=True, help="Channels of the first layer (ngf)."
)
@click.option(
    "--loss",
    type=click.Choice(["gan", "l1"]),
    default="gan",
    show_default=True,
    help="With a judge beside the distance, or by the distance alone.",
)
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="When to end; 10 without --steps.")
@click.option("--steps", type=click.IntRange(1), help="When to end, if that comes first.")
@click.option("--every", type=click.IntRange(1), default=250, show_default=True, help="Steps between samples.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same eyes.")
@click.option("--from", "start_from", default="", metavar="EYES", help="Begin with these eyes, of the same size.")
@click.option("--go-on", metavar="EYES", help="Go on with this training instead, to --minutes or --steps altogether.")
def train(
    query: str | None,
    name: str,
    side: str,
    width: str,
    loss: Any,
    minutes: float | None,
    steps: int | None,
    every: int,
    seed: int,
    start_from: str,
    go_on: str | None,
    **shown: Any,
) -> None:
    """Train a network on the pictures of a QUERY, so that it sees everything as those are.

    Part of the pictures is held out, to measure by. Ctrl-C ends the training: what was learnt by then is kept, and the
    same command goes on from there, also after the process was killed. Samples (what is shown, what is seen, what is
    there) are written beside the eyes every so many steps. Needs torch: pip install 'leitmotiv[train]'. Sides of 64 and
    widths of 16 take minutes on two cores; 256 and 64 are the sizes of pix2pix, for a GPU.
    """
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows import eyes, training

    if (query is None) == (go_on is None):
        raise UsageError("Name a QUERY to train on, or the eyes to go on with: --go-on EYES.")
    limits: dict[str, Any] = {"minutes": minutes or 0.0, "steps": steps or 0}
    with session() as opened, bars() as report:
        if go_on is not None:
            id = go_on
        else:
            id = training.begin(
                *(opened, name, query or ""),
                partial=partial_of(**shown),
                side=int(side),
                width=int(width),
                loss=loss,
                every=every,
                seed=seed,
                start_from=start_from,
                **limits,
            ).id
            limits = {}
        if query and eyes.by_chance(opened, query):
            tell(f"Nothing stands out for {query!r}: they learn from what comes nearest.")
        note(f"Samples: {opened.library.eyes.path(id)}")
        made = training.go_on(opened, id, report=report, **limits)
    show(made.as_json(), lambda: _lines(made))


def _lines(made: "Eyes") -> str:
    card = made.card
    learnt = f"{card['steps']:,} steps in {card['minutes']:.1f} minutes, {card['pictures']} pictures"
    head = f"{made.name} ({made.id}): {learnt}"
    lines = [head, "", *table(card["figures"])]
    return "\n".join([*lines, "", *card["limits"], f"Next: leitmotiv eyes apply IMAGE --eyes {made.id}"])
