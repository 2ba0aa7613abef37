"""`leitmotiv critic duplicates`."""

import os
import sys
from pathlib import Path

import click

from leitmotiv.cli.critic_heading import asked, heading
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, clean, finish, has_library, note, printable, session, show, tell_failures


@click.command("duplicates", cls=Verb)
@click.argument("folders", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--critic", "name", default="", metavar="NAME", help="Which; else the last that beats its baseline.")
@click.option("--paths", is_flag=True, help="Print the paths of those to keep only, one a line.")
@click.option("--others", is_flag=True, help="With --paths: of all the others.")
def duplicates(folders: tuple[Path, ...], name: str, paths: bool, others: bool) -> None:
    """Score files, and print those that show the same: the one of the highest score first.

    Photos and designs of any folder, which are not added to the library. Equal scores are neither needed nor enough:
    pictures are compared by what they show. Nothing is removed; ends with 1 where there are no duplicates.
    """
    from leitmotiv.workflows import critics
    from leitmotiv.workflows.scored_copies import duplicates

    name = name if name or has_library() else critics.TECHNICAL
    with session(create=True) as opened, bars() as report:  # without a library none is made: nothing asks for it
        critic = asked(opened, name)
        found = duplicates(opened, critic, folders, report)
    if paths:
        chosen = [one.path for group in found.groups for one in (group[1:] if others else group[:1])]
        click.echo(b"".join(path + b"\n" for path in chosen), nl=False)
    else:
        scores = [one.score for group in found.groups for one in group]
        lines = heading(critic.name, "      score  ± votes alike   path", scores, "these") if scores else []
        for group in found.groups:
            for place, one in enumerate(group):
                score = f"{one.score:5.2f}  ± {one.deviation:4.2f}  {100 * one.alike:5.1f} %"
                lines.append(f"{'    ' if place else 'keep'}  {score}  {printable(os.fsdecode(one.path))}")
            lines.append("")
        told = [
            [{"path": clean(printable(os.fsdecode(one.path))), "score": one.score, "alike": one.alike} for one in group]
            for group in found.groups
        ]
        show({"files": found.files, "groups": told}, lambda: "\n".join(lines).rstrip("\n"))
    tell_failures(found.failed)
    if not found.groups:
        note(f"No two of {found.files:,} files show the same.")
        sys.exit(1)
    finish(len(found.failed))
