"""`leitmotiv captions`."""

import sys
from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, clean, common_options, finish, session, show, tell_failures, version_option


@click.group("captions", params=[*common_options(), version_option()])
def command() -> None:
    """Texts that others wrote of the pictures: to show, to find, and to learn from."""


@command.command("import", cls=Verb)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--key", metavar="COLUMN", help="Of FILE: says which picture a row is about, by path, file name or id.")
@click.option("--column", "columns", metavar="COLUMN", multiple=True, help="Of FILE: holds captions; may be repeated.")
@click.option(
    "--from",
    "kinds",
    multiple=True,
    type=click.Choice(("text", "json", "xmp", "picture", "name")),
    help="Without FILE: what is looked at; all of it if not given.",
)
@click.option("--again", is_flag=True, help="Without FILE: look at all pictures, changed or not.")
def import_(file: Path | None, key: str | None, columns: tuple[str, ...], kinds: tuple[str, ...], again: bool) -> None:
    """Read captions: of FILE, or else from beside and inside the pictures.

    Without FILE, each picture's own .txt, .json and .xmp file is read (photo.txt or photo.jpg.txt), the texts inside
    its file (IPTC, EXIF, XMP: title, description, keywords), and the names of its file and folder. Interrupted, the
    next run goes on from there.

    FILE is CSV, TSV or JSON Lines with a column for the file and one for the caption; a JSON map of file names to
    captions; or COCO's captions. What the same file said before is replaced.
    """
    from leitmotiv.workflows import captions

    with session() as opened, bars() as report:
        if file is not None:
            done = captions.read_table(opened, file, key=key, columns=columns, report=report)
        else:
            done = captions.read_beside(opened, kinds=kinds or captions.BESIDE, again=again, report=report)
    failed = [{"path": clean(path), "reason": reason} for path, reason in done.failed]
    show({**vars(done), "failed": failed}, lambda: str(done))
    tell_failures(done.failed)
    finish(len(done.failed))


@command.command("list", cls=Verb)
@click.option("--texts", is_flag=True, help="Print the cleaned caption of each picture.")
def list_(texts: bool) -> None:
    """Print where captions come from: how many, and of how many pictures."""
    from leitmotiv.workflows import captions

    with session() as opened:
        found = captions.sources(opened)
        kept = captions.by_picture(opened) if texts else {}
        paths = {one.id: one.path for one in opened.library.images.many(list(kept))}
    forms = {"sources": [vars(one) for one in found]}
    if texts:
        forms["captions"] = [{"id": one, "path": paths.get(one, ""), "caption": text} for one, text in kept.items()]
    lines = [f"{one.name}: {one.texts:,} texts of {one.pictures:,} pictures" for one in found]
    lines += [f"{paths.get(one, one)}: {text}" for one, text in kept.items()]
    show(forms, lambda: "\n".join(lines) or "No captions yet: leitmotiv captions import")
    if not found:
        sys.exit(1)


@command.command("clear", cls=Verb)
@click.argument("sources", nargs=-1)
def clear(sources: tuple[str, ...]) -> None:
    """Forget what SOURCES said, as list names them; all captions without any."""
    from leitmotiv.workflows import captions

    with session() as opened:
        gone = captions.clear(opened, sources)
    show({"cleared": gone}, lambda: f"{gone:,} texts forgotten")
