"""`leitmotiv metadata`."""

import sys
from pathlib import Path
from typing import Any

import click

from leitmotiv.cli.verbs import Verb, common_options, note, session, show, version_option


@click.group("metadata", params=[*common_options(), version_option()])
def command() -> None:
    """Catalogues: columns that others wrote about the pictures, to filter, sort and show."""


@command.command("import", cls=Verb)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key", metavar="COLUMN", help="Says which picture a row is about: by path, file name or id.")
@click.option("--replace", is_flag=True, help="Forget what the same columns say of other pictures.")
@click.option("--dry-run", is_flag=True, help="Only print what would be imported.")
def import_(file: Path, key: str | None, replace: bool, dry_run: bool) -> None:
    """Import a table: CSV, TSV, JSON or JSON Lines.

    Columns are told apart by their values: numbers, dates, lists (a;b;c) and text. Each becomes a filter,
    artist:monet or "year made":>=1900, and an order. Ctrl+Z on a page, or leitmotiv ratings undo, takes an import back.
    """
    from leitmotiv.workflows import metadata

    with session() as opened:
        done = (metadata.preview if dry_run else metadata.keep)(opened, file, key=key, replacing=replace)
    columns = [{"name": one.name, "kind": one.kind, "values": len(one.entries)} for one in done.columns]
    data: dict[str, Any] = {
        name: value for name, value in vars(done).items() if name not in ("columns", "missing", "ambiguous", "repeated")
    }
    troubles = {name: list(getattr(done, name)) for name in ("missing", "ambiguous", "repeated")}
    show({**data, "columns": columns, **troubles, "dry_run": dry_run}, lambda: str(done))
    if dry_run:
        note("Nothing was changed.")


@command.command("list", cls=Verb)
def list_() -> None:
    """Print the columns: kind, how many pictures have a value, where it came from."""
    from leitmotiv.workflows import metadata

    with session() as opened:
        found = metadata.columns(opened)
    forms = [
        {"name": one.name, "kind": one.kind, "values": len(one.entries), "source": one.source, "at": one.at}
        for one in found
    ]
    lines = (f"{one.name}: {one.kind}, {len(one.entries):,} values, from {one.source}" for one in found)
    show({"columns": forms}, lambda: "\n".join(lines))
    if not forms:
        sys.exit(1)


@command.command("export", cls=Verb)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export(file: Path | None) -> None:
    """Write all columns as CSV, a row for each picture that has a value; to stdout without FILE."""
    from leitmotiv.workflows import metadata

    with session() as opened:
        count = metadata.export(opened, file, sys.stdout.buffer)
    note(f"{count:,} pictures written")


@command.command("forget", cls=Verb)
@click.argument("columns", nargs=-1, required=True)
def forget(columns: tuple[str, ...]) -> None:
    """Remove columns, by name; leitmotiv ratings undo takes it back."""
    from leitmotiv.workflows import metadata

    with session() as opened:
        gone = metadata.forget(opened, columns)
    show({"forgotten": gone}, lambda: f"forgotten: {', '.join(gone)}")
