"""`leitmotiv explore`."""

import hashlib
import os
import re
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli import serve
from leitmotiv.cli.progress import Bars, bars
from leitmotiv.cli.verbs import Verb, common, finish, note, own_libraries, session, settings, tell_failures
from leitmotiv.errors import UsageError

if TYPE_CHECKING:
    from leitmotiv.web.server import Server
    from leitmotiv.workflows.jobs import Growing


@click.command("explore", cls=Verb)
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--include", multiple=True, metavar="PATTERN", help="Only paths that match, such as '2024/*'. Repeatable."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="No paths that match. Repeatable.")
@click.option("--workers", type=int, help="Processes that read pictures; one for each core if not given.")
@click.option("--max-megapixels", type=float, help="Refuse larger pictures (default 300).")
@serve.serve_options
@click.option("--until-ready", is_flag=True, hidden=True, help="End when the trends stand.")
def command(
    folders: tuple[Path, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    open_page: bool | None,
    token: bool | None,
    until_ready: bool,
    watch: bool,
    **chosen: Any,
) -> None:
    """Add folders, find their trends, and show them in the browser.

    The page opens at once and fills while the pictures are read. Without --library each set of folders has a library
    of its own, which the page names. Ctrl-C stops; the next run goes on from there.
    """
    for folder in folders:
        if os.path.lexists(folder) and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder. For single files: leitmotiv add-image {folder}")
    lacking = [folder for folder in folders if not folder.is_dir()]
    overrides = serve.given(chosen)
    if folders and "library" not in settings().origins:
        overrides["library"] = own = own_library(folders)
        if lacking and not own.exists():
            raise UsageError(f"There is no folder {lacking[0]}. Check the spelling, or that its drive is connected.")
    from leitmotiv.workflows.jobs import grow, reap
    from leitmotiv.workflows.worker import Keeper

    with session(create=True, patient=False, **overrides) as opened, bars() as report:
        reap(opened.library)
        roots = list(folders) or [Path(os.fsdecode(path)) for path, _, _ in opened.library.folders.list()]
        if not roots:
            raise UsageError("Name a folder of pictures: leitmotiv explore FOLDER")
        missing = [root for root in folders if not root.is_dir() and not opened.library.images.count()]
        if missing:
            raise UsageError(f"There is no folder {missing[0]}. Check the spelling, or that its drive is connected.")
        for root in folders if watch else ():
            opened.library.folders.add(os.fsencode(os.path.abspath(root)), include, exclude)
        server = serve.bind(opened, token=token)
        url = serve.address(opened, server, token, "/")
        growing = grow(opened.settings, roots, include=include, exclude=exclude, report=report)
        try:
            click.echo(url)
            sys.stdout.flush()
            note(f"Library: {opened.settings.library}")
            _show(url, open_page)
            with serve.ended_by_sigterm(), Keeper(opened), serve.watching(opened, watch):
                _serve(server, growing, report, until_ready)
        except KeyboardInterrupt:
            pass
        finally:
            if report is not None:
                report.close()
            growing.stop()
            server.close()
    if growing.stopped:
        click.echo("Interrupted; what was finished is kept. The same command goes on from there.", err=True)
        sys.exit(130)
    if growing.error is not None:
        raise growing.error
    finish(len(growing.failed))


def _show(url: str, open_page: bool | None) -> None:
    if open_page or (open_page is None and sys.stdout.isatty()):
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _serve(server: "Server", growing: "Growing", report: Bars | None, until_ready: bool) -> None:
    """Serve until Ctrl-C, and tell what the child found as soon as it ends."""
    quiet = bool(common("quiet"))  # here, since a thread has no click context

    def tell() -> None:
        growing.finished.wait()
        if report is not None:
            report.close()
        lines = [] if quiet else list(growing.outcome)
        if growing.error is not None:
            lines.append(f"leitmotiv: {growing.error} The pages show what there is; Ctrl-C ends the server.")
        elif not (quiet or until_ready or growing.stopped):
            lines.append("Ready. Ctrl-C ends the server.")
        for text in lines:
            click.echo(text, err=True)
        tell_failures(growing.failed)
        if until_ready:
            server.close()

    threading.Thread(target=tell, daemon=True).start()
    server.run()


def own_library(folders: tuple[Path, ...]) -> Path:
    """The library folder that belongs to a set of folders."""
    paths = sorted(os.path.abspath(folder) for folder in folders)
    key = hashlib.sha256(b"\0".join(os.fsencode(path) for path in paths)).hexdigest()[:8]
    name = re.sub(r"[^\w.-]+", "-", Path(paths[0]).name).strip("-.") or "pictures"
    return own_libraries() / f"{name}-{key}"
