"""`leitmotiv evaluate taste`."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, session, show

if TYPE_CHECKING:
    from leitmotiv.workflows.evaluate_taste import TasteReport


@click.command("taste", cls=Verb)
@click.argument("name", metavar="SET")
@click.option(
    "--pairs",
    "counts",
    type=click.IntRange(1, 500),
    multiple=True,
    default=(10, 20, 40),
    show_default=True,
    help="Answers after which to measure; may be repeated.",
)
@click.option("--raters", type=click.IntRange(1), default=20, show_default=True, help="At most so many are held out.")
@click.option("--drawn-only", is_flag=True, help="Leave out asking the pairs that tell most, which takes longer.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of who is held out, and of pairs.")
def taste(name: str, counts: tuple[int, ...], raters: int, drawn_only: bool, seed: int) -> None:
    """Measure how well taste is learnt of raters that were held out.

    SET is an imported set of ratings that tells its raters, as that of the colour themes. The global critic learns from
    the other raters, and neither it nor the taste from a fifth of the pictures: of pairs of these, how many does the
    taste tell rightly, and how many the global critic, the baseline? Intervals are 95 %, over raters.
    """
    from leitmotiv.workflows.evaluate_taste import evaluate_taste

    with session() as opened, bars() as report:
        found = evaluate_taste(
            opened, name, counts=counts, raters=raters, asked=not drawn_only, seed=seed, report=report
        )
    show(asdict(found), lambda: "\n".join(lines(found)))


def lines(found: "TasteReport") -> list[str]:
    """The table."""
    told = [
        f"held out: {found.held_raters:,} of {found.raters:,} raters, {found.held_pictures:,} of {found.pictures:,} "
        f"pictures; {found.pairs:,} pairs of these",
        "",
        f"{'told':12}{'said':>6}{'rightly, by taste':>24}{'by everybody':>24}{'gained':>26}{'learnt in':>11}",
    ]
    for one in found.results:
        cells = (f"{x.value:.3f} [{x.low:.3f}, {x.high:.3f}]" for x in (one.personal, one.everybody))
        gained = f"{one.gained.value:+.3f} [{one.gained.low:+.3f}, {one.gained.high:+.3f}]"
        told.append(f"{one.way:12}{one.said:6.0f}" + "".join(f"{cell:>24}" for cell in cells))
        told[-1] += f"{gained:>26}{one.seconds:9.2f} s"
    return told
