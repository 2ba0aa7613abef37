"""Listening: takes a free port and serves an app with waitress until closed; it knows nothing of pages."""

import contextlib
import errno
import logging
import socket
import threading
from typing import TYPE_CHECKING

from waitress import wasyncore
from waitress.server import create_server

from leitmotiv.errors import PermissionDeniedError, PortInUseError, SettingsError

if TYPE_CHECKING:
    from flask import Flask

TRIES = 20
THREADS = 14
"""Requests answered at once: eight for thumbnails, which come in bursts (what computes holds the session's one lane
anyway), and one for each stream of events that may be open."""
LARGEST = 64_000_000
"""Bytes of a request; each route bounds its own, long before."""


# Thumbnails come in bursts: a queue is no news for whoever reads the terminal.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class Server:
    """A bound socket and the app behind it.

    Attributes
    ----------
    port : int
        The port taken.
    url : str
        What a browser on this machine opens, with a slash at the end.
    """

    def __init__(self, app: "Flask", listening: socket.socket, host: str) -> None:
        self._map: dict[int, object] = {}
        self._server = create_server(
            app, map=self._map, sockets=[listening], threads=THREADS, ident="leitmotiv", max_request_body_size=LARGEST
        )
        self._closing = threading.Lock()
        self._closed = False
        self._running = False
        # what an app wants to know: when its server runs, and when it closes, such as streams that would go on
        self._running_calls = tuple(app.extensions.get("running", ()))
        self._closing_calls = tuple(app.extensions.get("closing", ()))
        self.port = int(listening.getsockname()[1])
        self.url = f"http://{_reachable(host)}:{self.port}/"

    def run(self) -> None:
        """Serve until `close` is called or the process is interrupted."""
        with self._closing:
            if self._closed:
                return
            self._running = True
        for call in self._running_calls:
            call()
        try:
            self._server.run()
        finally:
            with self._closing:
                self._running, self._closed = False, True
            self._tell()
            self._release()

    def close(self) -> None:
        """Stop serving; safe from any thread, and more than once."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._tell()
            if self._running:
                # the loop owns its sockets: have it close them itself, and so come to its end
                # (where it is awake already it may have done so before the pull, which then finds nothing)
                with contextlib.suppress(OSError):
                    self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._map, ignore_all=True))
                return
        self._release()

    def _tell(self) -> None:
        for call in self._closing_calls:
            call()

    def _release(self) -> None:
        self._server.task_dispatcher.shutdown(timeout=2)
        wasyncore.close_all(self._map, ignore_all=True)


def bind(app: "Flask", host: str, port: int) -> Server:
    """Take `port`, or the next free one; 0 takes any. Nothing is served yet.

    Raises
    ------
    PortInUseError
        None of `TRIES` ports is free.
    PermissionDeniedError
        The system reserves the port.
    SettingsError
        The address is not one of this machine.
    """
    last = min(65535, port + TRIES - 1) if port else 0
    for candidate in range(port, last + 1):
        try:
            return Server(app, _listen(host, candidate), host)
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, None) or isinstance(error, socket.gaierror):
                raise SettingsError(f"host is {host!r}, which is no address of this machine.") from error
            if error.errno == errno.EACCES:
                raise PermissionDeniedError(
                    f"The system reserves port {candidate}. Choose one above 1023 with --port."
                ) from error
            if error.errno != errno.EADDRINUSE:
                raise
    raise PortInUseError(f"No port between {port} and {last} is free. Choose another with --port.")


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
