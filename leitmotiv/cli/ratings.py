"""`leitmotiv ratings`."""

import sys
from typing import Any

import click

from leitmotiv.cli.export import chosen, select
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, common_options, finish, printable, session, show, tell_failures, version_option

LABELS = ("red", "yellow", "green", "blue", "purple")


@click.group("ratings", params=[*common_options(), version_option()])
def command() -> None:
    """Stars, favourites, rejections and colour labels. To write sidecars: leitmotiv export xmp."""


@command.command("list", cls=Verb)
@chosen
def list_(of: str, sort: str) -> None:
    """Print every picture that was rated: stars, marks, label, path."""
    with session() as opened:
        ids = select(opened, of, sort)
        rated = opened.library.ratings.many(ids)
        images = opened.library.images.many([one for one in ids if one in rated])
        forms = [{"id": image.id, "path": image.path, **vars(rated[image.id])} for image in images]
    show({"ratings": forms}, lambda: "\n".join(map(_line, forms)))
    if not forms:
        sys.exit(1)


def _line(form: dict[str, Any]) -> str:
    marks = ("♥" if form["favourite"] else " ") + ("✕" if form["rejected"] else " ")
    return f"{'★' * form['stars']:5} {marks} {form['label']:6} {printable(str(form['path']))}"


@command.command("set", cls=Verb)
@chosen
@click.option("--stars", type=click.IntRange(0, 5), help="0 takes them away.")
@click.option("--favourite/--no-favourite", default=None, help="Give a heart, or take it.")
@click.option("--reject/--no-reject", default=None, help="Mark as rejected, or not.")
@click.option("--label", type=click.Choice([*LABELS, "none"]), help="A colour.")
def set_(of: str, sort: str, stars: int | None, favourite: bool | None, reject: bool | None, label: str | None) -> None:
    """Rate all pictures that --of names. `leitmotiv ratings undo` takes it back."""
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows import own

    if not of:
        raise UsageError("Say which pictures with --of, such as --of 'id:3f2a' or --of 'folder:keepers'.")
    kept = {"none": ""}.get(label or "", label)
    with session() as opened:
        ids = select(opened, of, sort)
        after = own.rate(opened, ids, stars=stars, favourite=favourite, rejected=reject, label=kept)
    show({"rated": len(after)}, lambda: f"{len(after):,} pictures rated")


@command.command("read", cls=Verb)
@chosen
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
def read(of: str, sort: str, dry_run: bool) -> None:
    """Take ratings over from the XMP sidecars beside the photos (img.jpg.xmp and img.xmp)."""
    from leitmotiv.workflows import sidecars

    with session() as opened, bars() as report:
        ids = select(opened, of, sort)
        done = sidecars.read(opened, ids, dry_run=dry_run, report=report)
        changed = [{"id": one, **vars(rating)} for one, rating in done.changed.items()]
    failed = [{"path": path, "reason": reason} for path, reason in done.failed]
    show({"found": done.found, "changed": changed, "failed": failed, "dry_run": dry_run}, lambda: str(done))
    tell_failures(list(done.failed))
    finish(len(done.failed))


def _step(verb: str, text: str) -> None:
    @command.command(verb, cls=Verb, help=text)
    def step() -> None:
        from leitmotiv.workflows import own

        with session() as opened:
            title = getattr(own, verb)(opened)
        show({"title": title}, lambda: f"{verb}: {title}" if title else f"Nothing to {verb}.")
        if not title:
            sys.exit(1)


_step("undo", "Take the latest change of ratings, selections, names or boards back.")
_step("redo", "Carry out again what was undone last.")
