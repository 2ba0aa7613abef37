"""`leitmotiv serve`."""

import ipaddress
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.verbs import Verb, note, session
from leitmotiv.errors import UsageError

if TYPE_CHECKING:
    from leitmotiv.workflows.session import Session

TOKEN = "server-token"


def serve_options(function: Any) -> Any:
    """Give a command the options of `serve`."""
    for option in reversed(
        (
            click.option("--host", help="Address to listen on; 127.0.0.1 if not given."),
            click.option("--port", type=click.IntRange(0, 65535), help="Port; 5000 or the next free one if not given."),
            click.option(
                "--allow-host",
                "allowed_hosts",
                multiple=True,
                metavar="NAME",
                help="Answer to this name, too, such as that of a proxy. Repeatable.",
            ),
            click.option(
                "--allow-folder",
                "allowed_folders",
                multiple=True,
                metavar="DIR",
                type=click.Path(file_okay=False, path_type=Path),
                help="Let pages add pictures from this folder. Repeatable.",
            ),
            click.option("--watch", is_flag=True, help="Add what comes into the library's folders while serving."),
            click.option("--open/--no-open", "open_page", default=None, help="Open the page in the browser."),
            click.option(
                "--token/--no-token",
                default=None,
                help="Ask for the library's token; always on any address but loopback.",
            ),
        )
    ):
        function = option(function)
    return function


@click.command("serve", cls=Verb)
@serve_options
@click.option("--print-token", is_flag=True, help="Print the library's token and end.")
def command(open_page: bool | None, token: bool | None, print_token: bool, watch: bool, **chosen: Any) -> None:
    """Serve the pages of the library until Ctrl-C.

    The address is the only line on stdout. With --host other than 127.0.0.1, or with --allow-host, the pages ask for
    the library's token, which the address has at its end.
    """
    with session(create=True, patient=False, **given(chosen)) as opened:
        if print_token:
            click.echo(opened.library.secret(TOKEN))
            return
        from leitmotiv.workflows.jobs import reap
        from leitmotiv.workflows.readiness import prepare

        prepare(opened.settings, note)
        reap(opened.library)
        run(opened, open_page=bool(open_page), token=token, watch=watch)


def run(opened: "Session", *, open_page: bool, token: bool | None, path: str = "/", watch: bool = False) -> None:
    """Bind, tell the address, open the browser if asked, and serve until Ctrl-C."""
    server = bind(opened, token=token)
    url = address(opened, server, token, path)
    click.echo(url)
    sys.stdout.flush()
    if open_page:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    from leitmotiv.workflows.worker import Keeper

    try:
        with ended_by_sigterm(), Keeper(opened), watching(opened, watch):
            server.run()
    except KeyboardInterrupt:
        note("Stopped.")
    finally:
        server.close()


@contextmanager
def watching(opened: "Session", wanted: bool) -> Iterator[None]:
    """Watch the library's folders meanwhile, if wanted."""
    if not wanted:
        yield
        return
    from leitmotiv.workflows.watching import Watcher

    with Watcher(opened):
        yield


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Take SIGTERM (a container that is stopped) as Ctrl-C."""

    def interrupt(signum: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def given(chosen: dict[str, Any]) -> dict[str, Any]:
    """The options that stand for settings, without those that were not given."""
    return {name: value for name, value in chosen.items() if value not in (None, ())}


def wants_token(opened: "Session", token: bool | None) -> bool:
    """Whether the pages ask for the token: always on any address but loopback, else as told, else by name.

    Raises
    ------
    UsageError
        The token was declined where others could reach the pages.
    """
    host = opened.settings.host
    try:
        alone = ipaddress.ip_address(host).is_loopback
    except ValueError:
        alone = host == "localhost"
    if not alone and token is False:
        raise UsageError(
            f"On {host} others could reach your pictures, so the pages ask for the token there. Leave --no-token out, "
            "or listen on 127.0.0.1 behind a proxy that asks who comes."
        )
    # a name that is allowed belongs to a proxy, whose visitors look like this machine
    return not alone or (bool(opened.settings.allowed_hosts) if token is None else token)


def bind(opened: "Session", *, token: bool | None) -> Any:
    """Take a port; nothing is served yet."""
    from leitmotiv.workflows.readiness import read_ahead

    # beside the rest, so that the first ranking does not wait for it
    threading.Thread(target=read_ahead, name="reading ahead", daemon=True).start()
    from leitmotiv.web import server
    from leitmotiv.web.app import create_app

    secret = opened.library.secret(TOKEN) if wants_token(opened, token) else None
    return server.bind(create_app(opened, token=secret), opened.settings.host, opened.settings.port)


def address(opened: "Session", server: Any, token: bool | None, path: str) -> str:
    """The URL that a person opens."""
    url = str(server.url).rstrip("/") + path
    return f"{url}?token={opened.library.secret(TOKEN)}" if wants_token(opened, token) else url
