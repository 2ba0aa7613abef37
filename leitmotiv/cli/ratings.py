"""`leitmotiv ratings`."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.export import chosen, select
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import (
    Verb,
    clean,
    common_options,
    finish,
    note,
    printable,
    session,
    show,
    tell_failures,
    version_option,
)

if TYPE_CHECKING:
    from leitmotiv.records import RatingSet

FORMATS = ("ava", "sac", "themes", "idealo", "csv", "xmp")
LABELS = ("red", "yellow", "green", "blue", "purple")


@click.group("ratings", params=[*common_options(), version_option()])
def command() -> None:
    """Stars, favourites, rejections and colour labels; sets of ratings that others gave.

    To write sidecars: leitmotiv export xmp.
    """


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
    """Take ratings and keywords over from the XMP sidecars beside the photos (img.jpg.xmp and img.xmp).

    Keywords become a column, "sidecar keywords", and are found by keyword:, too.
    """
    from leitmotiv.workflows import sidecars

    with session() as opened, bars() as report:
        ids = select(opened, of, sort)
        done = sidecars.read(opened, ids, dry_run=dry_run, report=report)
        changed = [{"id": one, **vars(rating)} for one, rating in done.changed.items()]
    failed = [{"path": path, "reason": reason} for path, reason in done.failed]
    keywords = [{"id": one, "keywords": list(said)} for one, said in done.keywords.items()]
    show(
        {"found": done.found, "changed": changed, "keywords": keywords, "failed": failed, "dry_run": dry_run},
        lambda: str(done),
    )
    tell_failures(list(done.failed))
    finish(len(done.failed))


@command.command("import", cls=Verb)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What PATH is.")
@click.option(
    "--images", type=click.Path(path_type=Path), metavar="DIR", help="Where the pictures are; else the library."
)
@click.option("--name", metavar="NAME", help="Of the set; one that has it already is replaced.")
@click.option("--scale", type=click.IntRange(2, 10), help="Of a CSV: what the best single vote is.")
@click.option("--dry-run", is_flag=True, help="Only read; look at no file, and keep nothing.")
def import_(path: Path, form: str, images: Path | None, name: str | None, scale: int | None, dry_run: bool) -> None:
    """Import ratings that others gave, for critics to learn from.

    \b
    ava     AVA.txt, or its folder: counts of votes 1 to 10, tags, challenges, lists
    sac     Simulacra Aesthetic Captions, the SQLite file: single votes 1 to 10
    themes  the folder of themeData.mat and allMTurkRatings.mat: stars of raters
    idealo  JSON of image_id and label, ten counts each
    csv     a column for the picture, and votes (rating, rater), or ten counts
            (1 to 10), or mean and deviation
    xmp     a folder of photos with sidecars

    Who gave a vote is kept. Pictures are found by file name, number or path; each is seen once by the backbone, and
    themes are drawn as five bars; they also teach harmony of colours, for a bar beside pictures. What is missing,
    corrupt or there twice is told.
    """  # noqa: D301 - the mark that keeps click from joining lines is the character, not two
    from leitmotiv.workflows import rating_sets

    with session(create=not dry_run) as opened, bars() as report:
        done = rating_sets.keep(
            opened, path, form, images=images, name=name, scale=scale, dry_run=dry_run, report=report
        )
    left = {
        trouble: [{"key": clean(key), "reason": clean(why)} for key, why in rows]
        for trouble, rows in done.left_out.items()
    }
    show({**asdict(done.made), "left_out": left, "learnt": done.learnt, "dry_run": dry_run}, lambda: str(done))
    if dry_run:
        note("Nothing was kept.")


def _votes(one: "RatingSet") -> str:
    """Who voted how often; sets of counts keep no single votes."""
    return f"{one.votes:,} votes of {one.raters:,} raters" if one.votes else "counts of votes, not who gave them"


@command.command("sets", cls=Verb)
def sets() -> None:
    """Print the sets that were imported: format, items, pictures, votes, raters, source."""
    from leitmotiv.workflows import rating_sets

    with session() as opened:
        found = rating_sets.all_sets(opened)
    lines = (
        f"{one.name}: {one.format}, {one.items:,} items, {one.pictures:,} with their picture, {_votes(one)}, "
        f"from {printable(one.source)}"
        for one in found
    )
    show({"sets": [asdict(one) for one in found]}, lambda: "\n".join(lines))
    if not found:
        sys.exit(1)


@command.command("forget", cls=Verb)
@click.argument("name")
def forget(name: str) -> None:
    """Remove an imported set; critics that learnt from it stay."""
    from leitmotiv.workflows import rating_sets

    with session() as opened:
        rating_sets.remove(opened, name)
    show({"removed": name}, lambda: f"{name} removed")


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
