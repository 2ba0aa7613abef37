"""`leitmotiv critic pairs` and `leitmotiv critic taste`."""

import os
import sys
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.critic_heading import heading
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, printable, session, show

if TYPE_CHECKING:
    from leitmotiv.workflows.session import Session

_critic = click.option("--critic", "critic", default="", metavar="NAME", help="The global critic to begin from.")
_of = click.option("--of", "of", default="", metavar="FILTERS", help="Only these pictures.")


@click.command("pairs", cls=Verb)
@_critic
@_of
@click.option(
    "--prefer", nargs=2, metavar="ID OTHER", help="Write down that the first is preferred; of the pages, by arrow keys."
)
@click.option("--neither", nargs=2, metavar="ID OTHER", help="Write down that neither is: they are not asked again.")
def pairs(critic: str, of: str, prefer: tuple[str, str] | None, neither: tuple[str, str] | None) -> None:
    """Which of these two? Print the pair whose answer would tell most about your taste, or write an answer down.

    At a terminal it asks, until you end it with q: 1 is the first, 2 the second, 0 neither.
    """
    from leitmotiv.workflows import activations, browse, taste

    with session() as opened, bars() as report:
        activations.ensure(opened, report)
        for chosen, decided in ((prefer, True), (neither, False)):
            if chosen:
                one, other = (browse.image(opened, each).id for each in chosen)
                taste.prefer(opened, one, other, decided=decided)
        _ask(opened, critic, of) if sys.stdin.isatty() and not prefer and not neither else _tell(opened, critic, of)


def _tell(opened: "Session", critic: str, of: str) -> None:
    from leitmotiv.workflows import taste

    found, known = taste.question(opened, critic, text=of), taste.taste(opened, critic)
    told = {"pairs": known.pairs, "stars": known.stars, "critic": known.critic, "next": vars(found) if found else None}
    show(told, lambda: "\n".join(_lines(opened, found.left, found.right)) if found else "Every pair was asked.")
    if found is None:
        sys.exit(1)


def _lines(opened: "Session", left: str, right: str) -> list[str]:
    images = {one.id: one for one in opened.library.images.many([left, right])}
    return [f"{place}  {one[:12]}  {printable(images[one].path)}" for place, one in ((1, left), (2, right))]


def _ask(opened: "Session", critic: str, of: str) -> None:
    from leitmotiv.workflows import taste

    while (found := taste.question(opened, critic, text=of)) is not None:
        click.echo("\n".join(_lines(opened, found.left, found.right)))
        said = click.prompt(
            "1, 2, 0 for neither, q to end", type=click.Choice(["1", "2", "0", "q"]), show_choices=False
        )
        if said == "q":
            return
        one, other = (found.right, found.left) if said == "2" else (found.left, found.right)
        taste.prefer(opened, one, other, decided=said != "0")


@click.command("taste", cls=Verb)
@_critic
@_of
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option(
    "--sort",
    type=click.Choice(["-score", "score", "unlike", "unsure"]),
    default="-score",
    show_default=True,
    help="Best first, worst first, most unlike the global critic's order, or least sure.",
)
@click.option("--paths", is_flag=True, help="Print paths only, one a line.")
def taste(critic: str, of: str, n: int, sort: str, paths: bool) -> None:
    """Print pictures in the order of your taste, learnt from your stars and pairs, beside the global critic's.

    Worth in scores and how far it may be off; percent of the library that you like less; percent that scores less with
    the global critic; path.
    """
    from leitmotiv.web import forms
    from leitmotiv.workflows import activations, browse
    from leitmotiv.workflows import taste as tastes

    with session() as opened, bars() as report:
        activations.ensure(opened, report)
        ranking = tastes.rank(opened, critic, text=of, sort=sort, n=n)
        beside = tastes.side_by_side(opened, [one.id for one in ranking.results], critic)
        known, odd = tastes.taste(opened, critic), browse.odd_paths(opened, ranking)
    if paths:
        click.echo(b"".join(odd.get(one.id, os.fsencode(one.path)) + b"\n" for one in ranking.results), nl=False)
        return
    above = heading("your taste", "worth  ± sure  yours    critic   path", known.mine, "this library")
    lines = above if ranking.results else []
    for one in ranking.results:
        mine, _, everybody = beside[one.id]
        told = f"{one.score:5.2f}  ± {one.deviation:4.2f}  {mine:5.1f} %  {everybody:5.1f} %  {printable(one.path)}"
        lines.append(told)
    show(forms.ranking(ranking, odd), lambda: "\n".join(lines))
    note(f"Learnt from {known.stars:,} pictures with stars and {known.pairs:,} pairs, about the critic {known.critic}.")
