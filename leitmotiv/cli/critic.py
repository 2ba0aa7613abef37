"""`leitmotiv critic`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli import critic_drawn, critic_duplicates, critic_flags, critic_keepers, critic_network, critic_pairs
from leitmotiv.cli.critic_card import card, table
from leitmotiv.cli.critic_heading import asked, heading
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import (
    Verb,
    clean,
    common_options,
    finish,
    has_library,
    note,
    printable,
    session,
    show,
    tell_failures,
    version_option,
)

if TYPE_CHECKING:
    from leitmotiv.records import Ranking
    from leitmotiv.workflows.critic_files import Scored

_COLUMNS = "score  ± votes above   path"
"""Mean of the votes, how they would differ, how much of the others scores less, and which picture."""
_named = click.option(
    "--critic", "name", default="", metavar="NAME", help="Which; else the last that beats its baseline."
)


@click.group("critic", params=[*common_options(), version_option()])
def command() -> None:
    """Critics: learnt from ratings, they tell how people would vote on a picture, 1 to 10."""


@command.command("train", cls=Verb)
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
@click.option("--name", default="", metavar="NAME", help="Of the critic; the first set's if not given.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of what is held out.")
@click.option(
    "--spread",
    type=click.Choice(["wide", "narrow"]),
    default="wide",
    show_default=True,
    help="Where stars lie on 1 to 10: 1, 3, 5, 7, 9 or 3 to 7.",
)
@click.option(
    "--smoothing", type=click.FloatRange(0), default=0.0, show_default=True, help="Votes of the prior of labels."
)
@click.option("--classic", is_flag=True, help="Learn the softmax of counts, to see why not.")
@critic_network.options
@critic_drawn.sheet
@critic_drawn.curves
@critic_drawn.force
def train(
    sets: tuple[str, ...],
    name: str,
    seed: int,
    spread: Any,
    smoothing: float,
    classic: bool,
    sheet: Path | None,
    curves: Path | None,
    force: bool,
    **network: Any,
) -> None:
    """Learn from ratings: imported sets (leitmotiv ratings sets), or your own stars, as SET "stars".

    From 20 pictures on a fifth is held out for the figures, which stand beside what a critic would reach that says the
    same of every picture; the critic that is kept then learns from all. Nothing is drawn: the same ratings give the
    same critic.

    With --network the backbone learns, too, in torch (pip install 'leitmotiv[train]'): first the head, then all layers,
    on a GPU where torch finds one. Ctrl-C keeps the state, and the same command goes on from there, also after the
    process was killed. Scores need no torch.
    """
    from leitmotiv.workflows import critics

    labels: dict[str, Any] = {"spread": spread, "smoothing": smoothing, "classic": classic}
    files = {"sheet": sheet, "curves": curves}
    if network["network"]:
        critic_network.train(sets, name, seed, files, force, labels, **network)
        return
    critic_network.refuse(**network)
    with session() as opened, bars() as report:
        made = critics.train(
            opened,
            sets,
            name=name,
            seed=seed,
            report=report,
            **labels,
        )
        critic_drawn.training(opened, sets, files, force, seed=seed, **labels)
        doubt = critics.doubt(opened, made.name)
    show({"name": made.name, "layer": made.layer, **made.card}, lambda: card(made))
    if doubt:
        note(f"{doubt} For instance: leitmotiv critic rank --critic {made.name}.")


@command.command("show", cls=Verb)
@click.argument("name", required=False, default="")
def show_(name: str) -> None:
    """Print a critic's card: data, figures with their baselines, limits. Without NAME, all critics."""
    from leitmotiv.workflows import critics

    with session() as opened:
        if name:
            one = critics.get(opened, name)
            show({"name": one.name, "layer": one.layer, **one.card}, lambda: card(one))
            return
        found = critics.every(opened)
    show({"critics": found}, lambda: "\n".join(found))
    if len(found) == 1:
        note("A critic of your own: leitmotiv critic train stars.")


@command.command("rank", cls=Verb)
@_named
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option("--of", "of", default="", metavar="FILTERS", help="Only these pictures.")
@click.option(
    "--sort",
    type=click.Choice(["-score", "score", "controversial"]),
    default="-score",
    show_default=True,
    help="Best first, worst first, or where raters would differ most first.",
)
@click.option("--paths", is_flag=True, help="Print paths only, one a line.")
def rank(name: str, n: int, of: str, sort: str, paths: bool) -> None:
    """Print pictures of the library: score, deviation, how much of the library scores less, path."""
    from leitmotiv.web import forms
    from leitmotiv.workflows import browse, critics, critiques

    with session() as opened, bars() as report:
        critic = asked(opened, name)
        critiques.ensure(opened, critic, report)
        ranking = critics.rank(opened, critic, text=of, sort=sort, n=n)
        scores = critiques.of_library(opened, critic).mean
        odd = browse.odd_paths(opened, ranking)
    if paths:
        click.echo(b"".join(odd.get(one.id, os.fsencode(one.path)) + b"\n" for one in ranking.results), nl=False)
    else:
        above = heading(critic.name, _COLUMNS, scores, "this library")
        show(forms.ranking(ranking, odd), lambda: "\n".join([*above, *_lines(ranking)] if ranking.results else []))
    if not ranking.results:
        sys.exit(1)


def _lines(ranking: "Ranking") -> list[str]:
    return [
        f"{one.score:5.2f}  ± {one.deviation or 0:4.2f}  {one.percentile or 0:5.1f} %  {printable(one.path)}"
        for one in ranking.results
    ]


@command.command("score", cls=Verb)
@click.argument("folders", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@_named
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "idealo"]),
    default="table",
    show_default=True,
    help="idealo is JSON of image_id and mean_score_prediction.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def score(folders: tuple[Path, ...], name: str, form: str, output: Path | None, force: bool) -> None:
    """Score the pictures of any folder, the best first; they are not added to the library."""
    from leitmotiv.workflows import critic_files, critics
    from leitmotiv.workflows.places import outside_photos, write_file

    there = has_library()
    name = name if name or there else critics.TECHNICAL
    with session(create=True) as opened, bars() as report:  # without a library none is made: nothing asks for it
        found = critic_files.score(opened, critic := asked(opened, name), folders, report)
        forms = {"csv": critic_files.as_csv, "idealo": critic_files.as_idealo}
        data = forms[form](found) if form in forms else _table(found, critic.name)
        if output is not None:
            write_file(outside_photos(opened, output) if there else output, [data], force=force)
    if output is None and (form != "table" or not _as_json(found)):
        click.echo(data, nl=False)
    tell_failures(found.failed)
    if not found.paths and not found.failed:
        note("There is no picture in that folder.")
        sys.exit(1)
    finish(len(found.failed))


def _as_json(found: "Scored") -> bool:
    """Print the result as one object where --json asks for it; whether it did."""
    from leitmotiv.cli.verbs import common

    if not common("json"):
        return False
    told = found.critique
    results = [
        {
            "path": clean(told.ids[row]),
            "score": float(told.mean[row]),
            "deviation": float(told.deviation[row]),
            "percentile": float(told.percentile[row]),
            "histogram": told.shares[row].tolist(),
        }
        for row in (-told.mean).argsort(kind="stable").tolist()
    ]
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    show({"mean": float(told.mean.mean()) if results else None, "results": results, "failed": failed}, lambda: "")
    return True


def _table(found: "Scored", name: str) -> bytes:
    told = found.critique
    above = heading(name, _COLUMNS, told.mean, f"{len(told.mean):,} pictures") if found.paths else []
    lines = [f"{line}\n" for line in above]
    for row in (-told.mean).argsort(kind="stable").tolist():
        numbers = f"{told.mean[row]:5.2f}  ± {told.deviation[row]:4.2f}  {told.percentile[row]:5.1f} %"
        lines.append(f"{numbers}  {printable(told.ids[row])}\n")
    return clean("".join(lines)).encode()


@command.command("forget", cls=Verb)
@click.argument("name")
def forget(name: str) -> None:
    """Remove a critic; the ratings stay."""
    from leitmotiv.workflows import critics

    with session() as opened:
        critics.remove(opened, name)
    show({"removed": name}, lambda: f"{name} removed")


@click.command("evaluate", cls=Verb)
@click.argument("labels", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("predictions", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the draws for the intervals.")
@critic_drawn.sheet
@click.option("--images", type=click.Path(path_type=Path, exists=True), metavar="DIR", help="Pictures for the sheet.")
@critic_drawn.force
def evaluate(labels: Path, predictions: Path, seed: int, sheet: Path | None, images: Path | None, force: bool) -> None:
    """Measure predictions by labels, both in idealo's JSON; whose model made them does not matter.

    LABELS has image_id and label (ten counts or shares), PREDICTIONS image_id and mean_score_prediction, or ten shares
    as histogram. Every figure has its 95 % interval, over draws of pictures, and beside it what a critic would reach
    that says the same of every picture: "good", or the mean histogram of these labels.
    """
    from dataclasses import asdict

    from leitmotiv.workflows.critic_files import evaluate
    from leitmotiv.workflows.critics import NAMES, told

    found = evaluate(labels, predictions, seed=seed)
    critic_drawn.predictions(labels, predictions, images, sheet, force, seed=seed)
    figures = {one.name: told(one) for one in found.figures}
    counts = f"{found.pictures:,} pictures; {found.unpredicted:,} labels without a prediction, "
    counts += f"{found.unlabelled:,} predictions without a label"
    lines = [counts, *table(figures, NAMES)]
    if found.means_only:
        lines.append("Some predictions are means alone: figures of whole histograms are left out.")
    show({**asdict(found), "figures": figures}, lambda: "\n".join(lines))
    for where, why in found.corrupt[:20]:
        note(f"  left out: {printable(where)}: {why}")


command.add_command(evaluate)
command.add_command(critic_network.export)
command.add_command(critic_flags.command)
command.add_command(critic_pairs.pairs)
command.add_command(critic_pairs.taste)
command.add_command(critic_keepers.keepers)
command.add_command(critic_keepers.explain)
command.add_command(critic_duplicates.duplicates)
