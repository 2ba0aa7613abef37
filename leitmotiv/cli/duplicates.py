"""`leitmotiv duplicates`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, clean, common, finish, note, printable, session, show, tell_failures

if TYPE_CHECKING:
    from leitmotiv.workflows.deduplicate import Outcome
    from leitmotiv.workflows.grouping import Group
    from leitmotiv.workflows.plans import Plan
    from leitmotiv.workflows.session import Session

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("duplicates", cls=Verb)
@click.option("--suggest", is_flag=True, help="Print the pairs that are only perhaps copies, too.")
@click.option("--again", is_flag=True, help="Compare everything anew; decisions stay.")
@click.option("--folder", metavar="DIR", default="", help="Only groups with a file in or below this folder.")
@click.option("--within", metavar="FILTERS", default="", help="Only groups with a picture that these filters hold for.")
@click.option("--accept", is_flag=True, help="Decide as proposed in the groups that are sure and still open.")
@click.option("--plan", "plan", type=_FILE, metavar="FILE", help="Write what was decided as a plan; nothing is moved.")
@click.option("--apply", "apply", type=_FILE, metavar="FILE", help="Move the files of a plan to the system's trash.")
@click.option("--yes", is_flag=True, help="With --apply: the plan was looked at; move the files.")
@click.option("--undo", "undo", type=_FILE, metavar="FILE", help="Bring back what a plan moved.")
def command(
    suggest: bool,
    again: bool,
    folder: str,
    within: str,
    accept: bool,
    plan: Path | None,
    apply: Path | None,
    yes: bool,
    undo: Path | None,
) -> None:
    """Find pictures that are copies of each other: the same file, the same pixels, or one made from the other.

    Copies that were cropped, turned a little, framed, captioned, greyed, mirrored, recompressed, brightened or tinted
    are found. Prints groups: the one to keep and why, and below it the others and what they are. Only pictures that
    came since the last time are compared.

    Nothing is moved before a plan says so: --plan writes what was decided (on the page, or with --accept) to a file,
    --apply shows it and, with --yes, moves its files to the system's trash, --undo brings them back. A file that is not
    what the plan says stays where it is.
    """
    if sum(one is not None for one in (plan, apply, undo)) > 1:
        raise click.UsageError("--plan, --apply and --undo go one at a time.")
    with session() as opened:
        if apply is not None:
            _apply(opened, apply, yes)
        elif undo is not None:
            _undo(opened, undo)
        else:
            _find(opened, suggest, again, os.path.abspath(folder) if folder else "", within, accept, plan)


def _find(
    opened: "Session", suggest: bool, again: bool, folder: str, within: str, accept: bool, plan: Path | None
) -> None:
    from leitmotiv.workflows import deduplicate, grouping, plans
    from leitmotiv.workflows.duplicates import find_duplicates

    with bars() as report:
        note(str(find_duplicates(opened, again=again, report=report)))
    kinds = grouping.KINDS if suggest else grouping.KINDS[:3]
    groups = grouping.chosen(opened, kinds=kinds, folder=folder, within=within)
    if accept:
        note(f"Decided as proposed in {grouping.accept(opened, groups):,} groups.")
        groups = grouping.chosen(opened, kinds=kinds, folder=folder, within=within)
    if plan is None:
        show({"groups": [grouping.as_form(group) for group in groups]}, lambda: "\n\n".join(map(_text, groups)))
        return
    made = deduplicate.make(opened, groups)
    plans.write(made, plan)
    show(plans.as_form(made), lambda: _plan_text(made))
    note(f"Written to {plan}. Nothing was moved. To move: leitmotiv duplicates --apply {plan} --yes")


def _apply(opened: "Session", file: Path, yes: bool) -> None:
    from leitmotiv.workflows import deduplicate, plans

    plan = plans.read(file)
    if not yes:
        show(plans.as_form(plan), lambda: _plan_text(plan))
        note("Nothing was moved. To move these files to the trash, add --yes.")
        return
    with bars() as report:
        outcome = deduplicate.apply(opened, plan, report=report)
    _tell(outcome, "moved to the trash", f"Bring them back: leitmotiv duplicates --undo {file}")


def _undo(opened: "Session", file: Path) -> None:
    from leitmotiv.workflows import deduplicate, plans

    with bars() as report:
        outcome = deduplicate.undo(opened, plans.read(file).id, report=report)
    _tell(outcome, "brought back", "")


def _tell(outcome: "Outcome", word: str, more: str) -> None:
    failed = [(path.decode("utf-8", "replace"), reason) for path, reason in outcome.failed]
    form = {
        "files": [path.decode("utf-8", "replace") for path in outcome.moved],
        "freed": outcome.freed,
        "merged": outcome.merged,
        "failed": [{"path": path, "reason": reason} for path, reason in failed],
    }
    show(form, lambda: f"{len(outcome.moved):,} files {word}" + (f", {outcome.freed:,} bytes" if outcome.freed else ""))
    if more and outcome.moved and not common("quiet"):
        note(more)
    tell_failures(failed)
    finish(len(failed))


def _text(group: "Group") -> str:
    lines = []
    for member in group.members:
        word = member.decision or ("keep" if member is group.keeper else "")
        reasons = ", ".join(member.reasons)
        size = f"{member.image.width} x {member.image.height}"
        lines.append(f"  {word:7}{size:>13}  {printable(member.shown)}" + (f"  ({reasons})" if reasons else ""))
    return "\n".join([f"{group.id}  {group.kind}, {len(group.members)} files", *lines])


def _plan_text(plan: "Plan") -> str:
    lines = [f"{len(plan.actions):,} files to the trash, {plan.frees:,} bytes"]
    for action in plan.actions:
        more = f"; its {', '.join(action.merge)} go to the kept one" if action.merge else ""
        lines.append(f"  {_path(action.path)}\n      for {_path(action.keep_path)}{more}")
    lines += [f"  stays: {_path(path)} ({reason})" for path, reason in plan.skipped]
    return "\n".join(lines)


def _path(path: bytes) -> str:
    return printable(clean(path.decode("utf-8", "replace")))
