"""`leitmotiv add-directory`."""

from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, add_result, session


@click.command("add-directory", cls=Verb)
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--include", multiple=True, metavar="PATTERN", help="Only paths that match, such as '2024/*'. Repeatable."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="No paths that match. Repeatable.")
@click.option("--workers", type=int, help="Processes that read pictures; one for each core if not given.")
@click.option("--executor", metavar="WHERE", help="Who works: local, or dask://HOST:PORT for a cluster.")
@click.option("--max-megapixels", type=float, help="Refuse larger pictures (default 300).")
def command(
    folders: tuple[Path, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    workers: int | None,
    executor: str | None,
    max_megapixels: float | None,
) -> None:
    """Add folders of pictures to the library, recursively.

    A second run reads only what is new or changed. Hidden folders are skipped; files that cannot be read are named
    and never stop the others.
    """
    from leitmotiv.workflows.ingest import add_directories
    from leitmotiv.workflows.upkeep import place

    with (
        session(create=True, workers=workers, executor=executor, max_megapixels=max_megapixels) as opened,
        bars() as report,
    ):
        added = add_directories(opened, folders, include=include, exclude=exclude, report=report)
        place(opened, report=report)
    add_result(added)
