import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from leitmotiv.errors import PortInUseError, SettingsError
from leitmotiv.web import server


@contextmanager
def taken(count: int = 1) -> Iterator[int]:
    """A row of ports that others listen on; the first of them."""
    while True:
        sockets = [socket.create_server(("127.0.0.1", 0))]
        first = sockets[0].getsockname()[1]
        try:
            sockets += [socket.create_server(("127.0.0.1", first + step)) for step in range(1, count)]
        except OSError:
            continue
        else:
            break
        finally:
            if len(sockets) < count:
                for one in sockets:
                    one.close()
    try:
        yield first
    finally:
        for one in sockets:
            one.close()


@pytest.fixture
def app() -> Flask:
    made = Flask("here")
    made.add_url_rule("/", view_func=lambda: "here")
    return made


def test_the_next_free_port_is_taken(app):
    with taken() as port:
        bound = server.bind(app, "127.0.0.1", port)
        assert port < bound.port < port + server.TRIES
        assert bound.url == f"http://127.0.0.1:{bound.port}/"
        bound.close()


def test_too_many_taken_ports_are_told(app, monkeypatch):
    monkeypatch.setattr(server, "TRIES", 2)
    with taken(2) as port, pytest.raises(PortInUseError, match=f"No port between {port} and {port + 1} is free"):
        server.bind(app, "127.0.0.1", port)


def test_an_address_of_another_machine_is_told(app):
    with pytest.raises(SettingsError, match="no address of this machine"):
        server.bind(app, "203.0.113.9", 0)


def test_requests_are_answered_until_close_from_another_thread(app):
    bound = server.bind(app, "127.0.0.1", 0)
    running = threading.Thread(target=bound.run)
    running.start()
    with urllib.request.urlopen(bound.url, timeout=10) as answer:
        assert answer.read() == b"here"
    bound.close()
    bound.close()
    running.join(10)
    assert not running.is_alive()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", bound.port), timeout=2)


def test_closing_before_running_frees_the_port(app):
    bound = server.bind(app, "127.0.0.1", 0)
    bound.close()
    bound.run()
    socket.create_server(("127.0.0.1", bound.port)).close()


def test_listening_everywhere_is_opened_on_loopback(app):
    bound = server.bind(app, "0.0.0.0", 0)
    assert bound.url.startswith("http://127.0.0.1:")
    bound.close()
