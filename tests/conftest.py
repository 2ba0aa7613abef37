"""What every test has: an environment of its own, no network, and the kernels compiled once for the whole run."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import platformdirs
import pytest

from tests.postgres import Server, running

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shell first: it draws the same, in less time, and a whole browser hangs now and then as a page is closed."""
HOMES = {
    "HOME": "",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
}

# The same examples on every run; machines that run tests are slow at times, and that is no failure.
hypothesis.settings.register_profile("leitmotiv", deadline=None, derandomize=True)
hypothesis.settings.load_profile("leitmotiv")


def pytest_configure() -> None:
    """Keep compiled kernels where this user keeps them, whatever a test does to the environment.

    Set before anything is collected: the folder is chosen when the kernels are imported.
    """
    os.environ.setdefault("LEITMOTIV_CACHE", platformdirs.user_cache_dir("leitmotiv", False))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give long studies the time they take; any other test that hangs is ended (`timeout` in pyproject.toml)."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(0))


def isolate(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Point everything that a user's environment decides into `home`."""
    for name in [name for name in os.environ if name.startswith("LEITMOTIV_")]:
        if name not in ("LEITMOTIV_CACHE", "LEITMOTIV_LANES"):
            patch.delenv(name)
    for name, folder in HOMES.items():
        patch.setenv(name, str(home / folder))


@pytest.fixture(scope="session", autouse=True)
def _isolated_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Isolate fixtures that live longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, tmp_path_factory.mktemp("session-home"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let sockets of this process reach this machine only."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise RuntimeError(f"A test reached for {address[0]}, but tests use no network.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of this test alone: no settings, no library, nothing of an earlier test."""
    folder = tmp_path_factory.mktemp("home")
    isolate(monkeypatch, folder)
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where CI=true."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed, and with CI=true no browser test is skipped.")
    if found is None:
        pytest.skip("Chromium is not installed: apt install chromium-headless-shell")
    return found


@pytest.fixture(scope="session")
def seen_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of four kinds that the network has seen, with the background of its concepts; to be copied."""
    from leitmotiv.settings import Settings
    from leitmotiv.workflows.backgrounds import background
    from leitmotiv.workflows.session import Session
    from tests.workflows.kinds import fill

    folder = tmp_path_factory.mktemp("seen") / "library"
    with Session(Settings(library=folder)) as session:
        fill(session.library)
        background(session)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; without its programs the test is skipped, or fails where CI=true."""
    with running() as server:
        yield server
