"""`leitmotiv watch`."""

import signal
import threading
from pathlib import Path

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, note, session


@click.command("watch", cls=Verb)
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--polling", is_flag=True, help="Look again and again, for network disks that tell of no changes.")
@click.option("--workers", type=int, help="Processes that read pictures; one for each core if not given.")
def command(folders: tuple[Path, ...], polling: bool, workers: int | None) -> None:
    """Keep the library current: add what comes, note what moves or goes, and find the trends again.

    Without a folder, those that the library knows are watched. Ctrl-C ends it; what was finished is kept.
    """
    from leitmotiv.workflows.watching import watch

    ended = threading.Event()

    def end(signum: int, frame: object) -> None:
        ended.set()
        raise KeyboardInterrupt

    with session(create=True, workers=workers) as opened, bars() as report:

        def tell(text: str) -> None:
            if text:
                note(text)

        before = signal.signal(signal.SIGTERM, end)
        try:
            note("Watching. Ctrl-C ends it.")
            watch(opened, folders, ended=ended, tell=tell, report=report, polling=polling)
        except KeyboardInterrupt:
            note("Stopped; what was finished is kept.")
        finally:
            ended.set()
            signal.signal(signal.SIGTERM, before)
