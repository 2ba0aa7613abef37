"""`leitmotiv evaluate eyes`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, clean, finish, settings, show, tell_failures

if TYPE_CHECKING:
    from leitmotiv.workflows.evaluate_eyes import EyesReport

SHOWN = ("edges", "random regions", "ordered regions")


@click.command("eyes", cls=Verb)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--shown", multiple=True, type=click.Choice(SHOWN), help="What is shown; may be repeated. All if not given."
)
@click.option(
    "--loss", "losses", multiple=True, type=click.Choice(["l1", "gan"]), help="May be repeated; both if not given."
)
@click.option(
    "--side", type=click.Choice(["32", "64", "128", "256"]), default="64", show_default=True, help="Pixels a side."
)
@click.option(
    "--width",
    type=click.Choice(["4", "8", "16", "32", "64"]),
    default="16",
    show_default=True,
    help="Channels of the first layer.",
)
@click.option("--learnt", type=click.IntRange(20), default=200, show_default=True, help="Pictures to learn from.")
@click.option("--held", type=click.IntRange(2), default=50, show_default=True, help="Pictures to measure by.")
@click.option("--steps", type=click.IntRange(1), default=2000, show_default=True, help="Of each training.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draw and of the trainings.")
@click.option("--workers", type=int, help="Threads; one for each core if not given.")
def eyes(
    folder: Path,
    shown: tuple[str, ...],
    losses: tuple[Any, ...],
    side: str,
    width: str,
    workers: int | None,
    **numbers: int,
) -> None:
    """Measure how near trained eyes come on pictures that they do not know.

    Eyes are trained on some pictures of DIR and measured on others, beside copying what is shown, the mean picture and
    patches. Prints the distance in levels (L1), structural similarity, the F1 of the edges of what is seen with those
    of what is shown, and how far the colours that are seen lie from those of the pictures learnt from and from those
    shown. With L1 alone the step that did best on a third group of pictures counts; with a judge the last. Needs torch.
    """
    from leitmotiv.workflows.evaluate_eyes import evaluate_eyes

    with bars() as report:
        found = evaluate_eyes(
            settings(workers=workers),
            folder,
            shown=shown or SHOWN,
            losses=losses or ("l1", "gan"),
            side=int(side),
            width=int(width),
            report=report,
            **numbers,
        )
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    results = [
        {"shown": one.shown, "way": one.way, "figures": asdict(one.figures)}
        | {"steps": one.steps, "seconds": one.seconds, "busy": one.busy}
        for one in found.results
    ]
    size = {"side": found.side, "width": found.width, "learnt": found.learnt, "held": found.held}
    show({**size, "frames": found.frames, "results": results, "failed": failed}, lambda: _table(found))
    tell_failures(list(found.failed))
    finish(len(found.failed))


def _table(found: "EyesReport") -> str:
    lines = [
        f"{found.learnt:,} pictures learnt from, {found.watched:,} watched, {found.held:,} held out;"
        f" {found.side} pixels, width {found.width}; {found.frames:.1f} pictures a second",
        "",
        f"{'shown':17}{'way':9}{'L1':>7}{'SSIM':>8}{'edges':>8}{'to known':>10}{'to shown':>10}"
        f"{'step':>8}{'seconds':>9}{'busy':>8}",
    ]
    for one in found.results:
        figures = one.figures
        line = f"{one.shown:17}{one.way:9}{figures.l1:7.1f}{figures.ssim:8.3f}{figures.edges:8.3f}"
        line += f"{figures.to_known:10.1f}{figures.to_shown:10.1f}"
        lines.append(line + (f"{one.steps:8,}{one.seconds:9.0f}{one.busy:8.0f}" if one.steps else ""))
    return "\n".join(lines)
