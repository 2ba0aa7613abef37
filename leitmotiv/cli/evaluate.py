"""`leitmotiv evaluate`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.critic import evaluate as critic_evaluation
from leitmotiv.cli.evaluate_eyes import eyes
from leitmotiv.cli.evaluate_taste import taste
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, clean, common_options, finish, settings, show, tell_failures, version_option

if TYPE_CHECKING:
    from leitmotiv.workflows.evaluate import LookReport
    from leitmotiv.workflows.evaluate_boards import BoardsReport
    from leitmotiv.workflows.evaluate_duplicates import DuplicatesReport
    from leitmotiv.workflows.evaluate_search import SearchReport, SearchResult
    from leitmotiv.workflows.evaluate_space import SpaceReport


@click.group("evaluate", params=[*common_options(), version_option()])
def command() -> None:
    """Measure how well leitmotiv does on pictures whose truth is known. No library is touched."""


@command.command("look", cls=Verb)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--variants", is_flag=True, help="Alter each picture of DIR in seven ways; its own copies are its truth.")
@click.option("--limit", type=click.IntRange(2), help="Most files, drawn evenly; 100 with --variants if not given.")
@click.option("--seed", type=int, help="Of the draw, the fits and the alterations (default 0).")
@click.option("--workers", type=int, help="Processes that read pictures; one for each core if not given.")
def look(folder: Path, variants: bool, limit: int | None, seed: int | None, workers: int | None) -> None:
    """Measure how well the look finds pictures that belong together.

    DIR has a folder for each category. Each picture is a query, and the others of its category are to be found.
    Prints recall among the 7 nearest, precision among the 10 nearest, and mean average precision, each with a 95 %
    interval from draws of whole categories (of sources with --variants), for the measure that the settings choose, what
    the pictures show (the subject, and blends with it), its alternatives, and three simpler ones. The last column is
    the difference of the mean average precision to the first line, over the same draws.
    """
    from leitmotiv.workflows.evaluate import evaluate_look

    chosen = settings(seed=seed, workers=workers)
    with bars() as report:
        found = evaluate_look(chosen, folder, variants=variants, limit=limit, report=report)
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    show({**asdict(found), "failed": failed}, lambda: _table(found))
    tell_failures(found.failed)
    finish(len(found.failed))


def _table(found: "LookReport") -> str:
    groups = "sources, each altered in seven ways" if found.truth == "variants" else "categories"
    width = max(len(one.name) for one in found.measures)
    lines = [f"{found.pictures:,} pictures of {found.groups:,} {groups}; chance {found.chance:.3f}; * is in use", ""]
    lines.append(f"  {'':{width}}" + "".join(f"{name:>21}" for name in (*found.measures[0].results, "difference")))
    for one in found.measures:
        cells = [f"{cell.value:7.3f} [{cell.low:.3f}, {cell.high:.3f}]" for cell in one.results.values()]
        apart = one.difference
        last = "" if one.in_use else f"{apart.value:+7.3f} [{apart.low:+.3f}, {apart.high:+.3f}]"
        line = f"{'* ' if one.in_use else '  '}{one.name:{width}}" + "".join(f"{cell:>21}" for cell in cells)
        lines.append(f"{line}  {last}".rstrip())
    return "\n".join(lines)


@command.command("duplicates", cls=Verb)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--altered", type=click.IntRange(2), default=100, show_default=True, help="Pictures to make copies of.")
@click.option("--limit", type=click.IntRange(2), help="Most files, drawn evenly.")
@click.option("--seed", type=int, help="Of the draws, the fits and the alterations (default 0).")
@click.option("--workers", type=int, help="Processes that read pictures; one for each core if not given.")
def duplicates(folder: Path, altered: int, limit: int | None, seed: int | None, workers: int | None) -> None:
    """Measure how well copies of pictures are told from all others.

    Some pictures of DIR are cropped, brightened, darkened, tinted, recompressed, framed, captioned, turned by 3
    degrees, greyed and mirrored; each copy is to be found beside its original among everything in DIR. Prints recall
    and precision of the pairs that leitmotiv suggests, of those that it groups by itself, and of two perceptual hashes
    at the largest threshold that still has a precision of 0.99, with 95 % intervals from draws of whole pictures, and
    the recall for each alteration. Pictures that were each other's copies before are left out.
    """
    from leitmotiv.workflows.evaluate_duplicates import evaluate_duplicates

    chosen = settings(seed=seed, workers=workers)
    with bars() as report:
        found = evaluate_duplicates(chosen, folder, count=altered, limit=limit, report=report)
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    show({**asdict(found), "failed": failed}, lambda: _copies_table(found))
    tell_failures(found.failed)
    finish(len(found.failed))


def _copies_table(found: "DuplicatesReport") -> str:
    lines = [
        f"{found.altered:,} of {found.pictures:,} pictures, {found.made:,} copies; {len(found.twins):,} left out as"
        f" copies that were there before",
        f"{found.pairs:,} pairs measured, {found.closer:,} by keypoints, in {found.seconds:.1f} s",
        "",
    ]
    width = max(20, *(len(one.name) for one in found.methods))
    lines.append(f"{'':{width}}{'recall':>21}{'precision':>21}{'wrong':>8}")
    for one in found.methods:
        cells = [f"{x.value:.3f} [{x.low:.3f}, {x.high:.3f}]" for x in (one.judged.recall, one.judged.precision)]
        lines.append(f"{one.name:{width}}" + "".join(f"{cell:>21}" for cell in cells) + f"{one.judged.wrong:>8,}")
    lines += ["", f"{'recall of copies':{width}}" + "".join(f"{one.name:>28}" for one in found.methods)]
    for kind in found.methods[0].judged.kinds:
        lines.append(f"{kind:{width}}" + "".join(f"{one.judged.kinds[kind]:>28.2f}" for one in found.methods))
    if found.mistakes:
        lines += ["", "Held to be copies, wrongly (the first ten):"]
        lines += [f"  {a} ({b or 'as it is'})  {c} ({d or 'as it is'})" for a, b, c, d in found.mistakes[:10]]
    return "\n".join(lines)


@command.command("boards", cls=Verb)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--positives",
    multiple=True,
    type=click.IntRange(1),
    help="Pictures of a board; may be repeated. 1, 2, 4 and 8 if not given.",
)
@click.option("--seeds", type=click.IntRange(1), default=5, show_default=True, help="Draws of each board: 0, 1, ….")
def boards(folder: Path, positives: tuple[int, ...], seeds: int) -> None:
    """Measure how well mood boards find the rest of their kind.

    DIR has a folder for each category. Boards are drawn from one category, without negatives; everything that is not
    on the board is put in order, and the others of the category are to be found. Prints mean average precision over
    categories and draws, with 95 % intervals from draws of whole categories, beside the classifier of cavlib on the
    same pictures, which is given as many negatives from other categories; the difference of the two; and the category
    that is found worst. Then how far "likely" can be believed: what boards of 2, 4 and 8 say of pictures that belong
    and of others, in small collections of some categories, with the Brier score and the expected calibration error.
    """
    from leitmotiv.workflows.evaluate_boards import POSITIVES, evaluate_boards

    with bars() as report:
        found = evaluate_boards(settings(), folder, positives=positives or POSITIVES, seeds=seeds, report=report)
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    show({**asdict(found), "failed": failed}, lambda: _boards_table(found))
    tell_failures(found.failed)
    finish(len(found.failed))


def _boards_table(found: "BoardsReport") -> str:
    lines = [f"{found.pictures:,} pictures of {found.kinds:,} categories, {found.seeds} boards of each", ""]
    lines.append(f"{'positives':>9}{'board':>23}{'cavlib, SGD':>23}{'difference':>25}  worst category")
    for one in found.results:
        cells = [f"{x.value:.3f} [{x.low:.3f}, {x.high:.3f}]" for x in (one.ours, one.cavlib)]
        apart = f"{one.difference.value:+.3f} [{one.difference.low:+.3f}, {one.difference.high:+.3f}]"
        row = f"{one.positives:>9}" + "".join(f"{cell:>23}" for cell in cells) + f"{apart:>25}"
        lines.append(f"{row}  {clean(one.worst)} {one.worst_value:.3f}")
    if found.likely:
        lines += ["", "How far “likely” can be believed, in collections of some kinds with 8 to 32 pictures of each:"]
        lines.append(f"{'kinds':>9}{'boards':>8}{'of its kind':>13}{'of others':>11}{'Brier':>8}{'error':>8}   alone")
        lines += [
            f"{one.kinds:>9}{one.boards:>8}{one.of_kind:>13.3f}{one.of_others:>11.3f}{one.brier:>8.4f}{one.error:>8.4f}"
            f"   {one.lone_brier:.4f} {one.lone_error:.4f}"
            for one in found.likely
        ]
        lines.append("Said and true: " + ", ".join(f"{one.said:.2f} {one.true:.2f}" for one in found.bins))
    return "\n".join(lines)


@command.command("search", cls=Verb)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--captions", is_flag=True, help="Ask for the pictures' own captions in place of the folders' names.")
@click.option("--seed", type=int, help="Of the order of equal scores and of what is drawn (default 0).")
@click.option("--workers", type=int, help="Threads that read pictures; one for each core if not given.")
def search(folder: Path, captions: bool, seed: int | None, workers: int | None) -> None:
    """Measure how well words find pictures.

    DIR has a folder for each category; its name, with spaces for underscores, is what is asked for, and its pictures
    are to be found among all. Prints precision among the first 5 and 10, mean average precision and nDCG, each with a
    95 % interval from draws of names, for single names and for unions of two; beside it the vectors alone, the names
    of the five likeliest classes as tags, and a random order.

    With --captions, captions beside and inside the pictures are asked, 300 at most, and the pictures of each are to be
    found. No learnt space is used; leitmotiv evaluate space measures those.
    """
    from leitmotiv.workflows.evaluate_search import evaluate_search

    chosen = settings(seed=seed, workers=workers)
    with bars() as report:
        found = evaluate_search(chosen, folder, captions=captions, report=report)
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    show({**asdict(found), "failed": failed}, lambda: _search_table(found))
    tell_failures(found.failed)
    finish(len(found.failed))


def _search_table(found: "SearchReport") -> str:
    weakest = ", ".join(f"{clean(name)} {value:.2f}" for name, value in found.weakest)
    return "\n".join(
        [
            f"{found.pictures:,} pictures; words by {found.encoder}",
            "",
            *_search_rows(f"{found.queries:,} names", found.single),
            "",
            *_search_rows(f"{found.pairs:,} unions of two", found.unions),
            "",
            f"Balance of the two in unions {found.balance:.2f}. Found worst: {weakest}",
        ]
    )


def _search_rows(heading: str, results: "tuple[SearchResult, ...]") -> list[str]:
    width = max(len(heading), *(len(one.name) for one in results))
    lines = [f"{heading:{width}}" + "".join(f"{name:>22}" for name in results[0].results)]
    for one in results:
        cells = [f"{cell.value:.3f} [{cell.low:.3f}, {cell.high:.3f}]" for cell in one.results.values()]
        lines.append(f"{one.name:{width}}" + "".join(f"{cell:>22}" for cell in cells))
    return lines


@command.command("space", cls=Verb)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--captions", "table", type=click.Path(path_type=Path), metavar="FILE", help="A file that has the captions of DIR."
)
@click.option(
    "--loss",
    type=click.Choice(("triplet", "sigmoid", "ridge")),
    default="triplet",
    show_default=True,
    help="As in space train.",
)
@click.option(
    "--negatives",
    type=click.Choice(("random", "soft", "semi-hard", "hard")),
    default="random",
    show_default=True,
    help="As in space train.",
)
@click.option("--margin", type=click.FloatRange(0, 4), default=1.0, show_default=True, help="As in space train.")
@click.option(
    "--words",
    type=click.Choice(("auto", "minilm", "wordllama", "glove", "ppmi")),
    default="auto",
    show_default=True,
    help="As in space train.",
)
@click.option("--epochs", type=click.IntRange(1, 10_000), default=20, show_default=True, help="As in space train.")
@click.option("--folds", type=click.IntRange(2), default=5, show_default=True, help="Parts; each is asked once.")
@click.option("--every", is_flag=True, help="Measure every loss and every kind of negatives.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the parts and of the training.")
def space(
    folder: Path | None,
    table: Path | None,
    loss: str,
    negatives: str,
    margin: float,
    words: str,
    epochs: int,
    folds: int,
    every: bool,
    seed: int,
) -> None:
    """Measure how well captions find their pictures, untrained and learnt.

    The pictures of DIR that have captions beside or inside them (of the library without DIR) are parted; a space is
    learnt from all parts but one, and each picture of that one is looked for by its caption among those of its part.
    Once they are parted by file, where pictures with the same caption stay together, once by folder, so that nothing
    was learnt from the folders that are asked. Prints recall among the first 1, 5 and 10 and the median place, with
    95 % intervals from draws of whole captions or folders, and the gain in recall at 10 over the untrained space. The
    last two lines are whole searches, with what was learnt and without.
    """
    from leitmotiv.workflows import space_training
    from leitmotiv.workflows.evaluate_space import evaluate_space

    plan = space_training.plan(loss, negatives, margin, epochs, seed)
    with bars() as report:
        found = evaluate_space(
            settings(),
            folder,
            table=table,
            plan=plan,
            words=words,  # type: ignore[arg-type]
            folds=folds,
            every=every,
            report=report,
        )
    failed = [{"path": clean(path), "reason": reason} for path, reason in found.failed]
    show({**asdict(found), "failed": failed}, lambda: _space_table(found))
    tell_failures(found.failed)
    finish(len(found.failed))


def _space_table(found: "SpaceReport") -> str:
    lines = [
        f"{found.pictures:,} pictures with {found.captions:,} captions in {found.folders:,} folders; {found.none:,} "
        f"without; words of {found.words}; each is looked for among about {found.pool:,}"
    ]
    for split, ways in found.results.items():
        width = max(len(split), *map(len, ways))
        heads = ("R@1", "R@5", "R@10", "median place", "gain in R@10")
        lines += ["", f"{split:{width}}" + "".join(f"{head:>24}" for head in heads)]
        for way, one in ways.items():
            cells = [f"{cell.value:.3f} [{cell.low:.3f}, {cell.high:.3f}]" for cell in one.recall]
            cells.append(f"{one.median.value:.1f} [{one.median.low:.1f}, {one.median.high:.1f}]")
            if one.gain is not None:
                cells.append(f"{one.gain.value:+.3f} [{one.gain.low:+.3f}, {one.gain.high:+.3f}]")
            lines.append(f"{way:{width}}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)


command.add_command(critic_evaluation, "critic")
command.add_command(eyes)
command.add_command(taste)
