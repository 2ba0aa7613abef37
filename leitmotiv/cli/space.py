"""`leitmotiv space`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, common_options, note, session, show, version_option

if TYPE_CHECKING:
    from leitmotiv.records import LearntSpace


@click.group("space", params=[*common_options(), version_option()])
def command() -> None:
    """Spaces of words and pictures that are learnt from captions (leitmotiv captions import)."""


@command.command("train", cls=Verb)
@click.option(
    "--name", default="learnt", show_default=True, metavar="NAME", help="An older one of this name is replaced."
)
@click.option(
    "--loss",
    type=click.Choice(("triplet", "sigmoid", "ridge")),
    default="triplet",
    show_default=True,
    help="Triplets, the cross-entropy of sigmoids, or least squares in closed form.",
)
@click.option(
    "--negatives",
    type=click.Choice(("random", "soft", "semi-hard", "hard")),
    default="random",
    show_default=True,
    help="Of triplets: which captions a picture must not come near.",
)
@click.option(
    "--margin", type=click.FloatRange(0, 4), default=1.0, show_default=True, help="Of triplets, in squared distance."
)
@click.option(
    "--words",
    type=click.Choice(("auto", "minilm", "wordllama", "glove", "ppmi")),
    default="auto",
    show_default=True,
    help="An encoder, or words learnt from the captions themselves.",
)
@click.option(
    "--epochs", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Rounds over all captions."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the order and of the negatives.")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME", help="Captions that count, as captions list names them."
)
@click.option("--use", is_flag=True, help="Search with it from now on.")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Draw the rounds into this file (SVG).")
def train(
    name: str,
    loss: str,
    negatives: str,
    margin: float,
    words: str,
    epochs: int,
    seed: int,
    sources: tuple[str, ...],
    use: bool,
    chart: Path | None,
) -> None:
    """Learn where pictures lie among words from their captions.

    It begins at the space without training and moves pictures towards their captions, round by round; each round is
    kept, so that the same command goes on after an interruption. The same captions and options give the same file.
    """
    from leitmotiv.workflows import places, space_training

    if chart is not None and loss == "ridge":
        raise click.UsageError("--chart draws rounds, and a ridge regression has none. Leave it out.")
    plan = space_training.plan(loss, negatives, margin, epochs, seed)
    with session() as opened, bars() as report:
        target = None if chart is None else places.outside_photos(opened, chart)
        learnt = space_training.train(
            opened,
            name,
            plan,
            words=words,  # type: ignore[arg-type]
            sources=sources,
            report=report,
            tell=lambda *told: _tell(epochs, *told),
        )
        if use:
            space_training.use(opened, name)
        if target is not None:
            places.write_file(target, [space_training.chart(learnt)])
        text = f"{name}: {space_training.described(learnt)}"
    show(_form(learnt), lambda: text)
    if not use:
        note(f"Search with it: leitmotiv space use {name}")


def _tell(epochs: int, number: int, loss: float, satisfied: float) -> None:
    note(f"  round {number} of {epochs}: loss {loss:.4f}, {100 * satisfied:.0f} % of triplets satisfied")


def _form(learnt: "LearntSpace") -> dict[str, Any]:
    return {"name": learnt.name, "loss": learnt.loss, "words": learnt.words, **learnt.card}


@command.command("use", cls=Verb)
@click.argument("name")
def use(name: str) -> None:
    """Search with the space NAME; untrained goes back to the one that needs no captions."""
    from leitmotiv.workflows import space_training

    with session() as opened:
        space_training.use(opened, name)
    show({"used": name}, lambda: f"searches use {name}")


@command.command("list", cls=Verb)
def list_() -> None:
    """Print the spaces of the library, the last one first; * is in use."""
    from leitmotiv.workflows import space_training

    with session() as opened:
        used = space_training.in_use(opened)
        found, broken = space_training.known(opened)
    lines = [f"{'*' if name == used else ' '} {name}: {space_training.described(one)}" for name, one in found.items()]
    lines += [f"{'*' if name == used else ' '} {name}: {reason}" for name, reason in broken.items()]
    lines.append(f"{'*' if used == 'untrained' else ' '} untrained: words of likely classes, no captions needed")
    failed = [{"name": name, "reason": reason} for name, reason in broken.items()]
    show({"used": used, "spaces": [_form(one) for one in found.values()], "failed": failed}, lambda: "\n".join(lines))


@command.command("forget", cls=Verb)
@click.argument("name")
def forget(name: str) -> None:
    """Remove the space NAME; searches go back to the untrained one, if it was in use."""
    from leitmotiv.workflows import space_training

    with session() as opened:
        space_training.forget(opened, name)
    show({"forgotten": name}, lambda: f"{name} forgotten")
