"""`leitmotiv export`."""

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import (
    Verb,
    common_options,
    finish,
    note,
    printable,
    session,
    show,
    tell_failures,
    version_option,
)
from leitmotiv.errors import UsageError

if TYPE_CHECKING:
    from leitmotiv.workflows.session import Session

Function = TypeVar("Function", bound=Callable[..., Any])
Kind = TypeVar("Kind", bound=str)


@click.group("export", params=[*common_options(), version_option()])
def command() -> None:
    """Take something out of the library: tables, pictures, sheets, a site.

    Paths of this machine and places where pictures were taken stay at home unless asked for. Nothing is ever written
    into a folder of photos, but for `xmp --yes`.
    """


def chosen(function: Function) -> Function:
    """The options that say which pictures."""
    for option in (
        click.option("--sort", default="-taken", show_default=True, help="Their order; - before it for falling."),
        click.option("--of", "of", default="", metavar="FILTERS", help="Only these, such as 'year:2024 rating:>=3'."),
    ):
        function = option(function)
    return function


def select(opened: "Session", of: str, sort: str) -> tuple[str, ...]:
    """The ids that the options name; ends with 1 where there are none."""
    from leitmotiv.workflows.selecting import select as selected

    ids = selected(opened, of, sort=sort)
    if not ids:
        note("No picture fits." if of else "The library holds no picture yet.")
        sys.exit(1)
    return ids


output = click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; else it goes to stdout.")
force = click.option("--force", is_flag=True, help="Replace a file that is there.")
with_paths = click.option("--paths", is_flag=True, help="Tell where the files lie.")


bare = click.argument("extra", nargs=-1, metavar=" ")
"""What follows the name of a command that takes no name of a file there: told how to give it."""


def refuse(name: str, extra: tuple[str, ...]) -> None:
    """Say where the name of a file belongs.

    Raises
    ------
    UsageError
        One was given without -o.
    """
    if extra:
        raise UsageError(
            f"`leitmotiv export {name}` writes to stdout and takes no {extra[0]!r}. For a file: "
            f"leitmotiv export {name} -o {shlex.quote(extra[0])}"
        )


def _ending(target: Path, kinds: tuple[Kind, ...]) -> Kind:
    """Which of these kinds a file is, by its ending."""
    for kind in kinds:
        if target.suffix.lower() == f".{kind}":
            return kind
    raise UsageError(f"{target} ends neither with {' nor with '.join(f'.{kind}' for kind in kinds)}.")


def write(opened: "Session", target: Path | None, parts: Iterable[bytes], count: int, replace: bool) -> None:
    """Send what was made to a file or to stdout."""
    from leitmotiv.workflows.places import outside_photos, write_file

    if target is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    size = write_file(outside_photos(opened, target), parts, force=replace)
    show({"file": str(target), "bytes": size, "pictures": count}, lambda: f"{count:,} pictures in {target}")


def _table(name: Literal["csv", "jsonl"], text: str) -> None:
    @command.command(name, cls=Verb, help=f"{text}\n\nColumns are explained in the documentation of the exports.")
    @chosen
    @with_paths
    @output
    @force
    @bare
    def export_table(of: str, sort: str, paths: bool, output: Path | None, force: bool, extra: tuple[str, ...]) -> None:
        from leitmotiv.workflows import export

        refuse(name, extra)
        with session() as opened:
            ids = select(opened, of, sort)
            write(opened, output, export.table(opened, ids, name, paths=paths), len(ids), force)


_table("csv", "A row for each picture, for spreadsheets.")
_table("jsonl", "A JSON object a line for each picture, for programs.")


@command.command("paths", cls=Verb)
@chosen
@click.option("-0", "--null", is_flag=True, help="End each path with a zero byte, for `xargs -0`.")
@output
@force
@bare
def export_paths(of: str, sort: str, null: bool, output: Path | None, force: bool, extra: tuple[str, ...]) -> None:
    """The path of each picture, one a line, for other commands."""
    from leitmotiv.workflows import export

    refuse("paths", extra)
    with session() as opened:
        ids = select(opened, of, sort)
        write(opened, output, export.path_list(opened, ids, null=null), len(ids), force)


@command.command("folder", cls=Verb)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@chosen
@click.option(
    "--by",
    type=click.Choice(["trend", "year", "month", "nothing"]),
    default="trend",
    show_default=True,
    help="What the folders are named after.",
)
@click.option(
    "--how",
    type=click.Choice(["copy", "hardlink", "symlink"]),
    default="copy",
    show_default=True,
    help="What is put there.",
)
@click.option("--keep-place", is_flag=True, help="Copies keep the place (GPS) where they were taken.")
@click.option("--dry-run", is_flag=True, help="Only print what would go where.")
def export_folder(target: Path, of: str, sort: str, by: Any, how: Any, keep_place: bool, dry_run: bool) -> None:
    """A new folder with the pictures in it, sorted by trend.

    Copies are without the place where they were taken, byte for byte the same else; a file whose place cannot be taken
    out for sure is named and not copied. Links are your originals themselves.
    """
    from leitmotiv.workflows import copying

    with session() as opened, bars() as report:
        ids = select(opened, of, sort)
        plans = copying.plan(opened, ids, by)
        if dry_run:
            listed = [{"id": one.id, "target": one.target} for one in plans]
            show({"root": str(target), "pictures": listed}, lambda: "\n".join(printable(one.target) for one in plans))
            return
        done = copying.copy(opened, plans, target, how=how, keep_place=keep_place, report=report)
    failed = [{"path": path, "reason": reason} for path, reason in done.failed]
    show({**vars(done), "failed": failed}, lambda: str(done))
    tell_failures(list(done.failed))
    finish(len(done.failed))


@command.command("xmp", cls=Verb)
@chosen
@click.option("--to", type=click.Path(path_type=Path), metavar="DIR", help="Write them there, not beside the photos.")
@click.option(
    "--naming",
    type=click.Choice(["as-found", "full", "stem"]),
    default="as-found",
    show_default=True,
    help="img.jpg.xmp (full: darktable, digiKam), img.xmp (stem: Adobe), or the one that is there.",
)
@click.option("--trends", is_flag=True, help="The name of a picture's trend becomes a keyword, too.")
@click.option("--yes", is_flag=True, help="Write them; without it they are only listed.")
def export_xmp(of: str, sort: str, to: Path | None, naming: str, trends: bool, yes: bool) -> None:
    """Write ratings into XMP sidecars; a preview, until you say --yes.

    The photos are never touched. What other programs wrote into a sidecar stays in it.
    """
    from leitmotiv.workflows import sidecars

    with session() as opened, bars() as report:
        ids = select(opened, of, sort)
        plans = sidecars.plan(opened, ids, to=to, naming=sidecars.as_naming(naming), trends=trends, report=report)
        done = sidecars.write(plans, report) if yes else plans
    counts = {action: sum(one.action == action for one in done) for action in ("new", "changed", "same", "failed")}
    told = [one for one in done if one.action != "same"]
    data = {
        **counts,
        "written": yes,
        "sidecars": [{"path": one.name, "action": one.action, "reason": one.reason} for one in told],
    }
    lines = [f"{one.action:8} {printable(one.name)}" for one in told if one.action != "failed"]
    summary = ", ".join(f"{count:,} {action}" for action, count in counts.items())
    show(data, lambda: "\n".join([*lines, summary]))
    tell_failures([(one.name, one.reason) for one in told if one.action == "failed"])
    if not yes and counts["new"] + counts["changed"]:
        note("Nothing was written. Add --yes to write these files.")
    finish(counts["failed"])


@command.command("sheet", cls=Verb)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@chosen
@click.option("--plain", is_flag=True, help="In their order, not by trend.")
@click.option("--no-captions", is_flag=True, help="Without file names.")
@click.option("--light", is_flag=True, help="On white.")
@click.option("--width", type=click.IntRange(300, 10_000), default=2000, show_default=True, help="Pixels.")
@click.option("--row", type=click.IntRange(40, 512), default=200, show_default=True, help="Height of a row, pixels.")
@force
def export_sheet(
    target: Path, of: str, sort: str, plain: bool, no_captions: bool, light: bool, width: int, row: int, force: bool
) -> None:
    """A contact sheet as PNG or SVG, by the ending of FILE.

    A long one goes on in FILE-2, FILE-3 …
    """
    from leitmotiv.workflows import export

    kinds: tuple[Literal["png", "svg"], ...] = ("png", "svg")
    kind = _ending(target, kinds)
    with session() as opened, bars() as report:
        ids = select(opened, of, sort)
        pages = export.sheet(
            opened,
            ids,
            kind,
            by_trend=not plain,
            captions=not no_captions,
            dark=not light,
            width=width,
            row=row,
            report=report,
        )
        _write_pages(opened, target, pages, len(ids), force)


def _write_pages(opened: "Session", target: Path, pages: list[bytes], count: int, replace: bool) -> None:
    from leitmotiv.workflows.places import outside_photos, write_file

    whole = outside_photos(opened, target)
    names = [whole, *(whole.with_stem(f"{whole.stem}-{number}") for number in range(2, len(pages) + 1))]
    for name, page in zip(names, pages, strict=True):
        write_file(name, [page], force=replace)
    files = [str(name) for name in names]
    show({"files": files, "pictures": count}, lambda: "\n".join([*files, f"{count:,} pictures"]))


@command.command("arrays", cls=Verb)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@chosen
@with_paths
@force
def export_arrays(target: Path, of: str, sort: str, paths: bool, force: bool) -> None:
    """Mixtures, divergences, vectors and facts, for numpy or Parquet.

    FILE.npz is one compressed file; FILE.parquet makes FILE.parquet (pictures) and FILE-pairs.parquet. Versions,
    settings and seed are inside.
    """
    from leitmotiv.workflows import export
    from leitmotiv.workflows.places import outside_photos, write_file

    kinds: tuple[Literal["npz", "parquet"], ...] = ("npz", "parquet")
    kind = _ending(target, kinds)
    with session() as opened:
        ids = select(opened, of, sort)
        whole = outside_photos(opened, target)
        made = export.arrays(opened, ids, kind, paths=paths)
        names = [whole, whole.with_stem(f"{whole.stem}-pairs")][: len(made)]
        for name, data in zip(names, made.values(), strict=True):
            write_file(name, [data], force=force)
    files = [str(name) for name in names]
    show({"files": files, "pictures": len(ids)}, lambda: "\n".join([*files, f"{len(ids):,} pictures"]))


@command.command("site", cls=Verb)
@click.argument("target", metavar="FILE.zip", type=click.Path(path_type=Path))
@chosen
@click.option("--title", default="", help="Of the site.")
@click.option("--names", is_flag=True, help="Tell file names; without it pictures are numbered.")
@force
def export_site(target: Path, of: str, sort: str, title: str, names: bool, force: bool) -> None:
    """The trends as a static site in one zip, which opens from the disk and from any web server."""
    from leitmotiv.workflows import export

    with session() as opened, bars() as report:
        ids = select(opened, of, sort)
        data = export.static_site(opened, ids, title=title, names=names, report=report)
        write(opened, target, [data], len(ids), force)
