"""`leitmotiv critic keepers` and `leitmotiv critic explain`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.critic_heading import asked
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, printable, session, show

if TYPE_CHECKING:
    from leitmotiv.workflows.reasons import Reasons


@click.command("keepers", cls=Verb)
@click.option("--of", "of", default="", metavar="FILTERS", help="Only these pictures.")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=8.0, show_default=True, help="Longest pause.")
@click.option(
    "--near", type=click.FloatRange(0.01, 0.7), default=0.2, show_default=True, help="Greatest divergence, nats."
)
@click.option("--paths", is_flag=True, help="Print the paths of those to keep only, one a line.")
@click.option("--others", is_flag=True, help="With --paths: of all the others.")
def keepers(of: str, seconds: float, near: float, paths: bool, others: bool) -> None:
    """Print bursts, and which picture of each to keep: compared among themselves, with reasons.

    A burst is pictures taken within seconds of each other that look alike. What you said counts first (rejections,
    favourites, stars, choices on the page /keepers), then flaws, then how well they are made and how you like them.
    """
    from leitmotiv.web.keepers import form
    from leitmotiv.workflows import bursts, technical

    with session() as opened, bars() as report:
        technical.ensure(opened, report)
        found = bursts.bursts(opened, text=of, seconds=seconds, near=near)
    if paths:
        chosen = [one.image for burst in found for one in (burst.members[1:] if others else burst.members[:1])]
        click.echo(b"".join((one.paths[0] if one.paths else os.fsencode(one.id)) + b"\n" for one in chosen), nl=False)
    else:
        lines = []
        for burst in found:
            for place, one in enumerate(burst.members):
                reasons = ", ".join(one.reasons)
                lines.append(f"{'    ' if place else 'keep'}  {printable(one.image.path)}  {reasons}")
            lines.append("")
        show({"bursts": [form(one) for one in found]}, lambda: "\n".join(lines).rstrip("\n"))
    if not found:
        note("There is no burst: no pictures of one moment that look alike and were indexed.")
        sys.exit(1)


@click.command("explain", cls=Verb)
@click.argument("image", metavar="IMAGE")
@click.option("--critic", "name", default="", metavar="NAME", help="Which; else the last that beats its baseline.")
@click.option("--map", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Map, as PNG.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def explain(image: str, name: str, target: Path | None, force: bool) -> None:
    """Tell why a critic scores a picture as it does: a file, or the beginning of an id.

    A map of 7 by 7 parts shows by how much the score is higher with each than without it; of the technical critic,
    which measures move the score. Bars tell what the picture is like.
    """
    from leitmotiv.workflows import browse, critiques, reasons
    from leitmotiv.workflows.places import outside_photos, write_file

    with session() as opened:
        critic = asked(opened, name)
        if Path(image).is_file():
            found = reasons.explain(opened, critic, reasons.pixels_of_file(opened, Path(image)))
        else:
            found = reasons.of_picture(opened, critic, browse.image(opened, image).id)
        if target is not None:
            if found.parts is None:
                raise click.UsageError(f"The critic {critic.name} judges pictures as a whole: it has no map.")
            write_file(outside_photos(opened, target), [reasons.coloured(found.parts)], force=force)
        usual = critiques.usual(opened, critic)
    told = {"critic": critic.name, "usual": usual, **reasons.form(found)}
    show(told, lambda: "\n".join(_told(critic.name, found, usual)))


def _told(name: str, found: "Reasons", usual: float | None) -> list[str]:
    beside = "" if usual is None else f"; {usual:.2f} in the mean of this library"
    lines = [f"{found.score:.2f} ± {found.deviation:.2f} by {name}{beside}"]
    lines += [f"  {by:+.1f}  {words}" for words, by in found.moved]
    if found.parts is not None:
        lines += ["", *("  " + " ".join(f"{100 * one:+4.0f}" for one in row) for row in found.parts), "  hundredths"]
    lines += ["", *(f"  {words:18} {text}" for words, text, _ in found.bars)]
    return lines + [f"  {flag}: {what}" for flag, what in found.flags]
