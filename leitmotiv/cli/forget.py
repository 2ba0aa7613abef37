"""`leitmotiv forget`."""

import sys

import click

from leitmotiv.cli.verbs import Verb, note, show
from leitmotiv.cli.verbs import session as open_session


@click.command("forget", cls=Verb)
@click.argument("images", metavar="[IMAGE]...", nargs=-1)
@click.option("--missing", is_flag=True, help="All pictures whose files are gone (not those on a drive that is away).")
@click.option("--dry-run", is_flag=True, help="Only print what would be forgotten.")
def command(images: tuple[str, ...], missing: bool, dry_run: bool) -> None:
    """Remove pictures from the library. Their files stay where they are.

    IMAGE is an id, a unique prefix of one, or a path. Ends with 1 where nothing matched. What was forgotten stays away
    when its folder is added again, until its file changes or is added by name: leitmotiv add-image FILE.
    """
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows.upkeep import forget

    if not images and not missing:
        raise UsageError("Name the pictures to forget, or use --missing.")
    with open_session() as opened:
        gone = forget(opened, images, missing=missing, dry_run=dry_run)
    verb = "would be forgotten" if dry_run else "forgotten"
    show(
        {"forgotten": [image.id for image in gone], "dry_run": dry_run},
        lambda: "\n".join([*(image.path or image.id for image in gone), f"{len(gone):,} {verb}"]),
    )
    if gone and not dry_run:
        note("Their folders can be added again without them. To take one back: leitmotiv add-image FILE")
    if not gone:
        sys.exit(1)
